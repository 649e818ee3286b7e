//! The ten files, as a shop's own system writes them: in, again, and out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod inbox;

use inbox::{Inbox, report_of};

#[test]
fn a_folder_of_files_goes_in_whatever_the_order_of_their_names() {
    let mut shop = Inbox::new();
    shop.write_all();
    let report = shop.import();
    let counts: Vec<_> =
        report.files.iter().map(|file| (file.file.as_str(), file.added, file.rejected)).collect();
    assert_eq!(
        counts,
        [
            ("employees.csv", 2, 0),
            ("customers.csv", 2, 0),
            ("vehicles.csv", 2, 0),
            ("ownerships.csv", 2, 0),
            ("visits.csv", 2, 0),
            ("invoices.csv", 1, 0),
            ("sales.csv", 1, 0),
            ("inspections.csv", 1, 0),
            ("quotes.csv", 1, 0),
            ("appointments.csv", 1, 0),
        ]
    );
    assert_eq!(report.skipped, ["leesmij.txt"]);
}

#[test]
fn the_same_files_twice_change_nothing() {
    let mut shop = Inbox::new();
    shop.write_all();
    shop.import();
    let before = shop.export();
    let requests = shop.store.collection_request().unwrap();
    let report = shop.import();
    for file in &report.files {
        assert_eq!((file.added, file.changed, file.rejected), (0, 0, 0), "{}", file.file);
        assert!(file.unchanged > 0);
    }
    assert_eq!(shop.export(), before);
    assert_eq!(shop.store.collection_request().unwrap(), requests);
}

#[test]
fn export_into_an_empty_database_and_export_again_gives_the_same_bytes() {
    let mut shop = Inbox::new();
    shop.write_all();
    shop.import();
    let first = shop.export();
    let mut other = Inbox::new();
    for (name, bytes) in &first {
        other.write_bytes(name, bytes);
    }
    let report = other.import();
    assert!(report.files.iter().all(|file| file.rejected == 0 && file.problem.is_none()), "{report:#?}");
    assert_eq!(other.export(), first);
    let customers = String::from_utf8(first["customers.csv"].clone()).unwrap();
    assert!(customers.contains("\"Jansen, \"\"Jan\"\"\""), "{customers}");
    assert!(customers.starts_with("code,kind,salutation,first_name,name,company,"));
    assert!(customers.contains("\r\n"));
    let vehicles = String::from_utf8(first["vehicles.csv"].clone()).unwrap();
    assert!(vehicles.contains("JL29JK,,OPEL,REKORD,20S,,,2015-05-10,"), "{vehicles}");
    let quotes = String::from_utf8(first["quotes.csv"].clone()).unwrap();
    assert!(quotes.contains("1234.56,open"), "{quotes}");
}

#[test]
fn separators_encodings_and_day_first_dates_are_found_by_themselves() {
    let rows = "code;name;city\r\n1;Müller;Köln\r\n";
    for (bytes, what) in [
        (rows.as_bytes().to_vec(), "UTF-8, semicolon"),
        (format!("\u{feff}{rows}").into_bytes(), "with a mark"),
        (rows.replace(';', "\t").into_bytes(), "tab"),
        (rows.replace(';', "|").into_bytes(), "bar"),
        (rows.replace(';', ",").into_bytes(), "comma"),
        (rows.replace("\r\n", "\n").into_bytes(), "Unix line ends"),
        (rows.replace("\r\n", "\r").into_bytes(), "old line ends"),
        (format!("sep=;\r\n{rows}").into_bytes(), "a spreadsheet's first line"),
        (rows.chars().map(|sign| sign as u8).collect(), "Windows-1252"),
        ([0xFF, 0xFE].into_iter().chain(rows.encode_utf16().flat_map(u16::to_le_bytes)).collect(), "UTF-16"),
    ] {
        let mut shop = Inbox::new();
        shop.write_bytes("customers.csv", &bytes);
        let report = shop.import();
        assert_eq!((report.files[0].added, report.files[0].rejected), (1, 0), "{what}: {report:?}");
        let exported = String::from_utf8(shop.export()["customers.csv"].clone()).unwrap();
        assert!(exported.contains("1,private,,,Müller,,,,Köln,"), "{what}: {exported}");
    }
}

#[test]
fn the_form_of_dates_is_decided_over_the_column() {
    let mut shop = Inbox::new();
    shop.write(
        "vehicles.csv",
        "plate,inspection_expires_on,warranty_until\n12-AB-34,10-05-2015,2015-05-10\n\
         56-CD-78,11-05-2015,2015-05-11\n90-EF-12,2015-05-12,2015-05-12\n34-GH-56,00-00-0000,31-12-9999\n",
    );
    let report = shop.import();
    let file = &report.files[0];
    assert_eq!((file.added, file.rejected), (3, 1));
    assert_eq!(
        file.lines().collect::<Vec<_>>(),
        [
            "vehicles.csv:4: inspection_expires_on: '2015-05-12' is written otherwise than the rest of this column, which is DD-MM-YYYY"
        ]
    );
}

#[test]
fn rejects_are_mended_and_imported_from_where_they_lie() {
    let mut shop = Inbox::new();
    shop.write(
        "vehicles.csv",
        "plate;model;inspection_expires_on\n12-AB-34;\"Golf\n\"\"Plus\"\"\";2015-13-01\n56-CD-78;Polo;2015-05-01\n",
    );
    let report = shop.import();
    assert_eq!((report.files[0].added, report.files[0].rejected), (1, 1));
    let path = report.files[0].rejects_file.clone().unwrap();
    let rejects = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        rejects,
        "reason;plate;model;inspection_expires_on\r\n\"inspection_expires_on: '2015-13-01': there is no month 13\";12-AB-34;\"Golf\n\"\"Plus\"\"\";2015-13-01\r\n"
    );
    // Half mended: the same file is written again, with one column of reasons.
    std::fs::write(&path, rejects.replace("2015-13-01\r\n", "2015-14-01\r\n")).unwrap();
    assert_eq!(report_of(&mut shop, &path).files[0].rejected, 1);
    let rejects = std::fs::read_to_string(&path).unwrap();
    assert!(rejects.starts_with("reason;plate;model;"), "{rejects}");
    assert!(rejects.contains("there is no month 14\";12-AB-34;"), "{rejects}");
    std::fs::write(&path, rejects.replace("2015-14-01", "2015-12-01")).unwrap();
    let report = report_of(&mut shop, &path);
    assert_eq!((report.files[0].added, report.files[0].rejected), (1, 0));
    assert!(report.files[0].ignored_columns.is_empty());
    // A complete import clears away the rejects of an earlier one.
    shop.write("vehicles.csv", "plate\n12-AB-34\n");
    shop.import();
    assert!(!path.exists());
}

#[test]
fn strict_lets_nothing_of_a_file_in_and_a_dry_run_nothing_at_all() {
    let mut shop = Inbox::new();
    shop.write("customers.csv", "code,kind\n1,private\n2,friend\n");
    shop.write("vehicles.csv", "plate\n12-AB-34\n");
    shop.write("ownerships.csv", "plate,customer,from_on\n12AB34,1,2015-01-01\n");
    shop.strict = true;
    let report = shop.import();
    assert!(report.failed());
    assert_eq!((report.files[0].added, report.files[0].rejected), (0, 1));
    assert!(report.files[0].problem.as_ref().unwrap().to_string().contains("strict"));
    assert_eq!(report.files[1].added, 1);
    assert_eq!(report.files[2].rejected, 1);

    let mut shop = Inbox::new();
    shop.write_all();
    shop.dry_run = true;
    let report = shop.import();
    assert_eq!(report.files[3].added, 2);
    assert!(shop.store.is_empty().unwrap());
    shop.dry_run = false;
    assert_eq!(shop.import().files[3].added, 2);
}

#[test]
fn a_file_that_cannot_be_read_does_not_hold_up_the_others() {
    let mut shop = Inbox::new();
    shop.write("customers.csv", "naam,plaats\nJansen,Amsterdam\n");
    shop.write_bytes("employees.csv", b"PK\x03\x04rest");
    shop.write("vehicles.csv", "plate\n12-AB-34\n");
    shop.write("visits.csv", "");
    let report = shop.import();
    assert!(report.failed());
    let problem =
        |index: usize| report.files[index].problem.as_ref().map(ToString::to_string).unwrap_or_default();
    assert!(problem(0).contains("spreadsheet"));
    assert!(problem(1).contains("no column 'code'"), "{}", problem(1));
    assert_eq!(report.files[2].added, 1);
    assert!(problem(3).contains("empty"));
}
