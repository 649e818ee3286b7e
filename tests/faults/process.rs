//! The real collector, with the test in the place of systemd.

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A collector that does not outlive its test.
pub struct Collector {
    child: Child,
    messages: Receiver<String>,
    heard: Vec<String>,
    _outside: tempfile::TempDir,
}

impl Collector {
    /// Works on a data folder, with more arguments and variables.
    pub fn start(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let outside = tempfile::tempdir().unwrap();
        let (notify, config) = (outside.path().join("notify"), outside.path().join("balie.toml"));
        std::fs::write(&config, "[rdw]\nenabled = false\n[log]\nlevel = \"info\"\n").unwrap();
        let socket = UnixDatagram::bind(&notify).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_balie-collector"));
        for name in ["BALIE_TODAY", "BALIE_DATA_DIR", "WATCHDOG_USEC", "JOURNAL_STREAM"] {
            command.env_remove(name);
        }
        command.arg("--data-dir").arg(data).arg("--config").arg(config).args(arguments);
        command.envs(variables.iter().copied()).env("NOTIFY_SOCKET", notify).stdin(Stdio::null());
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        // As systemd, it reads whatever else goes on: who tells it something waits for that.
        let (send, messages) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length) = socket.recv(&mut buffer) {
                if send.send(String::from_utf8_lossy(&buffer[..length]).trim_end().to_owned()).is_err() {
                    return;
                }
            }
        });
        Self { child, messages, heard: Vec::new(), _outside: outside }
    }

    /// Waits for a message that contains the words.
    pub fn wait_for(&mut self, words: &str, at_most: Duration) -> String {
        let end = Instant::now() + at_most;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "did not hear {words:?} in {at_most:?}, but {:#?}", self.heard);
            if let Some(message) = self.hear(left) {
                self.heard.push(message.clone());
                if message.contains(words) {
                    return message;
                }
            }
        }
    }

    /// Everything said in so much time.
    pub fn listen(&self, lasting: Duration) -> Vec<String> {
        let end = Instant::now() + lasting;
        let mut heard = Vec::new();
        while Instant::now() < end {
            heard.extend(self.hear(end.saturating_duration_since(Instant::now())));
        }
        heard
    }

    fn hear(&self, at_most: Duration) -> Option<String> {
        self.messages.recv_timeout(at_most).ok()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Its memory now, in KiB.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
