//! Whatever stands in the database comes out and goes in again as the same bytes; and no file, of
//! whatever bytes, makes the import stumble or leaves half of itself behind.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod inbox;

use inbox::Inbox;
use proptest::prelude::*;
use rusqlite::{Connection, params};

/// A text as people and other systems write it, or unknown.
fn text() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(prop_oneof![
        "[A-Za-z ]{1,12}",
        "[\"',;|\t\r\n=+@ a\u{a0}é€ß😀-]{1,10}",
        "\\PC{1,8}",
        Just("reason".to_owned()),
        Just("\u{feff}mark".to_owned()),
        Just("0012".to_owned()),
    ])
    .prop_map(|text| text.filter(|text| !text.trim().is_empty()))
}

fn day() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(
        (1901..2100_i32, 1..=12_u32, 1..=28_u32).prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}")),
    )
}

/// A customer, a vehicle, and what happened between them.
type Row = (Vec<Option<String>>, Vec<Option<String>>, Vec<Option<String>>, Option<i64>, Option<bool>);

fn row() -> impl Strategy<Value = Row> {
    (
        proptest::collection::vec(text(), 12),
        proptest::collection::vec(day(), 8),
        proptest::collection::vec(text(), 5),
        proptest::option::of(-1_000_000..100_000_000_i64),
        proptest::option::of(any::<bool>()),
    )
}

/// Writes rows straight into the tables, as the desk does.
fn fill(shop: &Inbox, rows: &[Row]) {
    let connection = Connection::open(shop.database()).unwrap();
    for (number, (texts, days, more, amount, yes)) in rows.iter().enumerate() {
        let id = number as i64 + 1;
        // Codes are kept without blanks around them.
        let code =
            format!("{}#{number}", texts[0].as_deref().unwrap_or("k").replace(['\r', '\n', '\t'], "").trim());
        let code = if code.chars().any(char::is_control) { format!("k{number}") } else { code };
        connection
            .execute(
                "INSERT INTO customer (id, code, kind, name, company, street, phone, email, notes, contact_allowed, language)
                 VALUES (?1, ?2, 'company', ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'pt')",
                params![id, code, texts[1], texts[2], texts[3], texts[4], texts[5], texts[6], yes],
            )
            .unwrap();
        connection
            .execute(
                "INSERT INTO vehicle (id, plate, make, model, repair_advice, first_registered_on, inspection_expires_on, cost_per_km)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![id, format!("P{number}"), more[0], more[1], more[2], days[0], days[1], amount.map(i64::abs)],
            )
            .unwrap();
        connection
            .execute(
                "INSERT INTO ownership (vehicle_id, customer_id, from_on) VALUES (?1, ?1, ?2)",
                params![id, days[2].as_deref().unwrap_or("2015-01-01")],
            )
            .unwrap();
        connection
            .execute(
                "INSERT INTO visit (code, vehicle_id, customer_id, visited_on, odometer_km, description) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![code, yes.map(|_| id), id, days[3], amount.map(|km| km.abs() % 1_000_000), texts[7]],
            )
            .unwrap();
        connection
            .execute(
                "INSERT INTO invoice (number, customer_id, invoiced_on, total_cents) VALUES (?1, ?2, ?3, ?4)",
                params![code, yes.map(|_| id), days[4], amount],
            )
            .unwrap();
        connection
            .execute(
                "INSERT INTO quote (number, kind, vehicle_id, valid_until, total_cents, status) VALUES (?1, 'car', ?2, ?3, ?4, 'rejected')",
                params![code, id, days[5], amount],
            )
            .unwrap();
        connection
            .execute(
                "INSERT INTO appointment (number, kind, vehicle_id, starts_at, status) VALUES (?1, 'service', ?2, ?3, 'done')",
                params![code, id, days[6].as_ref().map(|day| format!("{day}T09:30:00"))],
            )
            .unwrap();
        if let Some(day) = &days[7] {
            connection
                .execute("INSERT INTO inspection (vehicle_id, inspected_on, result, advice) VALUES (?1, ?2, 'fail', 'AC1 X9')", params![id, day])
                .unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn export_import_export_gives_the_same_bytes(rows in proptest::collection::vec(row(), 1..6)) {
        let shop = Inbox::new();
        fill(&shop, &rows);
        let first = shop.export();
        let mut other = Inbox::new();
        for (name, bytes) in &first {
            other.write_bytes(name, bytes);
        }
        let report = other.import();
        for file in &report.files {
            prop_assert_eq!(&file.problem, &None);
            prop_assert_eq!(file.rejected, 0, "{}: {:?}", file.file, file.lines().collect::<Vec<_>>());
        }
        prop_assert_eq!(other.export(), first);
        let again = other.import();
        prop_assert!(again.files.iter().all(|file| file.added + file.changed + file.rejected == 0));
    }

    #[test]
    fn no_bytes_make_the_import_stumble(
        which in 0..10_usize,
        head in any::<bool>(),
        bytes in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            "[a-z0-9,;\"\r\n -]{0,200}".prop_map(String::into_bytes),
        ],
    ) {
        let mut shop = Inbox::new();
        shop.write_all();
        shop.import();
        let before = shop.export();
        let (name, file) = before.iter().nth(which).unwrap();
        let header = file.split(|byte| *byte == b'\n').next().unwrap();
        let mut text = if head { [header, b"\n"].concat() } else { Vec::new() };
        text.extend_from_slice(&bytes);
        shop.write_bytes(name, &text);
        let report = shop.import();
        let file = report.files.iter().find(|file| &file.file == name).unwrap();
        if file.problem.is_some() {
            prop_assert_eq!(shop.export(), before);
        }
        shop.store.check().unwrap();
    }
}
