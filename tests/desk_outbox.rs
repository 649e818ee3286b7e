//! Messages on their way, on the real pages: what failed, what waits and can be held back, and what a
//! person knows of a message of which Balie does not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use balie::desk::slint::{ComponentHandle, Model};
use balie::desk::ui::{Carried, Edit, Hitch, Outbox, Page};
use balie::domain::ids::{CustomerId, MessageId, TaskId};
use balie::domain::message::{Channel, Composed, MessageState, Trouble, Way};
use balie::domain::rule::LegalClass;
use balie::domain::task::StatusFilter;
use balie::store::history::{Actor, Origin};
use balie::store::outbox::Settled;
use balie::store::outbox_view::OutboxPart;
use desk_scene::{Scene, Shop};

fn actor() -> Actor {
    Actor { origin: Origin::Command, at: "2015-05-01T08:00:00Z".parse().unwrap() }
}

/// A message about a car's task, and where it came to.
fn message(shop: &Shop, plate: &str, came_to: Option<(MessageState, Trouble)>) -> MessageId {
    let rows = shop.rows(StatusFilter::Open);
    let row = rows.iter().find(|row| row.plate.as_ref().unwrap().to_string() == plate).unwrap();
    let (task, customer): (TaskId, CustomerId) = (row.id, row.customer.unwrap());
    let composed = Composed {
        channel: Channel::Sms,
        address: "+31612345678".into(),
        subject: None,
        body: "Uw auto staat klaar.".into(),
        way: Way::Queue,
        legal_class: LegalClass::Service,
    };
    let mut store = shop.store();
    let id = store.write_message(Some(task), customer, &composed, actor()).unwrap();
    if let Some((state, trouble)) = came_to {
        let settled = Settled { state, trouble: Some(trouble), answer: "code 4".into(), try_at: None };
        assert!(store.settle(id, &settled, actor()).unwrap());
    }
    id
}

fn opened(shop: &Shop) -> Scene {
    let mut scene = Scene::of(shop).settled();
    scene.touch("Instellen");
    scene.touch("Outbox");
    assert_eq!(scene.window().global::<balie::desk::ui::Desk>().get_page(), Page::Outbox);
    scene
}

fn counts(scene: &Scene) -> Vec<i32> {
    scene.window().global::<Outbox>().get_counts().iter().collect()
}

#[test]
fn what_failed_is_told_on_the_outbox_and_on_its_task() {
    let shop = Shop::with(&[("JL-29-JK", 0)]);
    message(&shop, "JL-29-JK", Some((MessageState::Rejected, Trouble::Landline)));
    let mut scene = opened(&shop);
    assert_eq!(counts(&scene), [1, 0, 0]);
    assert!(scene.has("Niet bezorgd: een vast nummer ontvangt geen sms"));
    scene.window().global::<Outbox>().invoke_choose(1);
    scene.settle();
    assert!(scene.has("Voor uw technicus: code 4") && scene.has("Uw auto staat klaar."));
    scene.touch("Naar de klant");
    assert_eq!(scene.window().global::<balie::desk::ui::Desk>().get_page(), Page::Customer);

    let task = shop.rows(StatusFilter::Open)[0].id;
    scene.desk.context().go(Page::Task, task.0);
    scene.settle();
    let edit = scene.window().global::<Edit>();
    let delivery = edit.get_sms_delivery();
    assert_eq!((delivery.state, delivery.hitch), (Carried::Rejected, Hitch::Landline));
    assert!(scene.has("Niet bezorgd: een vast nummer ontvangt geen sms"));
}

#[test]
fn what_waits_can_be_held_back() {
    let shop = Shop::with(&[("JL-29-JK", 0)]);
    message(&shop, "JL-29-JK", None);
    let mut scene = opened(&shop);
    scene.touch("Wacht (1)");
    scene.window().global::<Outbox>().invoke_choose(1);
    scene.settle();
    scene.touch("Tegenhouden");
    assert_eq!(counts(&scene), [0, 0, 0]);
    assert_eq!(shop.store().outbox_part(OutboxPart::Waits, 9).unwrap().0, []);
}

#[test]
fn a_person_says_what_became_of_an_unknown_one() {
    let shop = Shop::with(&[("JL-29-JK", 0), ("23-NL-PD", 0)]);
    for plate in ["JL-29-JK", "23-NL-PD"] {
        message(&shop, plate, Some((MessageState::Unknown, Trouble::Interrupted)));
    }
    let mut scene = opened(&shop);
    assert_eq!(counts(&scene), [2, 0, 0]);
    scene.window().global::<Outbox>().invoke_choose(1);
    scene.settle();
    scene.touch("Aangekomen");
    assert_eq!(counts(&scene), [1, 0, 1]);
    scene.window().global::<Outbox>().invoke_choose(2);
    scene.settle();
    scene.touch("Niet aangekomen");
    assert_eq!(counts(&scene), [1, 0, 1], "it needs somebody, and is not sent again");
    let (left, _) = shop.store().outbox_part(OutboxPart::NeedsSomebody, 9).unwrap();
    assert_eq!(
        (left[0].message.state, left[0].message.trouble),
        (MessageState::Rejected, Some(Trouble::Interrupted))
    );
}
