//! A person who asked to be forgotten (APP-11): what goes, what stays, and that no import brings them back.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod inbox;

use balie::domain::ids::CustomerId;
use balie::domain::message::Channel;
use balie::domain::search::CustomerQuery;
use balie::store::history::{Actor, Origin};
use inbox::Inbox;
use rusqlite::Connection;

const CUSTOMERS: &str = "code,kind,first_name,name,street,postcode,city,phone,mobile,email,notes\n\
    K1,company,Wubbo,Zevenhuizen,Geheimpad 9,9876 XY,Verweg,0599-123456,06 98 76 54 32,wubbo@zevenhuizen.example,belt nooit terug\n\
    K2,private,Jan,Janssen,,,Diemen,,0612345678,,\n";

fn actor() -> Actor {
    Actor { origin: Origin::Command, at: inbox::NOON.parse().unwrap() }
}

fn shop() -> Inbox {
    let mut shop = Inbox::new();
    shop.write("customers.csv", CUSTOMERS);
    shop.write("vehicles.csv", "plate,inspection_expires_on\nJL29JK,2015-05-20\n");
    shop.write("ownerships.csv", "plate,customer,from_on\nJL29JK,K1,2010-01-01\n");
    shop.write(
        "invoices.csv",
        "number,customer,plate,invoiced_on,total_incl_vat\nF1,K1,JL29JK,2015-01-05,200\n",
    );
    shop.import();
    shop
}

/// A desk's life with the customer: a person, messages, notes, drafts, changed fields, a task in words.
fn live(shop: &mut Inbox) -> CustomerId {
    let (id, customer) = shop.store.customer_by_code("K1").unwrap().unwrap();
    let mut changed = customer.clone();
    changed.street = Some("Zevenhuizenlaan 1".into());
    shop.store.change_customer(id, &customer, &changed, actor()).unwrap();
    let person = balie::domain::customer::ContactPerson {
        name: Some("Zevenhuizen-Bolt".into()),
        mobile: Some("0611223344".into()),
        ..Default::default()
    };
    shop.store.add_contact_person(id, &person, actor()).unwrap();
    shop.store
        .note_consent(id, Channel::Call, true, "Mogen wij u bellen, mevrouw Zevenhuizen?", actor())
        .unwrap();
    shop.store.keep_draft(&format!("customer:{id}"), "{\"name\":\"Zevenhuizen\"}", actor()).unwrap();
    balie::collect::run(&mut shop.store, "2015-05-01".parse().unwrap(), inbox::NOON.parse().unwrap())
        .unwrap();
    let other = Connection::open(shop.database()).unwrap();
    other
        .execute_batch(
            "INSERT INTO task (rule, subject_kind, subject_id, counts_from, execute_on, state, vehicle_id, customer_id,
                               description, touched)
             VALUES ('inspection', 'vehicle', 1, '2015-05-20', '2015-05-01', 'open', 1, 1, 'Zevenhuizen belt zelf', 1);
             INSERT INTO history (at, origin, noun, noun_id, action, field, after)
             SELECT '2015-05-01T10:00:00Z', 'desk', 'task', id, 'changed', 'description', 'Zevenhuizen belt zelf' FROM task;
             INSERT INTO message (task_id, customer_id, channel, address, body, state, written_at)
             SELECT id, customer_id, 'sms', '0698765432', 'Beste Zevenhuizen', 'queued', '2015-05-01T10:00:00Z' FROM task;
             INSERT INTO call_note (task_id, customer_id, text, noted_at)
             SELECT id, customer_id, 'Zevenhuizen is boos', '2015-05-01T10:00:00Z' FROM task;",
        )
        .unwrap();
    id
}

fn said(shop: &Inbox, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in ["balie.db", "balie.db-wal"] {
        let bytes = std::fs::read(shop.database().with_file_name(file)).unwrap_or_default();
        for word in words {
            let bare = word.to_lowercase();
            let there =
                bytes.to_ascii_lowercase().windows(bare.len()).any(|window| window == bare.as_bytes());
            if there {
                found.push(format!("{word} in {file}"));
            }
        }
    }
    found
}

#[test]
fn nothing_personal_is_left_in_the_file() {
    let mut shop = shop();
    let id = live(&mut shop);
    let words = [
        "zevenhuizen",
        "wubbo",
        "geheimpad",
        "9876",
        "599123456",
        "698765432",
        "0698765432",
        "boos",
        "11223344",
    ];
    let before = said(&shop, &words);
    assert!(words.iter().all(|word| before.iter().any(|line| line.starts_with(word))), "{before:?}");
    shop.store.erase_customer(id, "2015-05-01".parse().unwrap(), actor()).unwrap();
    assert_eq!(said(&shop, &words), Vec::<String>::new());
    let row = shop.store.customer(id).unwrap().unwrap();
    assert_eq!((row.code.as_str(), row.name, row.contact_allowed), ("ERASED-1", None, Some(false)));
    let query = CustomerQuery { text: "zevenh".into(), ..CustomerQuery::default() };
    assert!(shop.store.find_customers(&query, "2015-05-01".parse().unwrap()).unwrap().rows.is_empty());
    let other = Connection::open(shop.database()).unwrap();
    let one = |sql: &str| -> String { other.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(one("SELECT state FROM message"), "rejected");
    assert_eq!(one("SELECT state FROM task"), "withdrawn");
    assert_eq!(one("SELECT until_on FROM ownership"), "2015-05-01");
    assert_eq!(one("SELECT number || customer_id || total_cents FROM invoice"), "F1120000");
    assert!(shop.store.erase_customer(id, "2015-05-01".parse().unwrap(), actor()).is_err(), "only once");
}

#[test]
fn no_import_brings_the_person_back() {
    let mut shop = shop();
    let id = live(&mut shop);
    shop.store.erase_customer(id, "2015-05-01".parse().unwrap(), actor()).unwrap();
    // The other system knows nothing of it: the same files, a new invoice, and the person as a new customer.
    shop.write("customers.csv", &format!("{CUSTOMERS}K9,private,Wubbo,Zevenhuizen,,,,,+31 6 98765432,,\n"));
    shop.write(
        "invoices.csv",
        "number,customer,plate,invoiced_on,total_incl_vat\nF1,K1,JL29JK,2015-01-05,200\nF2,K1,JL29JK,2015-04-05,90\n",
    );
    for _ in 0..2 {
        let report = shop.import();
        let file = |name: &str| report.files.iter().find(|file| file.file == name).unwrap();
        let customers = file("customers.csv");
        assert_eq!((customers.unchanged, customers.rejected), (1, 2));
        let rejects: Vec<(u64, &str)> =
            customers.rejects.iter().map(|reject| (reject.line, reject.column.as_str())).collect();
        assert_eq!(rejects, [(2, "code"), (4, "mobile")]);
        assert!(customers.rejects[0].reason.to_string().contains("erased at their wish"));
        assert_eq!((file("invoices.csv").rejected, file("ownerships.csv").rejected), (0, 0));
    }
    let other = Connection::open(shop.database()).unwrap();
    let invoices: i64 = other
        .query_row("SELECT count(*) FROM invoice WHERE customer_id = ?1", [id.0], |row| row.get(0))
        .unwrap();
    let customers: i64 = other.query_row("SELECT count(*) FROM customer", [], |row| row.get(0)).unwrap();
    let owned: i64 = other
        .query_row("SELECT count(*) FROM ownership WHERE until_on IS NULL", [], |row| row.get(0))
        .unwrap();
    assert_eq!((invoices, customers, owned), (2, 2, 0));
}

#[test]
fn a_customer_who_was_there_already_keeps_a_number_that_was_the_persons() {
    let mut shop = shop();
    let (id, _) = shop.store.customer_by_code("K1").unwrap().unwrap();
    shop.store.erase_customer(id, "2015-05-01".parse().unwrap(), actor()).unwrap();
    shop.write("customers.csv", "code,mobile\nK2,06 98 76 54 32\n");
    let report = shop.import();
    assert_eq!((report.files[0].changed, report.files[0].rejected), (1, 0));
}
