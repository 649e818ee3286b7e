//! Messages in the database: the facts they are made of, the outbox, mailings, the shop's own texts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod shop;

use balie::domain::ids::CustomerId;
use balie::domain::language::Language;
use balie::domain::message::{Channel, Composed, MessageState, Way};
use balie::domain::rule::{LegalClass, RuleKey};
use balie::domain::search::CustomerQuery;
use balie::rules::describe::letters::{Letter, Purpose, Sender, write};
use balie::store::letter::About;
use balie::store::mailing::{LeftOut, Mailing};
use shop::Shop;

fn sender() -> Sender {
    Sender { name: "Garage De Hoek".into(), phone: "010-2345678".into(), country: "NL".into() }
}

/// A shop with one car of one customer, and the task that its inspection makes.
fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.set("rules.inspection.days", "30").on("2015-05-01");
    shop.vehicle("JL-29-JK")
        .inspection_expires("2015-05-20")
        .has("make", "Opel")
        .has("warranty_until", "2015-09-01");
    person(&mut shop, "1", "Pietersen", "06 12345678", "piet@voorbeeld.nl");
    shop.owns("1", "JL-29-JK", "2010-01-01");
    shop.collect();
    shop
}

fn person(shop: &mut Shop, code: &str, name: &str, mobile: &str, email: &str) {
    shop.customer(code)
        .has("name", name)
        .has("mobile", mobile)
        .has("email", email)
        .has("salutation", "De heer");
}

fn customer(shop: &Shop, code: &str) -> CustomerId {
    shop.store.customer_by_code(code).unwrap().expect("a customer").0
}

fn sms(way: Way) -> Composed {
    Composed {
        channel: Channel::Sms,
        address: "+31612345678".into(),
        subject: None,
        body: "Uw auto is klaar.".into(),
        way,
        legal_class: LegalClass::Service,
    }
}

#[test]
fn a_task_gives_its_facts_and_other_kinds_those_of_the_vehicle() {
    let shop = shop();
    let task = shop.open()[0].id;
    let facts = shop.store.letter_facts(About::Task(task), None, shop.today).unwrap().unwrap();
    let text = |rule| {
        let (words, dated) = facts.words(rule);
        let sender = sender();
        let letter = Letter {
            words: &words,
            dated,
            sender: &sender,
            channel: Channel::Sms,
            class: LegalClass::Commercial,
        };
        write(&letter, Purpose::Sms, rule, Language::Nl, None)
    };
    assert!(
        text(Some(RuleKey::Inspection))
            .starts_with("Goedendag, de APK van uw auto JL-29-JK vervalt op 20-05-2015.")
    );
    assert!(text(Some(RuleKey::Warranty)).contains("op 01-09-2015"));
    // Nobody knows when the timing belt is due: the receptionist fills it in.
    assert!(text(Some(RuleKey::TimingBelt)).contains("moet op ___ vervangen worden"));
    assert!(text(None).starts_with("Goedendag, ___ Vragen? Bel"));
    assert_eq!(facts.phones().collect::<Vec<_>>(), ["06 12345678"]);
    assert_eq!(facts.email(), Some("piet@voorbeeld.nl"));
}

#[test]
fn a_customer_who_is_chosen_takes_the_place_of_the_tasks_own() {
    let mut shop = shop();
    person(&mut shop, "2", "Jansen", "06 87654321", "");
    shop.import();
    let task = shop.open()[0].id;
    let chosen = Some(customer(&shop, "2"));
    let facts = shop.store.letter_facts(About::Task(task), chosen, shop.today).unwrap().unwrap();
    assert_eq!(facts.words(None).0.name.as_deref(), Some("Jansen"));
    assert_eq!((facts.phones().next(), facts.email()), (Some("06 87654321"), None));
}

#[test]
fn a_message_waits_or_has_left_and_is_held_back_only_while_it_waits() {
    let mut shop = shop();
    let (id, actor) = (customer(&shop, "1"), shop.actor());
    let queued = shop.store.write_message(None, id, &sms(Way::Queue), actor).unwrap();
    let sent = shop.store.write_message(None, id, &sms(Way::ByHand), actor).unwrap();
    let states = |shop: &Shop| -> Vec<MessageState> {
        shop.store.messages_of_customer(id).unwrap().iter().map(|message| message.state).collect()
    };
    assert_eq!(states(&shop), [MessageState::Sent, MessageState::Queued]);
    assert!(shop.store.cancel_message(queued, actor).unwrap());
    assert!(!shop.store.cancel_message(queued, actor).unwrap());
    assert!(!shop.store.cancel_message(sent, actor).unwrap());
    assert_eq!(states(&shop), [MessageState::Sent, MessageState::Draft]);
    let lines = shop.store.history("customer", id.0).unwrap();
    let what: Vec<&str> = lines.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(what, ["queued", "sent", "held_back"]);
    assert!(shop.store.write_message(None, CustomerId(999), &sms(Way::Queue), actor).is_err());
}

#[test]
fn a_mailing_goes_to_whom_it_may_and_says_who_is_left_out() {
    let mut shop = shop();
    person(&mut shop, "2", "Bakker", "010-2345678", "bakker@voorbeeld.nl");
    person(&mut shop, "3", "Cohen", "06-23456789", "cohen@voorbeeld.nl");
    person(&mut shop, "4", "Dekker", "06 12 34 56 78", "PIET@voorbeeld.nl");
    person(&mut shop, "5", "Evers", "06-34567890", "evers");
    shop.customer("3").has("contact_allowed", "no");
    shop.import();
    let actor = shop.actor();
    shop.store.note_consent(customer(&shop, "5"), Channel::Sms, false, "Mag het?", actor).unwrap();
    let everybody = shop.store.customers_found(&CustomerQuery::default(), 100).unwrap();
    assert_eq!(everybody.len(), 5);
    let mut mailing = Mailing {
        channel: Channel::Sms,
        class: LegalClass::Commercial,
        subject: String::new(),
        body: "{salutation}, de wintercheck is er weer. {call}.\n{shop}\n{stop}".into(),
        language: Language::Nl,
        rule: None,
        sender: sender(),
    };
    let found = shop.store.recipients(&mailing, &everybody, shop.today).unwrap();
    let why: Vec<(&str, LeftOut)> =
        found.left_out.iter().map(|(_, name, why)| (name.as_str(), *why)).collect();
    assert_eq!(
        why,
        [
            ("Bakker", LeftOut::NoAddress),
            ("Cohen", LeftOut::Objected),
            ("Evers", LeftOut::Refused),
            // The name comes after Dekker's, who has the same number.
            ("Pietersen", LeftOut::SameAddress),
        ]
    );
    let mailed = shop.store.send_mailing(&mailing, &everybody, shop.today, actor).unwrap();
    assert_eq!((mailed.queued, mailed.left_out), (1, 4));
    let messages = shop.store.messages_of_customer(customer(&shop, "4")).unwrap();
    assert_eq!(
        messages[0].body,
        "Geachte heer Dekker, de wintercheck is er weer. Bel 010-2345678.\nGarage De Hoek\nGeen sms meer? Bel 010-2345678"
    );
    assert_eq!((messages[0].state, messages[0].address.as_str()), (MessageState::Queued, "+31612345678"));

    mailing.channel = Channel::Email;
    let found = shop.store.recipients(&mailing, &everybody, shop.today).unwrap();
    assert_eq!(found.reached, [customer(&shop, "2"), customer(&shop, "4")]);
    // In Germany nothing goes out without consent.
    mailing.sender.country = "DE".into();
    assert_eq!(shop.store.recipients(&mailing, &everybody, shop.today).unwrap().reached, []);
}

#[test]
fn a_search_gives_its_customers_to_a_mailing() {
    let mut shop = shop();
    person(&mut shop, "2", "Bakker", "", "");
    shop.import();
    let query = |text: &str| CustomerQuery { text: text.into(), ..CustomerQuery::default() };
    let found = |text: &str| shop.store.customers_found(&query(text), 100).unwrap();
    assert_eq!(found("bakk"), [customer(&shop, "2")]);
    assert_eq!(found("JL-29"), [customer(&shop, "1")]);
    assert_eq!(found("niemand"), []);
    assert_eq!(shop.store.customers_found(&query(""), 1).unwrap().len(), 1);
}

#[test]
fn the_shops_own_texts_stand_beside_the_delivered_ones() {
    let mut shop = shop();
    let actor = shop.actor();
    let rule = Some(RuleKey::Inspection);
    shop.store.set_text(Purpose::Sms, rule, Language::Nl, Some("APK {plate}: {day}"), actor).unwrap();
    shop.store.set_text(Purpose::Sms, None, Language::Nl, Some("Hallo"), actor).unwrap();
    let texts = shop.store.own_texts(Language::Nl).unwrap();
    assert_eq!(texts.get(&(Purpose::Sms, rule)).map(String::as_str), Some("APK {plate}: {day}"));
    assert_eq!(texts.len(), 2);
    assert!(shop.store.own_texts(Language::De).unwrap().is_empty());
    // Descriptions are texts too, and not in the way.
    shop.store.set_template("description", RuleKey::Inspection, "nl", Some("x"), actor).unwrap();
    assert_eq!(shop.store.own_texts(Language::Nl).unwrap().len(), 2);
    shop.store.set_text(Purpose::Sms, rule, Language::Nl, None, actor).unwrap();
    assert_eq!(shop.store.own_texts(Language::Nl).unwrap().len(), 1);
    let lines = shop.store.history("template", 0).unwrap();
    assert_eq!(lines[0].field.as_deref(), Some("sms.inspection.nl"));
    assert_eq!(lines.last().unwrap().before.as_deref(), Some("APK {plate}: {day}"));
}
