//! The tables of the file: their keys, defaults and checks.

use std::path::{Path, PathBuf};

use tracing::level_filters::LevelFilter;

use super::machine;
use super::reader::{Given, Reader, Table, nearest};
use super::{
    Calendar, Config, Examined, Files, Log, Outbox, Problem, Rdw, Screen, Secret, Security, Shop, Sms, Smtp,
    Supplier, Theme, Update,
};
use crate::domain::language::Language;
use crate::panel::{Driver, Line, PanelConfig};
use crate::station::hours::OpeningHours;

/// Every table with every key that is read.
const TABLES: [(&str, &[&str]); 15] = [
    ("shop", &["name", "phone", "language", "timezone", "country", "opening_hours"]),
    ("panel", &["driver", "led", "button", "active_low"]),
    ("screen", &["output", "rotation", "dim_after_minutes", "theme"]),
    ("rdw", &["enabled", "base_url", "app_token", "app_token_file", "requests_per_day"]),
    ("sms", &["supplier", "base_url", "key", "key_file", "account", "from"]),
    ("smtp", &["host", "port", "security", "user", "password", "password_file", "from", "reply_to"]),
    ("outbox", &["hours"]),
    ("calendar", &["ics_file", "caldav_url", "user", "password", "password_file"]),
    ("files", &["drop_dir", "backup_dir", "stick_dir", "stick_backup", "quiet_seconds"]),
    ("update", &["url"]),
    ("log", &["level"]),
    ("network", &["ssid", "password", "password_file", "hidden", "address", "gateway", "dns", "hostname"]),
    ("time", &["ntp"]),
    ("ssh", &["authorized_key"]),
    ("manager", &["name", "pin"]),
];

const TIMEZONE: chrono_tz::Tz = chrono_tz::Europe::Amsterdam;
/// When nobody minds a message.
const SENDING_HOURS: &str = "Mo-Sa 08:00-20:00; PH off";
const RDW: &str = "https://opendata.rdw.nl/resource";

/// Reads the text of a file that lies in `folder`, of which some problems are known already.
pub(super) fn read(folder: &Path, text: &str, known: Vec<Problem>) -> Examined {
    let mut reader = Reader::new(text);
    reader.check_names(&TABLES);
    let config = config(&mut reader, folder);
    let entries = reader.entries();
    let mut problems = known;
    problems.append(&mut reader.problems);
    problems.sort_by_key(|problem| problem.line);
    Examined { config, problems, entries }
}

/// What holds when the file says nothing.
pub(super) fn defaults() -> Config {
    config(&mut Reader::new(""), Path::new(""))
}

fn config(reader: &mut Reader<'_>, folder: &Path) -> Config {
    let shop = shop(&mut reader.table("shop"));
    Config {
        panel: panel(&mut reader.table("panel")),
        screen: screen(&mut reader.table("screen")),
        rdw: rdw(&mut reader.table("rdw"), folder, &shop.country),
        sms: sms(&mut reader.table("sms"), folder),
        smtp: smtp(&mut reader.table("smtp"), folder),
        outbox: outbox(&mut reader.table("outbox"), &shop.country),
        shop,
        calendar: calendar(&mut reader.table("calendar"), folder),
        files: files(&mut reader.table("files")),
        update: Update { url: reader.table("update").optional("url", address) },
        log: log(&mut reader.table("log")),
        network: machine::network(&mut reader.table("network"), folder),
        time: machine::time(&mut reader.table("time")),
        ssh: machine::ssh(&mut reader.table("ssh")),
        manager: machine::manager(&mut reader.table("manager")),
    }
}

fn shop(table: &mut Table<'_, '_>) -> Shop {
    let country = table.read("country", "NL".to_owned(), |given| match given.text()? {
        code if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) => Ok(code.to_owned()),
        _ => Err("write the two capital letters of the country, such as \"NL\", \"DE\" or \"BR\"".to_owned()),
    });
    Shop {
        name: table.text("name"),
        phone: table.text("phone"),
        language: table.read("language", Language::Nl, |given| {
            given.one_of(&Language::ALL.map(|known| (known.code(), known)))
        }),
        timezone: table.read("timezone", TIMEZONE, timezone),
        opening_hours: table.read("opening_hours", OpeningHours::default(), |given| {
            OpeningHours::parse(given.text()?, &country)
        }),
        country,
    }
}

fn timezone(given: Given<'_>) -> Result<chrono_tz::Tz, String> {
    let name = given.text()?;
    name.parse().map_err(|_| {
        let names = chrono_tz::TZ_VARIANTS.map(chrono_tz::Tz::name);
        // The names carry capitals, the comparison does not.
        let lower = names.map(str::to_lowercase);
        let near = nearest(name, &lower.each_ref().map(String::as_str));
        let near = near.and_then(|near| names.into_iter().find(|known| known.to_lowercase() == near));
        format!("write the name of a time zone, such as \"{}\"", near.unwrap_or(TIMEZONE.name()))
    })
}

fn panel(table: &mut Table<'_, '_>) -> PanelConfig {
    let defaults = PanelConfig::default();
    let panel = PanelConfig {
        driver: table
            .read("driver", defaults.driver, |given| given.one_of(&Driver::ALL.map(|d| (d.name(), d)))),
        led: table.read("led", defaults.led, line),
        button: table.read("button", defaults.button, line),
        active_low: table.read("active_low", defaults.active_low, |given| given.truth()),
    };
    if panel.led.is_some() && panel.led == panel.button {
        let later = if table.has("button") { "button" } else { "led" };
        table.refuse(later, "is the same line as the other one; LED and button need a line each");
    }
    panel
}

/// A line by number, by name, or none.
fn line(given: Given<'_>) -> Result<Option<Line>, String> {
    let wanted = || {
        "write a BCM number such as 17, the name of a line such as \"GPIO17\", or \"\" for none".to_owned()
    };
    match given {
        Given::Number(number) => u8::try_from(number)
            .ok()
            .filter(|number| *number <= Line::HIGHEST)
            .map(|number| Some(Line::Number(number)))
            .ok_or_else(wanted),
        Given::Text("") => Ok(None),
        Given::Text(name) => {
            let name = name.trim();
            // The kernel keeps 31 letters of a line's name.
            let fits = !name.is_empty() && name.len() <= 31 && !name.contains(char::is_control);
            if !fits {
                return Err(wanted());
            }
            let number = name.parse().ok().filter(|number| *number <= Line::HIGHEST);
            Ok(Some(number.map_or_else(|| Line::Name(name.to_owned()), Line::Number)))
        }
        _ => Err(wanted()),
    }
}

fn screen(table: &mut Table<'_, '_>) -> Screen {
    Screen {
        output: table.optional("output", |text| Ok(text.to_owned())),
        rotation: table.read("rotation", 0, |given| match given {
            Given::Number(0) => Ok(0),
            Given::Number(90) => Ok(90),
            Given::Number(180) => Ok(180),
            Given::Number(270) => Ok(270),
            _ => Err("write 0, 90, 180 or 270, without quotes".to_owned()),
        }),
        dim_after_minutes: table
            .read("dim_after_minutes", 10, |given| Ok(u32::try_from(given.number(0, 1440)?).unwrap_or(0))),
        theme: table.read("theme", Theme::Light, |given| {
            given.one_of(&[("light", Theme::Light), ("dark", Theme::Dark)])
        }),
    }
}

fn rdw(table: &mut Table<'_, '_>, folder: &Path, country: &str) -> Rdw {
    Rdw {
        // Elsewhere the same letters and digits are another car's plate.
        enabled: table.read("enabled", country == "NL", |given| given.truth()),
        base_url: table.optional("base_url", address).unwrap_or_else(|| RDW.to_owned()),
        app_token: secret(table, "app_token", "app_token_file", folder),
        requests_per_day: table.read("requests_per_day", 2000, |given| {
            Ok(u32::try_from(given.number(1, 100_000)?).unwrap_or(2000))
        }),
    }
}

fn sms(table: &mut Table<'_, '_>, folder: &Path) -> Sms {
    Sms {
        supplier: table.read("supplier", Supplier::None, |given| {
            given.one_of(&[
                ("none", Supplier::None),
                ("manual", Supplier::Manual),
                ("bird", Supplier::Bird),
                ("cm", Supplier::Cm),
                ("spryng", Supplier::Spryng),
                ("twilio", Supplier::Twilio),
            ])
        }),
        base_url: table.optional("base_url", address),
        key: secret(table, "key", "key_file", folder),
        account: table.text("account"),
        from: table.text("from"),
    }
}

fn smtp(table: &mut Table<'_, '_>, folder: &Path) -> Smtp {
    let security = table.read("security", Security::StartTls, |given| {
        given.one_of(&[("starttls", Security::StartTls), ("tls", Security::Tls), ("none", Security::None)])
    });
    let port = match security {
        Security::StartTls => 587,
        Security::Tls => 465,
        Security::None => 25,
    };
    let mailbox = |text: &str| match text.split_once('@') {
        Some((before, after)) if !before.is_empty() && !after.is_empty() => Ok(text.to_owned()),
        _ => Err("write an e-mail address, such as \"Garage Jansen <info@garage.example>\"".to_owned()),
    };
    Smtp {
        host: table.optional("host", |text| match text.contains(['/', ' ', '@']) {
            true => Err("write only the server's name, such as \"mail.example\"".to_owned()),
            false => Ok(text.to_owned()),
        }),
        port: table.read("port", port, |given| Ok(u16::try_from(given.number(1, 65535)?).unwrap_or(port))),
        security,
        user: table.text("user"),
        password: secret(table, "password", "password_file", folder),
        from: table.optional("from", mailbox).unwrap_or_default(),
        reply_to: table.optional("reply_to", mailbox),
    }
}

fn outbox(table: &mut Table<'_, '_>, country: &str) -> Outbox {
    // The delivered hours can always be read.
    let delivered = OpeningHours::parse(SENDING_HOURS, country).unwrap_or_default();
    Outbox { hours: table.read("hours", delivered, |given| OpeningHours::parse(given.text()?, country)) }
}

fn calendar(table: &mut Table<'_, '_>, folder: &Path) -> Calendar {
    Calendar {
        ics_file: table.optional("ics_file", path),
        caldav_url: table.optional("caldav_url", address),
        user: table.text("user"),
        password: secret(table, "password", "password_file", folder),
    }
}

fn files(table: &mut Table<'_, '_>) -> Files {
    Files {
        drop_dir: table.optional("drop_dir", path),
        backup_dir: table.optional("backup_dir", path),
        stick_dir: table.optional("stick_dir", path).unwrap_or_else(|| PathBuf::from("/run/media")),
        stick_backup: table.read("stick_backup", true, |given| given.truth()),
        quiet_seconds: table.read("quiet_seconds", 10, |given| match given {
            Given::Number(seconds) if (1..=3600).contains(&seconds) => {
                Ok(u32::try_from(seconds).unwrap_or(10))
            }
            _ => Err("write a number of seconds from 1 to 3600".to_owned()),
        }),
    }
}

fn log(table: &mut Table<'_, '_>) -> Log {
    let levels = [
        ("error", LevelFilter::ERROR),
        ("warn", LevelFilter::WARN),
        ("info", LevelFilter::INFO),
        ("debug", LevelFilter::DEBUG),
        ("trace", LevelFilter::TRACE),
    ];
    Log { level: table.read("level", LevelFilter::INFO, |given| given.one_of(&levels)) }
}

fn path(text: &str) -> Result<PathBuf, String> {
    Ok(PathBuf::from(text))
}

fn address(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.starts_with('/') && !host.is_empty() && !text.contains(char::is_whitespace) => {
            Ok(text.trim_end_matches('/').to_owned())
        }
        _ => Err("write an address that begins with https:// (or http://)".to_owned()),
    }
}

fn secret(table: &mut Table<'_, '_>, key: &'static str, file_key: &'static str, folder: &Path) -> Secret {
    secret_as(table, key, file_key, folder, |text| Ok(text.trim().to_owned()))
}

/// A secret with its own check, which gets it letter by letter.
pub(super) fn secret_as(
    table: &mut Table<'_, '_>,
    key: &'static str,
    file_key: &'static str,
    folder: &Path,
    check: impl Fn(&str) -> Result<String, String>,
) -> Secret {
    if table.has(key) && table.has(file_key) {
        table.refuse(file_key, &format!("'{key}' is given too; keep one of the two"));
    }
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    let text = table.read(key, None, |given| match given.exact()? {
        "" => Ok(None),
        text => check(text).map(Some),
    });
    let file = table.optional(file_key, path);
    match (text.filter(|text| !text.is_empty()), file) {
        (Some(text), _) => Secret::Text(text),
        (None, Some(file)) => Secret::in_file(&file, folder, credentials.as_deref()),
        (None, None) => Secret::None,
    }
}
