//! The outbox and the four SMS suppliers: what each supplier gets and answers, and what becomes of a
//! message and of its task.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod post;
mod shop;

use balie::domain::ids::MessageId;
use balie::domain::message::{Channel, MessageState, Trouble};
use balie::domain::rule::LegalClass;
use balie::domain::task::{StatusFilter, TaskState};
use balie::outside::delivery::Delivered;
use balie::store::outbox::{Leave, Parcel};
use chrono::TimeDelta;
use post::desk::{Desk, carriers_of, lines, queued};
use post::{Act, KEY, Supplier};

const SUPPLIERS: [&str; 4] = ["bird", "cm", "spryng", "twilio"];

/// The first text message that may leave now.
fn parcel(desk: &Desk) -> Parcel {
    let (class, first) = (LegalClass::Commercial, MessageId(0));
    desk.shop.store.next_parcel(Channel::Sms, class, first, Some(desk.at.get())).unwrap().unwrap()
}

#[test]
fn every_supplier_gets_what_it_wants() {
    for name in SUPPLIERS {
        let supplier = Supplier::start(name);
        let mut desk = Desk::new(&supplier.config());
        let id = desk.sms("Één euro: 1 €");
        let done = desk.deliver();
        assert_eq!(
            (done.sent, done.held.len()),
            (1, 0),
            "{name}: {:?} {:?}",
            desk.message(id),
            supplier.calls()
        );
        let line = &lines(&desk.shop.store)[0];
        let reference = line.reference.clone().unwrap();
        assert_eq!((line.state, line.attempts, line.customer.as_deref()), (MessageState::Sent, 1, Some("1")));
        assert!(reference.starts_with("balie-") && reference.ends_with(&format!("-{id}")), "{reference}");
        assert_eq!(desk.message(id).sent_at, Some(desk.at.get()));
        let calls = supplier.calls();
        assert_eq!(calls.len(), 1, "{name}");
        assert!(calls[0].agent.starts_with("Balie/"), "{name}: {:?}", calls[0]);
        if name == "twilio" {
            assert_eq!(calls[0].text, "To=%2B31612345678&From=Garage&Body=%C3%89%C3%A9n+euro%3A+1+%E2%82%AC");
        } else {
            assert_eq!(supplier.taken(), [reference], "{name}");
        }
        // Once is enough.
        assert_eq!(desk.deliver(), Delivered::default(), "{name}");
        assert_eq!(supplier.calls().len(), 1, "{name}");
    }
}

#[test]
fn a_refused_number_comes_back_and_holds_up_nobody() {
    for name in SUPPLIERS {
        let supplier = Supplier::start(name);
        let mut desk = Desk::new(&supplier.config());
        // A mobile number of another country, which this supplier does not serve.
        let bad = desk.write("+4915123456789", "Hallo", LegalClass::Commercial);
        let landline = desk.write("010-2345678", "Hallo", LegalClass::Commercial);
        let good = desk.sms("Hallo");
        let done = desk.deliver();
        assert_eq!((done.sent, done.rejected, done.unknown), (1, 2, 0), "{name}: {:?}", desk.message(bad));
        assert_eq!(desk.state(bad), (MessageState::Rejected, Some(Trouble::Refused)), "{name}");
        assert_eq!(desk.state(landline), (MessageState::Rejected, Some(Trouble::Landline)), "{name}");
        assert_eq!(desk.state(good).0, MessageState::Sent, "{name}");
        assert_eq!(supplier.calls().len(), 2, "{name}: a landline is never asked for");
    }
}

#[test]
fn a_rejection_inside_a_success_is_a_rejection() {
    let supplier = Supplier::start("cm");
    let mut desk = Desk::new(&supplier.config());
    let id = desk.sms("GEWEIGERD");
    assert_eq!(desk.deliver().rejected, 1);
    let message = desk.message(id);
    assert_eq!(message.answer.as_deref(), Some("the supplier refused it: 302 Invalid 'to' number"));
}

#[test]
fn a_wrong_key_keeps_all_messages_and_says_where_to_look() {
    for name in SUPPLIERS {
        let supplier = Supplier::start(name);
        let mut desk = Desk::new(&supplier.config().replace(KEY, "verkeerd"));
        let (first, second) = (desk.sms("Een"), desk.sms("Twee"));
        let done = desk.deliver();
        assert_eq!((done.later, done.held), (1, vec![(Channel::Sms, Trouble::Settings)]), "{name}");
        assert_eq!(desk.state(first), (MessageState::Queued, Some(Trouble::Settings)), "{name}");
        assert_eq!(desk.state(second), (MessageState::Queued, None), "{name}");
        let answer = desk.message(first).answer.unwrap();
        assert!(answer.contains("[sms] key") && !answer.contains("verkeerd"), "{name}: {answer}");
        assert_eq!(supplier.calls().len(), 1, "{name}");
    }
}

#[test]
fn patience_is_what_the_supplier_asks_for() {
    let supplier = Supplier::planned("twilio", |number, _| match number {
        0 => Act::Say(
            429,
            "Retry-After: 90\r\n",
            r#"{"code":20429,"message":"Too Many Requests","status":429}"#.into(),
        ),
        _ => Act::Normal,
    });
    let mut desk = Desk::new(&supplier.config());
    let (first, second) = (desk.sms("Een"), desk.sms("Twee"));
    assert_eq!(desk.deliver().held, [(Channel::Sms, Trouble::Busy)]);
    desk.later(TimeDelta::seconds(80));
    assert_eq!(desk.deliver(), Delivered::default());
    desk.later(TimeDelta::seconds(20));
    // The other one goes first; perhaps it is only the first that is too much.
    assert_eq!(desk.deliver().sent, 1);
    assert_eq!((desk.state(first).0, desk.state(second).0), (MessageState::Queued, MessageState::Sent));
    desk.later(TimeDelta::seconds(120));
    assert_eq!(desk.deliver().sent, 1);
    let line = &lines(&desk.shop.store)[0];
    assert_eq!((line.state, line.attempts, line.trouble), (MessageState::Sent, 2, None));
}

#[test]
fn without_a_connection_everything_waits_and_leaves_once_it_is_back() {
    let supplier = Supplier::start("bird");
    let config = supplier.config();
    // Nobody listens on this port any more.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut desk = Desk::new(&config.replace(&supplier.address, &format!("http://{closed}")));
    let ids: Vec<MessageId> = (0..3).map(|number| desk.sms(&format!("{number}"))).collect();
    for _ in 0..4 {
        assert_eq!(desk.deliver().held, [(Channel::Sms, Trouble::Unreachable)]);
        desk.later(TimeDelta::hours(1));
    }
    assert!(ids.iter().all(|id| desk.state(*id).0 == MessageState::Queued));
    desk.carriers = carriers_of(&config);
    assert_eq!(desk.deliver().sent, 3);
    assert_eq!(supplier.taken().len(), 3);
}

#[test]
fn after_three_days_without_success_it_comes_back_as_something_to_do() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config =
        format!("[sms]\nsupplier = \"bird\"\nbase_url = \"http://{closed}\"\nkey = \"k\"\nfrom = \"Garage\"");
    let mut desk = Desk::new(&config);
    let id = desk.sms("Uw auto is klaar");
    desk.deliver();
    desk.later(TimeDelta::days(2));
    desk.deliver();
    assert_eq!(desk.state(id).0, MessageState::Queued);
    desk.later(TimeDelta::days(2));
    assert_eq!(desk.deliver().rejected, 1);
    assert_eq!(desk.state(id), (MessageState::Rejected, Some(Trouble::GaveUp)));
}

#[test]
fn what_may_have_left_is_unknown_and_never_sent_again() {
    for act in [
        Act::Drop,
        Act::TakeAndDrop,
        Act::Say(500, "", "{}".into()),
        Act::Say(502, "", "<html>Bad gateway</html>".into()),
        // A hotel's log-in page, or half an answer.
        Act::Say(200, "", "<html>Welcome</html>".into()),
        Act::Say(201, "", r#"{"recipients":"#.into()),
    ] {
        let (name, plan) = (format!("{act:?}"), act.clone());
        let supplier =
            Supplier::planned("bird", move |number, _| if number == 0 { plan.clone() } else { Act::Normal });
        let mut desk = Desk::new(&supplier.config());
        let (first, second) = (desk.sms("Een"), desk.sms("Twee"));
        let done = desk.deliver();
        assert_eq!((done.unknown, done.sent), (1, 1), "{name}");
        assert_eq!(desk.state(first), (MessageState::Unknown, Some(Trouble::NoAnswer)), "{name}");
        assert_eq!(desk.state(second).0, MessageState::Sent, "{name}");
        desk.later(TimeDelta::days(1));
        assert_eq!(desk.deliver(), Delivered::default(), "{name}");
        assert_eq!(supplier.calls().len(), 2, "{name}");
    }
}

#[test]
fn a_supplier_that_fails_and_fails_is_left_alone_for_a_while() {
    let supplier = Supplier::planned("spryng", |_, _| Act::Say(500, "", "{}".into()));
    let mut desk = Desk::new(&supplier.config());
    for number in 0..10 {
        desk.sms(&format!("{number}"));
    }
    let done = desk.deliver();
    assert_eq!((done.unknown, done.held), (2, vec![(Channel::Sms, Trouble::NoAnswer)]));
    assert_eq!(desk.deliver(), Delivered::default());
    desk.later(TimeDelta::minutes(20));
    // One at a time, until one succeeds.
    assert_eq!(desk.deliver().unknown, 1);
    assert_eq!(supplier.calls().len(), 3);
}

#[test]
fn at_night_only_what_may_leave_leaves_and_service_goes_first() {
    let supplier = Supplier::start("bird");
    let mut desk = Desk::new(&supplier.config());
    let reminder = desk.sms("APK");
    let ready = desk.write("+31612345678", "Uw auto is klaar", LegalClass::Service);
    desk.quiet.set(true);
    assert_eq!(desk.deliver().sent, 1);
    assert_eq!((desk.state(reminder).0, desk.state(ready).0), (MessageState::Queued, MessageState::Sent));
    let again = desk.write("+31612345678", "Nog iets", LegalClass::Service);
    desk.quiet.set(false);
    assert_eq!(desk.deliver().sent, 2);
    let words: Vec<String> =
        supplier.calls().iter().map(|call| call.body["body"].as_str().unwrap().to_owned()).collect();
    assert_eq!(words, ["Uw auto is klaar", "Nog iets", "APK"]);
    assert_eq!(desk.state(again).0, MessageState::Sent);
}

#[test]
fn consent_is_asked_again_when_it_leaves() {
    let supplier = Supplier::start("bird");
    let mut desk = Desk::new(&supplier.config());
    let (reminder, ready) =
        (desk.sms("APK"), desk.write("+31612345678", "Uw auto is klaar", LegalClass::Service));
    let (customer, actor) = (desk.customer(), desk.shop.actor());
    desk.shop.store.note_consent(customer, Channel::Sms, false, "Mag het?", actor).unwrap();
    let done = desk.deliver();
    assert_eq!((done.sent, done.rejected), (1, 1));
    assert_eq!(desk.state(reminder), (MessageState::Rejected, Some(Trouble::Barred)));
    assert_eq!(desk.message(reminder).answer.as_deref(), Some("refused"));
    assert_eq!(desk.state(ready).0, MessageState::Sent);
    assert_eq!(supplier.calls().len(), 1);
}

#[test]
fn one_that_is_taken_back_at_the_last_moment_stays() {
    let supplier = Supplier::start("bird");
    let mut desk = Desk::new(&supplier.config());
    let id = desk.sms("Toch niet");
    let (at, parcel) = (desk.at.get(), parcel(&desk));
    let actor = desk.shop.actor();
    assert!(desk.shop.store.cancel_message(id, actor).unwrap());
    assert_eq!(desk.shop.store.begin_sending(&parcel, "x", "NL", at).unwrap(), Leave::TakenBack);
    assert_eq!(desk.deliver(), Delivered::default());
    assert_eq!(desk.state(id).0, MessageState::Draft);
}

#[test]
fn what_was_being_handed_over_when_the_power_went_is_unknown() {
    let supplier = Supplier::start("bird");
    let mut desk = Desk::new(&supplier.config());
    let id = desk.sms("Hallo");
    let (at, parcel) = (desk.at.get(), parcel(&desk));
    assert_eq!(desk.shop.store.begin_sending(&parcel, "x", "NL", at).unwrap(), Leave::Go);
    // A person cannot take it back any more.
    let actor = desk.shop.actor();
    assert!(!desk.shop.store.cancel_message(id, actor).unwrap());
    assert_eq!(desk.deliver().unknown, 1);
    assert_eq!(desk.state(id), (MessageState::Unknown, Some(Trouble::Interrupted)));
    assert_eq!(supplier.calls().len(), 0);
}

#[test]
fn a_failed_message_opens_its_task_again_with_the_reason() {
    for act in
        [Act::Say(422, "", r#"{"errors":[{"code":9,"description":"no recipients"}]}"#.into()), Act::Drop]
    {
        let unknown = matches!(act, Act::Drop);
        let supplier = Supplier::planned("bird", move |_, _| act.clone());
        let mut desk = Desk::new(&supplier.config());
        let task = desk.shop.open()[0].id;
        let composed = queued(Channel::Sms, "+31612345678", "APK", LegalClass::Commercial);
        let edit = balie::domain::edit::TaskEdit { sms: Some(composed), ..Default::default() };
        let version = desk.shop.store.task_fields(task).unwrap().version;
        let save = balie::store::task_edit::Save {
            task,
            version,
            edit: &edit,
            finish: true,
            words: Some("De woorden van toen"),
            today: desk.shop.today,
        };
        let actor = desk.shop.actor();
        desk.shop.store.save_task(&save, actor).unwrap();
        assert_eq!(desk.shop.list(StatusFilter::Open).len(), 0);
        desk.deliver();
        let fields = desk.shop.store.task_fields(task).unwrap();
        assert_eq!((fields.state, fields.touched, fields.sms_sent), (TaskState::Open, true, unknown));
        assert_eq!(fields.description, None, "the facts of today speak again");
        let messages = desk.shop.store.messages_of_task(task).unwrap();
        let wanted = if unknown { MessageState::Unknown } else { MessageState::Rejected };
        assert_eq!(messages[0].state, wanted);
        assert!(messages[0].answer.is_some());
        let history = desk.shop.store.task_history(task).unwrap();
        assert!(history.iter().any(|line| line.action == wanted.as_str() && line.origin == "collector"));
        let lines = desk.shop.store.history("customer", desk.customer().0).unwrap();
        assert!(lines.iter().any(|line| line.action == wanted.as_str()), "{lines:?}");
        // The collector does not take it away again.
        desk.shop.collect();
        assert_eq!(desk.shop.list(StatusFilter::Open).len(), 1);
    }
}

#[test]
fn without_a_supplier_they_wait_and_by_hand_they_go_back_to_the_desk() {
    let mut desk = Desk::new("");
    let id = desk.sms("Hallo");
    assert_eq!(desk.deliver().held, [(Channel::Sms, Trouble::Settings)]);
    assert_eq!(desk.state(id), (MessageState::Queued, None));
    desk.later(TimeDelta::days(4));
    assert_eq!(desk.deliver().rejected, 1);
    assert_eq!(desk.state(id), (MessageState::Rejected, Some(Trouble::GaveUp)));

    let mut desk = Desk::new("[sms]\nsupplier = \"manual\"");
    let id = desk.sms("Hallo");
    assert_eq!(desk.deliver().by_hand, 1);
    assert_eq!(desk.state(id), (MessageState::Draft, Some(Trouble::ByHand)));
}
