//! One person's data as JSON and PDF (APP-11).

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod inbox;

use balie::domain::language::Language;
use balie::domain::message::Channel;
use balie::exchange::export_person;
use balie::store::history::{Actor, Origin};
use inbox::Inbox;

#[test]
fn everything_about_a_person_is_given_out_and_nothing_about_another() {
    let mut shop = Inbox::new();
    shop.write(
        "customers.csv",
        "code,name,city,mobile,notes\nK/1,Öztürk,Heerlen,0612345678,belt nooit terug\nK2,Janssen,Diemen,0687654321,\n",
    );
    shop.write("vehicles.csv", "plate,make\nJL29JK,OPEL\n");
    shop.write("ownerships.csv", "plate,customer,from_on\nJL29JK,K/1,2010-01-01\n");
    shop.write(
        "invoices.csv",
        "number,customer,plate,invoiced_on,total_incl_vat\nF1,K/1,JL29JK,2015-01-05,1234.50\n",
    );
    shop.import();
    let (id, _) = shop.store.customer_by_code("K/1").unwrap().unwrap();
    let actor = Actor { origin: Origin::Command, at: inbox::NOON.parse().unwrap() };
    shop.store.note_consent(id, Channel::Sms, true, "Mogen wij u een sms sturen?", actor).unwrap();
    let folder = shop.folder().join("exports");
    let [json, pdf] =
        export_person(&shop.store, id, &folder, "2015-05-01".parse().unwrap(), Language::De).unwrap();
    assert_eq!(json.file_name().unwrap(), "customer-K-1-2015-05-01.json");
    let all: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    assert_eq!(all["customer"][0]["name"], "Öztürk");
    assert_eq!(all["customer"][0]["email"], serde_json::Value::Null);
    assert_eq!(all["vehicles"][0]["plate"], "JL29JK");
    assert_eq!(all["invoices"][0]["total"], "1234.50");
    assert_eq!(all["consents"][0]["wording"], "Mogen wij u een sms sturen?");
    assert!(!all.to_string().contains("Janssen"));
    let pdf = std::fs::read(pdf).unwrap();
    assert!(pdf.starts_with(b"%PDF") && pdf.len() > 5_000, "fonts are in it");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 2, "no half files are left");
}
