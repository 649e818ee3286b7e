//! The command line as a technician and the shop's own scripts use it: words, JSON, exit codes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

/// Runs `balie` on the 1st of May 2015 with a data folder of its own.
fn balie(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_balie"));
    command.env_remove("BALIE_CONFIG").env_remove("BALIE_TODAY").env("BALIE_DATA_DIR", folder.join("data"));
    command.args(["--today", "2015-05-01"]).args(arguments).current_dir(folder).output().unwrap()
}

/// As [`balie`], and it must succeed; what it printed.
fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = balie(folder, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn json_of(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&done(folder, arguments)).unwrap()
}

/// Exit code and standard error of a command that does not succeed.
fn refused(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = balie(folder, arguments);
    assert!(output.stdout.is_empty(), "{arguments:?}");
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        fs::create_dir_all(folder.path().join("export")).unwrap();
        fs::write(folder.path().join("export").join(name), text).unwrap();
    };
    write("employees.csv", "code,name\nELS,Els\nJAN,Jan\n");
    write(
        "customers.csv",
        "code;kind;salutation;first_name;name;email\nK1;private;De heer;Piet;Pietersen;piet@example.org\nH1;trader;;;Handel;\n",
    );
    write(
        "vehicles.csv",
        "plate;make;model;inspection_expires_on\nJL-29-JK;OPEL;REKORD;10-05-2015\n23NLPD;FORD;FIESTA;05-05-2015\n\
         07-zp-fh;FIAT;PANDA;06-05-2015\n",
    );
    write("ownerships.csv", "plate,customer,from_on\nJL29JK,K1,2012-03-04\n07ZPFH,H1,2014-01-01\n");
    write(
        "visits.csv",
        "code,plate,visited_on\n1,JL-29-JK,2015-03-01\n2,23-NL-PD,2015-03-01\n3,07-ZP-FH,2015-03-01\n",
    );
    folder
}

#[test]
fn from_an_export_to_the_list_and_its_reasons() {
    let folder = shop();
    let folder = folder.path();
    let report = json_of(folder, &["import", "export", "--json"]);
    let files = report["files"].as_array().unwrap();
    let names: Vec<_> = files.iter().map(|file| file["file"].as_str().unwrap()).collect();
    assert_eq!(names, ["employees.csv", "customers.csv", "vehicles.csv", "ownerships.csv", "visits.csv"]);
    assert_eq!(files[2]["added"], 3);
    assert_eq!(files[2]["rejected"], 0);

    done(folder, &["settings", "set", "rules.inspection.days", "7"]);
    done(folder, &["settings", "set", "rules.inspection.assignee", "ELS"]);
    let report = json_of(folder, &["collect", "--json"]);
    assert_eq!(report["made"], 2);
    for key in ["withdrawn", "returned", "waiting", "unchanged"] {
        assert_eq!(report[key], 0, "{key}");
    }
    let list = json_of(folder, &["tasks", "--json"]);
    assert_eq!(list["today"], "2015-05-01");
    let tasks = list["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), 2);
    let expected = json!({
        "rule": "inspection", "execute_on": "2015-05-03", "counts_from": "2015-05-10", "half": null, "plate": "JL29JK",
        "customer": "K1", "employee": "ELS", "status": "open",
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&tasks[1][key], value, "{key}");
    }
    assert!(tasks[1]["id"].is_i64());
    let words = tasks[1]["description"].as_str().unwrap();
    assert!(words.starts_with("Geachte heer Pietersen") && words.contains("10 mei 2015"), "{words}");
    assert_eq!((&tasks[0]["plate"], &tasks[0]["customer"]), (&json!("23NLPD"), &Value::Null));

    let count = |arguments: &[&str]| {
        let list = json_of(folder, &[&["tasks", "--json"], arguments].concat());
        list["tasks"].as_array().unwrap().len()
    };
    assert_eq!(count(&["--period", "past7"]), 1);
    assert_eq!(count(&["--period", "next7"]), 1);
    assert_eq!(count(&["--employee", "ELS"]), 2);
    assert_eq!(count(&["--employee", "none"]), 0);
    assert_eq!(count(&["--rule", "not_seen"]), 0);
    assert_eq!(count(&["--status", "closed"]), 0);
    assert_eq!(count(&["--status", "all"]), 2);
    assert!(done(folder, &["tasks"]).contains("JL-29-JK"));

    let why = json_of(folder, &["why", "07-ZP-FH", "--json"]);
    assert_eq!(why["plate"], "07ZPFH");
    let rules = why["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 16);
    let inspection = rules.iter().find(|rule| rule["rule"] == "inspection").unwrap();
    assert_eq!(
        (&inspection["made"], &inspection["reason"]),
        (&json!(false), &json!("the customer is a trader"))
    );
    assert_eq!(inspection["facts"]["counts_from"], "2015-05-06");
    let why = json_of(folder, &["why", "jl29jk", "--json"]);
    let made = why["rules"].as_array().unwrap().iter().filter(|rule| rule["made"] == true).count();
    assert_eq!(made, 1);
    assert!(done(folder, &["why", "JL-29-JK"]).contains("inspection"));
}

#[test]
fn a_dry_run_names_the_rejected_rows_and_changes_nothing() {
    let folder = shop();
    let folder = folder.path();
    let rows: String = (0..1200).map(|row| format!("R{row};friend;;;;\n")).collect();
    let head = "code;kind;salutation;first_name;name;email\n";
    fs::write(folder.join("export/customers.csv"), format!("{head}K1;private;;;;\n{rows}")).unwrap();
    let output = balie(folder, &["import", "export", "--dry-run"]);
    let (said, wrong) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(said.contains("customers.csv: 1 added, 0 changed, 0 unchanged, 1200 rejected\n"), "{said}");
    assert!(said.contains("vehicles.csv: 3 added, 0 changed, 0 unchanged, 0 rejected\n"), "{said}");
    assert!(
        wrong.contains("customers.csv:3: kind: 'friend' is not known here; write one of: private, "),
        "{wrong}"
    );
    assert!(
        wrong.contains("only the first 1000 things that are wrong are named; there are 1200 rejected rows")
    );
    assert!(!folder.join("data/rejects").exists());
    assert!(done(folder, &["import", "export"]).contains("customers.csv: 1 added"));
}

#[test]
fn importing_again_changes_nothing_and_an_export_comes_back_the_same() {
    let folder = shop();
    let folder = folder.path();
    done(folder, &["import", "export"]);
    let again = json_of(folder, &["import", "export", "--json"]);
    for file in again["files"].as_array().unwrap() {
        assert_eq!((&file["added"], &file["changed"], &file["rejected"]), (&json!(0), &json!(0), &json!(0)));
    }
    done(folder, &["export", "first"]);
    done(folder, &["--data-dir", "other", "import", "first"]);
    done(folder, &["--data-dir", "other", "export", "second"]);
    let mut files = 0;
    for entry in fs::read_dir(folder.join("first")).unwrap() {
        let name = entry.unwrap().file_name();
        let read = |which: &str| fs::read(folder.join(which).join(&name)).unwrap();
        assert_eq!(read("first"), read("second"), "{name:?}");
        files += 1;
    }
    assert_eq!(files, 10);
}

#[test]
fn wrong_rows_are_named_and_set_aside_and_the_others_go_in() {
    let folder = shop();
    let folder = folder.path();
    fs::write(
        folder.join("export/vehicles.csv"),
        "plate,inspection_expires_on\nJL-29-JK,2015-05-10\n23-NL-PD,2015-13-10\n",
    )
    .unwrap();
    let output = balie(folder, &["import", "export/vehicles.csv", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("vehicles.csv:3: inspection_expires_on: "), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["files"][0]["added"], &report["files"][0]["rejected"]), (&json!(1), &json!(1)));
    let rejects = fs::read_to_string(folder.join("data/rejects/vehicles.csv")).unwrap();
    assert!(
        rejects.starts_with("reason,plate,inspection_expires_on") && rejects.contains("23-NL-PD"),
        "{rejects}"
    );
}

#[test]
fn a_message_is_written_waits_and_is_taken_back() {
    let folder = shop();
    let folder = folder.path();
    done(folder, &["import", "export"]);
    let letter = ["message", "K1", "--email", "Klaar", "Uw auto is klaar", "--class", "service"];
    assert_eq!(done(folder, &letter), "1\n");
    let outbox = &json_of(folder, &["outbox", "list", "--json"])["messages"];
    let line = &outbox[0];
    assert_eq!((&line["id"], &line["customer"]), (&json!(1), &json!("K1")));
    assert_eq!((&line["channel"], &line["state"]), (&json!("email"), &json!("queued")));
    // A customer without a telephone; two messages in one; none.
    let (code, words) = refused(folder, &["message", "K1", "--sms", "Klaar", "--class", "service"]);
    assert!(code == 1 && words.contains("no telephone number"), "{code} {words}");
    let both = ["message", "K1", "--sms", "Klaar", "--email", "Klaar", "Uw auto is klaar"];
    assert_eq!(refused(folder, &both).0, 2);
    assert_eq!(refused(folder, &["message", "K1"]).0, 2);
    assert_eq!(done(folder, &["outbox", "cancel", "1"]), "");
    assert_eq!(refused(folder, &["outbox", "cancel", "1"]).0, 1);
    assert_eq!(json_of(folder, &["outbox", "list", "--json"])["messages"][0]["state"], "draft");
}

#[test]
fn settings_are_listed_read_and_changed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let list = json_of(folder, &["settings", "list", "--json"]);
    assert_eq!(list["general.weekly_capacity"], 20);
    assert_eq!(list["rules.inspection.days"], 100);
    assert_eq!(list["rules.inspection.legal_class"], "commercial");
    assert_eq!(list["rules.inspection.assignee"], Value::Null);
    for (key, value) in [
        ("rules.inspection.days", "7"),
        ("rules.inspection.enabled", "false"),
        ("rules.invoice_above.amount", "1000"),
        ("rules.workshop_quote.days_after", "7"),
        ("rules.workshop_quote.days_before", "3"),
        ("rules.not_seen.months", "6"),
        ("general.collect_every_hours", "10"),
        ("general.recently_seen_months", "12"),
        ("general.weekly_capacity", "25"),
        ("general.look_ahead_days", "7"),
        ("general.look_back_days", "30"),
    ] {
        done(folder, &["settings", "set", key, value]);
        assert_eq!(done(folder, &["settings", "get", key]).trim(), value, "{key}");
    }
}

#[test]
fn what_cannot_be_done_is_one_clear_line_and_exit_code_one() {
    let folder = shop();
    let folder = folder.path();
    for (arguments, words) in [
        (&["settings", "get", "rules.apk.days"][..], "balie settings list"),
        (&["settings", "set", "rules.inspection.days", "-3"], "from 0 to 3660"),
        (&["settings", "set", "rules.inspection.assignee", "NIEMAND"], "no active employee 'NIEMAND'"),
        (&["why", "99-ZZ-99"], "no vehicle with the plate '99-ZZ-99'"),
        (&["why", "12;34"], "';' does not stand on a plate"),
        (&["tasks", "--employee", "NIEMAND"], "no employee 'NIEMAND'"),
        (&["import", "nowhere"], "nowhere"),
        (&["import", "/dev/null"], "not one of the files"),
        (&["--config", "nowhere.toml", "tasks"], "nowhere.toml"),
    ] {
        let (code, errors) = refused(folder, arguments);
        assert_eq!(code, 1, "{arguments:?}: {errors}");
        assert!(errors.contains(words), "{arguments:?}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{arguments:?}: {errors}");
    }
    for arguments in [
        &["tasks", "--period", "soon"][..],
        &["fly"],
        &["tasks", "--rule", "apk"],
        &["--today", "1 mei", "tasks"],
    ] {
        assert_eq!(refused(folder, arguments).0, 2, "{arguments:?}");
    }
}

#[test]
fn help_completions_and_manual_pages_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for command in ["import", "export", "collect", "tasks", "why", "settings", "demo", "led"] {
        assert!(done(folder, &[command, "--help"]).contains("Usage"), "{command}");
        let page = folder.join(format!("man/balie-{command}.1"));
        done(folder, &["man", "man"]);
        assert!(fs::read_to_string(page).unwrap().contains("NAME"), "{command}");
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(done(folder, &["completions", shell]).contains("balie"));
    }
}
