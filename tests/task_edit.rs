//! Following up a task: what is staged and what is kept at once, with each of the three ways out
//! (CSS-13, CSS-14); a task that somebody else changed meanwhile; undo; drafts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod shop;

use balie::domain::amount::CostPerKm;
use balie::domain::edit::{CallNote, Link, Outcome, TaskEdit};
use balie::domain::ids::{CustomerId, EmployeeId, StepId, TaskId, VehicleId};
use balie::domain::message::{Channel, Composed, Way};
use balie::domain::rule::LegalClass;
use balie::domain::task::{StatusFilter, TaskState};
use balie::rules::odometer::Reading;
use balie::store::history::{Actor, Origin};
use balie::store::odometer::Taken;
use balie::store::step::{Refusal, Undone};
use balie::store::task_edit::{Save, Saved};
use chrono::NaiveDate;
use shop::Shop;

const PLATE: &str = "JL-29-JK";
const WORDS: &str = "Geachte heer, de APK verloopt.";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// One inspection task of Jan Janssen, for nobody; and a second customer.
fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.on("2015-05-01").set("rules.inspection.days", "7");
    shop.vehicle(PLATE).inspection_expires("2015-05-10").has("cost_per_km", "0.20");
    shop.customer("K1").has("name", "Janssen");
    shop.customer("K2").has("name", "Pietersen");
    shop.owns("K1", PLATE, "2010-01-01");
    shop.employee("ELS");
    shop.employee("JAN");
    shop.collect();
    shop
}

fn task(shop: &Shop) -> TaskId {
    shop.rows(balie::domain::task::Period::All, StatusFilter::All)[0].id
}

fn customer(shop: &Shop, code: &str) -> CustomerId {
    let row = shop.store.customer_by_code(code).unwrap().unwrap();
    row.0
}

fn employee(shop: &Shop, code: &str) -> EmployeeId {
    shop.store.employee_by_code(code).unwrap().unwrap()
}

fn vehicle(shop: &Shop) -> VehicleId {
    shop.store.task_fields(task(shop)).unwrap().vehicle.unwrap()
}

fn desk(shop: &Shop) -> Actor {
    Actor { origin: Origin::Desk(Some(employee(shop, "ELS"))), at: shop.at() }
}

fn sms() -> Composed {
    Composed {
        channel: Channel::Sms,
        address: "+31612345678".into(),
        subject: None,
        body: "Uw APK verloopt.".into(),
        way: Way::Queue,
        legal_class: LegalClass::Commercial,
    }
}

fn email() -> Composed {
    Composed {
        channel: Channel::Email,
        address: "jan@voorbeeld.nl".into(),
        subject: Some("APK".into()),
        ..sms()
    }
}

fn save_on(shop: &mut Shop, version: i64, edit: &TaskEdit, finish: bool) -> Saved {
    let (task, actor, today) = (task(shop), desk(shop), shop.today);
    let save = Save { task, version, edit, finish, words: Some(WORDS), today };
    shop.store.save_task(&save, actor).unwrap()
}

fn save(shop: &mut Shop, edit: &TaskEdit, finish: bool) -> StepId {
    let version = shop.store.task_fields(task(shop)).unwrap().version;
    match save_on(shop, version, edit, finish) {
        Saved::Done(Some(step)) => step,
        other => panic!("{other:?}"),
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way3 {
    HandledAndSave,
    Save,
    Cancel,
}

/// What each row of CSS-13 stages, and how one sees in the database that it is there.
type Staged = (&'static str, fn(&Shop) -> TaskEdit, fn(&Shop) -> bool);

const STAGED: [Staged; 12] = [
    (
        "description",
        |_| TaskEdit { description: Some("Update 01 mei".into()), ..TaskEdit::default() },
        |shop| fields(shop).description.as_deref() == Some("Update 01 mei"),
    ),
    (
        "execution date",
        |_| TaskEdit { execute_on: Some(day("2015-05-20")), ..TaskEdit::default() },
        |shop| fields(shop).execute_on == day("2015-05-20"),
    ),
    (
        "employee",
        |shop| TaskEdit { employee: Link::To(employee(shop, "JAN")), ..TaskEdit::default() },
        |shop| fields(shop).employee == Some(employee(shop, "JAN")),
    ),
    (
        "customer removed",
        |_| TaskEdit { customer: Link::Remove, ..TaskEdit::default() },
        |shop| fields(shop).customer.is_none(),
    ),
    (
        "customer chosen",
        |shop| TaskEdit { customer: Link::To(customer(shop, "K2")), ..TaskEdit::default() },
        |shop| fields(shop).customer == Some(customer(shop, "K2")),
    ),
    (
        "SMS, and its box ticks itself",
        |_| TaskEdit { sms: Some(sms()), ..TaskEdit::default() },
        |shop| fields(shop).sms_sent && queued(shop) == 1,
    ),
    (
        "e-mail, and its box ticks itself",
        |_| TaskEdit { email: Some(email()), ..TaskEdit::default() },
        |shop| fields(shop).email_sent && queued(shop) == 1,
    ),
    (
        "SMS box",
        |_| TaskEdit { sms_box: Some(true), ..TaskEdit::default() },
        |shop| fields(shop).sms_sent && queued(shop) == 0,
    ),
    (
        "e-mail box",
        |_| TaskEdit { email_box: Some(true), ..TaskEdit::default() },
        |shop| fields(shop).email_sent,
    ),
    (
        "call note",
        |_| TaskEdit {
            note: Some(CallNote {
                outcome: Some(Outcome::Informed),
                text: "belt zelf".into(),
                back_on: None,
            }),
            ..TaskEdit::default()
        },
        |shop| fields(shop).outcome == Some(Outcome::Informed) && actions(shop).contains(&"noted".to_owned()),
    ),
    (
        "handled box",
        |_| TaskEdit { handled_box: Some(true), ..TaskEdit::default() },
        |shop| fields(shop).state == TaskState::Handled,
    ),
    (
        "an SMS, but its box unticked by hand",
        |_| TaskEdit { sms: Some(sms()), sms_box: Some(false), ..TaskEdit::default() },
        |shop| !fields(shop).sms_sent && queued(shop) == 1,
    ),
];

/// What is kept whatever way out is taken.
type Immediate = (&'static str, fn(&mut Shop), fn(&Shop) -> bool);

const IMMEDIATE: [Immediate; 3] = [
    (
        "odometer reading",
        |shop| {
            let (vehicle, on, actor) = (vehicle(shop), shop.today, desk(shop));
            let reading = Reading { on, km: 81_234 };
            assert_eq!(shop.store.take_reading(vehicle, reading, false, actor).unwrap(), Taken::Kept);
        },
        |shop| shop.store.readings(vehicle(shop)).unwrap().first().is_some_and(|read| read.km == 81_234),
    ),
    (
        "cost per kilometre",
        |shop| {
            let (vehicle, actor) = (vehicle(shop), desk(shop));
            shop.store.set_cost_per_km(vehicle, Some(CostPerKm(2750)), actor).unwrap();
        },
        |shop| shop.store.vehicle(vehicle(shop)).unwrap().unwrap().cost_per_km == Some(CostPerKm(2750)),
    ),
    (
        "all owners unlinked, and the task closed",
        |shop| {
            let (task, today, actor) = (task(shop), shop.today, desk(shop));
            shop.store.unlink_owners(task, Some(WORDS), today, actor).unwrap().unwrap();
        },
        |shop| owner(shop).is_none() && fields(shop).state == TaskState::Handled,
    ),
];

fn fields(shop: &Shop) -> balie::store::TaskFields {
    shop.store.task_fields(task(shop)).unwrap()
}

fn actions(shop: &Shop) -> Vec<String> {
    shop.store.task_history(task(shop)).unwrap().into_iter().map(|line| line.action).collect()
}

fn queued(shop: &Shop) -> usize {
    actions(shop).iter().filter(|action| *action == "queued").count()
}

fn owner(shop: &Shop) -> Option<String> {
    let detail = shop.store.task_detail(task(shop), Default::default(), shop.today).unwrap().unwrap();
    detail.owner
}

fn leave(shop: &mut Shop, edit: &TaskEdit, way: Way3) {
    match way {
        Way3::HandledAndSave | Way3::Save => {
            let version = fields(shop).version;
            save_on(shop, version, edit, way == Way3::HandledAndSave);
        }
        // The value is dropped, and its draft with it.
        Way3::Cancel => {
            let about = format!("task:{}", task(shop));
            shop.store.drop_draft(&about).unwrap();
        }
    }
}

#[test]
fn each_staged_change_with_each_way_out() {
    for (name, edit, is_there) in STAGED {
        for way in [Way3::HandledAndSave, Way3::Save, Way3::Cancel] {
            let mut shop = shop();
            let before = fields(&shop);
            let edit = edit(&shop);
            assert!(!edit.is_empty(), "{name}");
            leave(&mut shop, &edit, way);
            let after = fields(&shop);
            if way == Way3::Cancel {
                assert_eq!(after, before, "{name}: cancelled");
                assert_eq!(actions(&shop), ["made"], "{name}: cancelled");
                continue;
            }
            assert!(is_there(&shop), "{name}: {way:?}");
            assert!(after.touched && after.version > before.version, "{name}: {way:?}");
            let handled = way == Way3::HandledAndSave || name == "handled box";
            assert_eq!(after.state == TaskState::Handled, handled, "{name}: {way:?}");
            if handled && name != "description" {
                assert_eq!(after.description.as_deref(), Some(WORDS), "{name}: its words stay");
            }
            assert!(shop.store.draft(&format!("task:{}", task(&shop))).unwrap().is_none());
            // Who, when, before and after.
            let lines = shop.store.task_history(task(&shop)).unwrap();
            assert!(lines.len() > 1, "{name}: {way:?}");
            assert!(lines[1..].iter().all(|line| line.employee.as_deref() == Some("ELS")), "{name}");
        }
    }
}

#[test]
fn each_immediate_change_is_kept_with_each_way_out() {
    for (name, act, is_there) in IMMEDIATE {
        for way in [Way3::HandledAndSave, Way3::Save, Way3::Cancel] {
            let mut shop = shop();
            act(&mut shop);
            assert!(is_there(&shop), "{name}: at once");
            leave(&mut shop, &TaskEdit { sms_box: Some(true), ..TaskEdit::default() }, way);
            assert!(is_there(&shop), "{name}: {way:?}");
            assert_eq!(fields(&shop).sms_sent, way != Way3::Cancel, "{name}: {way:?}");
        }
    }
}

#[test]
fn saving_nothing_is_no_step_and_touches_nothing() {
    let mut shop = shop();
    let before = fields(&shop);
    assert_eq!(save_on(&mut shop, before.version, &TaskEdit::default(), false), Saved::Done(None));
    assert_eq!(fields(&shop), before);
}

#[test]
fn a_task_that_was_changed_meanwhile_is_not_written_over() {
    let mut shop = shop();
    let version = fields(&shop).version;
    let theirs = TaskEdit { execute_on: Some(day("2015-05-20")), ..TaskEdit::default() };
    save(&mut shop, &theirs, false);
    let mine = TaskEdit {
        execute_on: Some(day("2015-05-12")),
        sms: Some(sms()),
        note: Some(CallNote::default()),
        ..TaskEdit::default()
    };
    let before = (fields(&shop), actions(&shop));
    let Saved::Conflict(now) = save_on(&mut shop, version, &mine, true) else { panic!("it was written") };
    assert_eq!(now.execute_on, day("2015-05-20"));
    assert_eq!((fields(&shop), actions(&shop)), before, "nothing was written");
    // The receptionist takes her own.
    assert!(matches!(save_on(&mut shop, now.version, &mine, true), Saved::Done(Some(_))));
    assert_eq!(fields(&shop).execute_on, day("2015-05-12"));
}

#[test]
fn a_step_is_undone_exactly_and_history_keeps_both() {
    for (name, edit, _) in STAGED {
        for finish in [false, true] {
            let mut shop = shop();
            let before = fields(&shop);
            let edit = edit(&shop);
            let step = save(&mut shop, &edit, finish);
            let actor = desk(&shop);
            let undone = shop.store.undo(step, actor).unwrap();
            assert_eq!(undone, Undone::Done { task: task(&shop), sent: 0 }, "{name}");
            let after = fields(&shop);
            assert_eq!(
                balie::store::TaskFields { version: before.version, ..after },
                before,
                "{name}, finished: {finish}"
            );
            assert!(actions(&shop).contains(&"undone".to_owned()), "{name}");
            let again = shop.store.undo(step, actor).unwrap();
            assert_eq!(again, Undone::Refused(Refusal::Already), "{name}");
        }
    }
}

#[test]
fn undo_refuses_when_the_same_was_changed_since() {
    let mut shop = shop();
    let first =
        save(&mut shop, &TaskEdit { execute_on: Some(day("2015-05-20")), ..TaskEdit::default() }, false);
    let other = save(&mut shop, &TaskEdit { sms_box: Some(true), ..TaskEdit::default() }, false);
    let later =
        save(&mut shop, &TaskEdit { execute_on: Some(day("2015-05-21")), ..TaskEdit::default() }, false);
    let actor = desk(&shop);
    let before = fields(&shop);
    let refused = shop.store.undo(first, actor).unwrap();
    assert_eq!(refused, Undone::Refused(Refusal::ChangedSince("execute_on".into())));
    assert_eq!(fields(&shop), before);
    // Another field is free, and the later step clears the way for the first.
    for step in [other, later, first] {
        assert!(matches!(shop.store.undo(step, actor).unwrap(), Undone::Done { .. }));
    }
    assert_eq!(fields(&shop).execute_on, day("2015-05-03"));
    assert!(!fields(&shop).touched, "all steps undone: the collector may withdraw it again");
}

#[test]
fn the_plain_touch_on_handled_and_unlinked_owners_are_steps_too() {
    let mut shop = shop();
    let (id, actor, today) = (task(&shop), desk(&shop), shop.today);
    let step = shop.store.handle_task(id, Some(WORDS), actor).unwrap().unwrap();
    assert_eq!(shop.store.handle_task(id, Some(WORDS), actor).unwrap(), None);
    assert!(matches!(shop.store.undo(step, actor).unwrap(), Undone::Done { .. }));
    assert_eq!(fields(&shop).state, TaskState::Open);
    assert_eq!(fields(&shop).description, None);

    let step = shop.store.unlink_owners(id, Some(WORDS), today, actor).unwrap().unwrap();
    assert_eq!(owner(&shop), None);
    assert!(matches!(shop.store.undo(step, actor).unwrap(), Undone::Done { .. }));
    assert_eq!(owner(&shop).as_deref(), Some("Janssen"));
    assert_eq!(fields(&shop).state, TaskState::Open);
}

#[test]
fn an_older_file_does_not_revive_an_unlinked_owner() {
    let mut shop = shop();
    let (id, actor, today) = (task(&shop), desk(&shop), shop.today);
    shop.store.unlink_owners(id, Some(WORDS), today, actor).unwrap();
    shop.on("2015-05-04").vehicle(PLATE).has("make", "OPEL");
    shop.import();
    assert_eq!(owner(&shop), None);
}

#[test]
fn a_reading_that_cannot_be_true_asks_first() {
    let mut shop = shop();
    shop.visit(PLATE, "2015-04-01").has("odometer_km", "80000");
    shop.import();
    let (vehicle, on, actor) = (vehicle(&shop), shop.today, desk(&shop));
    for km in [79_000, 130_000] {
        let reading = Reading { on, km };
        assert!(matches!(
            shop.store.take_reading(vehicle, reading, false, actor).unwrap(),
            Taken::Doubted(_)
        ));
        assert_eq!(shop.store.readings(vehicle).unwrap().len(), 1);
    }
    let sure = Reading { on, km: 79_000 };
    assert_eq!(shop.store.take_reading(vehicle, sure, true, actor).unwrap(), Taken::Kept);
    assert_eq!(shop.store.readings(vehicle).unwrap()[0].km, 79_000);
}

#[test]
fn a_draft_is_there_until_it_is_saved_or_thrown_away() {
    let mut shop = shop();
    let (id, actor) = (task(&shop), desk(&shop));
    let about = format!("task:{id}");
    shop.store.keep_draft(&about, "1", actor).unwrap();
    shop.store.keep_draft(&about, "2", actor).unwrap();
    shop.store.keep_draft("customer:new", "3", actor).unwrap();
    let draft = shop.store.draft(&about).unwrap().unwrap();
    assert_eq!((draft.content.as_str(), draft.employee), ("2", Some(employee(&shop, "ELS"))));
    assert_eq!(shop.store.drafts().unwrap().len(), 2);
    save(&mut shop, &TaskEdit { sms_box: Some(true), ..TaskEdit::default() }, false);
    assert_eq!(shop.store.draft(&about).unwrap(), None);
    shop.store.drop_draft("customer:new").unwrap();
    assert!(shop.store.drafts().unwrap().is_empty());
}

#[test]
fn the_story_of_a_task_names_people_and_offers_each_step_once() {
    let mut shop = shop();
    let note = CallNote { outcome: Some(Outcome::Informed), text: "belt zelf".into(), back_on: None };
    let edit = TaskEdit {
        employee: Link::To(employee(&shop, "JAN")),
        customer: Link::To(customer(&shop, "K2")),
        sms: Some(sms()),
        note: Some(note),
        ..TaskEdit::default()
    };
    let step = save(&mut shop, &edit, true);
    let story = shop.store.task_story(task(&shop)).unwrap();
    let said: Vec<String> = story
        .iter()
        .map(|line| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let field = line.field.clone().unwrap_or_default();
            format!("{} {field}: {} -> {}", line.action, text(&line.before), text(&line.after))
        })
        .collect();
    for wanted in [
        "changed employee:  -> JAN",
        "changed customer: Janssen -> Pietersen",
        "queued message: sms -> +31612345678",
        "noted call_note: informed -> belt zelf",
        "handled : open -> handled",
    ] {
        assert!(said.contains(&wanted.to_owned()), "{wanted}: {said:#?}");
    }
    assert!(!said.iter().any(|line| line.contains("touched") || line.contains("frozen")), "{said:#?}");
    assert_eq!(story.iter().filter_map(|line| line.step).collect::<Vec<_>>(), [step]);
    let actor = desk(&shop);
    shop.store.undo(step, actor).unwrap();
    assert_eq!(shop.store.task_story(task(&shop)).unwrap().iter().filter_map(|line| line.step).count(), 0);
}
