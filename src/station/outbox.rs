//! The outbox of this machine: who carries messages follows from the configuration, when they may
//! leave from the shop's hours, and whether anything leaves at all from whether the clock is believed.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};

use super::clock::Clock;
use super::config::{Config, Secret, Security, Supplier};
use super::hours::OpeningHours;
use super::lock::{Lock, LockError};
use crate::domain::message::{Channel, Trouble};
use crate::domain::rule::LegalClass;
use crate::outside::delivery::{Carriers, Delivered, SmsWay, World, deliver};
use crate::outside::mail::{MailCarrier, MailServer, Patience, Protection, Sender};
use crate::outside::sms::{self, SmsAccount, SmsCarrier};
use crate::store::history::Origin;
use crate::store::{Store, StoreError};

/// Why nothing was delivered.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The configuration names carriers that cannot be used.
    #[error("{0}")]
    Settings(String),
    /// Somebody else delivers, or the lock cannot be had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The clock is not believed: nobody knows whether it is night.
    #[error("{0}")]
    Clock(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The machine refuses.
    #[error("the delivery cannot work on this machine: {0}")]
    Machine(#[from] std::io::Error),
}

/// When messages leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// In the hours for it, and what failed after its wait: the service.
    Patient,
    /// In the hours for it, and what failed at once.
    InHours,
    /// Whatever the hour: somebody asks for it.
    Now,
}

/// The outbox of this machine.
#[derive(Debug)]
pub struct Outbox {
    config: Config,
    data_dir: PathBuf,
    clock: Clock,
    stop: Arc<AtomicBool>,
    pace: Pace,
    origin: Origin,
    carriers: Option<Carriers>,
}

impl Outbox {
    /// An outbox; it stops after the message it is busy with once `stop` is set.
    pub fn new(config: Config, data_dir: PathBuf, clock: Clock, pace: Pace, stop: Arc<AtomicBool>) -> Self {
        let origin = if pace == Pace::Patient { Origin::Collector } else { Origin::Command };
        Self { config, data_dir, clock, stop, pace, origin, carriers: None }
    }

    /// One pass.
    ///
    /// # Errors
    /// [`OutboxError`] says what is in the way.
    pub fn deliver(&mut self, store: &mut Store) -> Result<Delivered, OutboxError> {
        let _lock = Lock::outbox(&self.data_dir)?;
        let newest = store.newest_instant()?;
        self.clock.trusted_now(newest).map_err(|doubt| OutboxError::Clock(doubt.to_string()))?;
        let mut carriers = match self.carriers.take() {
            Some(carriers) => carriers,
            None => carriers(&self.config).map_err(OutboxError::Settings)?,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let done = runtime.block_on(deliver(store, &mut carriers, &*self));
        self.carriers = Some(carriers);
        Ok(done?)
    }
}

impl World for Outbox {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now_utc()
    }

    fn may_send(&self, class: LegalClass, at: DateTime<Utc>) -> bool {
        let (hours, shop) = (&self.config.outbox.hours, &self.config.shop.opening_hours);
        self.pace == Pace::Now || in_hours(hours, shop, class, self.clock.local(at))
    }

    fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn country(&self) -> &str {
        &self.config.shop.country
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    fn impatient(&self) -> bool {
        self.pace != Pace::Patient
    }
}

/// What holds up channels, in words for a technician; `None` when nothing does.
pub fn waits(done: &Delivered) -> Option<String> {
    let words = done.held.iter().map(|(channel, trouble)| {
        let why = match (trouble, channel) {
            (Trouble::Unreachable, _) => "there is no connection, check the network and the address",
            (Trouble::Busy, _) => "the other side asks for patience",
            (Trouble::Settings, Channel::Sms) => "check supplier, key, account and from under [sms]",
            (Trouble::Settings, _) => "check host, security, user, password and from under [smtp]",
            _ => "the other side does not answer",
        };
        format!("{channel} waits: {why}")
    });
    words.reduce(|all, one| format!("{all}; {one}"))
}

/// A service message may also leave while the shop is open, where its hours are known.
fn in_hours(
    sending: &OpeningHours,
    shop: &OpeningHours,
    class: LegalClass,
    at: chrono::NaiveDateTime,
) -> bool {
    sending.is_open(at) || (class == LegalClass::Service && shop.are_set() && shop.is_open(at))
}

/// Who carries messages, as the configuration says.
///
/// # Errors
/// Says which key is wrong, and what to write.
pub fn carriers(config: &Config) -> Result<Carriers, String> {
    let sms = match config.sms.supplier {
        Supplier::None => SmsWay::Nobody,
        Supplier::Manual => SmsWay::ByHand,
        Supplier::Bird => supplier(config, sms::Supplier::Bird)?,
        Supplier::Cm => supplier(config, sms::Supplier::Cm)?,
        Supplier::Spryng => supplier(config, sms::Supplier::Spryng)?,
        Supplier::Twilio => supplier(config, sms::Supplier::Twilio)?,
    };
    let mail = mail_server(config)?.map(|server| MailCarrier::new(server, Patience::default()));
    Ok(Carriers::new(sms, mail))
}

fn secret(secret: &Secret) -> Result<String, String> {
    Ok(secret.read().map_err(|cause| cause.to_string())?.unwrap_or_default())
}

fn supplier(config: &Config, supplier: sms::Supplier) -> Result<SmsWay, String> {
    let sms = &config.sms;
    let account = SmsAccount {
        supplier,
        base_url: sms.base_url.clone(),
        key: secret(&sms.key)?,
        account: sms.account.clone(),
        from: sms.from.clone(),
        country: config.shop.country.clone(),
    };
    if account.key.is_empty() {
        return Err("sms.key: the supplier wants a key; write it, or its file as key_file".to_owned());
    }
    if account.from.is_empty() {
        return Err(
            "sms.from: the supplier wants a sender; write a number or at most eleven letters".to_owned()
        );
    }
    if supplier == sms::Supplier::Twilio && account.account.is_empty() {
        return Err("sms.account: Twilio wants the SID of the account, which begins with AC".to_owned());
    }
    Ok(SmsWay::Supplier(SmsCarrier::new(account)))
}

fn mail_server(config: &Config) -> Result<Option<MailServer>, String> {
    let smtp = &config.smtp;
    let Some(host) = &smtp.host else { return Ok(None) };
    if smtp.from.is_empty() {
        return Err(
            "smtp.from: mail wants a sender, such as \"Garage Jansen <info@garage.example>\"".to_owned()
        );
    }
    let login = match smtp.user.as_str() {
        "" => None,
        user => Some((user.to_owned(), secret(&smtp.password)?)),
    };
    Ok(Some(MailServer {
        host: host.clone(),
        port: smtp.port,
        protection: match smtp.security {
            Security::StartTls => Protection::StartTls,
            Security::Tls => Protection::Tls,
            Security::None => Protection::None,
        },
        login,
        sender: Sender::new(&smtp.from, smtp.reply_to.as_deref(), &config.shop.name)?,
    }))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn nights_sundays_and_holidays_are_quiet() {
        let config = Config::default();
        let shop = OpeningHours::parse("Mo-Sa 07:00-18:00", "NL").unwrap();
        let none = OpeningHours::default();
        let on = |shop: &OpeningHours, class, at: &str| {
            in_hours(&config.outbox.hours, shop, class, at.parse().unwrap())
        };
        for (at, commercial, service) in [
            ("2026-11-25T07:59:59", false, true),
            ("2026-11-25T08:00:00", true, true),
            ("2026-11-25T19:59:59", true, true),
            ("2026-11-25T20:00:00", false, false),
            // A Sunday; King's day, a Monday, on which this shop is open.
            ("2026-11-29T12:00:00", false, false),
            ("2026-04-27T12:00:00", false, true),
        ] {
            assert_eq!(on(&shop, LegalClass::Commercial, at), commercial, "{at}");
            assert_eq!(on(&shop, LegalClass::Service, at), service, "{at}");
            assert_eq!(
                on(&none, LegalClass::Service, at),
                commercial,
                "{at}: unknown hours are no permission"
            );
        }
    }

    #[test]
    fn what_holds_up_is_said_of_each_channel() {
        let held =
            |held: &[(Channel, Trouble)]| waits(&Delivered { held: held.to_vec(), ..Delivered::default() });
        assert_eq!(held(&[]), None);
        let sms = (Channel::Sms, Trouble::Settings);
        assert_eq!(held(&[sms]).unwrap(), "sms waits: check supplier, key, account and from under [sms]");
        assert_eq!(
            held(&[(Channel::Sms, Trouble::Busy), (Channel::Email, Trouble::NoAnswer)]).unwrap(),
            "sms waits: the other side asks for patience; email waits: the other side does not answer"
        );
    }

    #[test]
    fn what_is_missing_is_said_with_its_key() {
        let carriers = |text: &str| {
            let config = Config::parse(Path::new("/etc/balie/balie.toml"), text).unwrap();
            carriers(&config).map(|_| ())
        };
        assert_eq!(carriers(""), Ok(()));
        for (text, words) in [
            ("[sms]\nsupplier = \"bird\"\nfrom = \"Garage\"", "sms.key: "),
            ("[sms]\nsupplier = \"cm\"\nkey = \"k\"", "sms.from: "),
            ("[sms]\nsupplier = \"twilio\"\nkey = \"k\"\nfrom = \"Garage\"", "sms.account: "),
            ("[sms]\nsupplier = \"spryng\"\nkey_file = \"/nowhere/key\"", "the secret /nowhere/key"),
            ("[smtp]\nhost = \"mail.example\"", "smtp.from: "),
        ] {
            let said = carriers(text).unwrap_err();
            assert!(said.starts_with(words), "{text}: {said}");
        }
        assert_eq!(carriers("[smtp]\nhost = \"mail.example\"\nfrom = \"Garage <a@b.example>\""), Ok(()));
    }
}
