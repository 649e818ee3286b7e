//! A whole import is taken back: what it added and changed, and nothing that somebody worked with since.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod copies;
mod inbox;

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use balie::domain::plate::Plate;
use balie::store::undo::Why;
use copies::{actor, run, words};
use inbox::Inbox;

fn exported(shop: &Inbox) -> BTreeMap<String, String> {
    shop.export().into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
}

#[test]
fn a_first_import_goes_without_a_trace_in_the_export() {
    let mut shop = Inbox::new();
    let empty = exported(&shop);
    shop.write_all();
    let report = shop.import();
    assert!(!report.failed());
    balie::collect::run(&mut shop.store, "2015-05-01".parse().unwrap(), shop.now).unwrap();
    assert_ne!(exported(&shop), empty);
    let done = shop.store.undo_import(None, actor()).unwrap();
    assert_eq!((done.kept, done.restored), (0, 0), "{:?}", done.named);
    assert_eq!(done.removed, report.files.iter().map(|file| file.added).sum::<u64>());
    assert_eq!(exported(&shop), empty);
    shop.store.check_all().unwrap();
    assert!(shop.store.undo_import(None, actor()).unwrap_err().to_string().contains("could be taken back"));
    // And in again.
    assert_eq!(shop.import().files.iter().map(|file| file.added).sum::<u64>(), done.removed);
}

#[test]
fn a_later_import_goes_back_to_what_was() {
    let mut shop = Inbox::new();
    shop.write_all();
    shop.import();
    let before = exported(&shop);
    shop.now += Duration::from_secs(7200);
    shop.write(
        "customers.csv",
        "code,kind,name,contact_allowed,language\n1,company,De Vries,nee,de\n3,private,Nieuw,,\n",
    );
    shop.write(
        "vehicles.csv",
        "plate,make,inspection_expires_on,cost_per_km\nJL-29-JK,VW,2016-05-10,\"0,2\"\nZZ-11-ZZ,KIA,2016-01-01,\n",
    );
    shop.write("visits.csv", "code,plate,customer,visited_on,odometer_km\nB1,V44444,2,2014-05-02,41300\nB9,ZZ-11-ZZ,3,2015-03-01,10\n");
    shop.write("inspections.csv", "plate,inspected_on,advice\nJL29JK,2014-05-01,ac9\n");
    shop.write("invoices.csv", "number,customer,plate,total_incl_vat\nF1,2,V44444,\"9,99\"\n");
    let report = shop.import();
    let changed: u64 = report.files.iter().map(|file| file.changed).sum();
    assert!(changed >= 5 && report.files.iter().all(|file| file.rejected == 0), "{report:?}");
    let done = shop.store.undo_import(None, actor()).unwrap();
    assert_eq!((done.kept, done.removed), (0, 3), "{:?}", done.named);
    assert_eq!(exported(&shop), before);
}

#[test]
fn what_somebody_worked_with_since_stays_and_is_named() {
    let mut shop = Inbox::new();
    // A vehicle that never came has its tasks too.
    shop.store.set_setting("general.recently_seen_months", "0", actor()).unwrap();
    shop.write("customers.csv", "code,name,city\n1,Jansen,Delft\n");
    shop.write("vehicles.csv", "plate,make\nJL-29-JK,OPEL\n");
    shop.import();
    shop.now += Duration::from_secs(7200);
    shop.write("customers.csv", "code,name,city\n1,Janssen,Gouda\n2,De Boer,Zoetermeer\n3,Smit,Leiden\n");
    shop.write(
        "vehicles.csv",
        "plate,make,inspection_expires_on\nJL-29-JK,VW,2015-05-10\nAB-12-CD,KIA,2015-05-10\n",
    );
    shop.write("ownerships.csv", "plate,customer,from_on\nAB-12-CD,3,2014-01-01\n");
    shop.import();
    balie::collect::run(&mut shop.store, "2015-05-01".parse().unwrap(), shop.now).unwrap();
    // The desk changes a name and a new customer, and finishes the task of the new vehicle.
    for (code, name) in [("1", "Jansen-Smit"), ("2", "Den Boer")] {
        let (id, customer) = shop.store.customer_by_code(code).unwrap().unwrap();
        let changed = balie::domain::customer::Customer { name: Some(name.into()), ..customer.clone() };
        shop.store.change_customer(id, &customer, &changed, actor()).unwrap();
    }
    let other = rusqlite::Connection::open(shop.database()).unwrap();
    let sql = "SELECT t.id FROM task t JOIN vehicle v ON v.id = t.vehicle_id WHERE v.plate = 'AB12CD' AND t.rule = 'inspection'";
    let task: i64 = other.query_row(sql, [], |row| row.get(0)).unwrap();
    shop.store.handle_task(balie::domain::ids::TaskId(task), None, actor()).unwrap();
    let done = shop.store.undo_import(None, actor()).unwrap();
    let named: Vec<_> =
        done.named.iter().map(|kept| (kept.noun, kept.key.as_str(), kept.field, kept.why)).collect();
    assert!(named.contains(&("customer", "1", Some("name"), Why::ChangedSince)), "{named:?}");
    assert!(named.contains(&("customer", "2", None, Why::ChangedSince)), "{named:?}");
    assert!(named.contains(&("vehicle", "AB12CD", None, Why::InUse)), "{named:?}");
    let city = |code: &str| {
        shop.store
            .customer_by_code(code)
            .unwrap()
            .map(|(_, customer)| (customer.name.unwrap(), customer.city.unwrap()))
    };
    assert_eq!(city("1"), Some(("Jansen-Smit".into(), "Delft".into())));
    assert_eq!(city("2"), Some(("Den Boer".into(), "Zoetermeer".into())));
    let make =
        |plate: &str| shop.store.vehicle_by_plate(&Plate::parse(plate).unwrap()).unwrap().unwrap().1.make;
    assert_eq!(make("JL29JK").as_deref(), Some("OPEL"));
    assert_eq!(make("AB12CD").as_deref(), Some("KIA"));
    shop.store.check_all().unwrap();
    let broken: i64 =
        other.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(broken, 0);
}

#[test]
fn on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let csv = folder.path().join("in");
    fs::create_dir(&csv).unwrap();
    fs::write(csv.join("vehicles.csv"), "plate,make\nJL-29-JK,OPEL\n").unwrap();
    fs::write(csv.join("customers.csv"), "code,name\n1,Jansen\n").unwrap();
    assert!(run(&data, &["import", csv.to_str().unwrap()]).status.success());
    fs::write(csv.join("vehicles.csv"), "plate,make\nJL-29-JK,OPEL\nAB-12-CD,KIA\n").unwrap();
    assert!(run(&data, &["import", csv.join("vehicles.csv").to_str().unwrap()]).status.success());
    let log = run(&data, &["import", "--log"]);
    let said = String::from_utf8(log.stdout).unwrap();
    assert!(
        said.lines().count() == 2 && said.contains("2 added, 0 changed: customers.csv, vehicles.csv"),
        "{said}"
    );
    // Files of one taking-in go together, by the number of any of them.
    let back = run(&data, &["import", "--undo", "2"]);
    let said = String::from_utf8(back.stdout.clone()).unwrap();
    assert!(said.contains("import 1: 2 rows removed, 0 values restored, 0 kept"), "{said}{}", words(&back));
    let back = run(&data, &["import", "--undo", "--json"]);
    assert!(String::from_utf8(back.stdout.clone()).unwrap().contains("\"removed\": 1"), "{}", words(&back));
    let none = run(&data, &["import", "--undo"]);
    assert!(
        none.status.code() == Some(1) && words(&none).contains("could be taken back"),
        "{}",
        words(&none)
    );
    assert_eq!(run(&data, &["import"]).status.code(), Some(2));
    assert_eq!(run(&data, &["import", "x", "--undo"]).status.code(), Some(2));
}
