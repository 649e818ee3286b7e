//! A display that nobody sees, the real kiosk in a window on it, and what a hand does there.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::process::Child;
#[cfg(feature = "desk")]
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

/// A program that does not outlive its test.
pub struct Killed(pub Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The display's server.
#[cfg(feature = "desk")]
pub struct Display {
    server: Killed,
    name: String,
    /// Where the server keeps what is on the display.
    frame: tempfile::TempDir,
}

#[cfg(feature = "desk")]
impl Display {
    pub fn start() -> Self {
        let frame = tempfile::tempdir().unwrap();
        // The server itself chooses a free number, and says which.
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-fbdir"]);
        let mut server = server
            .arg(frame.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("xvfb is not installed");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Self { server: Killed(server), name: format!(":{}", number.trim()), frame }
    }

    /// The kiosk on a data folder, in a window as large as the display.
    pub fn kiosk(&self, folder: &Path, arguments: &[&str]) -> Killed {
        self.kiosk_with(folder, arguments, &[])
    }

    /// The same, with variables of the environment.
    pub fn kiosk_with(&self, folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Killed {
        let mut command = Command::new(env!("CARGO_BIN_EXE_balie-kiosk"));
        command.args(["--windowed", "1280x800", "--data-dir"]).arg(folder).args(arguments);
        command.env("DISPLAY", &self.name).env("SLINT_SCALE_FACTOR", "1");
        command.env_remove("WAYLAND_DISPLAY").env_remove("NOTIFY_SOCKET");
        command.envs(variables.iter().copied());
        Killed(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    fn hand(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("xdotool");
        command.args(arguments).env("DISPLAY", &self.name).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Mouse and keys, until it is done.
    pub fn does(&self, arguments: &[&str]) {
        let done = self.hand(arguments).status().expect("xdotool is not installed");
        assert!(done.success(), "xdotool {arguments:?}: {done}");
    }

    /// Mouse and keys, while the test goes on.
    pub fn goes_on(&self, arguments: &[&str]) -> Killed {
        Killed(self.hand(arguments).spawn().expect("xdotool is not installed"))
    }

    /// What is on the display now, row by row, three bytes a pixel. The server's file is an X window
    /// dump: a header of big-endian words, a table of colours, and the pixels.
    pub fn picture(&self) -> Vec<u8> {
        let file = std::fs::read(self.frame.path().join("Xvfb_screen0")).unwrap();
        let word = |place: usize| -> usize {
            let bytes = file[place * 4..place * 4 + 4].try_into().unwrap();
            usize::try_from(u32::from_be_bytes(bytes)).unwrap()
        };
        let (header, width, height, line, colours) = (word(0), word(4), word(5), word(12), word(19));
        assert_eq!(word(11), 32, "bits a pixel");
        let pixels = &file[header + colours * 12..];
        let rows = (0..height).map(|y| &pixels[y * line..y * line + width * 4]);
        rows.flat_map(|row| row.chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]])).collect()
    }
}
