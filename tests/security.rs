//! What a stranger can try with what they may touch: the shop's files, the drop folder, a form at the
//! desk, the other side of a connection. README's page on threats says the rest.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod shop;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use balie::collect::files::drop_folder::DropFolder;
use balie::domain::customer::Customer;
use balie::domain::edit::{CallNote, Outcome, TaskEdit};
use balie::domain::ids::CustomerId;
use balie::domain::rule::RuleKey;
use balie::domain::search::CustomerQuery;
use balie::domain::task::StatusFilter;
use balie::store::task_edit::Save;
use shop::Shop;

/// What breaks out of SQL, of a template, of a full-text query, of a shell, of a cell.
const HOSTILE: [&str; 12] = [
    "'; DROP TABLE customer; --",
    "\" OR \"\"=\"",
    "x' UNION SELECT pin_hash FROM employee --",
    "{plate} {date} {{salutation}} {unknown}",
    "%s%n%x ${HOME} $(id) `id`",
    "name:* NEAR(a b) AND NOT \"x",
    "../../../../etc/passwd",
    "<script>alert(1)</script>&amp;",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|x",
    "+A1-A2",
    "-A1\n=B1",
];

fn balie(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_balie"));
    command.env_remove("BALIE_CONFIG").env_remove("BALIE_TODAY").arg("--data-dir").arg(data);
    command.args(arguments).current_dir(data).stdin(Stdio::null()).output().unwrap()
}

fn done(data: &Path, arguments: &[&str]) -> String {
    let output = balie(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Writes a CSV file with whatever cells.
fn csv(path: &Path, rows: &[Vec<String>]) {
    let mut writer = csv::Writer::from_path(path).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.flush().unwrap();
}

fn cells(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Whether a spreadsheet would compute it; telephone numbers and amounts are harmless.
fn computes(cell: &str) -> bool {
    cell.trim_start().starts_with(['=', '+', '-', '@'])
        && cell.contains(|sign: char| sign.is_alphabetic() || "=@|!*".contains(sign))
}

/// A folder with every text column of every file full of the text.
fn hostile_export(folder: &Path, text: &str) {
    fs::create_dir_all(folder).unwrap();
    let own = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let write = |name: &str, head: &[&str], row: &[&str]| csv(&folder.join(name), &[own(head), own(row)]);
    // A code is one line.
    let code = &text.replace('\n', " ");
    write("employees.csv", &["code", "name"], &[code, text]);
    let texts = [
        "salutation",
        "first_name",
        "name",
        "company",
        "street",
        "postcode",
        "city",
        "country",
        "phone",
        "mobile",
        "email",
        "tax_id",
        "coc_id",
        "notes",
    ];
    write(
        "customers.csv",
        &[&["code"], &texts[..]].concat(),
        &[&[code.as_str()], &vec![text; texts.len()][..]].concat(),
    );
    let texts = ["vin", "make", "model", "variant", "roadside_provider", "repair_advice"];
    let head = [&["plate", "inspection_expires_on"], &texts[..]].concat();
    write("vehicles.csv", &head, &[&["JL-29-JK", "2015-05-10"], &vec![text; texts.len()][..]].concat());
    write("ownerships.csv", &["plate", "customer", "from_on"], &["JL29JK", code, "2010-01-01"]);
    write(
        "visits.csv",
        &["code", "plate", "customer", "visited_on", "description"],
        &[code, "JL29JK", code, "2015-03-01", text],
    );
    write("invoices.csv", &["number", "customer", "total_incl_vat"], &[code, code, "-12.50"]);
    write("sales.csv", &["number", "customer"], &[code, code]);
    write("quotes.csv", &["number", "kind", "customer"], &[code, "car", code]);
    write("appointments.csv", &["number", "customer"], &[code, code]);
}

#[test]
fn hostile_texts_in_every_column_of_the_files_stay_texts() {
    for text in HOSTILE {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        hostile_export(&data.join("export"), text);
        let report: serde_json::Value =
            serde_json::from_str(&done(data, &["import", "export", "--json"])).unwrap();
        for file in report["files"].as_array().unwrap() {
            assert_eq!((&file["added"], &file["rejected"]), (&1.into(), &0.into()), "{text}: {file}");
        }
        let day = ["--today", "2015-05-01"];
        done(data, &[&day[..], &["settings", "set", "rules.inspection.days", "7"]].concat());
        done(data, &[&day[..], &["collect"]].concat());
        // The words of a task hold the text as it is: braces in it name nothing.
        let tasks = done(data, &[&day[..], &["tasks", "--json"]].concat());
        let tasks: serde_json::Value = serde_json::from_str(&tasks).unwrap();
        let words = tasks["tasks"][0]["description"].as_str().unwrap();
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(line(words).contains(&line(text)), "{words}");
        done(data, &[&day[..], &["why", "JL29JK"]].concat());
        // Out and in again: nothing computes, nothing is lost.
        done(data, &["export", "out"]);
        for entry in fs::read_dir(data.join("out")).unwrap() {
            let path = entry.unwrap().path();
            for cell in cells(&path).concat() {
                assert!(!computes(&cell), "{}: {cell}", path.display());
            }
        }
        let second = tempfile::tempdir().unwrap();
        let out = data.join("out");
        done(second.path(), &["import", out.to_str().unwrap()]);
        done(second.path(), &["export", "out"]);
        for entry in fs::read_dir(&out).unwrap() {
            let name = entry.unwrap().file_name();
            let bytes = |folder: &Path| fs::read(folder.join("out").join(&name)).unwrap();
            assert_eq!(bytes(data), bytes(second.path()), "{text}: {}", name.display());
        }
        let store = balie::store::Store::open(&data.join("balie.db")).unwrap();
        store.check_all().unwrap();
        let code = text.replace('\n', " ");
        let customer = store.customer_by_code(code.trim()).unwrap().unwrap().1;
        assert_eq!((customer.name.as_deref(), customer.notes.as_deref()), (Some(text), Some(text)));
    }
}

#[test]
fn hostile_texts_in_every_field_of_the_desk_stay_texts() {
    let mut shop = Shop::new();
    shop.on("2015-05-01").set("rules.inspection.days", "7");
    shop.vehicle("JL-29-JK").inspection_expires("2015-05-10");
    shop.collect();
    let (actor, today) = (shop.actor(), shop.today);
    let task = shop.open()[0].id;
    let mut known: Vec<(CustomerId, Customer)> = Vec::new();
    for text in HOSTILE {
        let some = Some(text.to_owned());
        let customer = Customer {
            first_name: some.clone(),
            name: some.clone(),
            company: some.clone(),
            street: some.clone(),
            postcode: some.clone(),
            city: some.clone(),
            country: some.clone(),
            phone: some.clone(),
            mobile: some.clone(),
            email: some.clone(),
            tax_id: some.clone(),
            coc_id: some.clone(),
            notes: some.clone(),
            salutation: some,
            ..Customer::default()
        };
        let id = shop.store.add_customer(&customer, actor).unwrap();
        known.push((id, customer.clone()));
        shop.store.alike(&customer, None).unwrap();
        // What is typed into the search is words, never a query.
        for typed in [text, &text.repeat(40), &format!("{text}\"*")] {
            let query = CustomerQuery { text: typed.to_owned(), ..CustomerQuery::default() };
            shop.store.find_customers(&query, today).unwrap();
        }
        let version = shop.store.task_fields(task).unwrap().version;
        let note = CallNote { outcome: Some(Outcome::NoAnswer), text: text.to_owned(), back_on: None };
        let edit = TaskEdit { description: Some(text.to_owned()), note: Some(note), ..TaskEdit::default() };
        let save = Save { task, version, edit: &edit, finish: false, words: None, today };
        shop.store.save_task(&save, actor).unwrap();
        let row = shop.rows(balie::domain::task::Period::All, StatusFilter::Open).remove(0);
        assert_eq!(row.description, text.trim());
        // A shop's template that means nothing gives the delivered words.
        shop.store.set_template("description", RuleKey::Inspection, "nl", Some(text), actor).unwrap();
        let draft = serde_json::json!({ "text": text }).to_string();
        shop.store.keep_draft(text, &draft, actor).unwrap();
        assert!(shop.store.set_setting(text, text, actor).is_err());
        assert!(shop.store.set_setting("rules.inspection.assignee", text, actor).is_err());
    }
    for (id, customer) in known {
        let kept = shop.store.customer(id).unwrap().unwrap();
        assert_eq!((kept.name, kept.notes, kept.email), (customer.name, customer.notes, customer.email));
    }
    shop.store.check_all().unwrap();
}

#[test]
fn rejected_rows_are_given_back_without_formulas() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let text = "code;kind;name;notes\nK1;nonsense;\"=HYPERLINK(\"\"http://x\"\";1)\";-A1\nK2;nonsense;'t Hof;-12,50\n";
    fs::write(data.join("customers.csv"), text).unwrap();
    done(data, &["import", "customers.csv"]);
    let rejected = fs::read_to_string(data.join("rejects/customers.csv")).unwrap();
    let lines: Vec<&str> = rejected.lines().collect();
    assert!(lines[1].ends_with(";K1;nonsense;\"'=HYPERLINK(\"\"http://x\"\";1)\";'-A1"), "{rejected}");
    assert!(lines[2].ends_with(";K2;nonsense;'t Hof;-12,50"), "{rejected}");
    // Mended and imported, the guard is gone.
    fs::write(data.join("rejects/customers.csv"), rejected.replace("nonsense", "private")).unwrap();
    done(data, &["import", "rejects/customers.csv"]);
    let store = balie::store::Store::open(&data.join("balie.db")).unwrap();
    let customer = store.customer_by_code("K1").unwrap().unwrap().1;
    assert_eq!(customer.name.as_deref(), Some("=HYPERLINK(\"http://x\";1)"));
    assert_eq!(customer.notes.as_deref(), Some("-A1"));
}

#[test]
fn links_pipes_and_names_in_the_drop_folder_lead_nowhere() {
    let mut shop = Shop::new();
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret");
    fs::write(&secret, "code,TOP-SECRET-HEADER\nK1,TOP-SECRET-CELL\n").unwrap();
    let drop = shop.folder().join("drop");
    let work = drop.join(".work");
    fs::create_dir_all(&work).unwrap();
    for place in [&drop, &work] {
        symlink(&secret, place.join("customers.csv")).unwrap();
        symlink(outside.path(), place.join("visits.csv")).unwrap();
        // Whoever opened this to read would wait for ever.
        assert!(Command::new("mkfifo").arg(place.join("sales.csv")).status().unwrap().success());
    }
    fs::write(drop.join("employees.csv"), "code,name\nELS,Els\n").unwrap();
    fs::write(drop.join("..%2f..%2fvehicles.csv"), "plate\nJL29JK\n").unwrap();
    fs::write(drop.join("-rf"), "x").unwrap();
    fs::write(drop.join("$(id);quotes.csv"), "number,kind\n1,car\n").unwrap();
    let rejects = shop.folder().join("rejects");
    let mut watched = DropFolder::new(drop.clone(), rejects, Duration::ZERO);
    let at = shop.at();
    assert!(watched.is_ready(Duration::ZERO).unwrap());
    watched.take(&mut shop.store, at, "2015-05-01_1200", Duration::ZERO).unwrap();
    assert!(shop.store.employee_by_code("ELS").unwrap().is_some());
    assert!(shop.store.customer_by_code("K1").unwrap().is_none(), "a link was followed");
    // The file behind the link is as it was, and nothing of it came out.
    assert!(fs::read_to_string(&secret).unwrap().contains("TOP-SECRET-CELL"));
    for text in everything_below(shop.folder()) {
        assert!(!text.contains("TOP-SECRET"), "a link was read");
    }
    // Nor is one followed in a folder that a technician names.
    let named = shop.folder().join("named");
    fs::create_dir(&named).unwrap();
    symlink(&secret, named.join("customers.csv")).unwrap();
    fs::write(named.join("employees.csv"), "code\nJAN\n").unwrap();
    let output = balie(shop.folder(), &["import", "named"]);
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && words.contains("customers.csv") && !words.contains("TOP-SECRET"),
        "{words}"
    );
}

/// The text of every file below a folder that is one.
fn everything_below(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            texts.extend(everything_below(&entry.path()));
        } else if kind.is_file() {
            texts.push(String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned());
        }
    }
    texts
}
