//! Customers, contact persons, vehicles and consents as the desk changes them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod inbox;

use balie::domain::customer::{ContactPerson, Customer};
use balie::domain::message::Channel;
use balie::domain::plate::Plate;
use balie::domain::search::CustomerQuery;
use balie::store::customer_edit::{AlikeBy, Removed};
use balie::store::history::{Actor, Origin};
use inbox::Inbox;

fn actor() -> Actor {
    Actor { origin: Origin::Desk(None), at: inbox::NOON.parse().unwrap() }
}

fn found(shop: &Inbox, text: &str) -> usize {
    let query = CustomerQuery { text: text.into(), ..CustomerQuery::default() };
    shop.store.find_customers(&query, "2015-05-01".parse().unwrap()).unwrap().count
}

fn somebody() -> Customer {
    Customer {
        first_name: Some("Jan".into()),
        name: Some("Janssen".into()),
        mobile: Some("06 12 34 56 78".into()),
        email: Some("jan@janssen.example".into()),
        ..Customer::default()
    }
}

#[test]
fn a_new_customer_is_found_at_once_and_an_older_file_changes_nothing_of_it() {
    let mut shop = Inbox::new();
    let id = shop.store.add_customer(&somebody(), actor()).unwrap();
    assert_eq!(found(&shop, "janss"), 1);
    assert_eq!(shop.store.customer(id).unwrap().unwrap().code, "B-1");
    shop.write("customers.csv", "code,name,city\nB-1,Bakker,Breda\n");
    shop.import();
    assert_eq!(found(&shop, "bakker"), 0);
}

#[test]
fn only_what_the_person_changed_is_written() {
    let mut shop = Inbox::new();
    let id = shop.store.add_customer(&somebody(), actor()).unwrap();
    let before = shop.store.customer(id).unwrap().unwrap();
    // Meanwhile another program corrects the e-mail address.
    let other = rusqlite::Connection::open(shop.database()).unwrap();
    other.execute("UPDATE customer SET email = 'new@janssen.example'", []).unwrap();
    let after = Customer { city: Some("Diemen".into()), mobile: Some(" ".into()), ..before.clone() };
    assert_eq!(shop.store.change_customer(id, &before, &after, actor()).unwrap(), 2);
    let now = shop.store.customer(id).unwrap().unwrap();
    assert_eq!(
        (now.email.as_deref(), now.mobile, now.city.as_deref()),
        (Some("new@janssen.example"), None, Some("Diemen"))
    );
    let lines = shop.store.history("customer", id.0).unwrap();
    let fields: Vec<_> = lines.iter().filter_map(|line| line.field.as_deref()).collect();
    assert_eq!(fields, ["city", "mobile"]);
    assert_eq!(lines[2].before.as_deref(), Some("06 12 34 56 78"));
}

#[test]
fn only_a_customer_without_a_past_is_deleted() {
    let mut shop = Inbox::new();
    shop.write("customers.csv", "code,name\nK1,Peeters\n");
    shop.import();
    let empty = shop.store.add_customer(&somebody(), actor()).unwrap();
    shop.store.add_contact_person(empty, &ContactPerson::default(), actor()).unwrap();
    assert_eq!(shop.store.remove_customer(empty, actor()).unwrap(), Removed::Deleted);
    assert_eq!((found(&shop, "janssen"), shop.store.customer(empty).unwrap()), (0, None));
    let (imported, _) = shop.store.customer_by_code("K1").unwrap().unwrap();
    assert_eq!(shop.store.remove_customer(imported, actor()).unwrap(), Removed::Inactive);
    assert_eq!(found(&shop, "peeters"), 1, "an inactive customer is still found");
    let owner = shop.store.add_customer(&somebody(), actor()).unwrap();
    let (vehicle, new) = shop.store.add_vehicle(&Plate::parse("V-444-44").unwrap(), actor()).unwrap();
    assert!(new);
    shop.store.link_owner(vehicle, owner, "2015-05-01".parse().unwrap(), actor()).unwrap();
    assert_eq!(shop.store.remove_customer(owner, actor()).unwrap(), Removed::Inactive);
}

#[test]
fn a_customer_who_is_there_already_is_recognised_while_typing() {
    let mut shop = Inbox::new();
    let id = shop.store.add_customer(&somebody(), actor()).unwrap();
    let by = |phone: &str, email: &str| {
        let typed = Customer { phone: Some(phone.into()), email: Some(email.into()), ..Customer::default() };
        shop.store.alike(&typed, None).unwrap().first().map(|alike| alike.by)
    };
    assert_eq!(by("+31 612345678", ""), Some(AlikeBy::Phone));
    assert_eq!(by("", "JAN@janssen.example"), Some(AlikeBy::Email));
    assert_eq!(by("06 12", "jan@janssen"), None);
    assert!(shop.store.alike(&somebody(), Some(id)).unwrap().is_empty());
}

#[test]
fn a_vehicle_changes_hands() {
    let mut shop = Inbox::new();
    let one = shop.store.add_customer(&somebody(), actor()).unwrap();
    let two = shop
        .store
        .add_customer(&Customer { name: Some("Smit".into()), ..Customer::default() }, actor())
        .unwrap();
    let plate = Plate::parse("JL-29-JK").unwrap();
    let (vehicle, _) = shop.store.add_vehicle(&plate, actor()).unwrap();
    assert!(!shop.store.add_vehicle(&plate, actor()).unwrap().1);
    assert_eq!(found(&shop, "jl29jk"), 1);
    shop.store.link_owner(vehicle, one, "2015-01-01".parse().unwrap(), actor()).unwrap();
    shop.store.link_owner(vehicle, two, "2015-04-01".parse().unwrap(), actor()).unwrap();
    let query = CustomerQuery { text: "jl29".into(), ..CustomerQuery::default() };
    let rows = shop.store.find_customers(&query, "2015-05-01".parse().unwrap()).unwrap().rows;
    assert!(matches!(&rows[..], [balie::store::find::FoundRow::Customer(row)] if row.id == two));
    let before = shop.store.vehicle(vehicle).unwrap().unwrap();
    let mut after = before.clone();
    after.inspection_expires_on = Some("2015-09-01".parse().unwrap());
    assert_eq!(shop.store.change_vehicle(vehicle, &before, &after, actor()).unwrap(), 1);
    // A file that was written before knows less.
    shop.write("vehicles.csv", "plate,inspection_expires_on\nJL29JK,2014-01-01\n");
    shop.import();
    assert_eq!(shop.store.vehicle(vehicle).unwrap().unwrap(), after);
}

#[test]
fn the_newest_consent_counts_and_carries_its_words() {
    let mut shop = Inbox::new();
    let id = shop.store.add_customer(&somebody(), actor()).unwrap();
    assert!(!shop.store.consents(id).unwrap().given(Channel::Call));
    shop.store.note_consent(id, Channel::Call, true, "Mogen wij u bellen?", actor()).unwrap();
    shop.store.note_consent(id, Channel::Email, true, "Mogen wij u mailen?", actor()).unwrap();
    shop.store.note_consent(id, Channel::Call, false, "Toch liever niet", actor()).unwrap();
    let consents = shop.store.consents(id).unwrap();
    assert!(!consents.given(Channel::Call) && consents.given(Channel::Email) && consents.sms.is_none());
    assert_eq!(consents.call.unwrap().wording, "Toch liever niet");
}
