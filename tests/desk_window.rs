//! The five most used flows on the real kiosk: its own process in a window on a display, a real mouse and
//! real keys, and what came of it read from the database.
//!
//! Where to touch is told by a twin: the same pages in memory, with the same shop in a database of its own,
//! that are touched likewise. A touch is made only once the window looks there as the twin does, so
//! nothing depends on how long anything takes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;
mod window;

use std::time::{Duration, Instant};

use balie::desk::Start;
use balie::domain::ids::CustomerId;
use balie::domain::message::{Channel, MessageState};
use balie::domain::pin::Pin;
use balie::domain::task::StatusFilter;
use balie::store::audit::AuditFilter;
use balie::store::sign_in::FirstManager;
use desk_scene::{Scene, Shop, machine, signed_in};
use window::{Display, Killed};

const CARS: [(&str, i64); 3] = [("JL-29-JK", 3), ("23-NL-PD", -6), ("74-XE-VV", 0)];
/// A Wednesday.
const TODAY: &str = "2015-04-29";
/// Nothing of the machine the test runs on, and nobody outside.
const CONFIG: &str = "[shop]\nname = \"Garage De Hoek\"\nphone = \"010-2345678\"\n[panel]\ndriver = \"screen\"\n\
    [rdw]\nenabled = false\n";
/// So long a machine may take for a page, however much it has to do.
const LONGEST: Duration = Duration::from_secs(40);
const WIDTH: usize = 1280;

/// The kiosk and its twin.
struct Pair {
    shop: Shop,
    twin: Scene,
    display: Display,
    _kiosk: Killed,
}

fn shop(prepare: impl Fn(&Shop)) -> Shop {
    let shop = Shop::with(&CARS);
    prepare(&shop);
    shop
}

impl Pair {
    /// Both, with an employee who is signed in, or at the gate.
    fn start(employee: Option<&str>, prepare: impl Fn(&Shop)) -> Self {
        let display = Display::start();
        let shop = shop(&prepare);
        let config = shop.folder.path().join("balie.toml");
        std::fs::write(&config, CONFIG).unwrap();
        let mut arguments = vec!["--today", TODAY, "--config", config.to_str().unwrap()];
        arguments.extend(employee.iter().flat_map(|code| ["--employee", code]));
        let kiosk = display.kiosk(shop.folder.path(), &arguments);
        let surroundings = machine();
        *surroundings.today.lock().unwrap() = TODAY.parse().unwrap();
        *surroundings.texts.lock().unwrap() = false;
        let start = employee.map_or_else(Start::default, signed_in);
        let twin_shop = self::shop(prepare);
        let twin = Scene::with(start, surroundings, twin_shop.opener()).settled();
        // The twin's database is open; its folder may stay until the end of the process.
        std::mem::forget(twin_shop.folder);
        Self { shop, twin, display, _kiosk: kiosk }
    }

    /// Waits until the window looks under a label as the twin does; answers the middle.
    fn seen(&mut self, label: &str) -> (usize, usize) {
        let began = Instant::now();
        let mut since: Option<Instant> = None;
        self.twin.settle();
        loop {
            self.twin.served();
            let element = self.twin.control(label);
            let (at, size) = (element.absolute_position(), element.size());
            let (left, top) = (at.x.max(0.0) as usize, at.y.max(0.0) as usize);
            let (width, height) = (size.width as usize, size.height as usize);
            let (wanted, there) = (self.twin.canvas.bytes(), self.display.picture());
            let mut other = 0;
            for y in top..top + height {
                for x in left..left + width {
                    let place = (y * WIDTH + x) * 3;
                    let differs = (place..place + 3).any(|byte| wanted[byte].abs_diff(there[byte]) > 40);
                    other += usize::from(differs);
                }
            }
            // The cursor of a field blinks; nothing else differs, and one row's words from another's by more.
            if other * 500 > width * height {
                since = None;
            } else if since.get_or_insert_with(Instant::now).elapsed() > Duration::from_millis(400) {
                // What came under the finger just now would not be what it meant.
                return (left + width / 2, top + height / 2);
            }
            std::thread::sleep(Duration::from_millis(20));
            if began.elapsed() > LONGEST {
                let folder = std::env::temp_dir();
                self.twin.canvas.save(&folder.join("balie-twin.png")).unwrap();
                std::fs::write(folder.join("balie-window.rgb"), there).unwrap();
                panic!("'{label}' is not on the screen; twin and window are in {}", folder.display());
            }
        }
    }

    /// A click with the mouse; then the pointer is out of the way.
    fn touch(&mut self, label: &str) {
        let (x, y) = self.seen(label);
        self.display.does(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]);
        self.display.does(&["mousemove", "1279", "799"]);
        self.twin.tap(label);
    }

    /// Keys on the keyboard.
    fn types(&mut self, words: &str) {
        // No window manager gives the window the keys.
        self.display.does(&["search", "--onlyvisible", "--name", "Balie", "windowfocus"]);
        self.display.does(&["type", "--delay", "40", words]);
        for sign in words.chars() {
            self.twin.key(sign.to_string());
        }
    }

    /// Waits for something in the kiosk's database.
    fn until<T>(&self, what: &str, look: impl Fn(&Shop) -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = look(&self.shop) {
                return found;
            }
            assert!(began.elapsed() < LONGEST, "{what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn customer(shop: &Shop, plate: &str) -> CustomerId {
    shop.store().customer_by_code(&format!("K{plate}")).unwrap().unwrap().0
}

#[test]
fn a_call_is_handled_with_its_outcome() {
    let mut pair = Pair::start(Some("ELS"), |_| ());
    pair.touch("Opvolgen");
    pair.touch("Geïnformeerd");
    pair.touch("Afgehandeld en opslaan");
    pair.until("the task is handled", |shop| {
        (shop.plates(StatusFilter::Closed) == ["23-NL-PD"]).then_some(())
    });
    let task = pair.shop.rows(StatusFilter::Closed)[0].id;
    let fields = pair.shop.store().task_fields(task).unwrap();
    assert_eq!(fields.outcome, Some(balie::domain::edit::Outcome::Informed));
    // And the list is there again, without it.
    pair.touch("Opvolgen");
}

#[test]
fn an_appointment_is_made() {
    let mut pair = Pair::start(Some("ELS"), |_| ());
    pair.touch("Afspraak maken");
    // Another day, because the slots of today depend on the hour.
    pair.touch("vr 01-05");
    pair.touch("09:30");
    pair.touch("Opslaan");
    let booked = pair.until("the appointment is in the agenda", |shop| {
        shop.store().appointments_on("2015-05-01".parse().unwrap()).unwrap().pop()
    });
    assert_eq!(booked.starts_at.to_string(), "2015-05-01 09:30:00");
    assert_eq!(booked.plate.as_deref(), Some("23-NL-PD"));
}

#[test]
fn a_customer_is_found_by_typing_and_their_consent_noted() {
    let mut pair = Pair::start(Some("ELS"), |_| ());
    pair.touch("Klanten");
    pair.touch("Naam, kenteken, telefoon, postcode ...");
    pair.types("jl29");
    pair.touch("Janssen JL-29-JK, Diemen");
    pair.touch("Toestemming: Bellen");
    pair.touch("Ja");
    let answer = pair
        .until("the answer is noted", |shop| shop.store().consents(customer(shop, "JL-29-JK")).unwrap().call);
    assert!(answer.given);
    assert_eq!(answer.employee.as_deref(), Some("Els Hermans"));
}

#[test]
fn an_sms_is_sent_by_hand() {
    let mut pair = Pair::start(Some("ELS"), |_| ());
    pair.touch("Opvolgen");
    pair.touch("SMS sturen");
    pair.touch("Met de hand");
    pair.touch("Ik heb het verstuurd");
    let message = pair.until("the message is written down", |shop| {
        shop.store().messages_of_customer(customer(shop, "23-NL-PD")).unwrap().pop()
    });
    assert_eq!((message.channel, message.state), (Channel::Sms, MessageState::Sent));
    assert_eq!(message.address, "+31612345678");
}

#[test]
fn somebody_signs_in_with_a_pin() {
    let mut pair = Pair::start(None, |shop| {
        let mut store = shop.store();
        let els = store.employee_by_code("ELS").unwrap().unwrap();
        let at = "2015-04-28T08:00:00Z".parse().unwrap();
        store.make_first_manager(FirstManager::Known(els), &Pin::parse("4711").unwrap(), at).unwrap();
    });
    pair.touch("Els Hermans");
    for digit in ["4", "7", "1", "1"] {
        pair.touch(digit);
    }
    pair.touch("Aanmelden");
    pair.until("the audit trail names who signed in", |shop| {
        let filter = AuditFilter { noun: Some("employee"), ..AuditFilter::default() };
        let lines = shop.store().audit(filter, None, 50).unwrap();
        lines.iter().any(|line| line.action == "signed in").then_some(())
    });
    // The list is open to them.
    pair.touch("Opvolgen");
}
