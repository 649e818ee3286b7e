//! Messages as a receptionist writes them, on the real pages with a real database: how many touches it
//! takes, what is staged and what is written down, what the law bars, and what a mailing does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use balie::desk::slint::ComponentHandle;
use balie::desk::ui::{
    Compose, ComposeView, Desk as DeskGlobal, Edit, EditState, Hurdle, Mailing, MailingState, Page,
    TextPurpose, Texts, TextsState,
};
use balie::domain::ids::CustomerId;
use balie::domain::language::Language;
use balie::domain::message::{Channel, MessageState};
use balie::domain::rule::RuleKey;
use balie::rules::describe::letters::Purpose;
use balie::store::history::{Actor, Origin};
use balie::store::message::Message;
use desk_scene::{Scene, Shop};

const CARS: [(&str, i64); 3] = [("JL-29-JK", 3), ("23-NL-PD", -6), ("74-XE-VV", 0)];

fn customer(shop: &Shop, plate: &str) -> CustomerId {
    shop.store().customer_by_code(&format!("K{plate}")).unwrap().unwrap().0
}

fn messages(shop: &Shop, plate: &str) -> Vec<Message> {
    shop.store().messages_of_customer(customer(shop, plate)).unwrap()
}

/// The desk with the most urgent task opened.
fn opened(shop: &Shop) -> Scene {
    let mut scene = Scene::of(shop);
    scene.touch("Opvolgen");
    assert_eq!(scene.window().global::<Edit>().get_state(), EditState::Shown);
    std::thread::sleep(std::time::Duration::from_millis(400));
    scene
}

fn compose(scene: &Scene) -> Compose<'_> {
    scene.window().global::<Compose>()
}

fn actor() -> Actor {
    Actor { origin: Origin::Desk(None), at: "2015-05-01T08:30:00Z".parse().unwrap() }
}

#[test]
fn a_half_typed_message_is_there_again_after_the_plug_was_pulled() {
    let shop = Shop::with(&CARS);
    let drafts = |shop: &Shop| -> Vec<String> {
        shop.store().drafts().unwrap().into_iter().map(|draft| draft.about).collect()
    };
    // A thread for each: Slint has one screen a thread.
    std::thread::scope(|scope| {
        let typing = scope.spawn(|| {
            let mut scene = opened(&shop);
            scene.touch("SMS sturen");
            compose(&scene).invoke_edit_text("Beste mevrouw, de winterbanden".into());
            std::thread::sleep(std::time::Duration::from_millis(400));
            scene.settle();
            scene.settle();
            // Nobody leaves the sheet: the machine is off.
        });
        typing.join().unwrap();
        assert!(drafts(&shop)[0].ends_with(":message"));
        let again = scope.spawn(|| {
            let mut scene = opened(&shop);
            scene.touch("SMS sturen");
            assert_eq!(compose(&scene).get_text(), "Beste mevrouw, de winterbanden");
            assert!(scene.has("Dit was al getypt en is niet verstuurd."));
            scene.touch("Weggooien");
            assert!(compose(&scene).get_text().starts_with("Goedendag"));
            compose(&scene).invoke_edit_text("Tot morgen!".into());
            scene.settle();
            scene.touch("In de outbox");
            scene.touch("Opslaan");
        });
        again.join().unwrap();
    });
    assert!(drafts(&shop).is_empty(), "{:?}", drafts(&shop));
    let sent = messages(&shop, "23-NL-PD");
    assert_eq!((sent.len(), sent[0].body.as_str()), (1, "Tot morgen!"));
}

#[test]
fn an_sms_from_a_task_is_staged_and_leaves_with_the_save() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.touch("SMS sturen");
    assert!(compose(&scene).get_open());
    assert_eq!(compose(&scene).get_hurdle(), Hurdle::None);
    assert_eq!(compose(&scene).get_to(), "06 12345678");
    let text = compose(&scene).get_text();
    assert!(text.starts_with("Goedendag, de APK van uw auto 23-NL-PD vervalt op 03-08-2015."), "{text}");
    assert!(text.ends_with("Garage De Hoek\nGeen sms meer? Bel 010-2345678"), "{text}");
    scene.touch("In de outbox");
    assert!(!compose(&scene).get_open());
    assert!(scene.window().global::<Edit>().get_sms_staged());
    assert!(messages(&shop, "23-NL-PD").is_empty());
    scene.touch("Opslaan");
    assert_eq!(scene.touches(), 4, "at most five from the list");
    let written = messages(&shop, "23-NL-PD");
    assert_eq!((written.len(), written[0].state), (1, MessageState::Queued));
    assert_eq!((written[0].address.as_str(), written[0].body.as_str()), ("+31612345678", text.as_str()));
    assert_eq!(written[0].employee.as_deref(), Some("Els Hermans"));
}

#[test]
fn cancel_drops_what_waits_and_keeps_what_a_person_has_sent() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.touch("SMS sturen");
    scene.touch("In de outbox");
    scene.touch("E-mail sturen");
    scene.touch("Met de hand");
    assert_eq!(compose(&scene).get_view(), ComposeView::ByHand);
    assert!(compose(&scene).get_has_code());
    scene.touch("Ik heb het verstuurd");
    assert!(scene.window().global::<Edit>().get_email_box());
    scene.touch("Afbreken");
    assert_eq!(scene.window().global::<DeskGlobal>().get_page(), Page::Tasks);
    let written = messages(&shop, "23-NL-PD");
    assert_eq!(written.len(), 1, "{written:?}");
    assert_eq!((written[0].channel, written[0].state), (Channel::Email, MessageState::Sent));
    assert_eq!(written[0].subject.as_deref(), Some("De APK van uw OPEL Rekord (23-NL-PD) vervalt"));
    assert_eq!(written[0].address, "23-NL-PD@voorbeeld.nl");
}

#[test]
fn a_message_by_hand_takes_four_touches_from_the_list() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.touch("SMS sturen");
    scene.touch("Met de hand");
    scene.touch("Ik heb het verstuurd");
    assert_eq!(scene.touches(), 4, "at most five");
    assert_eq!(messages(&shop, "23-NL-PD")[0].state, MessageState::Sent);
}

#[test]
fn kinds_languages_and_plain_writing() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    scene.touch("SMS sturen");
    scene.touch("DE");
    assert!(compose(&scene).get_text().starts_with("Guten Tag, HU/TÜV für Ihr Fahrzeug 23-NL-PD"));
    scene.touch("Soort bericht");
    scene.touch("Over iets anders");
    assert!(compose(&scene).get_text().starts_with("Guten Tag, ___"));
    compose(&scene).invoke_edit_text("Uw auto is klaar, België".into());
    compose(&scene).set_text("Uw auto is klaar, België".into());
    assert!(compose(&scene).get_parts().wide);
    scene.touch("Gewoon schrijven");
    assert_eq!(compose(&scene).get_text(), "Uw auto is klaar, Belgie");
    assert_eq!((compose(&scene).get_parts().parts, compose(&scene).get_parts().wide), (1, false));
    // What was typed is not replaced without asking.
    scene.touch("EN");
    scene.touch("Mijn tekst houden");
    assert_eq!(compose(&scene).get_text(), "Uw auto is klaar, Belgie");
    // Nor lost when the sheet is closed and opened again.
    scene.touch("Sluiten");
    assert!(!compose(&scene).get_open());
    scene.touch("SMS sturen");
    assert_eq!(compose(&scene).get_text(), "Uw auto is klaar, Belgie");
    scene.touch("EN");
    scene.touch("Vervangen");
    assert!(compose(&scene).get_text().contains("___"));
}

#[test]
fn what_the_customer_refused_is_barred_until_consent_is_noted() {
    let shop = Shop::with(&CARS);
    let id = customer(&shop, "23-NL-PD");
    shop.store().note_consent(id, Channel::Sms, false, "Mag het?", actor()).unwrap();
    let mut scene = opened(&shop);
    // The button in the task is grey; the sheet opens on the e-mail, and says the same of SMS.
    scene.touch("E-mail sturen");
    assert_eq!(compose(&scene).get_hurdle(), Hurdle::None);
    scene.touch("sms");
    assert_eq!(compose(&scene).get_hurdle(), Hurdle::Refused);
    scene.touch("In de outbox");
    assert!(compose(&scene).get_open(), "a barred message went out");
    // The task under the sheet has buttons of the same name.
    compose(&scene).invoke_ask_consent();
    scene.settle();
    assert_eq!(compose(&scene).get_view(), ComposeView::Asking);
    assert!(compose(&scene).get_wording().starts_with("Mogen wij u een sms sturen"));
    scene.touch("Klant stemt toe");
    assert_eq!(compose(&scene).get_hurdle(), Hurdle::None);
    let consent = shop.store().consents(id).unwrap().sms.unwrap();
    assert!(consent.given && consent.wording.starts_with("Mogen wij u een sms sturen"));
    assert_eq!(consent.employee.as_deref(), Some("Els Hermans"));
}

#[test]
fn consent_to_be_called_is_asked_from_the_task() {
    let shop = Shop::with(&CARS);
    let mut scene = opened(&shop);
    assert!(scene.has("Toestemming vragen"));
    scene.touch("Toestemming vragen");
    assert!(compose(&scene).get_wording().starts_with("Mogen wij u bellen"));
    scene.touch("Klant stemt toe");
    assert!(!compose(&scene).get_open());
    assert!(shop.store().consents(customer(&shop, "23-NL-PD")).unwrap().call.unwrap().given);
    assert!(!scene.has("Toestemming vragen"));
}

#[test]
fn a_mailing_goes_into_the_outbox_after_a_question() {
    let shop = Shop::with(&CARS);
    let id = customer(&shop, "74-XE-VV");
    shop.store().note_consent(id, Channel::Email, false, "Mag het?", actor()).unwrap();
    let mut scene = Scene::of(&shop);
    scene.window().global::<DeskGlobal>().invoke_go(Page::Customers, 0);
    scene.settle();
    scene.touch("Mailing");
    let mailing = || scene.window().global::<Mailing>();
    assert_eq!(mailing().get_state(), MailingState::Filled);
    assert_eq!((mailing().get_total(), mailing().get_reached(), mailing().get_left_out_count()), (3, 2, 1));
    mailing().set_text("{salutation}, de winterbanden liggen klaar voor {your_car}.".into());
    mailing().invoke_edit_text("{salutation}, de winterbanden liggen klaar voor {your_car}.".into());
    mailing().set_subject("Winterbanden".into());
    mailing().invoke_edit_subject("Winterbanden".into());
    assert!(mailing().get_preview().starts_with("Geachte heer Janssen"), "{}", mailing().get_preview());
    scene.touch("2 berichten klaarzetten");
    scene.touch("In de outbox");
    assert_eq!(scene.window().global::<Mailing>().get_state(), MailingState::Sent);
    let written = messages(&shop, "JL-29-JK");
    assert_eq!(written.len(), 1);
    assert_eq!(
        written[0].body,
        "Geachte heer Janssen JL-29-JK, de winterbanden liggen klaar voor uw OPEL Rekord (JL-29-JK)."
    );
    assert!(messages(&shop, "74-XE-VV").is_empty());
}

#[test]
fn the_shop_changes_a_text_and_puts_it_back() {
    let shop = Shop::with(&CARS);
    let mut scene = Scene::of(&shop);
    scene.window().global::<DeskGlobal>().invoke_go(Page::Texts, 0);
    scene.settle();
    let texts = || scene.window().global::<Texts>();
    assert_eq!((texts().get_state(), texts().get_purpose()), (TextsState::Filled, TextPurpose::Sms));
    assert!(texts().get_preview().starts_with("Goedendag, de APK van uw auto"));
    texts().set_text("APK {plate}: {dag}".into());
    texts().invoke_edit_text("APK {plate}: {dag}".into());
    assert_eq!(texts().get_unknown(), "{dag}");
    texts().set_text("APK {plate}: {day}".into());
    texts().invoke_edit_text("APK {plate}: {day}".into());
    assert!(texts().get_unknown().is_empty() && texts().get_preview().starts_with("APK "));
    scene.touch("Opslaan");
    let key = (Purpose::Sms, Some(RuleKey::Inspection));
    assert_eq!(shop.store().own_texts(Language::Nl).unwrap().get(&key).unwrap(), "APK {plate}: {day}");
    assert!(scene.window().global::<Texts>().get_own());
    scene.touch("Terug naar de meegeleverde tekst");
    assert!(shop.store().own_texts(Language::Nl).unwrap().is_empty());
    assert!(scene.window().global::<Texts>().get_preview().starts_with("Goedendag"));
}
