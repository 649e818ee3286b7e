//! Small disks and sticks, really mounted: in a name space of the test's own, which ends with it.

#![allow(dead_code, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set for a test that runs where it may mount.
const INSIDE: &str = "BALIE_TEST_MOUNTS";

/// Runs a test once more, in a process that may mount; where no user may, says so and leaves it out.
pub fn with_mounts(test: &str, work: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        work();
        println!("{test} has done its work");
        return;
    }
    let mut command = Command::new("unshare");
    command.args(["-rm", "--propagation", "private"]).arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(INSIDE, "1");
    let Ok(output) = command.output() else {
        println!("no unshare here");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
    if wrong.contains("unshare failed") || wrong.contains("Operation not permitted") {
        println!("this user may not mount here");
        return;
    }
    print!("{said}");
    assert!(output.status.success() && said.contains("has done its work"), "{said}\n{wrong}");
}

/// A disk of so many KiB in a folder, which is made.
pub fn disk(folder: &Path, kib: u64) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    mount(&["-t", "tmpfs", "-o", &format!("size={kib}k"), "disk"], folder);
    folder.to_owned()
}

/// Makes a disk larger or smaller.
pub fn resize(folder: &Path, kib: u64) {
    mount(&["-o", &format!("remount,size={kib}k")], folder);
}

/// The same disk in another folder: a stick that is plugged in again has what it had.
pub fn plug(disk: &Path, folder: &Path) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    mount(&["--bind".as_ref(), disk.as_os_str()], folder);
    folder.to_owned()
}

/// Pulls a stick, whoever works on it.
pub fn pull(folder: &Path) {
    assert!(Command::new("umount").arg("-l").arg(folder).status().unwrap().success());
}

fn mount<S: AsRef<std::ffi::OsStr>>(what: &[S], folder: &Path) {
    assert!(Command::new("mount").args(what).arg(folder).status().unwrap().success());
}

/// Writes until there is no room left, with `spare` KiB to go.
pub fn fill(folder: &Path, spare: u64) {
    let disk = rustix::fs::statvfs(folder).unwrap();
    let free = disk.f_bavail * disk.f_frsize;
    let bytes = usize::try_from(free.saturating_sub(spare * 1024)).unwrap();
    fs::write(folder.join("films"), vec![1; bytes]).unwrap();
}
