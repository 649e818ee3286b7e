//! A recorded day, through which the power goes again and again.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::dice::Dice;
use crate::disk::{self, Disk, Image};
use crate::step::Told;
use crate::tape::Event;
use crate::truth::{Complaint, Wrong, judge, print_of};

const DATABASE: &str = "balie.db";
/// Its log: who waits for it has committed.
const LOG: &str = "balie.db-wal";

/// A moment at which the database's log is synced: what was committed before `begun` is safe after `done`.
#[derive(Clone, Copy)]
struct Commit {
    begun: usize,
    done: usize,
}

pub struct Recording {
    start: Disk,
    events: Vec<Event>,
    commits: Vec<Commit>,
    /// How often the log was written back into the database.
    pub checkpoints: usize,
}

/// What came of the cuts.
pub struct Tally {
    rounds: usize,
    pub lost: usize,
    half: usize,
    pub damaged: usize,
    /// The first few, with what it takes to see one again.
    pub complaints: Vec<String>,
}

impl fmt::Display for Tally {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, lost, half, damaged, .. } = self;
        write!(form, "{rounds} power cuts: {lost} lost something, {half} left a half, {damaged} damaged")
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = Told::default();
        self.events.iter().for_each(|event| {
            if let Event::Said(words) = event {
                told.hear(words)
            }
        });
        let changes = self.events.iter().filter(|event| matches!(event, Event::Written { .. })).count();
        let (steps, commits) = (told.done.len(), self.commits.len());
        write!(
            form,
            "{steps} steps, {commits} syncs of the log, {} checkpoints, {changes} writes, {} messages",
            self.checkpoints,
            told.taken.len()
        )
    }
}

/// A round whose print is compared once all prints are known.
struct Open {
    round: usize,
    place: usize,
    print: u64,
}

impl Recording {
    /// What is on the disk when the day begins, and what happened since.
    pub fn of(start: Disk, events: Vec<Event>) -> Self {
        let mut disk = start.clone();
        let mut commits = vec![Commit { begun: 0, done: 0 }];
        let (mut open, mut checkpoints) = (Vec::new(), 0);
        for (place, event) in events.iter().enumerate() {
            match event {
                Event::SyncBegins { file, mark } if disk.is(Path::new(LOG), *file) => {
                    open.push((*mark, place))
                }
                Event::Synced { file, .. } if disk.is(Path::new(DATABASE), *file) => checkpoints += 1,
                Event::Synced { mark, .. } => {
                    if let Some(found) = open.iter().position(|(other, _)| other == mark) {
                        commits.push(Commit { begun: open.remove(found).1, done: place });
                    }
                }
                _ => {}
            }
            disk.play(place, event);
        }
        commits.push(Commit { begun: events.len(), done: events.len() });
        commits.sort_by_key(|commit| commit.begun);
        Self { start, events, commits, checkpoints }
    }

    /// The tape says all that happened: played to its end it gives the folder as it is.
    pub fn is_complete(&self, folder: &Path) {
        let mut disk = self.start.clone();
        self.events.iter().enumerate().for_each(|(place, event)| disk.play(place, event));
        let shared = |path: &Path| path.to_string_lossy().ends_with("-shm");
        let played: Image = disk.seen().into_iter().filter(|(path, _)| !shared(path)).collect();
        let mut real = Image::new();
        read(folder, folder, &mut real);
        real.retain(|path, _| !shared(path));
        assert_eq!(played.keys().collect::<Vec<_>>(), real.keys().collect::<Vec<_>>());
        for (path, content) in &real {
            assert!(played[path] == *content, "{} is not what was played", path.display());
        }
    }

    /// The commits of which a database may have the state when the power goes at a place: from the last
    /// one that is surely on the disk until the one that was under way.
    fn may_be(&self, place: usize) -> std::ops::RangeInclusive<usize> {
        let first = self.commits.iter().rposition(|commit| commit.done < place || commit.done == 0);
        let last = self.commits.iter().position(|commit| commit.begun >= place);
        first.unwrap()..=last.unwrap_or(self.commits.len() - 1)
    }

    /// Half of the cuts anywhere since the first step began, the others close to where something is told, renamed,
    /// or synced.
    fn places(&self, rounds: usize, dice: &mut Dice) -> Vec<usize> {
        let begins = |event: &Event| matches!(event, Event::Said(words) if words.contains("torn begin"));
        let (first, all) = (self.events.iter().position(begins).unwrap() + 1, self.events.len());
        let mut close: [Vec<usize>; 3] = Default::default();
        for place in first..all {
            match &self.events[place] {
                Event::Opened { .. } | Event::Written { .. } | Event::Sized { .. } => {}
                Event::Said(_) => close[0].push(place),
                Event::SyncBegins { .. } | Event::Synced { .. } => close[1].push(place),
                _ => close[2].push(place),
            }
        }
        let place = |round: usize| match round % 2 {
            0 => first + dice.below(all + 1 - first),
            _ => {
                let close = &close[round / 2 % 3];
                (close[dice.below(close.len())] + dice.below(4)).min(all)
            }
        };
        let mut places: Vec<usize> = (0..rounds).map(place).collect();
        places.sort_unstable();
        places
    }

    /// What is said of the evening's folder after something in its database was changed by hand.
    pub fn tampered(&self, sql: &str) -> Vec<Wrong> {
        let (mut disk, mut told) = (self.start.clone(), Told::default());
        for (place, event) in self.events.iter().enumerate() {
            disk.play(place, event);
            if let Event::Said(words) = event {
                told.hear(words);
            }
        }
        let folder = crate::scratch();
        disk::write(&disk.seen(), folder.path());
        Connection::open(folder.path().join(DATABASE)).unwrap().execute_batch(sql).unwrap();
        judge(folder.path(), &told).1.into_iter().map(|(wrong, _)| wrong).collect()
    }

    /// Cuts the power so many times; `lies`: the disk says that it has written what it has not.
    pub fn cut(&self, rounds: usize, lies: bool) -> Tally {
        let places = self.places(rounds, &mut Dice::new(6));
        let mut tally = Tally { rounds, lost: 0, half: 0, damaged: 0, complaints: Vec::new() };
        let mut wanted = vec![false; self.commits.len()];
        places.iter().flat_map(|place| self.may_be(*place)).for_each(|commit| wanted[commit] = true);
        let mut prints: Vec<Option<u64>> = vec![None; self.commits.len()];
        let (mut disk, mut told, mut open) = (self.start.clone(), Told::default(), Vec::new());
        disk.lies = lies;
        let mut rest = places.iter().copied().enumerate().peekable();
        for place in 0..=self.events.len() {
            for (commit, _) in self.commits.iter().enumerate().filter(|(_, one)| one.begun == place) {
                prints[commit] = wanted[commit].then(|| seen(&disk)).flatten();
            }
            while let Some((round, _)) = rest.next_if(|(_, at)| *at == place) {
                let image = disk.without_power(&mut Dice::new(round as u64));
                let folder = crate::scratch();
                disk::write(&image, folder.path());
                let (print, complaints) = judge(folder.path(), &told);
                if complaints.is_empty() {
                    open.extend(print.map(|print| Open { round, place, print }));
                } else {
                    tally.add(round, place, &complaints, Some(&image));
                }
            }
            if let Some(event) = self.events.get(place) {
                disk.play(place, event);
                if let Event::Said(words) = event {
                    told.hear(words);
                }
            }
        }
        for Open { round, place, print } in open {
            let may_be = self.may_be(place);
            if !prints[may_be.clone()].contains(&Some(print)) {
                let older = prints[..*may_be.start()].contains(&Some(print));
                let wrong = if older { Wrong::Lost } else { Wrong::Half };
                tally.add(round, place, &[(wrong, "it is the state of no commit that may be".into())], None);
            }
        }
        tally
    }
}

/// The print of the database as the programs see it; none while it is damaged.
fn seen(disk: &Disk) -> Option<u64> {
    let folder = crate::scratch();
    let mut image = disk.seen();
    image.retain(|path, _| path.to_string_lossy().starts_with(DATABASE) && !path.ends_with("balie.db-shm"));
    disk::write(&image, folder.path());
    print_of(&Connection::open(folder.path().join(DATABASE)).unwrap()).ok()
}

fn read(root: &Path, folder: &Path, image: &mut Image) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.strip_prefix(root).unwrap().to_owned();
        let content = (!path.is_dir()).then(|| fs::read(&path).unwrap());
        if content.is_none() {
            read(root, &path, image);
        }
        image.insert(name, content);
    }
}

impl Tally {
    fn add(&mut self, round: usize, place: usize, complaints: &[Complaint], image: Option<&Image>) {
        match complaints.iter().map(|(wrong, _)| *wrong).max() {
            Some(Wrong::Lost) => self.lost += 1,
            Some(Wrong::Half) => self.half += 1,
            Some(Wrong::Damaged) => self.damaged += 1,
            None => {}
        }
        if self.complaints.len() < 10 {
            self.complaints.push(format!("round {round}, place {place}: {complaints:?}"));
        }
        // BALIE_TORN_KEEP names a folder in which what the cut left is kept.
        if let (Some(keep), Some(image)) = (std::env::var_os("BALIE_TORN_KEEP").map(PathBuf::from), image) {
            disk::write(image, &keep.join(round.to_string()));
        }
    }
}
