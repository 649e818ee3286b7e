//! A real mail server, aiosmtpd, with the manners that `mail_server.py` tells of.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

pub struct MailServer {
    child: Child,
    port: u16,
    said: Arc<Mutex<Vec<Value>>>,
}

impl MailServer {
    /// With what it wants: user, password, certificate, key; each may be left out.
    pub fn start(wants: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/post/mail_server.py");
        // Debian's own Python, to which the package belongs.
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).args(wants).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("python3 is not installed");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next().and_then(Result::ok).and_then(|line| line.parse().ok());
        let port = port.expect("python3-aiosmtpd is not installed");
        let said: Arc<Mutex<Vec<Value>>> = Arc::default();
        let hears = said.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                hears.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        Self { child, port, said }
    }

    /// All that it said under a word: `read` is a Message-ID, `kept` a whole message.
    pub fn all(&self, word: &str) -> Vec<Value> {
        self.said.lock().unwrap().iter().filter_map(|said| said.get(word).cloned()).collect()
    }

    /// The messages that it kept, once there are so many.
    pub fn kept(&self, count: usize) -> Vec<Value> {
        super::until("the mail server says what it kept", || self.all("kept").len() >= count);
        self.all("kept")
    }

    /// How many times it kept each message, by Message-ID.
    pub fn taken(&self) -> BTreeMap<String, u32> {
        super::times(self.all("kept").iter().map(|kept| kept["id"].as_str().unwrap().to_owned()))
    }

    /// The lines of a configuration for it.
    pub fn config(&self) -> String {
        format!(
            "[shop]\nname = \"Garage De Hoek\"\n[smtp]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n\
             from = \"info@garage.example\"\nreply_to = \"antwoord@garage.example\"\n",
            self.port
        )
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
