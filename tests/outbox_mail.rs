//! E-mail to a real mail server: what a letter looks like there, and what becomes of a message when
//! the server refuses it, puts it off, or drops the line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod post;
mod shop;

use balie::domain::ids::MessageId;
use balie::domain::message::{Channel, MessageState, Trouble};
use balie::domain::rule::LegalClass;
use balie::outside::delivery::Delivered;
use chrono::TimeDelta;
use post::desk::Desk;
use post::mail::MailServer;
use serde_json::Value;

/// Queues a commercial letter.
fn offer(desk: &mut Desk, name: &str) -> MessageId {
    desk.mail(name, LegalClass::Commercial)
}

#[test]
fn a_letter_arrives_as_it_was_written_with_a_way_out() {
    let server = MailServer::start(&["garage", "hush"]);
    let login = "user = \"garage\"\npassword = \"hush\"\n";
    let mut desk = Desk::new(&(server.config() + login));
    let reminder = offer(&mut desk, "piet");
    let ready = desk.mail("piet", LegalClass::Service);
    let done = desk.deliver();
    assert_eq!((done.sent, done.held.len()), (2, 0), "{:?}", desk.message(reminder));
    let kept = server.kept(2);
    // Service goes first.
    let (service, commercial) = (&kept[0], &kept[1]);
    assert_eq!(service["id"], desk.reference(ready));
    assert_eq!(commercial["id"], desk.reference(reminder));
    assert!(desk.reference(reminder).ends_with("@garage.example>"));
    assert_eq!(commercial["from"], "info@garage.example");
    assert_eq!(commercial["to"][0], "piet@voorbeeld.example");
    assert_eq!(commercial["user"], "garage");
    let headers = &commercial["headers"];
    assert_eq!(headers["From"], "Garage De Hoek <info@garage.example>");
    assert_eq!(headers["Reply-To"], "antwoord@garage.example");
    assert_eq!(headers["Subject"], "Uw APK");
    assert_eq!(headers["List-Unsubscribe"], "<mailto:antwoord@garage.example?subject=unsubscribe>");
    assert!(service["headers"].get("List-Unsubscribe").is_none());
    let plain = commercial["parts"]["text/plain"].as_str().unwrap().replace("\r\n", "\n");
    assert_eq!(plain.trim_end(), "Beste één,\n\nuw APK vervalt.\n.een regel met een punt");
    assert!(commercial["parts"]["text/html"].as_str().unwrap().contains("<p>Beste één,</p>"));
    assert_eq!(desk.message(reminder).answer.as_deref(), Some("250 2.0.0 queued as 4F2"));
}

#[test]
fn what_is_refused_fails_what_is_put_off_is_tried_again_and_none_holds_up_another() {
    let server = MailServer::start(&[]);
    let mut desk = Desk::new(&server.config());
    let names = ["weg", "later", "spam", "vol", "geen adres", "piet"];
    let ids = names.map(|name| offer(&mut desk, name));
    let done = desk.deliver();
    assert_eq!((done.sent, done.rejected, done.later, done.unknown), (1, 3, 2, 0));
    let states = ids.map(|id| desk.state(id));
    assert_eq!(
        states,
        [
            (MessageState::Rejected, Some(Trouble::Refused)),
            (MessageState::Queued, Some(Trouble::Busy)),
            (MessageState::Rejected, Some(Trouble::Refused)),
            (MessageState::Queued, Some(Trouble::Busy)),
            (MessageState::Rejected, Some(Trouble::NoAddress)),
            (MessageState::Sent, None),
        ]
    );
    let words = desk.message(ids[0]).answer.unwrap();
    assert!(words.contains("550") && words.contains("no such user"), "{words}");
    desk.later(TimeDelta::hours(1));
    assert_eq!(desk.deliver().sent, 2);
    let kept: Vec<Value> = server.kept(3);
    assert_eq!(kept.len(), 3);
}

#[test]
fn a_line_that_drops_after_the_message_leaves_nobody_knowing() {
    for name in ["kwijt", "stil"] {
        let server = MailServer::start(&[]);
        let mut desk = Desk::new(&server.config());
        let (lost, good) = (offer(&mut desk, name), offer(&mut desk, "piet"));
        let done = desk.deliver();
        assert_eq!((done.sent, done.unknown), (1, 1), "{name}: {:?}", desk.message(lost));
        assert_eq!(desk.state(lost), (MessageState::Unknown, Some(Trouble::NoAnswer)), "{name}");
        assert_eq!(desk.state(good).0, MessageState::Sent, "{name}");
        desk.later(TimeDelta::days(1));
        assert_eq!(desk.deliver(), Delivered::default(), "{name}");
        // Whether it was kept or not: it was read once.
        let read = server.all("read").iter().filter(|id| **id == desk.reference(lost)).count();
        assert_eq!(read, 1, "{name}");
    }
}

#[test]
fn a_line_that_drops_before_the_message_loses_nothing() {
    let server = MailServer::start(&[]);
    let mut desk = Desk::new(&server.config());
    let id = offer(&mut desk, "dicht");
    let done = desk.deliver();
    assert_eq!((done.later, done.held.len()), (1, 1), "{:?}", desk.message(id));
    assert_eq!(desk.state(id).0, MessageState::Queued);
    desk.later(TimeDelta::hours(1));
    assert_eq!(desk.deliver().sent, 1);
    assert_eq!(server.kept(1).len(), 1);
}

#[test]
fn a_log_in_that_is_refused_keeps_all_mail_and_says_where_to_look() {
    let server = MailServer::start(&["garage", "hush"]);
    let mut desk = Desk::new(&(server.config() + "user = \"garage\"\npassword = \"verkeerd\"\n"));
    let (first, second) = (offer(&mut desk, "piet"), offer(&mut desk, "els"));
    let done = desk.deliver();
    assert_eq!(done.held, [(Channel::Email, Trouble::Settings)]);
    assert_eq!(desk.state(first), (MessageState::Queued, Some(Trouble::Settings)));
    assert_eq!(desk.state(second), (MessageState::Queued, None));
    let words = desk.message(first).answer.unwrap();
    assert!(words.contains("[smtp] user, password") && !words.contains("verkeerd"), "{words}");
}

#[test]
fn nobody_listens_and_nothing_is_lost() {
    let server = MailServer::start(&[]);
    let config = server.config();
    drop(server);
    let mut desk = Desk::new(&config);
    let id = offer(&mut desk, "piet");
    assert_eq!(desk.deliver().held, [(Channel::Email, Trouble::Unreachable)]);
    assert_eq!(desk.state(id), (MessageState::Queued, Some(Trouble::Unreachable)));
}

#[test]
fn a_server_without_tls_gets_no_password() {
    let server = MailServer::start(&[]);
    let config = server.config().replace("security = \"none\"", "security = \"starttls\"");
    let mut desk = Desk::new(&(config + "user = \"garage\"\npassword = \"hush\"\n"));
    let id = offer(&mut desk, "piet");
    assert_eq!(desk.deliver().held, [(Channel::Email, Trouble::Settings)]);
    assert!(desk.message(id).answer.unwrap().contains("offers no STARTTLS"));
}
