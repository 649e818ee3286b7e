//! The configuration file: its defaults, and what a technician reads when it is wrong.

use std::path::{Path, PathBuf};

use balie::domain::language::Language;
use balie::panel::{Driver, Line};
use balie::station::args::StationArgs;
use balie::station::config::{Config, ConfigError, Secret, Security, Supplier, Theme};
use chrono::NaiveDate;
use tracing::level_filters::LevelFilter;

fn read(text: &str) -> Result<Config, ConfigError> {
    Config::parse(Path::new("/etc/balie/balie.toml"), text)
}

#[test]
fn no_file_is_a_good_file() {
    for config in [Config::default(), read("").unwrap(), read("[shop]\n[log]\n# nothing\n").unwrap()] {
        assert_eq!(config.shop.language, Language::Nl);
        assert_eq!(config.shop.timezone, chrono_tz::Europe::Amsterdam);
        assert_eq!((config.shop.name.as_str(), config.shop.country.as_str()), ("", "NL"));
        assert!(config.shop.opening_hours.is_open("2026-11-22T03:00:00".parse().unwrap()));
        assert_eq!((config.panel.driver, config.panel.active_low), (Driver::Auto, false));
        assert_eq!((config.panel.led, config.panel.button), (Some(Line::Number(17)), Some(Line::Number(27))));
        assert_eq!((config.screen.output, config.screen.rotation), (None, 0));
        assert_eq!((config.screen.dim_after_minutes, config.screen.theme), (10, Theme::Light));
        assert!(config.rdw.enabled && !config.rdw.app_token.is_set());
        assert_eq!(config.rdw.base_url, "https://opendata.rdw.nl/resource");
        assert_eq!((config.sms.supplier, config.sms.base_url), (Supplier::None, None));
        assert_eq!(
            (config.smtp.host, config.smtp.port, config.smtp.security),
            (None, 587, Security::StartTls)
        );
        assert_eq!((config.calendar.ics_file, config.calendar.caldav_url), (None, None));
        assert_eq!((config.files.drop_dir, config.files.backup_dir), (None, None));
        assert_eq!(config.log.level, LevelFilter::INFO);
    }
}

#[test]
fn every_key_is_read() {
    let config = read(
        r#"
        [shop]
        name = "Garage Jansen"
        language = "de"
        timezone = "America/Sao_Paulo"
        country = "BR"
        opening_hours = "Mo-Fr 08:00-17:30; Sa 09:00-13:00"
        [panel]
        driver = "chardev"
        led = "STATUS_LED"
        button = "GPIO22"
        active_low = true
        [screen]
        output = "DSI-1"
        rotation = 270
        dim_after_minutes = 0
        theme = "dark"
        [rdw]
        enabled = false
        base_url = "http://127.0.0.1:8080/resource/"
        app_token = "token"
        [sms]
        supplier = "cm"
        base_url = "http://127.0.0.1:8081"
        key = "secret"
        account = "acc"
        from = "Garage"
        [smtp]
        host = "mail.example"
        security = "tls"
        user = "user"
        password_file = "mail-password"
        from = "Garage Jansen <info@garage.example>"
        reply_to = "balie@garage.example"
        [calendar]
        ics_file = "agenda.ics"
        caldav_url = "https://cal.example/shop/"
        user = "shop"
        password_file = "/run/secrets/caldav"
        [files]
        drop_dir = "in"
        backup_dir = "/mnt/usb"
        [update]
        url = "https://updates.example/balie-raspberrypi5.raucb"
        [log]
        level = "debug"
        "#,
    )
    .unwrap();
    assert_eq!((config.shop.name.as_str(), config.shop.language), ("Garage Jansen", Language::De));
    assert_eq!(config.shop.timezone, chrono_tz::America::Sao_Paulo);
    assert!(!config.shop.opening_hours.is_open("2026-11-22T10:00:00".parse().unwrap()));
    assert_eq!((config.panel.driver, config.panel.active_low), (Driver::Chardev, true));
    assert_eq!(config.panel.led, Some(Line::Name("STATUS_LED".to_owned())));
    assert_eq!(config.panel.button.as_ref().and_then(Line::bcm), Some(22));
    assert_eq!((config.screen.output.as_deref(), config.screen.rotation), (Some("DSI-1"), 270));
    assert_eq!((config.screen.dim_after_minutes, config.screen.theme), (0, Theme::Dark));
    assert_eq!(config.rdw.base_url, "http://127.0.0.1:8080/resource");
    assert!(!config.rdw.enabled);
    assert_eq!(config.rdw.app_token.read().unwrap().as_deref(), Some("token"));
    assert_eq!((config.sms.supplier, config.sms.account.as_str()), (Supplier::Cm, "acc"));
    assert_eq!((config.smtp.port, config.smtp.security), (465, Security::Tls));
    assert_eq!(config.smtp.password, Secret::File(PathBuf::from("/etc/balie/mail-password")));
    assert_eq!(config.calendar.password, Secret::File(PathBuf::from("/run/secrets/caldav")));
    assert_eq!(config.calendar.caldav_url.as_deref(), Some("https://cal.example/shop"));
    assert_eq!(config.files.backup_dir, Some(PathBuf::from("/mnt/usb")));
    assert_eq!(config.update.url.as_deref(), Some("https://updates.example/balie-raspberrypi5.raucb"));
    assert_eq!(config.log.level, LevelFilter::DEBUG);
    assert!(!format!("{config:?}").contains("secret\""), "a secret is printed");
}

/// Each wrong text with the line, the key and some words of the message.
const WRONG: [(&str, usize, &str, &str); 52] = [
    ("[shop]\nnaam = \"x\"", 2, "shop.naam", "there is no such key; did you mean 'name'?"),
    ("[shop]\ntime_zone = \"UTC\"", 2, "shop.time_zone", "did you mean 'timezone'?"),
    ("[shop]\nopening-hours = \"24/7\"", 2, "shop.opening-hours", "did you mean 'opening_hours'?"),
    ("[shop]\nsupplier = \"cm\"", 2, "shop.supplier", "did you mean to write it under [sms]?"),
    (
        "[shop]\nxyzzy = 1",
        2,
        "shop.xyzzy",
        "[shop] knows name, phone, language, timezone, country, opening_hours",
    ),
    ("[winkel]\nname = \"x\"", 1, "winkel", "there is no such table; there are shop, panel, screen"),
    ("[Shop]\nname = \"x\"", 1, "Shop", "did you mean [shop]?"),
    ("[screens]\nrotation = 0", 1, "screens", "did you mean [screen]?"),
    ("language = \"nl\"", 1, "language", "stands outside a table; write it under [shop]"),
    ("shop = 3", 1, "shop", "is a table, not a key; write [shop] on a line of its own"),
    ("[[panel]]\ndriver = \"auto\"", 1, "panel", "write [panel] on a line of its own"),
    ("[shop]\nname = 12", 2, "shop.name", "12 does not fit; write a text between double quotes"),
    (
        "[shop]\nlanguage = \"fr\"",
        2,
        "shop.language",
        "'fr' does not fit; write one of \"nl\", \"de\", \"pt\", \"en\"",
    ),
    ("[shop]\nlanguage = true", 2, "shop.language", "true does not fit; write one of"),
    ("[shop]\n\n\ntimezone = \"europe/amsterdam\"", 4, "shop.timezone", "such as \"Europe/Amsterdam\""),
    ("[shop]\ntimezone = \"Europe/Amsterdan\"", 2, "shop.timezone", "such as \"Europe/Amsterdam\""),
    ("[shop]\ncountry = \"Nederland\"", 2, "shop.country", "write the two capital letters of the country"),
    ("[shop]\ncountry = \"nl\"", 2, "shop.country", "'nl' does not fit; write the two capital letters"),
    ("[shop]\nopening_hours = \"van 8 tot 5\"", 2, "shop.opening_hours", "such as \"Mo-Fr 08:00-17:30; Sa"),
    ("[shop]\nopening_hours = [\"Mo\"]", 2, "shop.opening_hours", "a list does not fit"),
    (
        "[panel]\ndriver = \"gpio\"",
        2,
        "panel.driver",
        "write one of \"auto\", \"rppal\", \"chardev\", \"screen\"",
    ),
    ("[panel]\nled = 54", 2, "panel.led", "54 does not fit; write a BCM number such as 17"),
    ("[panel]\nled = -1", 2, "panel.led", "write a BCM number such as 17"),
    ("[panel]\nled = 1.5", 2, "panel.led", "a broken number does not fit"),
    ("[panel]\nled = \" \"", 2, "panel.led", "\"\" for none"),
    ("[panel]\nbutton = true", 2, "panel.button", "write a BCM number"),
    ("[panel]\nled = 27", 2, "panel.led", "is the same line as the other one"),
    ("[panel]\nled = 5\nbutton = \"5\"", 3, "panel.button", "LED and button need a line each"),
    (
        "[panel]\nactive_low = \"yes\"",
        2,
        "panel.active_low",
        "'yes' does not fit; write true or false, without quotes",
    ),
    ("[panel]\nactive_low = 1", 2, "panel.active_low", "write true or false, without quotes"),
    ("[screen]\nrotation = 45", 2, "screen.rotation", "45 does not fit; write 0, 90, 180 or 270"),
    ("[screen]\nrotation = \"90\"", 2, "screen.rotation", "without quotes"),
    (
        "[screen]\ndim_after_minutes = -5",
        2,
        "screen.dim_after_minutes",
        "write a whole number from 0 to 1440",
    ),
    ("[screen]\ndim_after_minutes = 99999999999999999999", 2, "screen.dim_after_minutes", "from 0 to 1440"),
    ("[screen]\ntheme = \"blue\"", 2, "screen.theme", "write one of \"light\", \"dark\""),
    ("[rdw]\nenabled = \"no\"", 2, "rdw.enabled", "write true or false"),
    (
        "[rdw]\nbase_url = \"opendata.rdw.nl\"",
        2,
        "rdw.base_url",
        "write an address that begins with https://",
    ),
    ("[rdw]\nbase_url = \"https://\"", 2, "rdw.base_url", "write an address that begins with https://"),
    ("[rdw]\nbase_url = \"https://a b\"", 2, "rdw.base_url", "write an address that begins with https://"),
    ("[rdw]\napp_token = 4711", 2, "rdw.app_token", "the value does not fit; write a text"),
    (
        "[sms]\nsupplier = \"kpn\"",
        2,
        "sms.supplier",
        "\"none\", \"manual\", \"bird\", \"cm\", \"spryng\", \"twilio\"",
    ),
    ("[sms]\nkey = \"a\"\nkey_file = \"b\"", 3, "sms.key_file", "'key' is given too; keep one of the two"),
    ("[sms]\nkeyfile = \"b\"", 2, "sms.keyfile", "did you mean 'key_file'?"),
    ("[smtp]\nport = 0", 2, "smtp.port", "write a whole number from 1 to 65535"),
    ("[smtp]\nport = 70000", 2, "smtp.port", "70000 does not fit"),
    ("[smtp]\nhost = \"smtp://mail.example\"", 2, "smtp.host", "write only the server's name"),
    ("[smtp]\nsecurity = \"ssl\"", 2, "smtp.security", "write one of \"starttls\", \"tls\", \"none\""),
    ("[smtp]\nfrom = \"Garage Jansen\"", 2, "smtp.from", "write an e-mail address"),
    ("[smtp]\npassword = 1234", 2, "smtp.password", "the value does not fit"),
    ("[calendar]\ncaldav_url = \"ftp://x\"", 2, "calendar.caldav_url", "https://"),
    ("[files]\nbackup_dir = 1", 2, "files.backup_dir", "write a text between double quotes"),
    ("[log]\nlevel = \"verbose\"", 2, "log.level", "\"error\", \"warn\", \"info\", \"debug\", \"trace\""),
];

#[test]
fn what_is_wrong_is_named_with_file_line_key_and_what_to_write() {
    for (text, line, key, words) in WRONG {
        let Err(error) = read(text) else { panic!("nothing wrong with {text:?}") };
        let message = error.to_string();
        let begin = format!("/etc/balie/balie.toml:{line}: {key}: ");
        assert!(message.starts_with(&begin), "{text:?}: {message}");
        assert!(message.contains(words), "{text:?}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(!message.contains("4711") && !message.contains("1234"), "a secret is told: {message}");
    }
}

#[test]
fn what_is_not_toml_is_named_with_its_line() {
    for (text, line) in [
        ("[shop\nname = \"x\"", 1),
        ("[shop]\nname = Garage", 2),
        ("[shop]\nname = \"x", 2),
        ("[shop]\nname \"x\"", 2),
        ("[shop]\nname = \"x\"\nname = \"y\"", 3),
        ("[shop]\n[log]\n[shop]", 3),
        ("[shop]\n\nrotation = 09", 3),
        ("<shop/>", 1),
    ] {
        let Err(error) = read(text) else { panic!("nothing wrong with {text:?}") };
        let message = error.to_string();
        let begin = format!("/etc/balie/balie.toml:{line}: this is not TOML: ");
        assert!(message.starts_with(&begin), "{text:?}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[test]
fn all_mistakes_are_found_at_once_and_the_first_is_told() {
    let error = read("[shop]\nnaam = \"x\"\n[smtp]\nport = 0\n[panel]\nled = 99\n").unwrap_err();
    let ConfigError::Wrong { problems, .. } = &error else { panic!("{error}") };
    assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2, 4, 6]);
    assert!(
        error.to_string().ends_with("did you mean 'name'? (and 2 more mistakes in this file)"),
        "{error}"
    );
}

#[test]
fn files_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("balie.toml");
    let missing = Config::load(Some(&file)).unwrap_err().to_string();
    assert!(missing.contains("cannot be read") && missing.contains("--config or BALIE_CONFIG"), "{missing}");
    std::fs::write(&file, b"[shop]\nname = \"Caf\xE9\"\n").unwrap();
    let latin = Config::load(Some(&file)).unwrap_err().to_string();
    assert!(latin.contains(":2: a letter here is not UTF-8; save the file as UTF-8"), "{latin}");
    std::fs::write(&file, b"\xEF\xBB\xBF[shop]\r\nname = \"Caf\xC3\xA9\"\r\n").unwrap();
    assert_eq!(Config::load(Some(&file)).unwrap().shop.name, "Café");
}

#[test]
fn the_desk_takes_what_is_right_of_a_wrong_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("balie.toml");
    let named = StationArgs { config: Some(file.clone()), data_dir: PathBuf::from("/data"), today: None };
    let (station, wrong) = named.station_anyway();
    assert!(wrong.unwrap().to_string().contains("cannot be read"));
    assert_eq!(station.config.screen, Config::default().screen);
    std::fs::write(&file, "[screen]\nrotation = 90\ntheme = dark\n[shop]\nnaam = \"x\"\n").unwrap();
    assert!(named.station().is_err());
    let (station, wrong) = named.station_anyway();
    assert!(wrong.unwrap().to_string().contains("balie.toml:3: this is not TOML"));
    assert_eq!((station.config.screen.rotation, station.config.screen.theme), (90, Theme::Light));
    std::fs::write(&file, "[screen]\nrotation = 90\n").unwrap();
    assert!(named.station_anyway().1.is_none());
}

#[test]
fn folders_and_date_follow_from_the_options() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("balie.toml");
    std::fs::write(&file, "[files]\ndrop_dir = \"in\"\n").unwrap();
    let today: Option<NaiveDate> = "2015-05-01".parse().ok();
    let arguments = StationArgs { config: Some(file), data_dir: PathBuf::from("/data"), today };
    let station = arguments.station().unwrap();
    assert_eq!(station.database(), Path::new("/data/balie.db"));
    assert_eq!(station.drop_dir(), Path::new("/data/in"));
    assert_eq!(station.backup_dir(), Path::new("/data/backup"));
    assert_eq!(station.clock.today().to_string(), "2015-05-01");
}

#[test]
fn the_example_names_every_key_with_its_default() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd/balie.toml");
    let text = std::fs::read_to_string(&example).unwrap();
    let is_key = |line: &str| line.starts_with('#') && line.chars().nth(1).is_some_and(char::is_alphabetic);
    let switched_on = |line: &str| line.strip_prefix('#').filter(|_| is_key(line)).unwrap_or(line).to_owned();
    let all = text.lines().map(switched_on).collect::<Vec<_>>().join("\n");
    let mut config = read(&all).unwrap();
    config.files.drop_dir = None;
    config.files.backup_dir = None;
    assert_eq!(format!("{config:?}"), format!("{:?}", Config::default()));
    assert_eq!(format!("{:?}", read(&text).unwrap()), format!("{:?}", Config::default()));
    // As many as are read, the `_file` ones aside.
    assert_eq!(
        text.lines().filter(|line| is_key(line)).count(),
        6 + 4 + 4 + 4 + 5 + 7 + 4 + 5 + 1 + 1 + 1 + 7 + 1 + 1 + 2
    );
}

#[test]
fn the_register_is_that_of_dutch_vehicles() {
    let enabled = |text: &str| read(text).unwrap().rdw.enabled;
    assert!(enabled("") && enabled("[shop]\ncountry = \"NL\""));
    assert!(!enabled("[shop]\ncountry = \"DE\""));
    assert!(enabled("[shop]\ncountry = \"DE\"\n[rdw]\nenabled = true"));
    assert!(!enabled("[rdw]\nenabled = false"));
}
