//! The parts one can touch, and the services that drive them.

use std::path::Path;
use std::process::Command;

use super::Check;
use crate::panel::{self, Driver, FaultKind, PanelConfig, PanelFault, Part};
use crate::station::config::Screen;
use crate::station::screen::outputs;

/// There is a directory of this name where systemd is what started the machine.
const SYSTEMD: &str = "/run/systemd/system";
/// The registers of a Raspberry Pi's lines.
const REGISTERS: &str = "/dev/gpiomem";

/// The units, where there is systemd.
pub(super) fn services() -> Vec<Check> {
    if !Path::new(SYSTEMD).exists() {
        return vec![Check::off("services", "systemd does not run here")];
    }
    [("service balie-collector", "balie-collector"), ("service balie-kiosk", "balie-kiosk")]
        .map(|(name, unit)| service(name, unit))
        .into()
}

fn service(name: &'static str, unit: &str) -> Check {
    let said = match Command::new("systemctl").args(["is-active", unit]).output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Err(cause) => return Check::off(name, format!("systemctl cannot be asked: {cause}")),
    };
    match said.as_str() {
        "active" => Check::ok(name, "active"),
        "activating" | "reloading" => Check::wrong(
            name,
            format!("it is {said}"),
            format!("wait a minute; if it stays so: journalctl -u {unit}"),
        ),
        said => Check::wrong(
            name,
            format!("it is {said}"),
            format!("sudo systemctl enable --now {unit}; journalctl -u {unit}"),
        ),
    }
}

fn is_active(unit: &str) -> bool {
    Command::new("systemctl")
        .args(["is-active", "--quiet", unit])
        .status()
        .is_ok_and(|status| status.success())
}

/// LED and button, each by itself. A line that another program holds is fine: it is the kiosk.
pub(super) fn panel(config: &PanelConfig) -> Vec<Check> {
    let led = PanelConfig { button: None, ..config.clone() };
    let button = PanelConfig { led: None, ..config.clone() };
    let has = (config.led.is_some(), config.button.is_some());
    vec![part("led", Part::Led, has.0, &led), part("button", Part::Button, has.1, &button)]
}

fn part(name: &'static str, which: Part, wanted: bool, config: &PanelConfig) -> Check {
    if !wanted {
        return Check::off(name, "none is configured");
    }
    // A board's registers know no owner: opening them would put out what the kiosk has lit.
    if config.driver != Driver::Chardev && Path::new(REGISTERS).exists() && is_active("balie-kiosk") {
        return Check::ok(name, "the kiosk drives it; its screen says when that fails");
    }
    let (adapter, fault) = panel::open(config);
    let there = if which == Part::Led { adapter.light.is_some() } else { adapter.edges.is_some() };
    match fault {
        Some(PanelFault { kind: FaultKind::InUse, .. }) => Check::ok(
            name,
            "in use, by the kiosk presumably; try the LED with `balie led slow` when it is stopped",
        ),
        Some(fault) => {
            let words = fault.to_string();
            let (what, remedy) = words.rsplit_once("; ").unwrap_or((&words, ""));
            Check::wrong(name, what, remedy)
        }
        None if there => Check::ok(name, format!("reached by {}", adapter.driver)),
        None => Check::off(name, "this machine has no such lines; the icon on the screen does it alone"),
    }
}

/// A screen that is connected, and something that can be touched.
pub(super) fn screen(config: &Screen) -> Check {
    if std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some() {
        return Check::ok("screen", "a desktop's");
    }
    let outputs = outputs(Path::new("/"));
    let connected: Vec<&str> =
        outputs.iter().filter(|output| output.connected).map(|output| output.name.as_str()).collect();
    if connected.is_empty() {
        let all = outputs.iter().map(|output| output.name.as_str()).collect::<Vec<_>>().join(", ");
        let what = if all.is_empty() {
            "this machine has no output for one".to_owned()
        } else {
            format!("none is connected to {all}")
        };
        return Check::wrong("screen", what, "check cable and power of the screen, then restart");
    }
    if let Some(wanted) = &config.output
        && !connected.contains(&wanted.as_str())
    {
        let what = format!("nothing is connected to {wanted}, but to {}", connected.join(", "));
        return Check::wrong("screen", what, "change [screen] output, or the cable");
    }
    Check::ok("screen", connected.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::doctor::Health;

    #[test]
    fn a_desktop_has_no_pins() {
        let none = PanelConfig { led: None, button: None, ..PanelConfig::default() };
        assert!(panel(&none).iter().all(|check| check.state == Health::Off));
    }
}
