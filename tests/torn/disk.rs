//! A disk under a file system that is to keep only what was synced: plays a tape, and says at any moment what
//! could be there after the power has gone. The model stands in `tests/torn.rs`.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::dice::Dice;
use crate::tape::Event;

/// What a disk writes in one piece.
const SECTOR: usize = 512;

/// A change of a file that may not have reached the disk.
#[derive(Clone)]
enum Change {
    Write { at: usize, bytes: Rc<[u8]> },
    Size(usize),
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Change::Write { at, bytes } => {
                if content.len() < at + bytes.len() {
                    content.resize(at + bytes.len(), 0);
                }
                content[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Change::Size(size) => content.resize(*size, 0),
        }
    }
}

/// A file: what is surely on the disk, and what was changed since with the place on the tape.
#[derive(Clone, Default)]
struct File {
    sure: Vec<u8>,
    since: Vec<(usize, Change)>,
}

/// What a name stands for.
#[derive(Clone, Copy, PartialEq)]
enum Entry {
    File(usize),
    Folder,
}

/// A change of names.
#[derive(Clone)]
enum Naming {
    Set(PathBuf, Entry),
    Remove(PathBuf),
    Move(PathBuf, PathBuf),
}

impl Naming {
    fn apply(&self, names: &mut BTreeMap<PathBuf, Entry>) {
        match self {
            Naming::Set(path, entry) => {
                names.insert(path.clone(), *entry);
            }
            Naming::Remove(path) => {
                names.remove(path);
            }
            Naming::Move(from, to) => {
                let moved: Vec<_> = names.keys().filter(|path| path.starts_with(from)).cloned().collect();
                for path in moved {
                    let entry = names.remove(&path).unwrap();
                    let rest = path.strip_prefix(from).unwrap();
                    let target = if rest == Path::new("") { to.clone() } else { to.join(rest) };
                    names.insert(target, entry);
                }
            }
        }
    }
}

/// What lies below the folder: every file with its content; a folder has none.
pub type Image = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// Writes an image into an empty folder.
pub fn write(image: &Image, folder: &Path) {
    for (path, content) in image {
        let path = folder.join(path);
        match content {
            None => fs::create_dir_all(path).unwrap(),
            Some(content) => {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, content).unwrap();
            }
        }
    }
}

/// How a disk loses power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// All that was not synced is gone.
    All,
    /// Nothing is gone, whatever was not synced.
    None,
    /// The first changes are there, the next one half.
    Tail,
    /// Each change is there or not.
    Changes,
    /// Each sector has one of the contents that it had since.
    Sectors,
}

const LOSSES: [Loss; 5] = [Loss::All, Loss::None, Loss::Tail, Loss::Changes, Loss::Sectors];

#[derive(Clone)]
pub struct Disk {
    files: Vec<File>,
    by_number: HashMap<u64, usize>,
    names: BTreeMap<PathBuf, Entry>,
    sure_names: BTreeMap<PathBuf, Entry>,
    renamings: Vec<(usize, Naming)>,
    /// Where on the tape a sync began.
    begun: HashMap<u64, usize>,
    /// A disk that lies: it says that it has written, and has not.
    pub lies: bool,
}

impl Disk {
    /// A disk on which a folder lies for good.
    pub fn with(folder: &Path) -> Self {
        let mut disk = Self {
            files: Vec::new(),
            by_number: HashMap::new(),
            names: BTreeMap::new(),
            sure_names: BTreeMap::new(),
            renamings: Vec::new(),
            begun: HashMap::new(),
            lies: false,
        };
        disk.take_over(folder, folder);
        disk.sure_names = disk.names.clone();
        disk
    }

    fn take_over(&mut self, root: &Path, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_owned();
            if path.is_dir() {
                self.names.insert(name, Entry::Folder);
                self.take_over(root, &path);
            } else {
                self.by_number.insert(fs::metadata(&path).unwrap().ino(), self.files.len());
                self.names.insert(name, Entry::File(self.files.len()));
                self.files.push(File { sure: fs::read(&path).unwrap(), since: Vec::new() });
            }
        }
    }

    /// The file of a number. One that was opened and never made was there before.
    fn file(&mut self, number: u64) -> &mut File {
        &mut self.files[self.by_number[&number]]
    }

    /// Whether the file of a number has this name now.
    pub fn is(&self, path: &Path, number: u64) -> bool {
        match self.names.get(path) {
            Some(Entry::File(index)) => self.by_number.get(&number) == Some(index),
            _ => false,
        }
    }

    fn rename(&mut self, place: usize, naming: Naming) {
        naming.apply(&mut self.names);
        self.renamings.push((place, naming));
    }

    /// Plays the event that stands at a place of the tape.
    pub fn play(&mut self, place: usize, event: &Event) {
        match event {
            Event::Opened { path, file, emptied } => {
                if !self.is(path, *file) {
                    self.by_number.insert(*file, self.files.len());
                    self.rename(place, Naming::Set(path.clone(), Entry::File(self.files.len())));
                    self.files.push(File::default());
                } else if *emptied {
                    self.file(*file).since.push((place, Change::Size(0)));
                }
            }
            Event::Written { file, at, bytes } => {
                let change = Change::Write { at: *at, bytes: bytes.clone() };
                self.file(*file).since.push((place, change));
            }
            Event::Sized { file, size } => self.file(*file).since.push((place, Change::Size(*size))),
            Event::SyncBegins { mark, .. } => {
                self.begun.insert(*mark, place);
            }
            Event::Synced { file, mark } if !self.lies => {
                let begun = self.begun[mark];
                let file = self.file(*file);
                let covered = file.since.partition_point(|(place, _)| *place < begun);
                for (_, change) in file.since.drain(..covered) {
                    change.apply(&mut file.sure);
                }
            }
            Event::FolderSynced { mark } if !self.lies => {
                let begun = self.begun[mark];
                let covered = self.renamings.partition_point(|(place, _)| *place < begun);
                for (_, naming) in self.renamings.drain(..covered) {
                    naming.apply(&mut self.sure_names);
                }
            }
            Event::Removed { path, file } => {
                if self.is(path, *file) {
                    self.rename(place, Naming::Remove(path.clone()));
                }
            }
            Event::Moved { from, to } => self.rename(place, Naming::Move(from.clone(), to.clone())),
            Event::Linked { from, to } => {
                let entry = self.names[from];
                self.rename(place, Naming::Set(to.clone(), entry));
            }
            Event::FolderMade(path) => self.rename(place, Naming::Set(path.clone(), Entry::Folder)),
            Event::FolderRemoved(path) => self.rename(place, Naming::Remove(path.clone())),
            Event::Synced { .. } | Event::FolderSynced { .. } | Event::Said(_) => {}
        }
    }

    fn image(
        &self,
        names: &BTreeMap<PathBuf, Entry>,
        mut content: impl FnMut(&Path, &File) -> Vec<u8>,
    ) -> Image {
        let content = names.iter().map(|(path, entry)| match entry {
            Entry::Folder => (path.clone(), None),
            Entry::File(index) => (path.clone(), Some(content(path, &self.files[*index]))),
        });
        content.collect()
    }

    /// What the programs see: all that was done.
    pub fn seen(&self) -> Image {
        self.image(&self.names, |_, file| file.whole())
    }

    /// What is there after the power has gone at this moment, as the dice fall.
    pub fn without_power(&self, dice: &mut Dice) -> Image {
        let common = (dice.below(2) == 0).then(|| LOSSES[dice.below(LOSSES.len())]);
        let loss = |dice: &mut Dice| common.unwrap_or_else(|| LOSSES[dice.below(LOSSES.len())]);
        let mut names = self.sure_names.clone();
        let kept = match loss(dice) {
            Loss::All => 0,
            Loss::None => self.renamings.len(),
            _ => dice.below(self.renamings.len() + 1),
        };
        self.renamings.iter().take(kept).for_each(|(_, naming)| naming.apply(&mut names));
        self.image(&names, |path, file| {
            // Written through memory, past the tape: whatever is in it, nobody may count on it.
            if path.to_string_lossy().ends_with("-shm") {
                return dice.noise(32 * 1024);
            }
            file.after(loss(dice), dice)
        })
    }
}

impl File {
    fn whole(&self) -> Vec<u8> {
        let mut content = self.sure.clone();
        self.since.iter().for_each(|(_, change)| change.apply(&mut content));
        content
    }

    fn after(&self, loss: Loss, dice: &mut Dice) -> Vec<u8> {
        let mut content = self.sure.clone();
        match loss {
            Loss::All => {}
            Loss::None => return self.whole(),
            Loss::Tail => {
                let kept = dice.below(self.since.len() + 1);
                self.since.iter().take(kept).for_each(|(_, change)| change.apply(&mut content));
                if let Some((_, Change::Write { at, bytes })) = self.since.get(kept) {
                    // As far as the border of a sector.
                    let end = (at + dice.below(bytes.len() + 1)) / SECTOR * SECTOR;
                    let part = bytes[..end.saturating_sub(*at)].into();
                    Change::Write { at: *at, bytes: part }.apply(&mut content);
                }
            }
            Loss::Changes => {
                let most = 1 + dice.below(4);
                for (_, change) in &self.since {
                    if dice.below(5) < most {
                        change.apply(&mut content);
                    }
                }
            }
            Loss::Sectors => return self.shuffled(dice),
        }
        content
    }

    /// Each sector as it was at some moment since the last sync, each at its own; the size likewise. What
    /// was never written of a file that has grown is nothing, noise, or what lay there before.
    fn shuffled(&self, dice: &mut Dice) -> Vec<u8> {
        let mut versions: HashMap<usize, Vec<Vec<u8>>> = HashMap::new();
        let (mut now, mut sizes) = (self.sure.clone(), vec![self.sure.len()]);
        for (_, change) in &self.since {
            change.apply(&mut now);
            sizes.push(now.len());
            if let Change::Write { at, bytes } = change {
                for sector in at / SECTOR..(at + bytes.len()).div_ceil(SECTOR) {
                    let end = now.len().min((sector + 1) * SECTOR);
                    versions.entry(sector).or_default().push(now[sector * SECTOR..end].to_vec());
                }
            }
        }
        let size = sizes[dice.below(sizes.len())];
        let mut content = self.sure.clone();
        content.resize(size, 0);
        let mut touched: Vec<_> = versions.into_iter().collect();
        touched.sort_by_key(|(sector, _)| *sector);
        let old = dice.below(3);
        for (sector, versions) in touched {
            let start = sector * SECTOR;
            let pick = dice.below(versions.len() + 1);
            let place = match pick.checked_sub(1) {
                Some(pick) => versions[pick].clone(),
                None if start < self.sure.len() => continue,
                None => match old {
                    0 => vec![0; SECTOR],
                    1 => dice.noise(SECTOR),
                    _ => {
                        let other = dice.below(now.len().max(1)) / SECTOR * SECTOR;
                        now[other.min(now.len())..now.len().min(other + SECTOR)].to_vec()
                    }
                },
            };
            let end = (start + place.len()).min(size);
            if start < end {
                content[start..end].copy_from_slice(&place[..end - start]);
            }
        }
        content
    }
}

#[test]
fn what_was_synced_is_there_and_of_the_rest_anything() {
    let folder = tempfile::tempdir().unwrap();
    let mut disk = Disk::with(folder.path());
    let path = PathBuf::from("a");
    let write = |at: usize, letter: u8, sectors: usize| Event::Written {
        file: 7,
        at,
        bytes: vec![letter; sectors * SECTOR].into(),
    };
    let sync =
        [Event::SyncBegins { file: 7, mark: 1 }, write(SECTOR, b'x', 1), Event::Synced { file: 7, mark: 1 }];
    let events = [Event::Opened { path: path.clone(), file: 7, emptied: false }, write(0, b'o', 4)];
    for (place, event) in events.iter().chain(&sync).enumerate() {
        disk.play(place, event);
    }
    let images = |disk: &Disk| -> Vec<Image> {
        (0..400).map(|seed| disk.without_power(&mut Dice::new(seed))).collect()
    };
    // Its name is not safe yet, nor what was written while the sync was under way.
    let found = images(&disk);
    assert!(found.iter().any(|image| !image.contains_key(&path)));
    let contents: Vec<_> = found.into_iter().filter_map(|mut image| image.remove(&path).flatten()).collect();
    let second = |letter: u8| contents.iter().any(|content| content[SECTOR] == letter);
    assert!(second(b'o') && second(b'x'));
    disk.play(10, &Event::SyncBegins { file: 8, mark: 2 });
    disk.play(11, &Event::FolderSynced { mark: 2 });
    disk.play(12, &write(2 * SECTOR, b'n', 2));
    disk.play(13, &write(4 * SECTOR, b'g', 1));
    let mut pairs = std::collections::BTreeSet::new();
    for mut image in images(&disk) {
        let content = image.remove(&path).unwrap().unwrap();
        assert!(content[..SECTOR].iter().all(|byte| *byte == b'o'), "what was synced");
        let (third, fourth) = (&content[2 * SECTOR..3 * SECTOR], &content[3 * SECTOR..4 * SECTOR]);
        for sector in [third, fourth] {
            assert!(sector.iter().all(|byte| *byte == sector[0]), "a sector is whole");
        }
        pairs.insert((third[0], fourth[0], content.len() / SECTOR));
    }
    let old_and_new = |length| {
        [(b'o', b'o'), (b'o', b'n'), (b'n', b'o'), (b'n', b'n')]
            .map(|(third, fourth)| (third, fourth, length))
    };
    let all: std::collections::BTreeSet<_> = old_and_new(4).into_iter().chain(old_and_new(5)).collect();
    assert_eq!(pairs, all);
    disk.play(14, &Event::SyncBegins { file: 7, mark: 3 });
    disk.play(15, &Event::Synced { file: 7, mark: 3 });
    assert!(images(&disk).iter().all(|image| *image == disk.seen()));
}
