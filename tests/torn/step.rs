//! What is done in the day that is recorded, as it is told on the tape: that it begins, and that it is done,
//! which is when somebody at the desk saw it done.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What a step does. Its number makes its words unlike those of any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A task is finished from the list.
    Handled(i64),
    /// A task is followed up: a call note and a text message, and with an even number it is finished.
    Saved(i64),
    /// An appointment is made from a task.
    Booked(i64),
    /// A customer's card is changed in two places.
    Edited(i64),
    /// `balie import`, so many customers.
    Imported(usize),
    /// `balie collect`.
    Collected,
    /// `balie outbox deliver`.
    Delivered,
    /// `balie backup`, into a file of the step's number.
    BackedUp,
    /// A file with so many customers lies in the drop folder, and the service takes it.
    Dropped(usize),
    /// `balie restore` of the backup of the step with this number.
    Restored(usize),
    /// A damaged database is put back by itself from the backup of the night.
    Healed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub number: usize,
    pub what: What,
}

impl Step {
    /// The words that only this step writes.
    pub fn words(&self) -> String {
        format!("torn-{}", self.number)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number;
        match &self.what {
            What::Handled(id) => write!(form, "{number} handled {id}"),
            What::Saved(id) => write!(form, "{number} saved {id}"),
            What::Booked(id) => write!(form, "{number} booked {id}"),
            What::Edited(id) => write!(form, "{number} edited {id}"),
            What::Imported(rows) => write!(form, "{number} imported {rows}"),
            What::Collected => write!(form, "{number} collected 0"),
            What::Delivered => write!(form, "{number} delivered 0"),
            What::BackedUp => write!(form, "{number} backed-up 0"),
            What::Dropped(rows) => write!(form, "{number} dropped {rows}"),
            What::Restored(of) => write!(form, "{number} restored {of}"),
            What::Healed => write!(form, "{number} healed 0"),
        }
    }
}

fn parse(text: &str) -> Step {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [number, what, which] = words[..] else { panic!("what is {text}") };
    let (id, rows) = (which.parse().unwrap(), which.parse().unwrap());
    let what = match what {
        "handled" => What::Handled(id),
        "saved" => What::Saved(id),
        "booked" => What::Booked(id),
        "edited" => What::Edited(id),
        "imported" => What::Imported(rows),
        "collected" => What::Collected,
        "delivered" => What::Delivered,
        "backed-up" => What::BackedUp,
        "dropped" => What::Dropped(rows),
        "restored" => What::Restored(rows),
        "healed" => What::Healed,
        _ => panic!("what is {text}"),
    };
    Step { number: number.parse().unwrap(), what }
}

/// Says something on the tape.
pub fn say(words: fmt::Arguments<'_>) {
    println!("torn {words}");
}

/// What was told until some moment.
#[derive(Default, Clone)]
pub struct Told {
    pub begun: Vec<Step>,
    pub done: BTreeSet<usize>,
    /// For each backup, what was done when it began.
    pub before_backup: BTreeMap<usize, BTreeSet<usize>>,
    /// The steps whose message the supplier has taken; `true`: `balie outbox deliver` has ended since.
    pub taken: BTreeMap<usize, bool>,
    /// The steps whose file lies in the drop folder for good.
    pub dropped: BTreeSet<usize>,
}

impl Told {
    /// Hears what a program says.
    pub fn hear(&mut self, said: &str) {
        for line in said.lines().filter_map(|line| Some(line.split_once("torn ")?.1)) {
            match line.split_once(' ') {
                Some(("begin", step)) => {
                    let step = parse(step);
                    if step.what == What::BackedUp {
                        self.before_backup.insert(step.number, self.done.clone());
                    }
                    self.begun.push(step);
                }
                Some(("done", number)) => {
                    let number = number.trim().parse().unwrap();
                    self.done.insert(number);
                    let of = self.begun.iter().find(|step| step.number == number).unwrap();
                    if of.what == What::Delivered {
                        self.taken.values_mut().for_each(|ended| *ended = true);
                    }
                }
                Some(("taken", number)) => {
                    self.taken.insert(number.trim().parse().unwrap(), false);
                }
                Some(("dropped", number)) => {
                    self.dropped.insert(number.trim().parse().unwrap());
                }
                _ => {}
            }
        }
    }
}
