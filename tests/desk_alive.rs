//! The watchdog's view of the touchscreen (fault table, row 15): the real kiosk, with the test in the place of
//! systemd. Alive is who turns and looks at the database; who hangs is not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod notices;
mod shop;
mod window;

use std::process::Command;
use std::time::Duration;

use notices::Notices;
use shop::Shop;
use window::Display;

const SECOND: Duration = Duration::from_secs(1);

/// Signs of life in so much time.
fn alive(notices: &Notices, lasting: Duration) -> usize {
    notices.listen(lasting).iter().filter(|message| message.contains("WATCHDOG=1")).count()
}

#[test]
fn the_watchdog_hears_of_a_kiosk_that_turns_and_looks_and_of_no_other() {
    let mut shop = Shop::new();
    shop.vehicle("11-AB-11").inspection_expires("2015-08-10");
    shop.collect();
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("notify");
    let mut notices = Notices::at(&path);
    let display = Display::start();
    let variables = [("NOTIFY_SOCKET", path.to_str().unwrap()), ("WATCHDOG_USEC", "2000000")];
    let kiosk = display.kiosk_with(shop.folder(), &["--today", "2015-05-01"], &variables);
    notices.wait_for("READY=1", 20 * SECOND);
    assert!(alive(&notices, 4 * SECOND) >= 4, "four in two seconds are wanted");
    let signal = |name: &str| {
        let line = format!("kill -{name} {}", kiosk.0.id());
        assert!(Command::new("sh").args(["-c", &line]).status().unwrap().success());
    };
    // The event loop is blocked.
    signal("STOP");
    alive(&notices, SECOND);
    assert_eq!(alive(&notices, 3 * SECOND), 0, "hung");
    signal("CONT");
    assert!(alive(&notices, 4 * SECOND) >= 3, "it goes on");
    // It turns and can read nothing, as a new process could not: the message stays on the screen.
    let database = shop.folder().join("balie.db");
    let away = shop.folder().join("away.db");
    std::fs::rename(&database, &away).unwrap();
    std::fs::create_dir(&database).unwrap();
    alive(&notices, 2 * SECOND);
    assert!(alive(&notices, 4 * SECOND) >= 3, "nothing was read");
    std::fs::remove_dir(&database).unwrap();
    std::fs::rename(&away, &database).unwrap();
    assert!(alive(&notices, 4 * SECOND) >= 3, "it reads again");
}
