//! What a person typed at the desk stands against an older file, and what cannot be true stays out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod inbox;

use inbox::Inbox;
use rusqlite::Connection;

/// Types a value at the desk, with its line of history, so many minutes after noon.
fn type_at_desk(shop: &Inbox, noun: &str, key: &str, field: &str, value: &str, at: &str) {
    let connection = Connection::open(shop.database()).unwrap();
    let column = if noun == "vehicle" { "plate" } else { "code" };
    let id: i64 = connection
        .query_row(&format!("SELECT id FROM {noun} WHERE {column} = ?1"), [key], |row| row.get(0))
        .unwrap();
    connection.execute(&format!("UPDATE {noun} SET {field} = ?1 WHERE id = ?2"), (value, id)).unwrap();
    connection
        .execute(
            "INSERT INTO history (at, origin, noun, noun_id, action, field, after) VALUES (?1, 'desk', ?2, ?3, 'changed', ?4, ?5)",
            (at, noun, id, field, value),
        )
        .unwrap();
}

#[test]
fn a_desk_edit_newer_than_the_export_stands_and_an_older_one_does_not() {
    let mut shop = Inbox::new();
    shop.write("customers.csv", "code,phone,city\n1,0101,Breda\n");
    shop.import();
    // The file is of 11:00; the receptionist corrected the number at 11:30.
    type_at_desk(&shop, "customer", "1", "phone", "0202", "2015-05-01T11:30:00Z");
    shop.write("customers.csv", "code,phone,city\n1,0101,Tilburg\n");
    let report = shop.import();
    assert_eq!((report.files[0].changed, report.files[0].kept_desk_edits), (1, 1));
    assert!(shop.exported("customers.csv").contains("Tilburg,,0202"));
    // The next export is of 11:45, and still has the old number: now it is the newer word.
    shop.write_at("customers.csv", b"code,phone\n1,0101\n", "2015-05-01T11:45:00Z".parse().unwrap());
    assert_eq!(shop.import().files[0].changed, 1);
    assert!(shop.exported("customers.csv").contains("Tilburg,,0101"));
}

#[test]
fn an_empty_cell_clears_what_came_from_a_file_but_not_what_a_person_typed() {
    let mut shop = Inbox::new();
    shop.write("customers.csv", "code,phone,mobile,city\n1,0101,06,Breda\n");
    shop.import();
    type_at_desk(&shop, "customer", "1", "phone", "0202", "2015-04-01T11:30:00Z");
    shop.write("customers.csv", "code,phone,mobile\n1,,\n");
    let report = shop.import();
    assert_eq!((report.files[0].changed, report.files[0].kept_desk_edits), (1, 1));
    // The column that the file does not have is untouched.
    assert!(shop.exported("customers.csv").contains("Breda,,0202,,"), "{}", shop.exported("customers.csv"));
}

#[test]
fn an_objection_noted_at_the_desk_is_not_lifted_by_a_file() {
    let mut shop = Inbox::new();
    shop.write("customers.csv", "code,contact_allowed\n1,yes\n2,no\n");
    shop.import();
    type_at_desk(&shop, "customer", "1", "contact_allowed", "0", "2015-04-01T11:30:00Z");
    shop.write("customers.csv", "code,contact_allowed\n1,yes\n2,yes\n");
    let report = shop.import();
    assert_eq!((report.files[0].changed, report.files[0].kept_desk_edits), (1, 1));
    assert!(shop.exported("customers.csv").contains("1,private,,,,,,,,,,,,,,,no,"));
}

#[test]
fn every_change_has_its_line_of_history() {
    let mut shop = Inbox::new();
    shop.write("customers.csv", "code,city\n1,Breda\n2,Breda\n");
    shop.write("vehicles.csv", "plate\n12AB34\n");
    shop.write("invoices.csv", "number,customer,total_incl_vat\nF1,1,100\n");
    shop.import();
    let connection = Connection::open(shop.database()).unwrap();
    let lines = || -> Vec<(String, String, Option<String>, Option<String>)> {
        let mut statement = connection
            .prepare(
                "SELECT origin, field, before, after FROM history WHERE import_id IS NOT NULL ORDER BY id",
            )
            .unwrap();
        let rows =
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert!(lines().is_empty());
    shop.write("invoices.csv", "number,customer,plate,total_incl_vat\nF1,2,12-AB-34,\"1.100,50\"\n");
    shop.import();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        lines(),
        [
            ("import".into(), "customer".into(), text("1"), text("2")),
            ("import".into(), "plate".into(), None, text("12AB34")),
            ("import".into(), "total_incl_vat".into(), text("100.00"), text("1100.50")),
        ]
    );
}

#[test]
fn a_reading_that_falls_or_jumps_is_set_aside() {
    let mut shop = Inbox::new();
    shop.write("vehicles.csv", "plate\nAB1234\nCD1234\n");
    shop.write(
        "visits.csv",
        "code,plate,visited_on,odometer_km\n\
         1,AB1234,2014-01-01,100000\n\
         2,AB1234,2015-01-01,90000\n\
         3,AB1234,2015-01-01,300000\n\
         4,AB1234,2015-01-01,300001\n\
         5,AB1234,2013-01-01,100001\n\
         6,AB1234,2014-01-01,150000\n\
         7,CD1234,2014-01-01,5\n\
         8,,2014-01-01,5\n\
         9,AB1234,,5\n",
    );
    let report = shop.import();
    let file = report.files.iter().find(|file| file.file == "visits.csv").unwrap();
    let lines: Vec<_> = file.lines().collect();
    assert_eq!(lines.len(), 3, "{lines:#?}");
    assert!(lines[0].starts_with("visits.csv:3: odometer_km: 90000 km (2015-01-01) is below 100000 km (2014-01-01), which was read before it"));
    assert!(lines[1].starts_with("visits.csv:5: odometer_km: between 300001 km (2015-01-01) and 100000 km (2014-01-01) lie more than 200000 km a year"));
    assert!(
        lines[2].starts_with(
            "visits.csv:6: odometer_km: 100001 km (2013-01-01) is above 100000 km (2014-01-01), which was read after it"
        ),
        "{}",
        lines[2]
    );
    // A correction that would make a reading impossible is set aside too, and nothing of it stays.
    shop.write(
        "visits.csv",
        "code,plate,visited_on,odometer_km\n3,AB1234,2015-01-01,99999\n1,AB1234,2014-01-01,101000\n",
    );
    let report = shop.import();
    let file = report.files.iter().find(|file| file.file == "visits.csv").unwrap();
    assert_eq!((file.changed, file.rejected), (1, 1));
    assert!(shop.exported("visits.csv").contains("3,AB1234,,2015-01-01,300000"));
    // The vehicle's latest visit follows.
    let connection = Connection::open(shop.database()).unwrap();
    let last: String = connection
        .query_row("SELECT last_visit_on FROM vehicle WHERE plate = 'AB1234'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(last, "2015-01-01");
}

#[test]
fn a_large_file_leaves_the_same_behind_as_many_small_ones() {
    let rows = 6000;
    let plate =
        |number: i32| format!("{:02}AB{:02}X{:02}", number % 100, number / 100 % 100, number / 10_000);
    let vehicles: Vec<String> = (0..rows).map(|number| format!("{},2015-05-01\n", plate(number))).collect();
    let visits: Vec<String> = (0..rows)
        .map(|number| {
            format!("V{number},{},2014-0{}-01,{}\n", plate(number * 7 % rows), 1 + number % 9, 1000)
        })
        .collect();
    let heads = ["plate,inspection_expires_on\n", "code,plate,visited_on,odometer_km\n"];
    let mut large = Inbox::new();
    large.write("vehicles.csv", &format!("{}{}", heads[0], vehicles.concat()));
    large.write("visits.csv", &format!("{}{}", heads[1], visits.concat()));
    let report = large.import();
    assert_eq!((report.files[0].added, report.files[1].added), (6000, 6000));
    let mut small = Inbox::new();
    for part in 0..4 {
        let range = part * 1500..(part + 1) * 1500;
        small.write("vehicles.csv", &format!("{}{}", heads[0], vehicles[range].concat()));
        small.import();
    }
    std::fs::remove_file(small.folder().join("vehicles.csv")).unwrap();
    for part in 0..4 {
        let range = part * 1500..(part + 1) * 1500;
        small.write("visits.csv", &format!("{}{}", heads[1], visits[range].concat()));
        small.import();
    }
    assert_eq!(large.export(), small.export());
    let dump = |shop: &Inbox| {
        let connection = Connection::open(shop.database()).unwrap();
        let read = |sql: &str| -> Vec<String> {
            let mut statement = connection.prepare(sql).unwrap();
            let rows = statement.query_map([], |row| row.get(0)).unwrap();
            rows.map(Result::unwrap).collect()
        };
        let schema = read("SELECT type || name || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name");
        (schema, read("SELECT plate || coalesce(last_visit_on, '-') FROM vehicle ORDER BY plate"))
    };
    assert_eq!(dump(&large), dump(&small));
    large.store.check().unwrap();
}
