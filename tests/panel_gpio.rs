//! LED and button through the kernel's character device, on a simulated board (gpio-sim).
//!
//! Needs root and a kernel with gpio-sim; where there is none, the tests say so and pass.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use balie::panel::{
    Driver, FaultKind, Line, Panel, PanelConfig, PanelEvent, PanelHandle, Press, open, try_led,
};
use balie::rules::alert::Alert;

const CONFIG: &str = "/sys/kernel/config/gpio-sim";
const SOON: Duration = Duration::from_secs(2);

/// A simulated chip; gone when dropped.
struct Board {
    config: PathBuf,
    lines: PathBuf,
    names: Vec<u32>,
}

impl Board {
    fn new(name: &str, label: &str, names: &[(u32, &str)]) -> Option<Self> {
        if !Path::new(CONFIG).exists() {
            eprintln!("skipped: no gpio-sim here (modprobe gpio-sim, as root)");
            return None;
        }
        let config = Path::new(CONFIG).join(name);
        let bank = config.join("bank");
        fs::create_dir(&config).unwrap();
        fs::create_dir(&bank).unwrap();
        fs::write(bank.join("num_lines"), "32").unwrap();
        fs::write(bank.join("label"), label).unwrap();
        for (offset, name) in names {
            let line = bank.join(format!("line{offset}"));
            fs::create_dir(&line).unwrap();
            fs::write(line.join("name"), name).unwrap();
        }
        fs::write(config.join("live"), "1").unwrap();
        let read = |file: &Path| fs::read_to_string(file).unwrap().trim().to_owned();
        let device = Path::new("/sys/devices/platform").join(read(&config.join("dev_name")));
        let lines = device.join(read(&bank.join("chip_name")));
        let names = names.iter().map(|(offset, _)| *offset).collect();
        Some(Self { config, lines, names })
    }

    fn line(&self, offset: u32, file: &str) -> PathBuf {
        self.lines.join(format!("sim_gpio{offset}")).join(file)
    }

    fn level(&self, offset: u32) -> bool {
        fs::read_to_string(self.line(offset, "value")).unwrap().trim() == "1"
    }

    /// The finger: the button connects its line to ground.
    fn press(&self, offset: u32, down: bool) {
        fs::write(self.line(offset, "pull"), if down { "pull-down" } else { "pull-up" }).unwrap();
    }

    fn wait_for_level(&self, offset: u32, level: bool) {
        let began = Instant::now();
        while self.level(offset) != level {
            assert!(began.elapsed() < SOON, "line {offset} does not become {level}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        let _ = fs::write(self.config.join("live"), "0");
        for offset in &self.names {
            let _ = fs::remove_dir(self.config.join(format!("bank/line{offset}")));
        }
        let _ = fs::remove_dir(self.config.join("bank"));
        let _ = fs::remove_dir(&self.config);
    }
}

fn named(led: &str, button: &str) -> PanelConfig {
    PanelConfig {
        driver: Driver::Chardev,
        led: Some(Line::Name(led.to_owned())),
        button: Some(Line::Name(button.to_owned())),
        active_low: false,
    }
}

fn start(config: &PanelConfig) -> (PanelHandle, Receiver<PanelEvent>) {
    let (told, events) = channel();
    let panel = Panel::start(config, move |event| {
        let _ = told.send(event);
    });
    (panel, events)
}

fn next_press(events: &Receiver<PanelEvent>) -> Option<Press> {
    let end = Instant::now() + SOON;
    while let Ok(event) = events.recv_timeout(end.saturating_duration_since(Instant::now())) {
        if let PanelEvent::Press(press) = event {
            return Some(press);
        }
    }
    None
}

#[test]
fn the_led_follows_and_the_button_is_heard() {
    let Some(board) = Board::new("follows", "balie-follows", &[(3, "F_LED"), (7, "F_BUTTON")]) else {
        return;
    };
    board.press(7, false);
    let (panel, events) = start(&named("F_LED", "F_BUTTON"));
    assert_eq!((panel.driver(), panel.fault()), (Driver::Chardev, None));
    board.wait_for_level(3, true);
    panel.show(Alert::Off);
    board.wait_for_level(3, false);
    panel.show(Alert::Fast);
    let (mut changes, mut before, began) = (0, board.level(3), Instant::now());
    while began.elapsed() < SOON {
        let level = board.level(3);
        changes += u32::from(level != before);
        before = level;
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!((8..=11).contains(&changes), "{changes} edges in two seconds");
    panel.show(Alert::Steady);
    board.wait_for_level(3, true);
    board.press(7, true);
    std::thread::sleep(Duration::from_millis(100));
    board.press(7, false);
    assert_eq!(next_press(&events), Some(Press::Short));
    board.press(7, true);
    assert_eq!(next_press(&events), Some(Press::Long));
    board.press(7, false);
    assert_eq!(next_press(&events), None);
}

#[test]
fn an_led_that_is_lit_when_low() {
    let Some(board) = Board::new("low", "balie-low", &[(1, "L_LED"), (2, "L_BUTTON")]) else { return };
    let (panel, _events) = start(&PanelConfig { active_low: true, ..named("L_LED", "L_BUTTON") });
    panel.show(Alert::Off);
    board.wait_for_level(1, true);
    panel.show(Alert::Steady);
    board.wait_for_level(1, false);
}

#[test]
fn bcm_numbers_are_those_of_the_header_whichever_number_its_chip_has() {
    let Some(_other) = Board::new("other", "balie-other", &[]) else { return };
    let Some(header) = Board::new("header", "pinctrl-rp1", &[]) else { return };
    for driver in [Driver::Chardev, Driver::Auto] {
        header.press(27, false);
        let (panel, events) = start(&PanelConfig { driver, ..PanelConfig::default() });
        assert_eq!((panel.driver(), panel.fault()), (Driver::Chardev, None));
        panel.show(Alert::Off);
        header.wait_for_level(17, false);
        panel.show(Alert::Steady);
        header.wait_for_level(17, true);
        header.press(27, true);
        std::thread::sleep(Duration::from_millis(60));
        header.press(27, false);
        assert_eq!(next_press(&events), Some(Press::Short));
        drop(panel);
        // The button's thread lets go of its line within a second.
        std::thread::sleep(Duration::from_millis(1200));
    }
}

#[test]
fn what_is_wrong_is_named_and_the_other_part_works() {
    let names = [(1, "W_LED"), (2, "W_BUTTON"), (3, "W_TWICE"), (4, "W_TWICE")];
    let Some(board) = Board::new("wrong", "balie-wrong", &names) else { return };
    let fault = |config: &PanelConfig| {
        let (adapter, fault) = open(config);
        (adapter.driver, fault.map(|fault| fault.kind))
    };
    let no_line = Some(FaultKind::NoLine);
    assert_eq!(fault(&named("W_LED", "W_NOT_THERE")), (Driver::Chardev, no_line));
    assert_eq!(fault(&named("W_NOT_THERE", "W_BUTTON")), (Driver::Chardev, no_line));
    assert_eq!(fault(&named("W_TWICE", "W_TWICE")), (Driver::Screen, no_line));
    let auto = PanelConfig { driver: Driver::Auto, ..named("W_LED", "W_NOT_THERE") };
    assert_eq!(fault(&auto), (Driver::Chardev, no_line));
    // The kiosk holds the LED: a trial says so.
    let (panel, _events) = start(&named("W_LED", "W_BUTTON"));
    panel.show(Alert::Off);
    board.wait_for_level(1, false);
    let taken = try_led(&named("W_LED", "W_BUTTON"), Alert::Steady, Duration::ZERO).unwrap_err();
    assert_eq!(taken.kind, FaultKind::InUse, "{taken}");
    drop(panel);
    let tried = try_led(&named("W_LED", "W_BUTTON"), Alert::Fast, Duration::from_millis(900)).unwrap();
    assert_eq!((tried.driver, tried.stays), (Driver::Chardev, false));
}

#[test]
fn the_command_tries_the_led() {
    let Some(board) = Board::new("command", "balie-command", &[(5, "C_LED")]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("balie.toml");
    fs::write(&config, "[panel]\ndriver = \"chardev\"\nled = \"C_LED\"\nbutton = \"\"\n").unwrap();
    let led = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_balie"));
        command.arg("--config").arg(&config).arg("led").args(arguments);
        command
    };
    let mut slow = led(&["slow"]).spawn().unwrap();
    for level in [true, false, true] {
        board.wait_for_level(5, level);
    }
    slow.kill().unwrap();
    slow.wait().unwrap();
    // Held for a while, because the kernel lets the line fall back afterwards.
    let mut on = led(&["on"]).spawn().unwrap();
    board.wait_for_level(5, true);
    std::thread::sleep(Duration::from_millis(300));
    assert!(board.level(5) && on.try_wait().unwrap().is_none());
    on.kill().unwrap();
    on.wait().unwrap();
}
