//! Signing in with a PIN: who may, what guessing costs, and what of it stands in the audit trail.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod shop;

use std::time::Duration;

use balie::domain::employee::{Employee, Role};
use balie::domain::ids::EmployeeId;
use balie::domain::pin::Pin;
use balie::store::Store;
use balie::store::audit::AuditFilter;
use balie::store::employee::Staffed;
use balie::store::history::{Actor, Origin};
use balie::store::sign_in::{FirstManager, SignIn};
use chrono::{DateTime, TimeDelta, Utc};
use shop::Shop;

fn pin(digits: &str) -> Pin {
    Pin::parse(digits).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    format!("2015-05-01T{text}Z").parse().unwrap()
}

fn desk(by: EmployeeId) -> Actor {
    Actor { origin: Origin::Desk(Some(by)), at: at("09:00:00") }
}

/// A shop with a manager (4711) and a receptionist (3915).
fn shop() -> (Shop, EmployeeId, EmployeeId) {
    let mut shop = Shop::new();
    shop.employee("BEA").has("role", "manager");
    shop.employee("ELS");
    shop.import();
    let bea = shop.store.employee_by_code("BEA").unwrap().unwrap();
    let els = shop.store.employee_by_code("ELS").unwrap().unwrap();
    assert!(!shop.store.has_manager().unwrap());
    let made = shop.store.make_first_manager(FirstManager::Known(bea), &pin("4711"), at("08:00:00")).unwrap();
    assert_eq!(made, Staffed::Saved(bea));
    shop.store.set_pin(els, Some(&pin("3915")), desk(bea)).unwrap();
    (shop, bea, els)
}

fn is_done(found: &SignIn) -> bool {
    matches!(found, SignIn::Done(_))
}

#[test]
fn guessing_gets_slower_across_restarts_and_clocks_that_jump() {
    let (mut shop, _, els) = shop();
    let mut now = at("10:00:00");
    let mut waits = Vec::new();
    for guess in 0..8 {
        // A restart between the guesses changes nothing.
        shop.store = Store::open(&shop.folder().join("balie.db")).unwrap();
        match shop.store.sign_in(els, &pin(&format!("111{guess}")), now).unwrap() {
            SignIn::Wrong(wait) => {
                waits.push(wait.as_secs());
                if !wait.is_zero() {
                    // Too early it is not even looked at, though it is the right one.
                    let early = shop.store.sign_in(els, &pin("3915"), now + TimeDelta::seconds(1)).unwrap();
                    assert_eq!(early, SignIn::Wait(wait - Duration::from_secs(1)));
                }
                now += TimeDelta::from_std(wait).unwrap();
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(waits, [0, 0, 5, 10, 20, 40, 80, 160]);
    let wrong = shop.store.sign_in(els, &pin("1110"), now).unwrap();
    assert_eq!(wrong, SignIn::Wrong(Duration::from_secs(300)));
    // The clock is set back a day: the wait begins anew, and is not a day long.
    let back = now - TimeDelta::days(1);
    assert_eq!(shop.store.sign_in(els, &pin("3915"), back).unwrap(), SignIn::Wait(Duration::from_secs(300)));
    let later = back + TimeDelta::seconds(299);
    assert_eq!(shop.store.sign_in(els, &pin("3915"), later).unwrap(), SignIn::Wait(Duration::from_secs(1)));
    assert!(is_done(&shop.store.sign_in(els, &pin("3915"), back + TimeDelta::seconds(300)).unwrap()));
    // It is forgotten once the right one came.
    assert_eq!(shop.store.sign_in_wait(els, back).unwrap(), Duration::ZERO);
    assert_eq!(shop.store.sign_in(els, &pin("1110"), back).unwrap(), SignIn::Wrong(Duration::ZERO));
}

#[test]
fn who_left_or_has_no_pin_cannot_sign_in_and_an_import_takes_no_pin_away() {
    let (mut shop, bea, els) = shop();
    shop.employee("JAN");
    shop.employee("ELS").has("name", "Els Hermans");
    shop.import();
    let jan = shop.store.employee_by_code("JAN").unwrap().unwrap();
    assert_eq!(shop.store.sign_in(jan, &pin("4711"), at("10:00:00")).unwrap(), SignIn::Barred);
    let SignIn::Done(found) = shop.store.sign_in(els, &pin("3915"), at("10:00:00")).unwrap() else {
        panic!("the import took the PIN away");
    };
    assert_eq!((found.name(), found.employee.role), ("Els Hermans", Role::Reception));
    let gone = Employee { active: false, ..found.employee };
    assert_eq!(shop.store.change_employee(els, &gone, desk(bea)).unwrap(), Staffed::Saved(els));
    assert_eq!(shop.store.sign_in(els, &pin("3915"), at("10:01:00")).unwrap(), SignIn::Barred);
    // Signing in is no word about name or role: an older file does not lose to it.
    shop.employee("BEA").has("name", "Bea Smit");
    assert!(is_done(&shop.store.sign_in(bea, &pin("4711"), at("10:00:00")).unwrap()));
    shop.import();
    assert_eq!(shop.store.staff_member(bea).unwrap().name(), "Bea Smit");
}

#[test]
fn the_last_manager_with_a_pin_stays() {
    let (mut shop, bea, els) = shop();
    let staff = shop.store.staff_member(bea).unwrap().employee;
    for after in
        [Employee { active: false, ..staff.clone() }, Employee { role: Role::Reception, ..staff.clone() }]
    {
        assert_eq!(shop.store.change_employee(bea, &after, desk(bea)).unwrap(), Staffed::LastManager);
    }
    assert_eq!(shop.store.set_pin(bea, None, desk(bea)).unwrap(), Staffed::LastManager);
    let again = shop.store.make_first_manager(FirstManager::New("Pim".into()), &pin("8205"), at("11:00:00"));
    assert_eq!(again.unwrap(), Staffed::LastManager);
    // With a second manager the first may go.
    let manager = Employee { role: Role::Manager, ..shop.store.staff_member(els).unwrap().employee };
    shop.store.change_employee(els, &manager, desk(bea)).unwrap();
    assert_eq!(shop.store.set_pin(bea, None, desk(els)).unwrap(), Staffed::Saved(bea));
    assert!(shop.store.has_manager().unwrap());
}

#[test]
fn a_shop_without_employees_makes_its_first_manager() {
    let mut shop = Shop::new();
    let who = FirstManager::New("Bea de Wit".to_owned());
    let Staffed::Saved(bea) = shop.store.make_first_manager(who, &pin("4711"), at("08:00:00")).unwrap()
    else {
        panic!("there is no manager yet");
    };
    let found = shop.store.staff_member(bea).unwrap();
    assert_eq!(
        (found.employee.code.as_str(), found.employee.role, found.has_pin),
        ("BEA", Role::Manager, true)
    );
    let other =
        Employee { code: String::new(), name: Some("Bea Vos".into()), role: Role::Reception, active: true };
    let Staffed::Saved(second) = shop.store.add_employee(&other, desk(bea)).unwrap() else { panic!() };
    assert_eq!(shop.store.staff_member(second).unwrap().employee.code, "BEA2");
    let same = Employee { code: "bea".into(), ..other };
    assert_eq!(shop.store.add_employee(&same, desk(bea)).unwrap(), Staffed::CodeTaken);
}

#[test]
fn the_audit_trail_tells_who_did_what_and_never_a_pin() {
    let (mut shop, bea, els) = shop();
    shop.store.sign_in(els, &pin("9999"), at("10:00:00")).unwrap();
    shop.store.sign_in(els, &pin("3915"), at("10:00:01")).unwrap();
    shop.store.note_session(els, "signed out", desk(els)).unwrap();
    shop.store.set_setting("rules.inspection.days", "60", desk(bea)).unwrap();
    let lines = |filter| shop.store.audit(filter, None, 100).unwrap();
    let said = |filter| -> Vec<String> {
        let said = lines(filter).into_iter().map(|line| {
            format!("{} {} {} {}", line.employee.unwrap_or_default(), line.noun, line.action, line.known_as)
        });
        said.collect()
    };
    assert_eq!(
        said(AuditFilter { employee: Some(bea), ..Default::default() }),
        ["BEA setting changed ", "BEA employee changed ELS"]
    );
    assert_eq!(
        said(AuditFilter { noun: Some("employee"), employee: Some(els), ..Default::default() }),
        ["ELS employee signed out ELS", "ELS employee signed in ELS"]
    );
    let all = lines(AuditFilter::default());
    assert!(all.windows(2).all(|pair| pair[0].id > pair[1].id));
    assert!(all.iter().any(|line| line.action == "wrong pin" && line.employee.is_none()));
    for line in &all {
        let text = format!("{line:?}");
        assert!(!["4711", "3915", "9999", "argon2"].iter().any(|secret| text.contains(secret)), "{text}");
    }
    // A page at a time, and from an instant on.
    let first = shop.store.audit(AuditFilter::default(), None, 2).unwrap();
    let second = shop.store.audit(AuditFilter::default(), Some(first[1].id), 2).unwrap();
    assert_eq!([first, second].concat(), all[..4]);
    let since = AuditFilter { since: Some(at("12:00:00")), ..AuditFilter::default() };
    assert!(lines(since).len() < all.len());
    // The hash that is kept is argon2id with the memory that a small board can spare.
    let database = rusqlite_free_look(&shop);
    assert!(database.contains("$argon2id$v=19$m=19456,t=2,p=1$"), "another hash");
}

/// The bytes of the database, to look for a text in.
fn rusqlite_free_look(shop: &Shop) -> String {
    let mut text = String::new();
    for file in ["balie.db", "balie.db-wal"] {
        let bytes = std::fs::read(shop.folder().join(file)).unwrap_or_default();
        text += &String::from_utf8_lossy(&bytes);
    }
    assert!(!text.contains("4711"), "a PIN stands in the file");
    text
}
