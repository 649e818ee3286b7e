//! The watchdog's view of the touchscreen (fault table, row 15): the real kiosk, with the test in the place of
//! systemd. Alive is who turns and can read; who hangs, or reads nothing any more, is not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod shop;
mod window;

use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::{Duration, Instant};

use shop::Shop;
use window::Display;

const SECOND: Duration = Duration::from_secs(1);

/// Signs of life in so much time.
fn alive(socket: &UnixDatagram, lasting: Duration) -> usize {
    let end = Instant::now() + lasting;
    let mut heard = 0;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        heard += usize::from(hear(socket, left).is_some_and(|message| message.contains("WATCHDOG=1")));
    }
    heard
}

fn hear(socket: &UnixDatagram, at_most: Duration) -> Option<String> {
    socket.set_read_timeout(Some(at_most.max(Duration::from_millis(1)))).unwrap();
    let mut buffer = [0; 4096];
    let length = socket.recv(&mut buffer).ok()?;
    Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
}

#[test]
fn the_watchdog_hears_of_a_kiosk_that_turns_and_reads_and_of_no_other() {
    let mut shop = Shop::new();
    shop.vehicle("11-AB-11").inspection_expires("2015-08-10");
    shop.collect();
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    let display = Display::start();
    let variables = [("NOTIFY_SOCKET", path.to_str().unwrap()), ("WATCHDOG_USEC", "2000000")];
    let kiosk = display.kiosk_with(shop.folder(), &["--today", "2015-05-01"], &variables);
    let began = Instant::now();
    while hear(&socket, SECOND).is_none_or(|message| !message.contains("READY=1")) {
        assert!(began.elapsed() < 20 * SECOND, "it does not say that it is ready");
    }
    assert!(alive(&socket, 4 * SECOND) >= 4, "four in two seconds are wanted");
    let signal = |name: &str| {
        let line = format!("kill -{name} {}", kiosk.0.id());
        assert!(Command::new("sh").args(["-c", &line]).status().unwrap().success());
    };
    // The event loop is blocked.
    signal("STOP");
    alive(&socket, SECOND);
    assert_eq!(alive(&socket, 3 * SECOND), 0, "hung");
    signal("CONT");
    assert!(alive(&socket, 4 * SECOND) >= 3, "it goes on");
    // It turns, but can read nothing: the database has lost its name.
    let database = shop.folder().join("balie.db");
    let away = shop.folder().join("away.db");
    std::fs::rename(&database, &away).unwrap();
    std::fs::create_dir(&database).unwrap();
    alive(&socket, 2 * SECOND);
    assert_eq!(alive(&socket, 3 * SECOND), 0, "nothing was read");
    std::fs::remove_dir(&database).unwrap();
    std::fs::rename(&away, &database).unwrap();
    alive(&socket, 3 * SECOND);
    assert!(alive(&socket, 4 * SECOND) >= 3, "it reads again");
}
