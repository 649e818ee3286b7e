//! What a program tells systemd, with the test in its place.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// The messages that come to a socket.
pub struct Notices {
    messages: Receiver<String>,
    /// What was waited through so far.
    pub heard: Vec<String>,
}

impl Notices {
    /// Listens at a path, which goes into NOTIFY_SOCKET. As systemd it reads whatever else goes on: who tells it
    /// something waits for that.
    pub fn at(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).unwrap();
        let (send, messages) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length) = socket.recv(&mut buffer) {
                if send.send(String::from_utf8_lossy(&buffer[..length]).trim_end().to_owned()).is_err() {
                    return;
                }
            }
        });
        Self { messages, heard: Vec::new() }
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
}
