//! The real programs on a data folder with one customer.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use balie::domain::ids::CustomerId;
use balie::domain::message::Channel;
use balie::domain::rule::LegalClass;
use balie::store::Store;
use balie::store::history::{Actor, Origin};

use super::desk::queued;

/// A data folder in memory, where there is one: what is tried here is not the disk.
pub struct Program {
    folder: tempfile::TempDir,
    pub store: Store,
    customer: CustomerId,
}

impl Program {
    /// A folder whose configuration has these lines.
    pub fn new(config: &str) -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let folder = folder.unwrap();
        std::fs::write(folder.path().join("balie.toml"), config).unwrap();
        let file = folder.path().join("customers.csv");
        let row = "1,private,Pietersen,06 12345678,piet@voorbeeld.example";
        std::fs::write(&file, format!("code,kind,name,mobile,email\n{row}\n")).unwrap();
        let import = command(env!("CARGO_BIN_EXE_balie"), folder.path()).arg("import").arg(&file).output();
        let import = import.unwrap();
        assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
        let store = Store::open(&folder.path().join("balie.db")).unwrap();
        let customer = store.customer_by_code("1").unwrap().unwrap().0;
        Self { folder, store, customer }
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("balie.db")
    }

    /// Queues a message.
    pub fn write(&mut self, channel: Channel) {
        let address = if channel == Channel::Sms { "+31612345678" } else { "piet@voorbeeld.example" };
        let words = "Goedendag, de APK van uw auto vervalt binnenkort. ".repeat(20);
        let actor = Actor { origin: Origin::Desk(None), at: "2026-11-20T08:00:00Z".parse().unwrap() };
        let composed = queued(channel, address, &words, LegalClass::Service);
        self.store.write_message(None, self.customer, &composed, actor).unwrap();
    }

    /// Starts one delivery pass.
    pub fn deliver(&self) -> Child {
        self.pass().spawn().unwrap()
    }

    /// One delivery pass that is not started yet.
    pub fn pass(&self) -> Command {
        let mut command = command(env!("CARGO_BIN_EXE_balie"), self.folder.path());
        command.args(["outbox", "deliver"]);
        command
    }

    /// Starts the service.
    pub fn collector(&self) -> Running {
        Running(command(env!("CARGO_BIN_EXE_balie-collector"), self.folder.path()).spawn().unwrap())
    }
}

/// A program that does not end by itself: it ends with the test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("--data-dir").arg(folder).arg("--config").arg(folder.join("balie.toml"));
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "BALIE_TODAY", "NOTIFY_SOCKET"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
