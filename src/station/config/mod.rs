//! The one configuration file: what a technician sets once, before the shop sets anything.
//!
//! Every key has a default, so no file is a good file. A key that nobody reads is worse than none,
//! because it looks as if it worked: an unknown key or a wrong value is an error with its line.

mod entry;
mod machine;
mod reader;
pub mod secret;
mod syntax;
mod tables;
mod watch;

use std::fmt;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;

use super::hours::OpeningHours;
use crate::domain::language::Language;
use crate::panel::PanelConfig;

pub use entry::{Entry, Plain};
pub use machine::{Fixed, Manager, Network, Ssh, Time};
pub use secret::{Secret, SecretError};
pub use watch::Watch;

/// Where the configuration is looked for when none is named.
pub const DEFAULT_PATH: &str = "/etc/balie/balie.toml";

/// Everything the file says, checked, with defaults for the rest.
#[derive(Debug, Clone)]
pub struct Config {
    /// The shop itself.
    pub shop: Shop,
    /// LED and button.
    pub panel: PanelConfig,
    /// The touchscreen.
    pub screen: Screen,
    /// The vehicle register.
    pub rdw: Rdw,
    /// The SMS supplier.
    pub sms: Sms,
    /// Outgoing mail.
    pub smtp: Smtp,
    /// When messages leave.
    pub outbox: Outbox,
    /// The shop's calendar.
    pub calendar: Calendar,
    /// Folders.
    pub files: Files,
    /// Where updates come from.
    pub update: Update,
    /// The log.
    pub log: Log,
    /// The machine's network.
    pub network: Network,
    /// Time servers.
    pub time: Time,
    /// Who may drop files.
    pub ssh: Ssh,
    /// The first manager.
    pub manager: Manager,
}

/// `[shop]`
#[derive(Debug, Clone)]
pub struct Shop {
    /// Name, as it stands on the screen and under messages.
    pub name: String,
    /// Telephone, as customers dial it; it stands in messages.
    pub phone: String,
    /// Language at the first start; the screen can change it.
    pub language: Language,
    /// Time zone of the shop's clock on the wall.
    pub timezone: Tz,
    /// ISO 3166 code of the country.
    pub country: String,
    /// When the LED may blink.
    pub opening_hours: OpeningHours,
}

/// `[screen]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    /// Connector (`HDMI-A-1`, `DSI-1`); the first one when not set.
    pub output: Option<String>,
    /// Degrees clockwise: 0, 90, 180 or 270.
    pub rotation: u16,
    /// Minutes without a touch after which the screen dims; 0 is never.
    pub dim_after_minutes: u32,
    /// Light or dark.
    pub theme: Theme,
}

/// The screen's colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// `[rdw]`
#[derive(Debug, Clone)]
pub struct Rdw {
    /// Whether the register is asked at all: in the Netherlands, unless it is said.
    pub enabled: bool,
    /// The folder above `{id}.json`, without a slash at its end.
    pub base_url: String,
    /// Lifts the limit for anonymous use.
    pub app_token: Secret,
    /// How many requests may leave on a day, at most.
    pub requests_per_day: u32,
}

/// `[sms]`
#[derive(Debug, Clone)]
pub struct Sms {
    /// Who carries the messages.
    pub supplier: Supplier,
    /// Replaces the supplier's own address.
    pub base_url: Option<String>,
    /// The key or token.
    pub key: Secret,
    /// The account, where the supplier wants one.
    pub account: String,
    /// Sender: a number or at most eleven letters.
    pub from: String,
}

/// Who carries text messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Supplier {
    /// No text messages.
    #[default]
    None,
    /// By hand: the screen shows number and text.
    Manual,
    /// Bird (formerly MessageBird).
    Bird,
    /// CM.com.
    Cm,
    /// Spryng.
    Spryng,
    /// Twilio.
    Twilio,
}

/// `[smtp]`
#[derive(Debug, Clone)]
pub struct Smtp {
    /// The mail server; no mail when not set.
    pub host: Option<String>,
    /// Its port; follows from `security` when not set.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// User name; no log-in when empty.
    pub user: String,
    /// Password.
    pub password: Secret,
    /// Sender.
    pub from: String,
    /// Where answers go, when elsewhere.
    pub reply_to: Option<String>,
}

/// How a mail connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Security {
    /// Begins in the clear, then must become TLS.
    #[default]
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None; for a mail server on the same network.
    None,
}

/// `[outbox]`
#[derive(Debug, Clone)]
pub struct Outbox {
    /// When messages may leave; a service message may also while the shop is open.
    pub hours: OpeningHours,
}

/// `[calendar]`
#[derive(Debug, Clone)]
pub struct Calendar {
    /// An iCalendar file to keep up to date; a relative path lies in the data folder.
    pub ics_file: Option<PathBuf>,
    /// A CalDAV collection.
    pub caldav_url: Option<String>,
    /// User name there.
    pub user: String,
    /// Password there.
    pub password: Secret,
}

/// `[files]`; relative paths lie in the data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// Where the shop's own system drops its files.
    pub drop_dir: Option<PathBuf>,
    /// Where backups go.
    pub backup_dir: Option<PathBuf>,
    /// Where the system mounts sticks.
    pub stick_dir: PathBuf,
    /// Whether a stick that is plugged in gets a backup.
    pub stick_backup: bool,
    /// After so many seconds without a change a dropped file is complete.
    pub quiet_seconds: u32,
}

/// `[update]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The address of the newest bundle; updates come on sticks only when not set.
    pub url: Option<String>,
}

/// `[log]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// The least important line that is written.
    pub level: tracing::level_filters::LevelFilter,
}

/// One thing that is wrong in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, counted from 1.
    pub line: usize,
    /// `table.key`, or the table; empty when the file is not TOML.
    pub key: String,
    /// What is wrong, and what to write.
    pub words: String,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration {path} cannot be read: {cause}; name another with --config or BALIE_CONFIG")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// Something in the file is wrong.
    #[error("{}", Wrong(path, problems))]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What, in the order of the file.
        problems: Vec<Problem>,
    },
}

/// The first problem in one line, and how many more there are.
struct Wrong<'a>(&'a Path, &'a [Problem]);

impl fmt::Display for Wrong<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.1.first() else { return write!(f, "{}: wrong", self.0.display()) };
        write!(f, "{}:{first}", self.0.display())?;
        match self.1.len() {
            1 => Ok(()),
            2 => write!(f, " (and one more mistake in this file)"),
            all => write!(f, " (and {} more mistakes in this file)", all - 1),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            write!(f, "{}: {}", self.line, self.words)
        } else {
            write!(f, "{}: {}: {}", self.line, self.key, self.words)
        }
    }
}

impl Config {
    /// Reads the file that is named, or the default one; only the default one may be missing.
    ///
    /// # Errors
    /// [`ConfigError`] with file, line, key and what to write.
    pub fn load(named: Option<&Path>) -> Result<Self, ConfigError> {
        let path = named.unwrap_or(Path::new(DEFAULT_PATH));
        match std::fs::read(path) {
            Ok(bytes) => Self::from_bytes(path, &bytes),
            Err(cause) if named.is_none() && cause.kind() == std::io::ErrorKind::NotFound => {
                Self::from_bytes(path, b"")
            }
            Err(cause) => Err(ConfigError::Unreadable { path: path.to_owned(), cause }),
        }
    }

    /// As [`load`](Self::load), but with the default wherever something is wrong, and what that is: a desk that
    /// shows the list goes before one that only says why it does not.
    pub fn load_anyway(named: Option<&Path>) -> (Self, Option<ConfigError>) {
        let path = named.unwrap_or(Path::new(DEFAULT_PATH));
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(cause) if named.is_none() && cause.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(cause) => {
                return (Self::default(), Some(ConfigError::Unreadable { path: path.to_owned(), cause }));
            }
        };
        let Examined { config, problems, .. } = Examined::of(path, &bytes);
        let wrong = (!problems.is_empty()).then(|| ConfigError::Wrong { path: path.to_owned(), problems });
        (config, wrong)
    }

    /// Reads the text of a file; `path` is for messages and for relative secrets.
    ///
    /// # Errors
    /// [`ConfigError::Wrong`] with everything that is wrong.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        Self::good(path, Examined::of_text(path, text, Vec::new()))
    }

    fn good(path: &Path, examined: Examined) -> Result<Self, ConfigError> {
        match examined.problems {
            none if none.is_empty() => Ok(examined.config),
            problems => Err(ConfigError::Wrong { path: path.to_owned(), problems }),
        }
    }

    fn from_bytes(path: &Path, bytes: &[u8]) -> Result<Self, ConfigError> {
        Self::good(path, Examined::of(path, bytes))
    }
}

/// Everything a file says: what is right of it, and what is wrong.
#[derive(Debug, Clone)]
pub struct Examined {
    /// Its configuration, with the default where something is wrong.
    pub config: Config,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
    /// Its lines as they stand there, the wrong ones too.
    pub entries: Vec<Entry>,
}

impl Examined {
    /// Reads the bytes of a file to its end, whatever is wrong in it; `path` is for relative secrets.
    pub fn of(path: &Path, bytes: &[u8]) -> Self {
        let (text, problems) = syntax::decode(bytes);
        Self::of_text(path, &text, problems)
    }

    fn of_text(path: &Path, text: &str, problems: Vec<Problem>) -> Self {
        tables::read(path.parent().unwrap_or(Path::new("")), text, problems)
    }
}

impl Default for Config {
    fn default() -> Self {
        tables::defaults()
    }
}
