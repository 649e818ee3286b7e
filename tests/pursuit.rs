//! Contacted, not booked (NEW-10): the task waits, comes back on its day, and stops when the customer
//! has booked, sold or declined.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod shop;

use balie::domain::edit::{CallNote, Outcome, TaskEdit};
use balie::domain::ids::TaskId;
use balie::domain::task::{Period, StatusFilter, TaskFilter, TaskState};
use balie::store::TaskFields;
use balie::store::task_edit::{Save, Saved};
use shop::Shop;

const PLATE: &str = "JL-29-JK";

fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.on("2015-05-01").set("rules.inspection.days", "7");
    shop.vehicle(PLATE).inspection_expires("2015-05-10");
    shop.customer("K1").has("name", "Janssen");
    shop.customer("K2").has("name", "Pietersen");
    shop.owns("K1", PLATE, "2010-01-01");
    shop.collect();
    shop
}

fn task(shop: &Shop) -> TaskId {
    shop.rows(Period::All, StatusFilter::All)[0].id
}

fn fields(shop: &Shop) -> TaskFields {
    shop.store.task_fields(task(shop)).unwrap()
}

fn called(shop: &mut Shop, outcome: Outcome, back_on: Option<&str>, finish: bool) {
    let back_on = back_on.map(|day| day.parse().unwrap());
    let note = CallNote { outcome: Some(outcome), text: String::new(), back_on };
    let edit = TaskEdit { note: Some(note), ..TaskEdit::default() };
    let (task, version, today, actor) = (task(shop), fields(shop).version, shop.today, shop.actor());
    let save = Save { task, version, edit: &edit, finish, words: Some("woorden"), today };
    assert!(matches!(shop.store.save_task(&save, actor).unwrap(), Saved::Done(Some(_))));
}

/// State, execution date and outcome; whether the tab lists it, by its rows and by its count.
fn stands(shop: &Shop) -> String {
    let fields = fields(shop);
    let listed = shop.rows(Period::All, StatusFilter::Pursued).len();
    let filter = TaskFilter { status: StatusFilter::Pursued, ..TaskFilter::default() };
    let counted = shop.store.task_cube(shop.today).unwrap().count(&filter);
    assert_eq!(listed, counted as usize);
    assert_eq!(counted, shop.store.task_count(&filter, shop.today).unwrap());
    let outcome = fields.outcome.map_or("-", Outcome::as_str);
    format!("{} {} {outcome} {listed}", fields.state, fields.execute_on)
}

#[test]
fn it_comes_back_on_its_day_and_again() {
    let mut shop = shop();
    shop.set("general.come_back_days", "5");
    called(&mut shop, Outcome::NoAnswer, None, true);
    assert_eq!(stands(&shop), "handled 2015-05-06 no_answer 1");
    for today in ["2015-05-02", "2015-05-05"] {
        shop.on(today);
        assert_eq!(shop.collect().returned, 0);
        assert_eq!(stands(&shop), "handled 2015-05-06 no_answer 1");
    }
    // Balie was off on the day itself.
    shop.on("2015-05-08");
    assert_eq!(shop.collect().returned, 1);
    assert_eq!(stands(&shop), "open 2015-05-06 no_answer 1");
    assert!(fields(&shop).touched);
    assert_eq!(fields(&shop).description, None, "the facts of today speak again");
    let last = shop.store.task_history(task(&shop)).unwrap();
    assert!(last.iter().any(|line| line.action == "returned" && line.origin == "collector"));
    assert_eq!(shop.collect().returned, 0);
    called(&mut shop, Outcome::CallBack, Some("2015-06-01"), true);
    assert_eq!(stands(&shop), "handled 2015-06-01 call_back 1");
    shop.on("2015-06-01");
    shop.collect();
    assert_eq!(stands(&shop), "open 2015-06-01 call_back 1");
    called(&mut shop, Outcome::Informed, None, true);
    assert_eq!(stands(&shop), "handled 2015-06-01 informed 0");
    shop.on("2016-06-01");
    assert_eq!(shop.collect().returned, 0);
}

#[test]
fn a_plain_save_keeps_it_open_on_the_day_that_was_named() {
    let mut shop = shop();
    called(&mut shop, Outcome::CallBack, Some("2015-05-07"), false);
    assert_eq!(stands(&shop), "open 2015-05-07 call_back 1");
    called(&mut shop, Outcome::Booked, None, false);
    assert_eq!(stands(&shop), "open 2015-05-07 booked 0");
}

#[test]
fn an_appointment_ends_it() {
    for came_back in [false, true] {
        let mut shop = shop();
        called(&mut shop, Outcome::Thinking, None, true);
        if came_back {
            shop.on("2015-05-08").collect();
        }
        shop.appointment("A1", PLATE, "2015-05-20T09:00:00");
        shop.collect();
        let state = if came_back { TaskState::Open } else { TaskState::Handled };
        assert_eq!(stands(&shop), format!("{state} 2015-05-08 booked 0"));
        shop.on("2015-07-01").collect();
        assert_eq!(stands(&shop), format!("{state} 2015-05-08 booked 0"));
    }
}

#[test]
fn an_appointment_before_the_contact_or_a_cancelled_one_does_not() {
    let mut shop = shop();
    shop.appointment("A1", PLATE, "2015-04-20T09:00:00");
    shop.appointment("A2", PLATE, "2015-05-20T09:00:00").has("status", "cancelled");
    called(&mut shop, Outcome::Thinking, None, true);
    shop.on("2015-05-08").collect();
    assert_eq!(stands(&shop), "open 2015-05-08 thinking 1");
}

#[test]
fn another_owner_ends_it() {
    let mut shop = shop();
    called(&mut shop, Outcome::NoAnswer, None, true);
    shop.on("2015-05-04").owns("K2", PLATE, "2015-05-03");
    shop.collect();
    assert_eq!(stands(&shop), "handled 2015-05-08 sold 0");
}

#[test]
fn an_objection_ends_it_unless_it_is_service() {
    for (class, wanted) in
        [("commercial", "handled 2015-05-08 declined 0"), ("service", "open 2015-05-08 no_answer 1")]
    {
        let mut shop = shop();
        shop.set("rules.inspection.legal_class", class);
        called(&mut shop, Outcome::NoAnswer, None, true);
        shop.on("2015-05-08").customer("K1").has("contact_allowed", "no");
        shop.collect();
        assert_eq!(stands(&shop), wanted);
    }
}
