//! The tape: what programs did to the files of one folder and what they said, in the order in which it
//! happened. `tape.c`, which is loaded in front of the C library, writes it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

/// What happened. Files go by their number, paths by what they are below the folder.
pub enum Event {
    /// A file was opened to be made, or emptied.
    Opened {
        path: PathBuf,
        file: u64,
        emptied: bool,
    },
    Written {
        file: u64,
        at: usize,
        bytes: Rc<[u8]>,
    },
    Sized {
        file: u64,
        size: usize,
    },
    /// Somebody waits until a file or folder is on the disk.
    SyncBegins {
        file: u64,
        mark: u64,
    },
    Synced {
        file: u64,
        mark: u64,
    },
    FolderSynced {
        mark: u64,
    },
    Removed {
        path: PathBuf,
        file: u64,
    },
    Moved {
        from: PathBuf,
        to: PathBuf,
    },
    Linked {
        from: PathBuf,
        to: PathBuf,
    },
    FolderMade(PathBuf),
    FolderRemoved(PathBuf),
    /// A program said this; what it told of before that is done.
    Said(String),
}

/// Where the parts of a tape are.
pub struct Recorder {
    library: PathBuf,
    tape: PathBuf,
    root: PathBuf,
}

impl Recorder {
    /// For what happens below `root`; its own files are made in `scratch`.
    pub fn new(scratch: &Path, root: &Path) -> Self {
        let library = scratch.join("tape.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torn/tape.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"]).arg(&library).arg(source);
        assert!(compiler.status().unwrap().success(), "tape.c does not compile");
        Self { library, tape: scratch.join("tape"), root: root.to_owned() }
    }

    /// Lets a program, and every program that it starts, write the tape.
    pub fn listen_to(&self, command: &mut Command) {
        command.env("LD_PRELOAD", &self.library);
        command.env("BALIE_TAPE", &self.tape).env("BALIE_TAPE_ROOT", &self.root);
    }

    /// What was recorded.
    pub fn events(&self) -> Vec<Event> {
        let bytes = fs::read(&self.tape).unwrap();
        let mut rest = bytes.as_slice();
        let mut events = Vec::new();
        while let Some((head, after)) = rest.split_at_checked(32) {
            let number =
                |place: usize| u64::from_ne_bytes(head[8 * place..8 * place + 8].try_into().unwrap());
            let (data, after) = after.split_at(usize::try_from(number(3)).unwrap());
            events.push(self.event(number(0), number(1), number(2), data));
            rest = after;
        }
        assert!(rest.is_empty(), "the tape is cut off");
        events
    }

    fn event(&self, kind: u64, file: u64, place: u64, data: &[u8]) -> Event {
        let text = || std::str::from_utf8(data).unwrap();
        let path = |text: &str| Path::new(text).strip_prefix(&self.root).unwrap().to_owned();
        let pair = || {
            let (from, to) = text().split_once('\0').unwrap();
            (path(from), path(to))
        };
        let at = usize::try_from(place).unwrap();
        match u8::try_from(kind).unwrap() {
            b'O' => Event::Opened { path: path(text()), file, emptied: place != 0 },
            b'W' => Event::Written { file, at, bytes: data.into() },
            b'T' => Event::Sized { file, size: at },
            b'B' => Event::SyncBegins { file, mark: place },
            b'S' => Event::Synced { file, mark: place },
            b'D' => Event::FolderSynced { mark: place },
            b'U' => Event::Removed { path: path(text()), file },
            b'R' => {
                let (from, to) = pair();
                Event::Moved { from, to }
            }
            b'L' => {
                let (from, to) = pair();
                Event::Linked { from, to }
            }
            b'K' => Event::FolderMade(path(text())),
            b'Z' => Event::FolderRemoved(path(text())),
            b'A' => Event::Said(String::from_utf8_lossy(data).into_owned()),
            other => panic!("what is {other} on the tape"),
        }
    }
}
