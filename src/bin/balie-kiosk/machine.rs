//! The machine as the desk knows it: the station answers what the pages ask.

use std::path::{Path, PathBuf};
use std::time::Instant;

use balie::desk::{MachineCard, Places, ShopCard, Surroundings, UpdateCard};
use balie::rules::describe::letters::Sender;
use balie::station::args::Station;
use balie::station::config::Supplier;
use balie::station::disk::Room;
use balie::station::provision::report;
use balie::station::system::{Facts, linked};
use balie::station::touch::Touch;
use balie::station::update::{self, Age, Status};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// What the desk asks of the machine.
pub struct Machine {
    /// The configuration, the clock and the folders.
    pub station: Station,
    /// None in a window: there a mouse does.
    pub touch: Option<Touch>,
}

impl Machine {
    /// The updates on the sticks, each compared with what runs.
    fn offers(&self, status: &Status) -> Vec<UpdateCard> {
        let offer = |path: PathBuf| {
            let place = path.display().to_string();
            match update::judge(&place, status) {
                Ok((bundle, age)) => UpdateCard {
                    place,
                    version: bundle.version,
                    notes: bundle.notes,
                    older: age == Age::Older,
                    same: age == Age::Same,
                    refused: None,
                },
                Err(cause) => UpdateCard {
                    version: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                    refused: Some(cause.to_string()),
                    place,
                    ..UpdateCard::default()
                },
            }
        };
        update::on_sticks(&self.station.config.files.stick_dir).into_iter().map(offer).collect()
    }
}

impl Surroundings for Machine {
    fn now(&self) -> DateTime<Utc> {
        self.station.clock.now_utc()
    }
    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        self.station.clock.local(at)
    }
    fn midnight(&self, day: NaiveDate) -> DateTime<Utc> {
        self.station.clock.midnight(day)
    }
    fn today(&self) -> NaiveDate {
        self.station.clock.today()
    }
    fn clock_trusted(&self, newest: Option<DateTime<Utc>>) -> bool {
        self.station.clock.is_pretended() || self.station.clock.trusted_now(newest).is_ok()
    }
    fn disk_nearly_full(&self) -> bool {
        Room::under(&self.station.data_dir).is_ok_and(|room| room.is_nearly_gone())
    }
    fn touch_gone(&self) -> bool {
        self.touch.as_ref().is_some_and(|touch| touch.is_gone(Instant::now()))
    }
    fn shop_open(&self) -> bool {
        self.station.config.shop.opening_hours.is_open(self.station.clock.now_local())
    }
    fn slots(&self, day: NaiveDate, minutes: u32) -> Vec<NaiveTime> {
        self.station.config.shop.opening_hours.slots(day, minutes)
    }
    fn country(&self) -> String {
        self.station.config.shop.country.clone()
    }
    fn machine(&self) -> MachineCard {
        let Facts {
            version,
            built_at,
            system,
            kernel,
            board,
            up_seconds,
            room,
            power,
            update,
            update_trouble,
        } = Facts::gather(Path::new("/"), &self.station.data_dir);
        let built = built_at.format("%Y-%m-%d");
        let provisioned = match report::read(Path::new(report::PATH)) {
            Ok(report) => {
                report.into_iter().flat_map(|report| report.mistakes).map(|one| one.to_string()).collect()
            }
            Err(cause) => vec![cause.to_string()],
        };
        MachineCard {
            version: format!("{version} ({built})"),
            system: system
                .map(|system| kernel.map_or(system.clone(), |kernel| format!("{system}, {kernel}"))),
            board,
            up_seconds,
            room,
            celsius: power.celsius,
            hot: power.is_hot(),
            weak: power.weak.map(|weak| (weak.now, weak.before)),
            offers: update.as_ref().map(|status| self.offers(status)).unwrap_or_default(),
            update: update.map(|status| status.waiting),
            mistakes: update_trouble.into_iter().chain(provisioned).collect(),
        }
    }
    fn install(&self, place: &str, progress: &mut dyn FnMut(u8)) -> Result<(), String> {
        let done = update::install(place, false, &mut |percent, _| progress(percent));
        done.map(|_| ()).map_err(|cause| cause.to_string())
    }
    fn restart(&self) -> Result<(), String> {
        update::restart(&self.station.data_dir).map_err(|cause| cause.to_string())
    }
    fn network(&self) -> Option<bool> {
        linked(Path::new("/"))
    }
    fn asks_register(&self) -> bool {
        self.station.config.rdw.enabled
    }
    fn places(&self) -> Option<Places> {
        Some(Places {
            database: self.station.database(),
            rejects: self.station.data_dir.join("rejects"),
            backups: self.station.backup_dir(),
            sticks: self.station.config.files.stick_dir.clone(),
        })
    }
    fn shop(&self) -> ShopCard {
        let config = &self.station.config;
        ShopCard {
            sender: Sender {
                name: config.shop.name.clone(),
                phone: config.shop.phone.clone(),
                country: config.shop.country.clone(),
            },
            language: config.shop.language,
            texts: !matches!(config.sms.supplier, Supplier::None | Supplier::Manual),
            mails: config.smtp.host.is_some(),
        }
    }
}
