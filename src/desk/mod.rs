//! The touchscreen: the only place that knows Slint.
//!
//! One worker thread owns the desk's database connection ([`worker`]); the event loop never touches
//! a disk. Requests go in by channel, answers come back by channel and a wake-up call, and each
//! answer carries its request's number, so that an old one never overwrites a newer one. A page's
//! adapter (`task`) turns answers into properties and touches into requests; what all pages share is
//! [`context`]'s, what stands around every page is `shell`'s. Words are made in `ui/words.slint`,
//! never here.

/// Connects the callbacks of a page's global to its adapter: `hear!(global, adapter, { on_x: |adapter, y| adapter.x(y) })`.
/// The window does not keep the adapter alive.
macro_rules! hear {
    ($global:expr, $adapter:expr, { $($on:ident: |$this:ident $(, $argument:ident)*| $act:expr),+ $(,)? }) => {{
        $({
            let weak = std::rc::Rc::downgrade(&$adapter);
            $global.$on(move |$($argument),*| {
                if let Some($this) = weak.upgrade() {
                    $act;
                }
            });
        })+
    }};
}

mod agenda;
mod agenda_calendar;
mod agenda_day;
pub mod alive;
mod app;
mod audit;
mod calendar;
mod choice;
pub mod compose;
mod compose_code;
mod compose_pictures;
mod compose_state;
pub mod context;
mod convert;
mod customer;
mod customer_form;
mod customer_lines;
mod customer_sheets;
pub mod customers;
mod edit;
mod edit_conflict;
mod edit_convert;
mod edit_look;
mod edit_message;
mod edit_pictures;
mod edit_sheets;
mod entry;
mod files;
mod files_pictures;
mod files_work;
mod first_start;
pub mod font;
mod gauge;
mod half_typed;
mod keyboard;
mod keys;
mod list;
mod mailing;
mod outbox;
mod pad;
mod pages;
pub mod picture;
mod placeholders;
mod report;
mod session;
mod settings;
mod shell;
pub mod source;
mod staff;
mod system;
mod task;
mod texts;
mod updates;
mod vehicle;
mod why;
pub mod wire;
pub mod worker;

pub use app::{Desk, Start};
pub use balie_ui as ui;
pub use balie_ui::slint;

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use crate::domain::appointment::usual_slots;
use crate::domain::language::Language;
use crate::rules::describe::letters::Sender;

/// What messages say of the shop, and what carries them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShopCard {
    /// Name, telephone and country.
    pub sender: Sender,
    /// The shop's own language.
    pub language: Language,
    /// A supplier carries SMS.
    pub texts: bool,
    /// A server takes e-mail.
    pub mails: bool,
}

/// Where files lie, for the page that takes them in and keeps copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The database.
    pub database: PathBuf,
    /// Where rejected rows go.
    pub rejects: PathBuf,
    /// Where the copies of the nights are.
    pub backups: PathBuf,
    /// Under which USB sticks are mounted.
    pub sticks: PathBuf,
}

/// The machine, for the page about it; `None` is what it does not tell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MachineCard {
    /// Version of this program, with the day it was built.
    pub version: String,
    /// The operating system, with the kernel.
    pub system: Option<String>,
    /// The board.
    pub board: Option<String>,
    /// How long it has been on, in seconds.
    pub up_seconds: Option<u64>,
    /// Room for the data in bytes: free, and in all.
    pub room: Option<(u64, u64)>,
    /// The processor, in degrees Celsius.
    pub celsius: Option<f64>,
    /// It is too hot.
    pub hot: bool,
    /// Whether the power supply is too weak: now, and at some time since it was switched on.
    pub weak: Option<(bool, bool)>,
    /// Where updates are written beside what runs: the one that waits for a restart, if any.
    pub update: Option<Option<String>>,
    /// What is wrong with the technician's file, and with updates: for the technician, in English.
    pub mistakes: Vec<String>,
    /// Updates on the sticks that are plugged in.
    pub offers: Vec<UpdateCard>,
}

/// An update that could be installed (APP-09).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UpdateCard {
    /// The file.
    pub place: String,
    /// Its version; of one that cannot be read, the file's name.
    pub version: String,
    /// What is new, by language code.
    pub notes: BTreeMap<String, String>,
    /// It is older than what runs.
    pub older: bool,
    /// It is what runs.
    pub same: bool,
    /// Why it cannot be installed: for the technician, in English.
    pub refused: Option<String>,
}

/// What the desk must know of the machine it runs on; the station answers.
pub trait Surroundings: Send + Sync {
    /// This instant.
    fn now(&self) -> DateTime<Utc>;
    /// An instant as the shop's wall shows it.
    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime;
    /// The instant at which a day begins in the shop.
    fn midnight(&self, day: NaiveDate) -> DateTime<Utc> {
        day.and_time(NaiveTime::MIN).and_utc()
    }
    /// The shop's date.
    fn today(&self) -> NaiveDate;
    /// Whether the clock can be believed, given the newest instant in the database.
    fn clock_trusted(&self, newest: Option<DateTime<Utc>>) -> bool;
    /// Whether the data has hardly any room left; asked by the worker, because it looks at the disk.
    fn disk_nearly_full(&self) -> bool;
    /// Whether the touchscreen has gone; asked by the worker too.
    fn touch_gone(&self) -> bool {
        false
    }
    /// Whether the shop is open now.
    fn shop_open(&self) -> bool;
    /// The beginnings of the slots of a day on which the shop is open, so many minutes each.
    fn slots(&self, _day: NaiveDate, minutes: u32) -> Vec<NaiveTime> {
        usual_slots(minutes)
    }
    /// The shop's country (ISO 3166).
    fn country(&self) -> String {
        "NL".to_owned()
    }
    /// How the machine fares; asked beside the desk, because it takes a moment.
    fn machine(&self) -> MachineCard {
        MachineCard::default()
    }
    /// Writes an update beside what runs; `progress` hears percent. Takes minutes.
    ///
    /// # Errors
    /// Why it was not written, for the technician.
    fn install(&self, _place: &str, _progress: &mut dyn FnMut(u8)) -> Result<(), String> {
        Err("this machine takes no updates from the screen".to_owned())
    }
    /// Restarts the machine.
    ///
    /// # Errors
    /// Why it does not, for the technician.
    fn restart(&self) -> Result<(), String> {
        Err("this machine is not restarted from the screen".to_owned())
    }
    /// Whether some network is there, without a word sent into it; `None`: the machine does not tell.
    fn network(&self) -> Option<bool> {
        None
    }
    /// Whether the vehicle register is asked.
    fn asks_register(&self) -> bool {
        false
    }
    /// Where files lie; none: the machine has no such places (pictures).
    fn places(&self) -> Option<Places> {
        None
    }
    /// What messages say of the shop.
    fn shop(&self) -> ShopCard {
        let sender = Sender { country: self.country(), ..Sender::default() };
        ShopCard { sender, ..ShopCard::default() }
    }
}
