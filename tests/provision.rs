//! The technician's file on the boot partition: what is wrong in it is told line by line, what is right holds,
//! and no secret stays on the card or reaches a log.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod machine;

use std::fs;
use std::path::Path;

use balie::station::config::{Config, Secret};
use balie::station::provision::check;
use balie::station::provision::report::{Report, State};

use machine::{GOOD, Machine};

/// Each wrong text with the line, the key and some words of the message.
const WRONG: [(&str, usize, &str, &str); 49] = [
    ("[network]\nssid = 12", 2, "network.ssid", "write a text between double quotes"),
    (
        "[network]\nssid = \"a name that is much too long for a Wi-Fi\"",
        2,
        "network.ssid",
        "at most 32 letters",
    ),
    ("[network]\nssid = \"Werkplaats\\n\"", 2, "network.ssid", "as it is shown"),
    ("[network]\nssid = \"x\"\npassword = \"kort123\"", 3, "network.password", "it has 7 letters; a Wi-Fi's"),
    (
        "[network]\nssid = \"x\"\npassword = \"1234567890123456789012345678901234567890123456789012345678901234z\"",
        3,
        "network.password",
        "it has 65 letters",
    ),
    (
        "[network]\nssid = \"x\"\npassword = \"123456789012345678901234567890123456789012345678901234567890123z\"",
        3,
        "network.password",
        "its key 64 of 0-9 and a-f",
    ),
    ("[network]\nssid = \"x\"\npassword = 87654321", 3, "network.password", "between double quotes"),
    ("[network]\nssid = \"x\"\npassword = \"tab\\there123\"", 3, "network.password", "8 to 63"),
    ("[network]\npassword = \"wachtwoord\"", 2, "network.password", "write ssid = \"name\" too"),
    ("[network]\nhidden = \"ja\"", 2, "network.hidden", "write true or false"),
    ("[network]\naddress = \"192.168.1.50\"", 2, "network.address", "such as \"192.168.1.50/24\""),
    ("[network]\naddress = \"192.168.1.500/24\"", 2, "network.address", "such as \"192.168.1.50/24\""),
    ("[network]\naddress = \"192.168.1.50/33\"", 2, "network.address", "how much of it names the network"),
    ("[network]\naddress = \"192.168.1.50/255.255.255.0\"", 2, "network.address", "\"192.168.1.50/24\""),
    ("[network]\naddress = \"192.168.1.0/24\"", 2, "network.address", "the first and the last address"),
    ("[network]\naddress = \"192.168.1.255/24\"", 2, "network.address", "take one between"),
    ("[network]\naddress = \"127.0.0.1/8\"", 2, "network.address", "none that a machine may have"),
    ("[network]\ngateway = \"192.168.1.1\"", 2, "network.gateway", "write address too"),
    (
        "[network]\naddress = \"192.168.1.50/24\"\ngateway = \"192.168.2.1\"",
        3,
        "network.gateway",
        "not another address",
    ),
    (
        "[network]\naddress = \"192.168.1.50/24\"\ngateway = \"192.168.1.50\"",
        3,
        "network.gateway",
        "correct one",
    ),
    (
        "[network]\naddress = \"192.168.1.50/24\"\ngateway = \"192.168.1.1/24\"",
        3,
        "network.gateway",
        "without /24",
    ),
    (
        "[network]\naddress = \"192.168.1.50/24\"\ngateway = \"fe80::1\"",
        3,
        "network.gateway",
        "not another address",
    ),
    ("[network]\ndns = \"dns.google\"", 2, "network.dns", "write addresses with commas"),
    ("[network]\ndns = [\"9.9.9.9\", 8]", 2, "network.dns", "texts between double quotes"),
    ("[network]\nhostname = \"Balie Jansen\"", 2, "network.hostname", "such as \"balie\""),
    ("[network]\nhostname = \"-balie\"", 2, "network.hostname", "letters a to z, digits and hyphens"),
    ("[netwerk]\nssid = \"x\"", 1, "netwerk", "did you mean [network]?"),
    ("[network]\nwifi = \"x\"", 2, "network.wifi", "did you mean 'ssid'?"),
    ("[network]\npsk = \"wachtwoord\"", 2, "network.psk", "did you mean 'password'?"),
    ("[wifi]\nssid = \"x\"", 1, "wifi", "stand under [network]"),
    ("[network]\npaswoord = \"wachtwoord\"", 2, "network.paswoord", "did you mean 'password'?"),
    ("ssid = \"x\"", 1, "ssid", "write it under [network]"),
    ("[time]\nntp = \"https://pool.ntp.org/\"", 2, "time.ntp", "such as \"nl.pool.ntp.org\""),
    ("[time]\nserver = \"x\"", 2, "time.server", "[time] knows ntp"),
    ("[ssh]\nauthorized_key = \"AAAAC3NzaC1lZDI1NTE5\"", 2, "ssh.authorized_key", "the key's .pub file"),
    (
        "[ssh]\nauthorized_key = \"-----BEGIN OPENSSH PRIVATE KEY-----\"",
        2,
        "ssh.authorized_key",
        "the private key",
    ),
    (
        "[ssh]\nauthorized_key = \"ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIJKlMnOpQrStUvWxYz0123456789abcdefghijklmnop\"",
        2,
        "ssh.authorized_key",
        "the whole line",
    ),
    ("[manager]\nname = \"Bea\"\npin = 4711", 3, "manager.pin", "four to eight digits between double quotes"),
    ("[manager]\nname = \"Bea\"\npin = \"47\"", 3, "manager.pin", "four to eight digits"),
    ("[manager]\nname = \"Bea\"\npin = \"4711 \\n12\"", 3, "manager.pin", "four to eight digits"),
    ("[manager]\nname = \"Bea\"", 2, "manager.name", "write pin = \"...\" too"),
    (
        "[manager]\nname = \"wachtwoord wachtwoord wachtwoord wachtwoord wachtwoord wachtwoord wachtwoord wachtwoord\"\n\
         pin = \"\"",
        2,
        "manager.name",
        "the value does not fit; write a name of at most 80 letters",
    ),
    ("[manager]\npin = \"4711\"", 2, "manager.pin", "write name = \"...\" too"),
    ("[smtp]\npassword_file = \"geheim.txt\"", 2, "smtp.password_file", "write password = \"...\""),
    ("[shop]\nname = \u{201C}Garage\u{201D}", 2, "", "write straight ones: \""),
    ("[shop]\nname = \"C:\\Garage\"", 2, "", "write \\\\ for a \\"),
    ("[shop]\nname = Garage", 2, "", "this is not TOML"),
    ("[shop]\nname: \"Garage\"", 2, "", "this is not TOML"),
    ("[screen]\nrotation = 90 graden", 2, "", "this is not TOML"),
];

/// Words that no message, report or log may repeat.
const HUSH: [&str; 6] = ["kort123", "wachtwoord", "4711", "87654321", "tab\there", "geheim42"];

fn told(report: &Report) -> String {
    report.mistakes.iter().map(|mistake| format!("{mistake}\n")).collect()
}

#[test]
fn each_mistake_is_told_with_its_line_and_what_to_write_and_the_desk_still_has_a_configuration() {
    for (text, line, key, words) in WRONG {
        let machine = Machine::new();
        machine.card(&format!("{text}\n"));
        let checked = check(&machine.on_card("balie.toml")).unwrap();
        let said = told(&checked);
        let found = checked
            .mistakes
            .iter()
            .find(|one| one.line == line && one.key == key && one.words.contains(words));
        assert!(found.is_some(), "{text:?}: {said}");
        assert_eq!(checked.mistakes.len(), 1, "{text:?}: {said}");
        assert!(HUSH.iter().all(|word| !said.contains(word)), "a secret is told: {said}");

        let report = machine.provision();
        assert_eq!(told(&report), said);
        // What the programs find is a file without any mistake.
        let config = Config::load(Some(&machine.at("etc/balie/balie.toml"))).unwrap();
        assert_eq!(config.panel, Config::default().panel, "{text:?}");
        // A Wi-Fi whose password is wrong is not an open one.
        let wpa = fs::read_to_string(machine.at("run/balie/wpa_supplicant.conf")).unwrap_or_default();
        assert!(!wpa.contains("NONE"), "{text:?}: {wpa}");
    }
}

#[test]
fn what_is_right_beside_a_mistake_holds_and_what_is_wrong_stays_as_it_was() {
    let machine = Machine::new();
    machine.card(GOOD);
    assert_eq!(told(&machine.provision()), "");
    for (wrong, word) in [
        ("rotation = 45", "write 0, 90, 180 or 270"),
        ("rotation = ", "not TOML"),
        ("rotatie = 90", "did you mean 'rotation'"),
        ("rotation = \"90\"", "without quotes"),
    ] {
        machine
            .card(&GOOD.replace("rotation = 270", wrong).replace("Garage Jansen", "Garage Müller & Söhne"));
        let report = machine.provision();
        assert_eq!((report.state, report.mistakes.len()), (State::Partly, 1), "{}", told(&report));
        assert!(report.mistakes[0].words.contains(word), "{}", told(&report));
        assert_eq!(machine.config().screen.rotation, 270, "{wrong}: as it was");
        assert_eq!(machine.config().shop.name, "Garage Müller & Söhne", "{wrong}");
    }
    // A line that was taken out is gone; there is no mistake now that could hide it.
    machine.card(&GOOD.replace("rotation = 270", ""));
    assert_eq!(told(&machine.provision()), "");
    assert_eq!(machine.config().screen.rotation, 0);
}

#[test]
fn two_right_lines_that_do_not_go_together_with_what_was_before_do_not_stop_the_desk() {
    let machine = Machine::new();
    machine.card("[panel]\nled = 5\nbutton = 6\n");
    machine.provision();
    // The button stays on 6 because its line is wrong, and there the LED cannot be.
    machine.card("[panel]\nled = 6\nbutton = 99\n");
    let report = machine.provision();
    assert_eq!(report.mistakes.len(), 1, "{}", told(&report));
    let config = machine.config();
    assert_ne!(config.panel.led, config.panel.button);
}

#[test]
fn a_good_file_sets_everything_up() {
    let machine = Machine::new();
    machine.card(GOOD);
    let report = machine.provision();
    assert_eq!((report.state, told(&report)), (State::Applied, String::new()));
    let config = machine.config();
    assert_eq!(config.shop.name, "Garage Jansen");
    assert_eq!((config.shop.timezone.name(), config.screen.rotation), ("Europe/Berlin", 270));
    assert_eq!(config.smtp.password, Secret::File("/var/lib/balie/secrets/smtp-password".into()));
    assert_eq!(machine.read("var/lib/balie/secrets/smtp-password"), "mail geheim42");
    assert_eq!(machine.read("var/lib/balie/secrets/sms-key"), "sms-geheim42");
    assert_eq!(machine.read("var/lib/balie/secrets/rdw-app_token"), "rdw-geheim42");
    for (path, mode) in [
        ("var/lib/balie/secrets", 0o770),
        ("var/lib/balie/secrets/smtp-password", 0o640),
        ("var/lib/balie/secrets/first-manager.json", 0o640),
        ("etc/balie/balie.toml", 0o640),
        ("run/balie/wpa_supplicant.conf", 0o600),
        ("run/balie/provision.json", 0o644),
    ] {
        assert_eq!(machine.mode(path), mode, "{path}");
    }
    assert_eq!(
        machine.read("run/systemd/network/50-balie-wifi.network"),
        "[Match]\nType=wlan\n\n[Link]\nRequiredForOnline=no\n\n[Network]\nDHCP=no\nAddress=192.168.178.40/24\n\
         DNS=192.168.178.1\nDNS=9.9.9.9\n\n[Route]\nGateway=192.168.178.1\nMetric=600\n"
    );
    assert_eq!(
        machine.read("run/balie/wpa_supplicant.conf"),
        "country=DE\nnetwork={\n    ssid=5765726b737461747420fc\n".replace("20fc", "20c3bc")
            + "    key_mgmt=WPA-PSK SAE\n    ieee80211w=1\n    psk=\" Sch\"öne # geheim42 \"\n}\n"
    );
    assert_eq!(
        machine.read("run/systemd/timesyncd.conf.d/50-balie.conf"),
        "[Time]\nNTP=de.pool.ntp.org 192.168.178.1\n"
    );
    assert!(machine.read("run/balie/authorized_keys").starts_with("restrict ssh-ed25519 AAAAC3"));
    assert_eq!(machine.read("etc/hostname"), "balie-jansen\n");
    let zone = fs::read_link(machine.at("etc/localtime")).unwrap();
    assert_eq!(zone, Path::new("../usr/share/zoneinfo/Europe/Berlin"));
    assert_eq!(Report { ..machine.report() }, report);
}

#[test]
fn secrets_leave_the_card_and_nothing_else_of_it_changes() {
    for ending in ["\n", "\r\n"] {
        for mark in ["", "\u{FEFF}"] {
            let machine = Machine::new();
            let text = mark.to_owned() + &GOOD.replace('\n', ending);
            machine.card(&text);
            let output = machine.program(&[]);
            let said = format!("{output:?}");
            assert!(!said.contains("geheim42") && !said.contains("4711"), "{said}");
            let left = fs::read_to_string(machine.on_card("balie.toml")).unwrap();
            let expected = text
                .replace("\" Sch\\\"öne # geheim42 \"", "\"\"")
                .replace("\"mail geheim42\"", "\"\"")
                .replace("\"sms-geheim42\"", "\"\"")
                .replace("\"rdw-geheim42\"", "\"\"")
                .replace("\"4711\"", "\"\"");
            assert_eq!(left, expected);
            assert!(!machine.read("etc/balie/balie.toml").contains("geheim42"));
            assert!(!machine.read("run/balie/provision.json").contains("geheim42"));
            // Nothing of it changes a second time; an empty secret is one that is kept.
            let before = machine.everything();
            assert_eq!(machine.provision().state, State::Applied);
            assert_eq!(machine.everything(), before);
            // A new password goes the same way.
            machine.card(&left.replace("password = \"\"", "password = \"nieuw-wachtwoord\""));
            machine.provision();
            assert_eq!(machine.read("var/lib/balie/secrets/network-password"), "nieuw-wachtwoord");
            assert_eq!(fs::read_to_string(machine.on_card("balie.toml")).unwrap(), expected);
        }
    }
}

#[test]
fn a_secret_that_is_wrong_or_cannot_be_kept_stays_on_the_card() {
    let machine = Machine::new();
    machine.card("[network]\nssid = \"x\"\npassword = \"kort\"\n");
    machine.provision();
    assert!(machine.read("boot/firmware/balie.toml").contains("kort"));
    // The data partition cannot be written: a file is where the folder should be.
    let machine = Machine::new();
    fs::write(machine.at("var/lib/balie/secrets"), "").unwrap();
    machine.card(GOOD);
    let report = machine.provision();
    assert!(told(&report).contains("cannot be read or written"), "{}", told(&report));
    assert_eq!(machine.read("boot/firmware/balie.toml"), GOOD);
    assert!(!machine.at("etc/balie/balie.toml").exists(), "it would name secrets that are not there");
    // The network works all the same: nobody else can come and look.
    assert!(machine.read("run/balie/wpa_supplicant.conf").contains("geheim42"));
}

#[test]
fn what_an_editor_makes_of_the_file() {
    let utf16: Vec<u8> =
        "\u{FEFF}[shop]\r\nname = \"x\"\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = b"[shop]\r\nname = \"M\xFCller\"\r\n[screen]\r\nrotation = 90\r\n".to_vec();
    for (bytes, line, words, state) in [
        (utf16.clone(), 1, "saved as UTF-16 ('Unicode'); save it again as UTF-8: in Notepad", State::Kept),
        (utf16[2..].to_vec(), 1, "saved as UTF-16", State::Kept),
        (latin, 2, "not UTF-8; save the file as UTF-8", State::Partly),
        (vec![b'#'; 70_000], 1, "longer than 64 KB", State::Kept),
        (b"PK\x03\x04 \0\0 [shop]".to_vec(), 1, "not a text file", State::Kept),
    ] {
        let machine = Machine::new();
        machine.card("[shop]\nname = \"Eerst\"\n[log]\nlevel = \"debug\"\n");
        machine.provision();
        fs::write(machine.on_card("balie.toml"), bytes).unwrap();
        let report = machine.provision();
        assert_eq!((report.state, report.mistakes.len(), report.mistakes[0].line), (state, 1, line));
        assert!(report.mistakes[0].words.contains(words), "{}", told(&report));
        assert_eq!(machine.config().shop.name, "Eerst", "as it was");
        assert_eq!(machine.config().screen.rotation, if state == State::Partly { 90 } else { 0 });
    }
    // Windows adds an ending that it does not show.
    let machine = Machine::new();
    fs::write(machine.on_card("balie.toml.txt"), "[shop]\nname = \"Oficina São João\"\n").unwrap();
    assert_eq!(machine.provision().state, State::Applied);
    assert_eq!(machine.config().shop.name, "Oficina São João");
}

#[test]
fn a_machine_without_a_settings_file_keeps_what_it_has() {
    let machine = Machine::new();
    let report = machine.provision();
    assert_eq!((report.state, told(&report)), (State::Absent, String::new()));
    assert!(!machine.at("etc/balie/balie.toml").exists());
    let own = "# my own\n[network]\nssid = \"Werkplaats\"\npassword = \"met de hand\"\n";
    fs::create_dir_all(machine.at("etc/balie")).unwrap();
    fs::write(machine.at("etc/balie/balie.toml"), own).unwrap();
    assert_eq!(machine.provision().state, State::Absent);
    assert_eq!(machine.read("etc/balie/balie.toml"), own);
    assert!(machine.read("run/balie/wpa_supplicant.conf").contains("psk=\"met de hand\""));
    fs::write(machine.at("etc/balie/balie.toml"), "[shop]\nnaam = \"x\"\n").unwrap();
    let report = machine.provision();
    assert!(told(&report).contains("etc/balie/balie.toml:2: shop.naam: "), "{}", told(&report));
    assert!(!machine.at("run/balie/wpa_supplicant.conf").exists(), "what no file asks for goes");
}
