//! What must be true of a folder after the power went, whatever the disk made of it.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use balie::domain::ids::TaskId;
use balie::store::history::{Actor, Origin};
use balie::store::{Access, Store};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::day::{VEHICLES, put_back};
use crate::step::{Step, Told, What};

/// What is wrong after a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// What somebody saw done is not there.
    Lost,
    /// A part of something is there, or something twice.
    Half,
    /// Balie cannot open it, or SQLite finds it damaged.
    Damaged,
}

pub type Complaint = (Wrong, String);

/// The whole content of a database as a number: two that are alike have the same.
pub fn print_of(connection: &Connection) -> rusqlite::Result<u64> {
    let mut hasher = DefaultHasher::new();
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name";
    let mut tables = connection.prepare(sql)?;
    let tables = tables.query_map([], |row| row.get::<_, String>(0))?;
    for table in tables {
        let table = table?;
        table.hash(&mut hasher);
        let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\""))?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                match row.get_ref(column)? {
                    ValueRef::Null => 0_u8.hash(&mut hasher),
                    ValueRef::Integer(number) => number.hash(&mut hasher),
                    ValueRef::Real(number) => number.to_bits().hash(&mut hasher),
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.hash(&mut hasher),
                }
            }
        }
    }
    Ok(hasher.finish())
}

fn damaged(what: &str, cause: &dyn std::fmt::Display) -> Complaint {
    (Wrong::Damaged, format!("{what}: {cause}"))
}

/// Opens what a power cut left as the programs do, looks at all of it, and works on with it. Answers its
/// print, where that tells something, and every complaint.
pub fn judge(folder: &Path, told: &Told) -> (Option<u64>, Vec<Complaint>) {
    let path = folder.join("balie.db");
    let healing =
        told.begun.iter().any(|step| step.what == What::Healed && !told.done.contains(&step.number));
    if healing && let Err(cause) = put_back(folder) {
        return (None, vec![damaged("it does not heal", &cause)]);
    }
    let mut store = match Store::open_with(&path, Access::Write) {
        Ok(store) => store,
        Err(cause) => return (None, vec![damaged("it does not open", &cause)]),
    };
    if let Err(cause) = store.check_all() {
        return (None, vec![damaged("it is not whole", &cause)]);
    }
    let look = Connection::open(&path).unwrap();
    let print = print_of(&look).unwrap();
    let mut complaints = Vec::new();
    let strays = count(&look, "SELECT count(*) FROM pragma_foreign_key_check", &[]);
    if strays > 0 {
        complaints.push((Wrong::Half, format!("{strays} rows belong to rows that are not there")));
    }
    let tasks = count(&look, "SELECT count(*) FROM task", &[]);
    if tasks != VEHICLES {
        complaints.push((Wrong::Half, format!("{tasks} tasks for {VEHICLES} vehicles")));
    }
    match told.begun.iter().position(|step| matches!(step.what, What::Restored(_))) {
        Some(at) if is_restored(&look) => complaints.extend(after_restore(&look, folder, at, told)),
        _ => complaints.extend(told.begun.iter().flat_map(|step| follow(&look, folder, step, told))),
    }
    for (number, ended) in &told.taken {
        let words = format!("torn-{number}");
        let state: Option<String> =
            look.query_row("SELECT state FROM message WHERE body = ?1", [&words], |row| row.get(0)).ok();
        match (state.as_deref(), ended) {
            (Some("sent"), _) | (Some("sending" | "unknown"), false) => {}
            (Some("queued"), _) => {
                complaints.push((Wrong::Lost, format!("{words} has left, and would leave again")));
            }
            (state, _) => complaints.push((Wrong::Lost, format!("{words} was sent, and is {state:?}"))),
        }
    }
    // Backups of the nights have their name when they are whole.
    for copy in copies(folder, "balie-") {
        if let Err(cause) = Store::open_with(&copy, Access::Read).and_then(|store| store.check_all()) {
            complaints.push(damaged("a backup is not whole", &cause));
        }
    }
    // Life goes on.
    let actor = Actor { origin: Origin::Command, at: "2015-05-01T12:00:00Z".parse().unwrap() };
    let task: i64 = look.query_row("SELECT min(id) FROM task", [], |row| row.get(0)).unwrap_or_default();
    let more = store.handle_task(TaskId(task), None, actor).and_then(|_| store.check());
    if let Err(cause) = more {
        complaints.push(damaged("it cannot be worked with", &cause));
    }
    ((!healing).then_some(print), complaints)
}

/// Files of the backup folder whose name begins so.
fn copies(folder: &Path, beginning: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder.join("backup")).into_iter().flatten().map(|entry| entry.unwrap());
    let wanted = files.filter(|file| {
        let name = file.file_name().into_string().unwrap();
        name.starts_with(beginning) && name.ends_with(".db")
    });
    wanted.map(|file| file.path()).collect()
}

fn is_restored(look: &Connection) -> bool {
    let sql = "SELECT count(*) FROM history WHERE noun = 'database' AND action = 'restored'";
    count(look, sql, &[]) > 0
}

/// The backup's steps are there, and those after it was put back; all before that are in the file aside.
fn after_restore(look: &Connection, folder: &Path, at: usize, told: &Told) -> Vec<Complaint> {
    let What::Restored(copy) = told.begun[at].what else { return Vec::new() };
    let (before, after) = told.begun.split_at(at);
    let in_copy = before.iter().filter(|step| told.before_backup[&copy].contains(&step.number));
    let mut complaints: Vec<_> =
        in_copy.chain(after).flat_map(|step| follow(look, folder, step, told)).collect();
    match copies(folder, "before-restore-").first() {
        Some(aside) => complaints.extend(holds(aside, before)),
        None => complaints.push((Wrong::Lost, "nothing is kept of the database of before".into())),
    }
    complaints
}

/// Whether a copy is whole and has all of these steps.
fn holds<'s>(copy: &Path, steps: impl IntoIterator<Item = &'s Step>) -> Vec<Complaint> {
    let name = copy.file_name().unwrap_or_default().display();
    if !copy.exists() {
        return vec![(Wrong::Lost, format!("{name} is not there"))];
    }
    if let Err(cause) = Store::open_with(copy, Access::Read).and_then(|store| store.check_all()) {
        return vec![damaged(&name.to_string(), &cause)];
    }
    let look = Connection::open(copy).unwrap();
    let steps: Vec<&Step> = steps.into_iter().filter(|step| step.what != What::BackedUp).collect();
    let told = Told { done: steps.iter().map(|step| step.number).collect(), ..Told::default() };
    let complaints = steps.iter().flat_map(|step| follow(&look, Path::new(""), step, &told));
    complaints.map(|(wrong, words)| (wrong, format!("{name}: {words}"))).collect()
}

fn count(connection: &Connection, sql: &str, values: &[&dyn rusqlite::ToSql]) -> usize {
    connection.query_row(sql, values, |row| row.get::<_, i64>(0)).unwrap().try_into().unwrap()
}

/// Whether a step is all there or not at all, and all there if it is done.
fn follow(look: &Connection, folder: &Path, step: &Step, told: &Told) -> Vec<Complaint> {
    let done = told.done.contains(&step.number);
    let (there, all) = match &step.what {
        // A backup that was told done holds what was done before it began.
        What::BackedUp if done => {
            let copy = folder.join("copies").join(format!("{}.db", step.words()));
            let before = &told.before_backup[&step.number];
            return holds(&copy, told.begun.iter().filter(|other| before.contains(&other.number)));
        }
        What::BackedUp | What::Delivered | What::Healed => return Vec::new(),
        What::Restored(_) => (usize::from(is_restored(look)), 1),
        // As often as it was asked for and done; the service does it too.
        What::Collected => {
            let runs = count(look, "SELECT count(*) FROM collection", &[]);
            (usize::from(runs > 1), 1)
        }
        What::Imported(rows) | What::Dropped(rows) => {
            let like = format!("T{}-%", step.number);
            (count(look, "SELECT count(*) FROM customer WHERE code LIKE ?1", &[&like]), *rows)
        }
        _ => parts(look, step),
    };
    let waits =
        || told.dropped.contains(&step.number) && there == 0 && !lies_there(&folder.join("drop"), step);
    if there > 0 && there != all {
        vec![(Wrong::Half, format!("{step}: {there} of {all} parts are there"))]
    } else if there == 0 && (done || waits()) {
        vec![(Wrong::Lost, format!("{step} is not there"))]
    } else {
        Vec::new()
    }
}

/// How many parts of a step at the desk are there, and how many there should be.
fn parts(look: &Connection, step: &Step) -> (usize, usize) {
    let words = step.words();
    let history = "SELECT count(*) FROM history WHERE origin = 'desk' AND noun";
    let (id, sqls): (i64, Vec<String>) = match &step.what {
        What::Handled(id) => (
            *id,
            vec![
                "SELECT count(*) FROM task WHERE id = ?1 AND state = 'handled' AND description = ?2".into(),
                format!("{history} = 'task' AND noun_id = ?1 AND after = 'handled' AND ?2 <> ''"),
                "SELECT count(*) FROM step WHERE task_id = ?1 AND ?2 <> ''".into(),
            ],
        ),
        What::Saved(id) => {
            let state = if step.number.is_multiple_of(2) { "handled" } else { "open" };
            (
                *id,
                vec![
                    "SELECT count(*) FROM call_note WHERE task_id = ?1 AND text = ?2".into(),
                    "SELECT count(*) FROM message WHERE task_id = ?1 AND body = ?2".into(),
                    format!("{history} = 'task' AND noun_id = ?1 AND action = 'noted' AND ?2 <> ''"),
                    format!("{history} = 'task' AND noun_id = ?1 AND action = 'queued' AND ?2 <> ''"),
                    "SELECT count(*) FROM step WHERE task_id = ?1 AND ?2 <> ''".into(),
                    format!(
                        "SELECT count(*) FROM task WHERE id = ?1 AND state = '{state}' AND touched = 1 AND sms_sent = 1 AND ?2 <> ''"
                    ),
                ],
            )
        }
        What::Booked(id) => {
            let booking = "(SELECT id FROM appointment WHERE notes = ?2)";
            (
                *id,
                vec![
                    "SELECT count(*) FROM appointment WHERE task_id = ?1 AND notes = ?2".into(),
                    format!(
                        "{history} = 'appointment' AND action = 'made' AND noun_id = {booking} AND ?1 > 0"
                    ),
                    format!("{history} = 'task' AND noun_id = ?1 AND action = 'appointment' AND ?2 <> ''"),
                ],
            )
        }
        What::Edited(id) => (
            *id,
            vec![
                "SELECT count(*) FROM customer WHERE id = ?1 AND notes = ?2".into(),
                "SELECT count(*) FROM customer WHERE id = ?1 AND name = ?2".into(),
                format!("{history} = 'customer' AND noun_id = ?1 AND field = 'notes' AND after = ?2"),
                format!("{history} = 'customer' AND noun_id = ?1 AND field = 'name' AND after = ?2"),
            ],
        ),
        other => panic!("{other:?} has no parts"),
    };
    let there = sqls.iter().map(|sql| count(look, sql, &[&id, &words])).sum();
    (there, sqls.len())
}

/// Whether a file that was dropped still lies somewhere below the drop folder, all of it.
fn lies_there(folder: &Path, step: &Step) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let What::Dropped(rows) = step.what else { return false };
    entries.into_iter().any(|path| {
        if path.is_dir() {
            return lies_there(&path, step);
        }
        let text = fs::read(&path).unwrap();
        let of_it = format!("T{}-", step.number);
        String::from_utf8_lossy(&text).lines().filter(|line| line.starts_with(&of_it)).count() == rows
    })
}
