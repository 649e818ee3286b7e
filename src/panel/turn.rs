//! Whose turn it is to hold the LED. The kernel frees the line of the character device when the program that
//! holds it ends, and the LED goes dark: as if nothing were due. So a second small program stands by, which
//! lights it while no other one has its turn.
//!
//! The turn is a lock on a file, which the kernel takes back from a program however that ended. Whoever stands by
//! sleeps until then; while it holds the LED it looks often whether somebody wants the turn.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::adapter::{Adapter, Light, open};
use super::config::PanelConfig;
use super::fault::{FaultKind, PanelFault};

/// The file, made by systemd-tmpfiles; where it is not, nobody stands by.
pub const PATH: &str = "/run/balie/lamp.lock";

/// How long whoever stands by may take to let go.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often it is tried again within that time.
const SOON: Duration = Duration::from_millis(5);
/// How often whoever stands by looks whether it must let go.
const GLANCE: Duration = Duration::from_millis(40);
/// After how long an LED that could not be lit is tried again.
const RETRY: Duration = Duration::from_secs(2);

/// The turn; it ends when it is dropped.
#[derive(Debug)]
pub struct Turn {
    _file: File,
}

impl Turn {
    /// Takes it. `None`: nobody stands by here, or another program has its turn.
    pub fn take(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        let end = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Some(Self { _file: file }),
                Err(TryLockError::WouldBlock) if Instant::now() < end => sleep(SOON),
                Err(_) => return None,
            }
        }
    }
}

/// As [`open`], in this program's turn: whoever stands by lets the LED go first.
pub fn open_in_turn(config: &PanelConfig, path: &Path) -> (Adapter, Option<PanelFault>, Option<Turn>) {
    let turn = Turn::take(path);
    let end = Instant::now() + PATIENCE;
    loop {
        let (adapter, fault) = open(config);
        let held = fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::InUse);
        if turn.is_none() || !held || Instant::now() > end {
            return (adapter, fault, turn);
        }
        drop(adapter);
        sleep(SOON);
    }
}

/// What whoever stands by does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Another program has its turn.
    By,
    /// It holds the LED lit.
    Lit,
    /// It would light the LED, and there is none that can be.
    Dark,
}

/// Stands by for ever: `light` opens the LED and lights it, and is asked again and again while that fails. `told`
/// hears of every change.
///
/// # Errors
/// The file is not there, or cannot be locked.
pub fn stand_by(
    path: &Path,
    mut light: impl FnMut() -> Option<Box<dyn Light>>,
    mut told: impl FnMut(Standing),
) -> io::Result<()> {
    let file = File::open(path)?;
    loop {
        told(Standing::By);
        file.lock()?;
        let mut held = light();
        file.unlock()?;
        let mut tried = Instant::now();
        told(if held.is_some() { Standing::Lit } else { Standing::Dark });
        loop {
            sleep(GLANCE);
            match file.try_lock_shared() {
                Ok(()) => file.unlock()?,
                Err(TryLockError::WouldBlock) => break,
                Err(TryLockError::Error(cause)) => return Err(cause),
            }
            if held.is_none() && tried.elapsed() > RETRY {
                (held, tried) = (light(), Instant::now());
                if held.is_some() {
                    told(Standing::Lit);
                }
            }
        }
        drop(held);
    }
}

/// The LED alone, lit; `None` when that cannot be.
pub fn lit(config: &PanelConfig) -> Option<Box<dyn Light>> {
    let (adapter, _) = open(&PanelConfig { button: None, ..config.clone() });
    let mut light = adapter.light?;
    light.set(true).ok()?;
    Some(light)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    /// Far longer than anything takes here, far shorter than the two seconds that are allowed.
    const LATE: Duration = Duration::from_secs(1);

    struct Told(std::sync::mpsc::Sender<&'static str>);

    impl Light for Told {
        fn set(&mut self, _: bool) -> Result<(), PanelFault> {
            Ok(())
        }
    }

    impl Drop for Told {
        fn drop(&mut self) {
            let _ = self.0.send("let go");
        }
    }

    fn next(heard: &Receiver<&'static str>) -> &'static str {
        heard.recv_timeout(LATE).unwrap()
    }

    #[test]
    fn the_led_is_held_while_nobody_has_a_turn_and_after_one_was_killed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lamp.lock");
        assert!(Turn::take(&path).is_none(), "nobody stands by");
        assert!(stand_by(&path, || None, |_| ()).is_err());
        File::create(&path).unwrap();
        let (say, heard) = channel();
        let by = path.clone();
        std::thread::spawn(move || {
            let told = say.clone();
            let light = move || {
                told.send("lit").unwrap();
                Some(Box::new(Told(told.clone())) as Box<dyn Light>)
            };
            let _ = stand_by(&by, light, |standing| {
                if standing == Standing::By {
                    say.send("stands by").unwrap();
                }
            });
        });
        assert_eq!((next(&heard), next(&heard)), ("stands by", "lit"));
        for _ in 0..3 {
            let turn = Turn::take(&path).unwrap();
            assert_eq!((next(&heard), next(&heard)), ("let go", "stands by"));
            drop(turn);
            assert_eq!(next(&heard), "lit");
        }
        // Another program that dies in its turn. It says so when it has it.
        let mut other = Command::new("flock")
            .arg(&path)
            .args(["sh", "-c", "echo mine; exec sleep 60"])
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        assert_eq!((next(&heard), next(&heard)), ("let go", "stands by"));
        assert!(Turn::take(&path).is_none(), "it has its turn");
        let group = format!("-{}", other.id());
        assert!(Command::new("kill").args(["-9", "--", &group]).status().unwrap().success());
        other.wait().unwrap();
        assert_eq!(next(&heard), "lit");
    }
}
