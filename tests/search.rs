//! Customers as the receptionist looks for them: by any field, with typing errors and accents forgiven.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod inbox;

use balie::domain::customer::CustomerKind;
use balie::domain::search::{CustomerFilter, CustomerOrder, CustomerQuery, SearchField};
use balie::store::Store;
use balie::store::find::{Found, FoundRow};
use inbox::Inbox;
use rusqlite::Connection;

fn shop() -> Inbox {
    let mut shop = Inbox::new();
    shop.write(
        "customers.csv",
        "code,kind,salutation,first_name,name,company,street,postcode,city,phone,mobile,email\n\
         K1,private,heer,Jan,Janssen,,Amsterdamplein 5,1111 AA,Diemen,020-1234567,06 12 34 56 78,jan.janssen@testmail.nl\n\
         K2,private,mevrouw,Ayşe,Öztürk,,Dorpsweg 1,6411 NK,Heerlen,,+31 6 87654321,\n\
         K3,company,,Piet,de Vries,Autohandel Zuid,,5611AB,Eindhoven,040 2223344,,info@zuid.nl\n\
         K4,trader,,Joan,Jansen,,,1234 ZZ,Breda,,0611112222,\n\
         K5,private,,Jan,Peeters,,,1234 AB,Breda,,,\n",
    );
    shop.write(
        "vehicles.csv",
        "plate,make,model\nJL-29-JK,OPEL,Rekord\n12-PTT-8,FIAT,Panda\nVV-123-D,KIA,Ceed\nV-444-44,ALFA ROMEO,159\n",
    );
    shop.write(
        "ownerships.csv",
        "plate,customer,from_on,until_on\nJL29JK,K1,2010-01-01,\n12PTT8,K2,2012-01-01,\nVV123D,K1,2011-01-01,2014-01-01\n",
    );
    shop.write(
        "visits.csv",
        "code,plate,customer,visited_on\nB1,JL29JK,K1,2015-01-02\nB2,12PTT8,K2,2015-03-04\n",
    );
    shop.import();
    shop
}

fn ask(store: &Store, query: CustomerQuery) -> Found {
    store.find_customers(&query, "2015-05-01".parse().unwrap()).unwrap()
}

fn names(found: &Found) -> Vec<String> {
    let name = |row: &FoundRow| match row {
        FoundRow::Customer(row) => row.name.clone(),
        FoundRow::Vehicle(row) => row.plate.to_string(),
    };
    found.rows.iter().map(name).collect()
}

fn find(store: &Store, text: &str) -> Vec<String> {
    names(&ask(store, CustomerQuery { text: text.to_owned(), ..CustomerQuery::default() }))
}

fn find_in(store: &Store, field: SearchField, text: &str) -> Vec<String> {
    names(&ask(store, CustomerQuery { text: text.to_owned(), field, ..CustomerQuery::default() }))
}

#[test]
fn a_customer_is_found_by_each_field_however_it_is_written() {
    let shop = shop();
    for text in [
        "janss",
        "JANSSEN",
        "jan janssen",
        "janssen jan",
        "jl-29-jk",
        "JL29",
        "jl 29 jk",
        "0612345678",
        "06 12 34",
        "06-12345678",
        "+31 6 12",
        "0031612345678",
        "612345",
        "020 123",
        "1111AA",
        "1111 aa",
        "diemen janssen",
        "jan.janssen@testmail.nl",
        "janssen@testmail",
        "K1",
    ] {
        assert_eq!(find(&shop.store, text)[0], "Jan Janssen", "{text}");
    }
    assert_eq!(find(&shop.store, "autoh"), ["Autohandel Zuid"]);
    assert_eq!(find(&shop.store, "piet vries"), ["Autohandel Zuid"]);
    assert!(find(&shop.store, "nobody has this").is_empty());
}

#[test]
fn accents_and_typing_errors_are_forgiven() {
    let shop = shop();
    for text in ["ozturk", "Öztürk", "oztrk", "Oztruk", "ayse ozturk", "Aysé"] {
        assert_eq!(find(&shop.store, text), ["Ayşe Öztürk"], "{text}");
    }
    // Who is called so comes before who is called nearly so.
    let found = ask(&shop.store, CustomerQuery { text: "jansen".into(), ..CustomerQuery::default() });
    assert_eq!((names(&found), found.nearly), (vec!["Joan Jansen".into(), "Jan Janssen".into()], true));
    assert_eq!(find(&shop.store, "hanssen")[0], "Jan Janssen");
    // A number is right or somebody else's.
    assert!(find(&shop.store, "0612345679").is_empty());
}

#[test]
fn one_field_can_be_chosen() {
    let shop = shop();
    assert_eq!(find(&shop.store, "1234").len(), 2);
    assert_eq!(find_in(&shop.store, SearchField::Phone, "020 1234"), ["Jan Janssen"]);
    assert_eq!(find_in(&shop.store, SearchField::Place, "1234 a"), ["Jan Peeters"]);
    assert_eq!(find_in(&shop.store, SearchField::Company, "zuid"), ["Autohandel Zuid"]);
    assert!(find_in(&shop.store, SearchField::Plate, "janssen").is_empty());
    assert_eq!(find_in(&shop.store, SearchField::Email, "info@zuid.nl"), ["Autohandel Zuid"]);
    assert_eq!(find_in(&shop.store, SearchField::Code, "k4"), ["Joan Jansen"]);
}

#[test]
fn a_vehicle_that_nobody_owns_is_found_by_its_plate() {
    let shop = shop();
    assert_eq!(find(&shop.store, "vv-123"), ["VV-123-D"]);
    assert_eq!(find(&shop.store, "v-444-44"), ["V44444"]);
    assert_eq!(find(&shop.store, "jl29jk"), ["Jan Janssen"]);
}

#[test]
fn filters_and_order() {
    let shop = shop();
    let with = |filter: CustomerFilter| CustomerQuery { filter, ..CustomerQuery::default() };
    let traders = with(CustomerFilter { kind: Some(CustomerKind::Trader), ..CustomerFilter::default() });
    assert_eq!(names(&ask(&shop.store, traders.clone())), ["Joan Jansen"]);
    assert_eq!(names(&ask(&shop.store, CustomerQuery { text: "jan".into(), ..traders })), ["Joan Jansen"]);
    let all = ask(&shop.store, CustomerQuery::default());
    assert_eq!(
        (names(&all), all.count),
        (
            ["Autohandel Zuid", "Joan Jansen", "Jan Janssen", "Jan Peeters", "Ayşe Öztürk"]
                .map(str::to_owned)
                .to_vec(),
            5
        )
    );
    let last = CustomerQuery { order: CustomerOrder::LastVisit, ..CustomerQuery::default() };
    assert_eq!(names(&ask(&shop.store, last))[..2], ["Ayşe Öztürk", "Jan Janssen"]);
    let none = with(CustomerFilter { without_consent: true, ..CustomerFilter::default() });
    assert_eq!(ask(&shop.store, none).count, 5);
    let busy = with(CustomerFilter { with_tasks: true, ..CustomerFilter::default() });
    assert_eq!(ask(&shop.store, busy).count, 0);
}

#[test]
fn what_another_program_changed_is_found_after_the_next_look() {
    let mut shop = shop();
    let other = Connection::open(shop.database()).unwrap();
    other.execute("UPDATE customer SET name = 'Bakker' WHERE code = 'K1'", []).unwrap();
    other.execute("INSERT INTO customer (code, name) VALUES ('K9', 'Smit')", []).unwrap();
    other.execute("UPDATE vehicle SET plate = '99XX99' WHERE plate = '12PTT8'", []).unwrap();
    assert!(!shop.store.index_some(100).unwrap());
    assert_eq!(find(&shop.store, "bakker"), ["Jan Bakker"]);
    assert_eq!(find(&shop.store, "smit"), ["Smit"]);
    assert_eq!(find(&shop.store, "99-xx-99"), ["Ayşe Öztürk"]);
    assert!(find_in(&shop.store, SearchField::Name, "janssen").iter().all(|name| name != "Jan Janssen"));
}

#[test]
fn the_notes_are_worked_off_a_few_at_a_time() {
    let mut shop = shop();
    let other = Connection::open(shop.database()).unwrap();
    other.execute("UPDATE customer SET city = 'Gouda'", []).unwrap();
    assert!(shop.store.index_some(2).unwrap());
    assert!(shop.store.index_some(2).unwrap());
    assert!(!shop.store.index_some(2).unwrap());
    assert_eq!(find(&shop.store, "gouda").len(), 5);
}

#[test]
fn many_hits_are_counted_and_the_exact_ones_come_first() {
    let mut shop = Inbox::new();
    let mut text = String::from("code,name,city\n");
    for number in 0..7000 {
        text += &format!("N{number},Jansema{number},Urk\n");
    }
    text += "X1,Jan,Urk\n";
    shop.write("customers.csv", &text);
    shop.import();
    let found = ask(&shop.store, CustomerQuery { text: "jan".into(), ..CustomerQuery::default() });
    assert_eq!((found.count, found.rows.len(), names(&found)[0].as_str()), (7001, 50, "Jan"));
}
