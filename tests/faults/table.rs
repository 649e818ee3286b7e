//! The table itself: each of the 26 rows is there with what makes it, and each test that it names exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const TABLE: &str = include_str!("table.txt");

/// A row: its number, the fault, tests, and what is left to a machine.
struct Row<'t> {
    number: usize,
    fault: &'t str,
    tests: Vec<&'t str>,
    left: Vec<&'t str>,
}

fn rows() -> Vec<Row<'static>> {
    let mut rows: Vec<Row<'static>> = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once(' ') {
            Some(("test", name)) => rows.last_mut().unwrap().tests.push(name),
            Some(("left", words)) => rows.last_mut().unwrap().left.push(words),
            Some((number, fault)) => {
                let number = number.parse().unwrap_or_else(|_| panic!("what is this line: {line}"));
                rows.push(Row { number, fault, tests: Vec::new(), left: Vec::new() });
            }
            None => panic!("what is this line: {line}"),
        }
    }
    rows
}

/// The file in which a test's function stands: `binary::name`, with modules between; `lib` for those of the library.
fn has_test(root: &Path, name: &str) -> bool {
    let parts: Vec<&str> = name.split("::").collect();
    let (binary, function) = (parts[0], *parts.last().unwrap());
    let between = &parts[1..parts.len() - 1];
    let modules = between.iter().filter(|module| **module != "tests").copied().collect::<Vec<_>>().join("/");
    let places = match binary {
        "lib" => vec![
            format!("src/{modules}.rs"),
            format!("src/{modules}/mod.rs"),
            format!("src/{modules}/tests.rs"),
        ],
        _ if between.is_empty() => vec![format!("tests/{binary}.rs")],
        _ => vec![format!("tests/{binary}/{modules}.rs")],
    };
    let line = format!("fn {function}(");
    places.iter().any(|place| {
        let text = fs::read_to_string(root.join(place)).unwrap_or_default();
        let found = text.lines().collect::<Vec<_>>();
        found.windows(2).any(|pair| pair[0].trim() == "#[test]" && pair[1].trim().starts_with(&line))
    })
}

#[test]
fn each_fault_has_its_tests_and_each_of_them_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rows = rows();
    let numbers: Vec<usize> = rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=26).collect::<Vec<_>>());
    let mut missing: Vec<&str> = Vec::new();
    for row in &rows {
        assert!(!row.tests.is_empty(), "row {} ({}) has no test", row.number, row.fault);
        assert!(row.left.len() <= 1, "row {}: one line says what is left", row.number);
        missing.extend(row.tests.iter().copied().filter(|name| !has_test(root, name)));
    }
    assert!(missing.is_empty(), "there are no such tests: {missing:#?}");
    assert!(!has_test(root, "kill::no_such_test") && !has_test(root, "faults::table::rows"));
    // What this file's own binary has, the table names.
    let named: BTreeSet<&str> = rows.iter().flat_map(|row| row.tests.iter().copied()).collect();
    for entry in fs::read_dir(root.join("tests/faults")).unwrap() {
        let path = entry.unwrap().path();
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if module == "table" || path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for pair in lines.windows(2).filter(|pair| pair[0] == "#[test]") {
            let name = pair[1].trim_start_matches("fn ").split('(').next().unwrap();
            let name = format!("faults::{module}::{name}");
            assert!(named.contains(name.as_str()), "{name} stands in no row");
        }
    }
}
