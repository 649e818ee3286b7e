//! What Raspberry Pi Imager 2 writes on the card, and the first manager on the way into the database.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod machine;

use std::fs;

use balie::domain::pin::Pin;
use balie::station::config::Secret;
use balie::station::provision::report::State;
use balie::station::provision::{check, manager};
use balie::store::Store;
use balie::store::sign_in::SignIn;

use machine::{GOOD, Machine};

/// As the Imager writes it, with everything that Balie has no use for.
const PRESEED: &str = r#"config_version = "1.1"

[system]
hostname = "balie-imager"

[user]
name = "alice"
password = "$6$salt$geheim42"
password_encrypted = true
groups = ["sudo"]

[ssh]
enabled = true
authorized_keys = [
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIexampleexampleexampleexample alice@laptop",
]

[wlan]
ssid = "Werkplaats"
password = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
password_encrypted = true
hidden = true
country = "NL"
key_mgmt = "wpa-psk"

[locale]
keymap = "nl"
timezone = "Europe/Lisbon"
lang = "pt_PT.UTF-8"

[time]
ntp = ["time.example"]

[runcmd]
early = ["reboot"]
"#;

#[test]
fn what_the_imager_wrote_holds_and_its_secrets_leave_the_card() {
    let machine = Machine::new();
    fs::write(machine.on_card("rpi-preseed.toml"), PRESEED).unwrap();
    let report = machine.provision();
    assert_eq!((report.state, report.mistakes), (State::Applied, Vec::new()));
    let config = machine.config();
    assert_eq!((config.shop.timezone.name(), config.shop.language.code()), ("Europe/Lisbon", "pt"));
    assert_eq!(config.network.hostname.as_deref(), Some("balie-imager"));
    assert_eq!(config.network.password, Secret::File("/var/lib/balie/secrets/network-password".into()));
    let wpa = machine.read("run/balie/wpa_supplicant.conf");
    assert!(wpa.contains("scan_ssid=1") && wpa.contains("psk=0123456789abcdef"), "{wpa}");
    assert!(machine.read("run/systemd/timesyncd.conf.d/50-balie.conf").contains("NTP=time.example"));
    let left = machine.read("boot/firmware/rpi-preseed.toml");
    let expected = PRESEED
        .replace("\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"", "\"\"")
        .replace("\"$6$salt$geheim42\"", "\"\"");
    assert_eq!(left, expected);
    assert!(!machine.at("run/balie/authorized_keys").exists(), "who logs in does not drop files");
    // The next start finds the same.
    let before = machine.everything();
    machine.provision();
    assert_eq!(machine.everything(), before);
}

#[test]
fn the_technicians_file_goes_before_the_imagers() {
    let machine = Machine::new();
    fs::write(machine.on_card("rpi-preseed.toml"), PRESEED).unwrap();
    machine.card("[shop]\nname = \"Oficina São João\"\ntimezone = \"Europe/Amsterdam\"\n");
    assert!(machine.provision().is_good());
    let config = machine.config();
    assert_eq!(
        (config.shop.name.as_str(), config.shop.timezone.name()),
        ("Oficina São João", "Europe/Amsterdam")
    );
    assert_eq!(config.network.ssid.as_deref(), Some("Werkplaats"));
    machine.card("[network]\nssid = \"Garage\"\npassword = \"een ander woord\"\n");
    assert!(machine.provision().is_good());
    assert_eq!(machine.read("var/lib/balie/secrets/network-password"), "een ander woord");
}

#[test]
fn the_imagers_file_is_told_by_its_own_names_and_left_to_its_own_service() {
    for (from, to, line, key) in [
        ("hostname = \"balie-imager\"", "hostname = \"balie_imager\"", 4, "system.hostname"),
        ("timezone = \"Europe/Lisbon\"", "timezone = \"Lisbon\"", 28, "locale.timezone"),
        ("hidden = true", "hidden = ja", 22, ""),
        ("time.example", "https://time.example", 32, "time.ntp"),
    ] {
        let machine = Machine::new();
        let path = machine.on_card("rpi-preseed.toml");
        fs::write(&path, PRESEED.replace(from, to)).unwrap();
        let mistakes = check(&path).unwrap().mistakes;
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        assert_eq!((mistakes[0].line, mistakes[0].key.as_str()), (line, key), "{mistakes:?}");
        assert_eq!(machine.provision().mistakes, mistakes);
        assert_eq!(machine.config().shop.language.code(), "pt");
    }
    let machine = Machine::new();
    fs::write(machine.on_card("rpi-preseed.toml"), PRESEED).unwrap();
    fs::create_dir_all(machine.at("usr/lib/rpi-preseed")).unwrap();
    assert_eq!(machine.provision().state, State::Absent);
    assert_eq!(machine.read("boot/firmware/rpi-preseed.toml"), PRESEED);
}

#[test]
fn a_password_that_is_wrong_or_gone_makes_no_open_wifi() {
    let machine = Machine::new();
    let path = machine.on_card("rpi-preseed.toml");
    let wrong = PRESEED.replace("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "kort");
    fs::write(&path, &wrong).unwrap();
    let mistakes = machine.provision().mistakes;
    assert_eq!((mistakes.len(), mistakes[0].key.as_str()), (1, "wlan.password"), "{mistakes:?}");
    assert!(machine.read("boot/firmware/rpi-preseed.toml").contains("\"kort\""), "it is kept nowhere else");
    assert!(!machine.at("run/balie/wpa_supplicant.conf").exists());

    let machine = Machine::new();
    machine.card(GOOD);
    machine.provision();
    fs::remove_file(machine.at("var/lib/balie/secrets/network-password")).unwrap();
    let report = machine.provision();
    assert!(report.mistakes[0].file.ends_with("secrets/network-password"), "{report:?}");
    assert!(!machine.at("run/balie/wpa_supplicant.conf").exists());
    assert!(!machine.at("run/systemd/network/50-balie-wifi.network").exists());
}

#[test]
fn a_fixed_address_of_the_cable_and_networkmanager() {
    let wired = "[ethernet]\nmethod = \"static\"\naddress = \"10.0.0.5/16\"\ngateway = \"10.0.0.1\"\ndns = [\"10.0.0.2\"]\n";
    let machine = Machine::new();
    fs::write(machine.on_card("rpi-preseed.toml"), wired).unwrap();
    assert!(machine.provision().is_good());
    let cable = machine.read("run/systemd/network/50-balie-cable.network");
    for line in ["Type=ether", "DHCP=no", "Address=10.0.0.5/16", "DNS=10.0.0.2", "Gateway=10.0.0.1"] {
        assert!(cable.lines().any(|found| found == line), "{line}: {cable}");
    }
    let machine = Machine::new();
    fs::create_dir_all(machine.at("usr/lib/systemd/system")).unwrap();
    fs::write(machine.at("usr/lib/systemd/system/NetworkManager.service"), "").unwrap();
    machine.card(GOOD);
    assert!(machine.provision().is_good());
    let wifi = machine.read("run/NetworkManager/system-connections/balie-wifi.nmconnection");
    for line in [
        "ssid=87;101;114;107;115;116;97;116;116;32;195;188;",
        "psk=\\sSch\"öne\\s#\\sgeheim42\\s",
        "address1=192.168.178.40/24,192.168.178.1",
        "dns=192.168.178.1;9.9.9.9;",
    ] {
        assert!(wifi.lines().any(|found| found == line), "{line}: {wifi}");
    }
    assert_eq!(machine.mode("run/NetworkManager/system-connections/balie-wifi.nmconnection"), 0o600);
    assert!(!machine.at("run/balie/wpa_supplicant.conf").exists());
}

#[test]
fn every_passphrase_that_a_wifi_may_have_arrives_letter_by_letter() {
    let longest = "63 letters ".repeat(6)[..63].to_owned();
    for phrase in [
        "acht8888",
        " met spaties ",
        "\"aan\"halings\"tekens\"",
        "back\\slash",
        "größer als Straße",
        "ação # não é comentário",
        "it's 'single'",
        "{a=b;c}$(x)`y`",
        &longest,
    ] {
        let machine = Machine::new();
        machine.card(&format!("[network]\nssid = 'W\"{{}}#'\npassword = {}\n", toml_text(phrase)));
        let report = machine.provision();
        assert!(report.is_good(), "{phrase}: {report:?}");
        assert_eq!(machine.read("var/lib/balie/secrets/network-password"), phrase);
        let wpa = machine.read("run/balie/wpa_supplicant.conf");
        // As wpa_supplicant reads it: up to the last quote of the line.
        let line = wpa.lines().find_map(|line| line.trim().strip_prefix("psk=\"")).unwrap();
        assert_eq!(&line[..line.rfind('"').unwrap()], phrase);
        // And again, from the file it is kept in.
        let before = machine.everything();
        assert!(machine.provision().is_good());
        assert_eq!(machine.everything(), before, "{phrase}");
    }
    let machine = Machine::new();
    machine.card("[network]\nssid = \"Open\"\n");
    machine.provision();
    assert!(machine.read("run/balie/wpa_supplicant.conf").contains("key_mgmt=NONE"));
}

/// A basic string of TOML.
fn toml_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[test]
fn the_first_manager_can_sign_in_and_the_pin_is_nowhere_else() {
    let machine = Machine::new();
    machine.card(GOOD);
    machine.provision();
    let (data, at) = (machine.at("var/lib/balie"), "2026-11-25T08:00:00Z".parse().unwrap());
    let database = data.join("balie.db");
    assert!(manager::take(&database, &data, at).unwrap());
    assert!(!manager::take(&database, &data, at).unwrap(), "a second time there is nobody");
    let mut store = Store::open(&database).unwrap();
    let bea = store.staff().unwrap().into_iter().find(|one| one.name() == "Bea Jansen").unwrap();
    let signed_in = store.sign_in(bea.id, &Pin::parse("4711").unwrap(), at).unwrap();
    assert!(matches!(signed_in, SignIn::Done(_)));
    drop(store);
    for (path, content) in machine.everything() {
        let has = content.windows(4).any(|part| part == b"4711");
        assert!(
            !has || path.extension().is_some_and(|ending| ending == "db-wal" || ending == "db"),
            "{path:?}"
        );
    }
    // A later file names another one: there is a manager already, who makes managers at the desk.
    machine.card("[manager]\nname = \"Eve\"\npin = \"9999\"\n");
    machine.provision();
    assert!(!manager::take(&database, &data, at).unwrap());
    assert_eq!(Store::open(&database).unwrap().staff().unwrap().len(), 1);
    assert!(!machine.at("var/lib/balie/secrets/first-manager.json").exists());
}
