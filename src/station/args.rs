//! The options that all three programs share, and what follows from them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveDate;
use clap::Args;

use super::clock::Clock;
use super::config::{Config, ConfigError, Watch};
use crate::collect::files::Places;

/// The database's name in the data folder.
const DATABASE: &str = "balie.db";

/// After a start the desk comes first; then the backup that a night without power has missed.
const SETTLE: Duration = Duration::from_secs(120);

/// Which configuration, which data, which day.
#[derive(Debug, Clone, Default, Args)]
pub struct StationArgs {
    /// Configuration file [default: /etc/balie/balie.toml, when it is there]
    #[arg(long, global = true, value_name = "FILE", env = "BALIE_CONFIG", hide_env_values = true)]
    pub config: Option<PathBuf>,
    /// Folder with the database and the drop folders
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "BALIE_DATA_DIR",
        default_value = "/var/lib/balie",
        hide_env_values = true
    )]
    pub data_dir: PathBuf,
    /// Pretend that today is this date, for examples and checks
    #[arg(
        long,
        global = true,
        value_name = "YYYY-MM-DD",
        env = "BALIE_TODAY",
        value_parser = parse_date,
        hide_env_values = true
    )]
    pub today: Option<NaiveDate>,
}

fn parse_date(text: &str) -> Result<NaiveDate, String> {
    text.trim().parse().map_err(|_| "write a date as YYYY-MM-DD, for example 2026-11-23".to_owned())
}

/// What a program knows of the machine once its options and its configuration are read.
#[derive(Debug)]
pub struct Station {
    /// The configuration, checked.
    pub config: Config,
    /// The folder with the database.
    pub data_dir: PathBuf,
    /// The one clock.
    pub clock: Clock,
}

impl StationArgs {
    /// Reads the configuration and sets the clock to the shop's time zone.
    ///
    /// # Errors
    /// [`ConfigError`] when the configuration cannot be read or something in it is wrong.
    pub fn station(&self) -> Result<Station, ConfigError> {
        Config::load(self.config.as_deref()).map(|config| self.with(config))
    }

    /// As [`station`](Self::station), but with the default wherever the configuration is wrong, and what that is:
    /// the touchscreen of a workshop does not stay dark for a mistyped line.
    pub fn station_anyway(&self) -> (Station, Option<ConfigError>) {
        let (config, wrong) = Config::load_anyway(self.config.as_deref());
        (self.with(config), wrong)
    }

    /// Watches the configuration; to be begun before it is read.
    pub fn watch(&self) -> Watch {
        Watch::begin(self.config.as_deref())
    }

    fn with(&self, config: Config) -> Station {
        let clock = Clock::new(config.shop.timezone, self.today);
        Station { config, data_dir: self.data_dir.clone(), clock }
    }
}

impl Station {
    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.data_dir.join(DATABASE)
    }

    /// The folder in which the shop's own system drops its CSV files.
    pub fn drop_dir(&self) -> PathBuf {
        self.within(self.config.files.drop_dir.as_deref(), "drop")
    }

    /// The folder for backups.
    pub fn backup_dir(&self) -> PathBuf {
        self.within(self.config.files.backup_dir.as_deref(), "backup")
    }

    /// Where the collector finds and puts files.
    pub fn places(&self) -> Places {
        let files = &self.config.files;
        Places {
            database: self.database(),
            drop: self.drop_dir(),
            rejects: self.data_dir.join("rejects"),
            backups: self.backup_dir(),
            sticks: files.stick_backup.then(|| files.stick_dir.clone()),
            quiet: Duration::from_secs(u64::from(files.quiet_seconds)),
            settle: SETTLE,
        }
    }

    /// Where the present database goes when a backup takes its place: a name with date and time.
    pub fn set_aside(&self) -> PathBuf {
        crate::store::backup::set_aside(&self.backup_dir(), self.clock.now_local())
    }

    /// A folder as configured, or one of that name; a relative one lies in the data folder.
    fn within(&self, configured: Option<&Path>, name: &str) -> PathBuf {
        self.data_dir.join(configured.unwrap_or(Path::new(name)))
    }
}
