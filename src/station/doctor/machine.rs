//! The machine itself: its versions, its power supply, its warmth, its update, and what came of the technician's file.

use std::path::Path;

use super::Check;
use crate::station::provision::report::{self, Mistake, State};
use crate::station::system::Facts;
use crate::station::system::power::{Power, Seen};
use crate::station::update::Status;

pub(super) fn all(facts: &Facts) -> Vec<Check> {
    let update = match (&facts.update, &facts.update_trouble) {
        (Some(status), _) => update(status),
        (None, Some(trouble)) => Check::wrong("update", trouble.clone(), "restart the machine"),
        (None, None) => Check::off("update", "updates come another way here"),
    };
    vec![versions(facts), power(&facts.power), heat(&facts.power), update]
}

fn versions(facts: &Facts) -> Check {
    let built = facts.built_at.format("%Y-%m-%d");
    let mut what = format!("balie {}, built on {built}", facts.version);
    for part in [&facts.system, &facts.kernel, &facts.board].into_iter().flatten() {
        what += &format!("; {part}");
    }
    Check::ok("version", what)
}

fn power(power: &Power) -> Check {
    let remedy = "use the Raspberry Pi's own power supply and a short cable";
    match power.weak {
        None => Check::off("power", "this machine does not measure it"),
        Some(Seen { now: true, .. }) => Check::wrong("power", "the voltage is too low", remedy),
        Some(Seen { before: true, .. }) => {
            Check::wrong("power", "the voltage was too low since the start", remedy)
        }
        Some(_) => Check::ok("power", "strong enough"),
    }
}

fn heat(power: &Power) -> Check {
    let remedy = "give it air: free its openings";
    let warm = power.celsius.map(|celsius| format!("{celsius:.0} °C"));
    let slowed = power.hot.unwrap_or_default();
    match (&warm, slowed) {
        (_, Seen { now: true, .. }) => {
            let at = warm.map(|warm| format!(" ({warm})")).unwrap_or_default();
            Check::wrong("heat", format!("it is too hot, and slowed down{at}"), remedy)
        }
        (Some(warm), _) if power.is_hot() => Check::wrong("heat", format!("it is too hot: {warm}"), remedy),
        (_, Seen { before: true, .. }) => {
            Check::wrong("heat", "it was too hot since the start, and slowed down", remedy)
        }
        (Some(warm), _) => Check::ok("heat", warm.clone()),
        (None, _) if power.hot.is_some() => Check::ok("heat", "cool"),
        (None, _) => Check::off("heat", "this machine does not measure it"),
    }
}

fn update(status: &Status) -> Check {
    let what = format!("version {} runs", status.version);
    match &status.waiting {
        Some(next) => Check::ok("update", format!("{what}; {next} waits for the next start")),
        None if status.trial => Check::wrong(
            "update",
            format!("{what}, and is still on trial"),
            "wait five minutes; if it stays so: journalctl -u balie-mark-good. The next start goes back",
        ),
        None => Check::ok("update", what),
    }
}

/// What came of the settings file on the boot partition at this start.
pub(super) fn settings_file(path: &Path) -> Check {
    const NAME: &str = "settings file";
    let report = match report::read(path) {
        Ok(Some(report)) => report,
        Ok(None) => return Check::off(NAME, "nothing was provisioned at this start"),
        Err(cause) => return Check::wrong(NAME, cause.to_string(), "sudo balie provision"),
    };
    let shown = report.file.as_deref().unwrap_or(Path::new("/etc/balie/balie.toml")).display().to_string();
    match (report.mistakes.as_slice(), report.state) {
        ([], State::Absent) => {
            Check::off(NAME, "there is none on the boot partition; what was set before holds")
        }
        ([], _) => Check::ok(NAME, format!("everything in {shown} holds")),
        ([first, rest @ ..], state) => {
            let holds = if state == State::Kept { "nothing of it holds" } else { "the rest holds" };
            let more = if rest.is_empty() { String::new() } else { format!(" (and {} more)", rest.len()) };
            let of: Vec<_> = rest.iter().map(Mistake::to_string).collect();
            let mut remedy = "correct it and restart".to_owned();
            if !of.is_empty() {
                remedy += &format!("; the others: {}", of.join("; "));
            }
            Check::wrong(NAME, format!("{first}{more}; {holds}"), remedy)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::doctor::Health;
    use crate::station::provision::report::Report;

    #[test]
    fn power_heat_and_update() {
        let past = Seen { now: false, before: true };
        let yes = Seen { now: true, before: true };
        let no = Seen::default();
        for (celsius, weak, hot, states) in [
            (None, None, None, [Health::Off, Health::Off]),
            (Some(48.3), Some(no), Some(no), [Health::Ok, Health::Ok]),
            (None, Some(no), Some(no), [Health::Ok, Health::Ok]),
            (Some(48.3), Some(past), Some(past), [Health::Wrong, Health::Wrong]),
            (Some(85.0), Some(yes), Some(yes), [Health::Wrong, Health::Wrong]),
            (Some(81.0), None, None, [Health::Off, Health::Wrong]),
        ] {
            let read = Power { celsius, weak, hot };
            assert_eq!([power(&read).state, heat(&read).state], states, "{read:?}");
        }
        let of = |waiting: Option<&str>, trial| {
            let (compatible, version) = ("balie-raspberrypi5".to_owned(), "1.0.0".to_owned());
            update(&Status {
                compatible,
                version,
                slots: Vec::new(),
                waiting: waiting.map(str::to_owned),
                trial,
            })
        };
        assert!(of(Some("1.1.0"), false).what.ends_with("1.1.0 waits for the next start"));
        assert_eq!((of(None, false).state, of(None, true).state), (Health::Ok, Health::Wrong));
    }

    #[test]
    fn what_came_of_the_settings_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("provision.json");
        assert_eq!(settings_file(&path).state, Health::Off);
        std::fs::write(&path, "{").unwrap();
        assert!(settings_file(&path).what.contains("damaged"));
        let mistake = Mistake {
            file: "/boot/balie/balie.toml".into(),
            line: 3,
            key: "screen.rotation".to_owned(),
            words: "45 does not fit".to_owned(),
        };
        for (state, mistakes, health, words) in [
            (State::Absent, 0, Health::Off, "none on the boot partition"),
            (State::Applied, 0, Health::Ok, "everything in /boot/balie/balie.toml holds"),
            (
                State::Partly,
                1,
                Health::Wrong,
                "balie.toml:3: screen.rotation: 45 does not fit; the rest holds",
            ),
            (State::Kept, 2, Health::Wrong, "(and 1 more); nothing of it holds"),
        ] {
            let report = Report {
                version: "1".to_owned(),
                file: Some("/boot/balie/balie.toml".into()),
                state,
                mistakes: vec![mistake.clone(); mistakes],
            };
            std::fs::write(&path, serde_json::to_vec(&report).unwrap()).unwrap();
            let check = settings_file(&path);
            assert_eq!(check.state, health);
            assert!(check.what.contains(words), "{}", check.what);
        }
    }
}
