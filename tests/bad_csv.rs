//! What other systems get wrong, and what Balie says about it. In each case the good rows beside the
//! bad one go in: nothing else is lost.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod inbox;

use inbox::Inbox;

/// A bad row: what is wrong, the file, its text, the good rows in it, and what is said.
struct Bad(&'static str, &'static str, &'static str, u64, &'static [&'static str]);

const CUSTOMERS: &str = "customers.csv";
const EMPLOYEES: &str = "employees.csv";
const VEHICLES: &str = "vehicles.csv";
const OWNERSHIPS: &str = "ownerships.csv";
const VISITS: &str = "visits.csv";
const INVOICES: &str = "invoices.csv";
const SALES: &str = "sales.csv";
const INSPECTIONS: &str = "inspections.csv";
const QUOTES: &str = "quotes.csv";
const APPOINTMENTS: &str = "appointments.csv";

#[rustfmt::skip]
const ROWS: &[Bad] = &[
    // The row itself.
    Bad("a cell too few", CUSTOMERS, "code,name,city\n1,Jansen\n2,Smit,Breda\n", 1,
        &["2: row: it has 2 cells, the first line has 3; look for a separator that is missing or too many"]),
    Bad("a cell too many", CUSTOMERS, "code,name\n1,Jansen, Jan\n2,Smit\n", 1,
        &["2: row: it has 3 cells, the first line has 2; look for a separator that is missing or too many"]),
    Bad("another separator in one row", CUSTOMERS, "code;name\n1,Jansen\n2;Smit\n", 1,
        &["2: row: it has 1 cells, the first line has 2; look for a separator that is missing or too many"]),
    Bad("a quotation mark that is never closed", CUSTOMERS, "code,name\n1,\"Jansen\n2,Smit\n", 1,
        &["2: row: a quotation mark opens cell 2 and is never closed; double it or take it out"]),
    Bad("a quotation mark inside a quoted cell", CUSTOMERS, "code,name\n1,\"de \"Jan\" zelf\"\n2,Smit\n", 1,
        &["2: row: something stands behind the closing quotation mark of cell 2; double the marks inside a cell"]),
    Bad("text behind a closed quotation", CUSTOMERS, "code,name\n1,\"Jansen\"x\n2,Smit\n", 1,
        &["2: row: something stands behind the closing quotation mark of cell 2; double the marks inside a cell"]),
    Bad("the line after a cell of two lines", CUSTOMERS, "code,notes,kind\n1,\"een\ntwee\",private\n2,drie,friend\n", 1,
        &["4: kind: 'friend' is not known here; write one of: private, company, trader, prospect"]),
    Bad("a row of another encoding", CUSTOMERS, "code,name\n1,B\u{fffd}lent\n2,Özdemir\n3,Müller\n", 2,
        &["2: name: has signs that are not UTF-8, while the rest of the file is; write it again"]),
    Bad("a sign that is no text", CUSTOMERS, "code,name\n2,Smit\n1,Jan\0sen\n", 1,
        &["3: name: has a sign that is no text (code 0); take it out"]),
    Bad("several things at once", VEHICLES, "plate,warranty_until,cost_per_km\n!!,gisteren,duur\n34CD56,,\n", 1,
        &["2: plate: '!' does not stand on a plate; write letters, digits and dashes",
          "2: warranty_until: this is not a date; write YYYY-MM-DD or DD-MM-YYYY",
          "2: cost_per_km: this is not an amount; write 1234.56 or 1.234,56"]),
    // Keys.
    Bad("no code", CUSTOMERS, "code,name\n,Jansen\n2,Smit\n", 1,
        &["2: code: is empty; without it the row cannot be told from others"]),
    Bad("a code of blanks", CUSTOMERS, "code,name\n   ,Jansen\n2,Smit\n", 1,
        &["2: code: is empty; without it the row cannot be told from others"]),
    Bad("a code with a line end", CUSTOMERS, "code,name\n\"1\n2\",Jansen\n2,Smit\n", 1,
        &["2: code: has a line end or another sign that does not belong in a code or number"]),
    Bad("the same key twice, saying otherwise", CUSTOMERS, "code,name\n1,Jansen\n2,Smit\n1,Janssen\n", 2,
        &["4: code: line 2 has the same key and says otherwise; leave one of the two"]),
    Bad("no plate", VEHICLES, "plate,make\n,OPEL\n34CD56,OPEL\n", 1,
        &["2: plate: is empty; without it the row cannot be told from others"]),
    Bad("a plate of dashes", VEHICLES, "plate,make\n--,OPEL\n34CD56,OPEL\n", 1, &["2: plate: the plate is empty"]),
    Bad("a plate with an odd sign", VEHICLES, "plate\n12*AB*34\n34CD56\n", 1,
        &["2: plate: '*' does not stand on a plate; write letters, digits and dashes"]),
    Bad("two plates in one cell", VEHICLES, "plate\n12AB34/34CD56\n34CD56\n", 1,
        &["2: plate: '/' does not stand on a plate; write letters, digits and dashes"]),
    Bad("a plate that is too long", VEHICLES, "plate\n12AB3434CD56X\n34CD56\n", 1,
        &["2: plate: a plate has at most 12 letters and digits, this one has 13"]),
    Bad("an ownership without a first day", OWNERSHIPS, "plate,customer,from_on\n12AB34,K1,\n12AB34,K1,2015-01-01\n", 1,
        &["2: from_on: is empty; without it the row cannot be told from others"]),
    Bad("an ownership from an unknown day", OWNERSHIPS, "plate,customer,from_on\n12AB34,K1,0000-00-00\n12AB34,K1,2015-01-01\n", 1,
        &["2: from_on: is empty; without it the row cannot be told from others"]),
    Bad("an invoice without a number", INVOICES, "number,customer\n,K1\nF2,K1\n", 1,
        &["2: number: is empty; without it the row cannot be told from others"]),
    // References.
    Bad("an unknown plate", VISITS, "code,plate\nB1,99-ZZ-99\nB2,12-AB-34\n", 1,
        &["2: plate: there is no vehicle with plate 99ZZ99; import it with vehicles.csv first, or correct it here"]),
    Bad("an unknown customer", VISITS, "code,customer\nB1,K9\nB2,K1\n", 1,
        &["2: customer: there is no customer with code K9; import it with customers.csv first, or correct it here"]),
    Bad("a code in another case", SALES, "number,customer\nV1,k1\nV2,K1\n", 1,
        &["2: customer: there is no customer with code k1; import it with customers.csv first, or correct it here"]),
    Bad("an owner that is not there", OWNERSHIPS, "plate,customer,from_on\n12AB34,K7,2015-01-01\n12AB34,K1,2015-01-01\n", 1,
        &["2: customer: there is no customer with code K7; import it with customers.csv first, or correct it here"]),
    Bad("an inspection of an unknown vehicle", INSPECTIONS, "plate,inspected_on\n99ZZ99,2015-01-01\n12AB34,2015-01-01\n", 1,
        &["2: plate: there is no vehicle with plate 99ZZ99; import it with vehicles.csv first, or correct it here"]),
    Bad("a broken plate in a reference", INVOICES, "number,plate\nF1,12_AB_34\nF2,12AB34\n", 1,
        &["2: plate: '_' does not stand on a plate; write letters, digits and dashes"]),
    // Dates.
    Bad("a date in words", VEHICLES, "plate,warranty_until\n34CD56,volgende week\n56EF78,2015-05-01\n", 1,
        &["2: warranty_until: this is not a date; write YYYY-MM-DD or DD-MM-YYYY"]),
    Bad("a date in the other form", VEHICLES, "plate,warranty_until\n34CD56,01-05-2015\n56EF78,2015-05-01\n78GH90,2015-05-02\n", 2,
        &["2: warranty_until: '01-05-2015' is written otherwise than the rest of this column, which is YYYY-MM-DD"]),
    Bad("a year-first date among day-first ones", VEHICLES, "plate,warranty_until\n34CD56,20150501\n56EF78,1-5-2015\n78GH90,2/5/2015\n", 2,
        &["2: warranty_until: '20150501' is written otherwise than the rest of this column, which is DD-MM-YYYY"]),
    Bad("a column with the month first", VEHICLES, "plate,warranty_until\n34CD56,04/25/2015\n56EF78,\n", 1,
        &["2: warranty_until: '04/25/2015': this column has the month before the day, which is not read; export it as YYYY-MM-DD"]),
    Bad("one date with the month first", VEHICLES, "plate,warranty_until\n34CD56,04/25/2015\n56EF78,25/04/2015\n", 1,
        &["2: warranty_until: '04/25/2015': there is no month 25"]),
    Bad("a year of two digits", VEHICLES, "plate,warranty_until\n34CD56,01-05-15\n56EF78,\n", 1,
        &["2: warranty_until: '01-05-15': write the year with four digits"]),
    Bad("a thirteenth month", VEHICLES, "plate,warranty_until\n34CD56,2015-13-01\n56EF78,\n", 1,
        &["2: warranty_until: '2015-13-01': there is no month 13"]),
    Bad("a thirty-first of June", VEHICLES, "plate,warranty_until\n34CD56,2015-06-31\n56EF78,\n", 1,
        &["2: warranty_until: '2015-06-31': there is no day 31 in that month"]),
    Bad("a 29 February of a common year", VEHICLES, "plate,warranty_until\n34CD56,29-02-2015\n56EF78,\n", 1,
        &["2: warranty_until: '29-02-2015': there is no day 29 in that month"]),
    Bad("a day nought", VEHICLES, "plate,warranty_until\n34CD56,2015-05-00\n56EF78,\n", 1,
        &["2: warranty_until: '2015-05-00': there is no day 0 in that month"]),
    Bad("a year that cannot be", VEHICLES, "plate,warranty_until\n34CD56,0215-05-01\n56EF78,\n", 1,
        &["2: warranty_until: '0215-05-01': the year 215 is not believed; it must be 1900 to 2100"]),
    Bad("a year far ahead", VEHICLES, "plate,warranty_until\n34CD56,2105-05-01\n56EF78,\n", 1,
        &["2: warranty_until: '2105-05-01': the year 2105 is not believed; it must be 1900 to 2100"]),
    Bad("a spreadsheet's number", VEHICLES, "plate,warranty_until\n34CD56,42125\n56EF78,\n", 1,
        &["2: warranty_until: '42125' is a spreadsheet's number of a day; format the column as YYYY-MM-DD"]),
    Bad("mixed marks in a date", VEHICLES, "plate,warranty_until\n34CD56,2015-05/01\n56EF78,\n", 1,
        &["2: warranty_until: '2015-05/01' is not a date; write YYYY-MM-DD or DD-MM-YYYY"]),
    Bad("a date without a day", VEHICLES, "plate,warranty_until\n34CD56,05-2015\n56EF78,\n", 1,
        &["2: warranty_until: '05-2015' is not a date; write YYYY-MM-DD or DD-MM-YYYY"]),
    Bad("a date with a time zone", VISITS, "code,visited_on\nB1,2015-05-01T23:00:00Z\nB2,2015-05-01\n", 1,
        &["2: visited_on: the time has a time zone; write the shop's own time without one"]),
    Bad("a date with half a time", VISITS, "code,visited_on\nB1,2015-05-01 25:00\nB2,2015-05-01\n", 1,
        &["2: visited_on: the time behind the date is not HH:MM or HH:MM:SS"]),
    Bad("owned until before owned from", OWNERSHIPS, "plate,customer,from_on,until_on\n12AB34,K1,2015-05-01,2015-04-30\n12AB34,K1,2015-01-01,2015-05-01\n", 1,
        &["2: until_on: 2015-04-30 is before from_on 2015-05-01"]),
    Bad("a quote valid until before its issue", QUOTES, "number,kind,issued_on,valid_until\nO1,car,2015-05-01,2015-04-01\nO2,car,2015-05-01,2015-06-01\n", 1,
        &["2: valid_until: 2015-04-01 is before issued_on 2015-05-01"]),
    // Date-times.
    Bad("an appointment in a time zone", APPOINTMENTS, "number,starts_at\nA1,2015-05-01T09:00+02:00\nA2,2015-05-01T09:00\n", 1,
        &["2: starts_at: the time has a time zone; write the shop's own time without one"]),
    Bad("an appointment without minutes", APPOINTMENTS, "number,starts_at\nA1,2015-05-01T9\nA2,2015-05-01 9:00\n", 1,
        &["2: starts_at: the time behind the date is not HH:MM or HH:MM:SS"]),
    Bad("an appointment in words", APPOINTMENTS, "number,starts_at\nA1,vrijdag 9 uur\nA2,\n", 1,
        &["2: starts_at: 'vrijdag 9 uur' is not a date; write YYYY-MM-DD or DD-MM-YYYY"]),
    Bad("an end before its beginning", APPOINTMENTS, "number,starts_at,ends_at\nA1,2015-05-01T10:00,2015-05-01T09:00\nA2,2015-05-01T09:00,2015-05-01T10:00\n", 1,
        &["2: ends_at: 2015-05-01T09:00:00 is before starts_at 2015-05-01T10:00:00"]),
    // Amounts.
    Bad("an amount in words", INVOICES, "number,total_incl_vat\nF1,duizend\nF2,1000\n", 1,
        &["2: total_incl_vat: this is not an amount; write 1234.56 or 1.234,56"]),
    Bad("an amount with three decimals", INVOICES, "number,total_incl_vat\nF1,1234.567\nF2,1000\n", 1,
        &["2: total_incl_vat: '1234.567' has more than 2 decimals"]),
    Bad("an amount with marks in odd places", INVOICES, "number;total_incl_vat\nF1;1.23,45,6\nF2;1000\n", 1,
        &["2: total_incl_vat: '1.23,45,6' is not an amount; write 1234.56 or 1.234,56"]),
    Bad("an amount of another world", INVOICES, "number,total_incl_vat\nF1,99999999999999999999\nF2,1000\n", 1,
        &["2: total_incl_vat: '99999999999999999999' is larger than any amount Balie can hold"]),
    Bad("a price in dollars", SALES, "number,price\nV1,$12500\nV2,12500\n", 1,
        &["2: price: '$12500' is not an amount; write 1234.56 or 1.234,56"]),
    Bad("a kilometre that costs less than nothing", VEHICLES, "plate,cost_per_km\n34CD56,-0.10\n56EF78,0.10\n", 1,
        &["2: cost_per_km: '-0.10' is below 0"]),
    // Kilometres.
    Bad("kilometres with a unit", VISITS, "code,odometer_km\nB1,41200 km\nB2,41200\n", 1,
        &["2: odometer_km: '41200 km' is not a whole number of kilometres"]),
    Bad("half a kilometre", VISITS, "code,odometer_km\nB1,41200.5\nB2,41.200\n", 1,
        &["2: odometer_km: '41200.5' is not a whole number of kilometres"]),
    Bad("kilometres below nought", VISITS, "code,odometer_km\nB1,-5\nB2,5\n", 1,
        &["2: odometer_km: '-5' is not a whole number of kilometres"]),
    Bad("more than any car has driven", VISITS, "code,odometer_km\nB1,10000000\nB2,5\n", 1,
        &["2: odometer_km: '10000000' is more than any car has driven (9999999 km)"]),
    Bad("a reading that falls", VISITS, "code,plate,visited_on,odometer_km\nB1,12AB34,2014-01-01,50000\nB2,12AB34,2015-01-01,49999\n", 1,
        &["3: odometer_km: 49999 km (2015-01-01) is below 50000 km (2014-01-01), which was read before it; correct the reading or its date"]),
    Bad("a reading above a later one", VISITS, "code,plate,visited_on,odometer_km\nB1,12AB34,2015-01-01,50000\nB2,12AB34,2014-01-01,50001\n", 1,
        &["3: odometer_km: 50001 km (2014-01-01) is above 50000 km (2015-01-01), which was read after it; correct the reading or its date"]),
    Bad("a reading that jumps", VISITS, "code,plate,visited_on,odometer_km\nB1,12AB34,2014-01-01,50000\nB2,12AB34,2015-01-01,250001\n", 1,
        &["3: odometer_km: between 250001 km (2015-01-01) and 50000 km (2014-01-01) lie more than 200000 km a year; correct the reading or its date"]),
    // Words.
    Bad("an unknown kind of customer", CUSTOMERS, "code,kind\n1,zakelijk\n2,Company\n", 1,
        &["2: kind: 'zakelijk' is not known here; write one of: private, company, trader, prospect"]),
    Bad("a language Balie does not speak", CUSTOMERS, "code,language\n1,fr\n2,nl-NL\n", 1,
        &["2: language: 'fr' is not known here; write one of: nl, de, pt, en"]),
    Bad("neither yes nor no", CUSTOMERS, "code,contact_allowed\n1,soms\n2,ja\n", 1,
        &["2: contact_allowed: 'soms' is neither yes nor no"]),
    Bad("an unknown role", EMPLOYEES, "code,role\nJAN,chef\nELS,Manager\n", 1,
        &["2: role: 'chef' is not known here; write one of: reception, manager"]),
    Bad("neither here nor gone", EMPLOYEES, "code,active\nJAN,2\nELS,1\n", 1, &["2: active: '2' is neither yes nor no"]),
    Bad("an unknown result", INSPECTIONS, "plate,inspected_on,result\n12AB34,2015-01-01,goed\n12AB34,2014-01-01,PASS\n", 1,
        &["2: result: 'goed' is not known here; write one of: pass, fail"]),
    Bad("advice that is no code", INSPECTIONS, "plate,inspected_on,advice\n12AB34,2015-01-01,banden!\n12AB34,2014-01-01,ac1 AC5\n", 1,
        &["2: advice: 'BANDEN!' is not an advice code; write codes such as AC1 AC5"]),
    Bad("an unknown kind of quote", QUOTES, "number,kind\nO1,motor\nO2,car\n", 1,
        &["2: kind: 'motor' is not known here; write one of: workshop, car, agreement"]),
    Bad("a quote without a kind", QUOTES, "number,kind\nO1,\nO2,car\n", 1, &["2: kind: is empty, and a new row needs it"]),
    Bad("an unknown status", QUOTES, "number,kind,status\nO1,car,pending\nO2,car,OPEN\n", 1,
        &["2: status: 'pending' is not known here; write one of: open, accepted, rejected"]),
    Bad("an unknown kind of appointment", APPOINTMENTS, "number,kind\nA1,apk\nA2,inspection\n", 1,
        &["2: kind: 'apk' is not known here; write one of: inspection, service, repair, other"]),
    Bad("an unknown status of an appointment", APPOINTMENTS, "number,status\nA1,no-show\nA2,done\n", 1,
        &["2: status: 'no-show' is not known here; write one of: planned, done, cancelled"]),
];

/// A file that does not go in at all, and what is said.
const FILES: &[(&str, &str, &[u8], &str)] = &[
    ("an empty file", CUSTOMERS, b"", "it is empty"),
    ("only a mark", CUSTOMERS, b"\xEF\xBB\xBF", "it is empty"),
    ("no names of columns", CUSTOMERS, b"1,Jansen\n2,Smit\n", "its first line has no column 'code'"),
    ("a key that is not there", OWNERSHIPS, b"plate,from_on\n", "its first line has no column 'customer'"),
    ("a column twice", CUSTOMERS, b"code,name,Name\n", "the column 'name' stands twice"),
    ("a spreadsheet", CUSTOMERS, b"PK\x03\x04\x14\x00", "it is a spreadsheet, not CSV"),
    ("an old spreadsheet", CUSTOMERS, &[0xD0, 0xCF, 0x11, 0xE0, 0xA1], "it is a spreadsheet, not CSV"),
    ("UTF-16 without a mark", CUSTOMERS, b"c\0o\0d\0e\0\n\0", "it is not text in UTF-8 or Windows-1252"),
    ("a broken first line", CUSTOMERS, b"code,\"name\n1,Jansen\n", "is never closed"),
];

/// A shop with a vehicle and a customer to refer to.
fn shop() -> Inbox {
    let mut shop = Inbox::new();
    shop.write(CUSTOMERS, "code\nK1\n");
    shop.write(VEHICLES, "plate\n12AB34\n");
    shop.import();
    for file in [CUSTOMERS, VEHICLES] {
        std::fs::remove_file(shop.folder().join(file)).unwrap();
    }
    shop
}

#[test]
fn each_bad_row_is_named_and_the_others_go_in() {
    assert!(ROWS.len() + FILES.len() >= 60);
    for Bad(what, file, text, good, said) in ROWS {
        let mut shop = shop();
        // A replacement sign stands for a byte of Windows-1252 here.
        let mut bytes = Vec::new();
        for sign in text.chars() {
            match sign {
                '\u{fffd}' => bytes.push(0xFC),
                sign => bytes.extend_from_slice(sign.to_string().as_bytes()),
            }
        }
        shop.write_bytes(file, &bytes);
        let report = shop.import();
        let report = &report.files[0];
        assert_eq!(report.problem, None, "{what}");
        let lines: Vec<String> = report.lines().collect();
        let wanted: Vec<String> = said.iter().map(|said| format!("{file}:{said}")).collect();
        assert_eq!(lines, wanted, "{what}");
        assert_eq!((report.added, report.rejected), (*good, 1), "{what}");
        let rejects = std::fs::read(shop.rejects().join(file)).unwrap();
        let rejects = String::from_utf8(rejects).unwrap();
        assert!(rejects.starts_with("reason"), "{what}: {rejects}");
        assert!(
            rejects.contains(&said[0].split_once(": ").unwrap().1.replace('"', "\"\"")),
            "{what}: {rejects}"
        );
    }
}

#[test]
fn a_file_that_is_no_csv_says_what_it_is() {
    for (what, file, bytes, said) in FILES {
        let mut shop = shop();
        shop.write_bytes(file, bytes);
        let report = shop.import();
        let problem = report.files[0].problem.as_ref().map(ToString::to_string).unwrap_or_default();
        assert!(problem.contains(said), "{what}: {problem}");
        assert!(!shop.rejects().join(file).exists());
    }
}

#[test]
fn what_is_odd_but_clear_is_understood() {
    for (what, file, text, exported) in [
        ("blank lines", CUSTOMERS, "code,name\n\n1,Smit\n\n\n", "1,private,,,Smit"),
        ("rows of separators", CUSTOMERS, "code,name\n,\n1,Smit\n,,\n , \n", "1,private,,,Smit"),
        ("no last line end", CUSTOMERS, "code,name\n1,Smit", "1,private,,,Smit"),
        ("a last separator in the first line", CUSTOMERS, "code,name,\n1,Smit,\n", "1,private,,,Smit"),
        ("names in capitals with blanks", CUSTOMERS, " CODE , Name\n1,Smit\n", "1,private,,,Smit"),
        ("columns that are not known", CUSTOMERS, "code,hobby,name\n1,chess,Smit\n", "1,private,,,Smit"),
        ("blanks around a code", INVOICES, "number,customer\n F1 , K1 \n", "F1,K1,"),
        ("blanks behind a quotation", CUSTOMERS, "code,name\n1,\"Smit\" \n", "1,private,,,Smit"),
        ("an inch", CUSTOMERS, "code,notes\n1,17\" velgen\n", "\"17\"\" velgen\""),
        (
            "a decimal comma in a comma file",
            INVOICES,
            "number,total_incl_vat\nF1,\"1.234,5\"\n",
            "F1,,,,1234.50",
        ),
        ("a day-first date with a time", VISITS, "code,visited_on\nB1,1/5/2015 0:00:00\n", "B1,,,2015-05-01"),
        ("an unknown date", VISITS, "code,visited_on\nB1,31-12-9999\n", "B1,,,,"),
        (
            "an appointment on a day",
            APPOINTMENTS,
            "number,starts_at\nA1,2015-05-01\n",
            "A1,other,,,2015-05-01T00:00:00",
        ),
        ("the same row twice", CUSTOMERS, "code,name\n1,Smit\n1,Smit\n", "1,private,,,Smit"),
    ] {
        let mut shop = shop();
        shop.write(file, text);
        let report = shop.import();
        // A row of too many separators is a row of the wrong length, but an empty one.
        assert_eq!((report.files[0].added, report.files[0].rejected), (1, 0), "{what}: {report:?}");
        assert!(shop.exported(file).contains(exported), "{what}: {}", shop.exported(file));
    }
}

#[test]
fn names_and_numbers_of_people_are_not_repeated() {
    let mut shop = shop();
    shop.write(
        CUSTOMERS,
        "code,name,phone,kind,contact_allowed\nJanssen met een hele lange naam,x,y,,\n1,Geheim,0611112222,private,misschien wel nee\n2,Geh\0eim,06,private,\n",
    );
    shop.write(VISITS, "code,visited_on,odometer_km\nB1,Jansen-Geheim,Geheim\n");
    let report = shop.import();
    for file in &report.files {
        for line in file.lines() {
            assert!(!line.contains("Geheim") && !line.contains("0611112222"), "{line}");
        }
    }
}
