//! The real collector, with the test in the place of systemd.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::notices::Notices;

/// A collector that does not outlive its test.
pub struct Collector {
    child: Child,
    notices: Notices,
    _outside: tempfile::TempDir,
}

impl Collector {
    /// Works on a data folder, with more arguments and variables.
    pub fn start(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let outside = tempfile::tempdir().unwrap();
        let (notify, config) = (outside.path().join("notify"), outside.path().join("balie.toml"));
        std::fs::write(&config, "[rdw]\nenabled = false\n[log]\nlevel = \"info\"\n").unwrap();
        let notices = Notices::at(&notify);
        let mut command = Command::new(env!("CARGO_BIN_EXE_balie-collector"));
        for name in ["BALIE_TODAY", "BALIE_DATA_DIR", "WATCHDOG_USEC", "JOURNAL_STREAM"] {
            command.env_remove(name);
        }
        command.arg("--data-dir").arg(data).arg("--config").arg(config).args(arguments);
        command.envs(variables.iter().copied()).env("NOTIFY_SOCKET", notify).stdin(Stdio::null());
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        Self { child, notices, _outside: outside }
    }

    /// Waits for a message that contains the words.
    pub fn wait_for(&mut self, words: &str, at_most: Duration) -> String {
        self.notices.wait_for(words, at_most)
    }

    /// Everything said in so much time.
    pub fn listen(&self, lasting: Duration) -> Vec<String> {
        self.notices.listen(lasting)
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
