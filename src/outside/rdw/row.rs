//! One record of the register: every value is a text, a value that is not known is left out or has a
//! word for it, and a date is written in two ways (facts B.3).

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::sets::{Column, DataSet};
use crate::domain::register::{RECORD_LEFT_OUT, VALUE_LEFT_OUT};

/// The register's words for 'nothing'.
const NOTHING: [&str; 6] = [
    "",
    "N.v.t.",
    "Niet geregistreerd",
    "Geen verstrekking in Open Data",
    "Niet bekend",
    "(Nog) niet bekend",
];

/// So many records without a column that nearly each should have mean that it is gone.
const ENOUGH: usize = 5;

/// How alike two names are before one is taken for the new name of the other.
const ALIKE: f64 = 0.85;

/// One record, and where its troubles are noted.
pub(super) struct Row<'a> {
    set: DataSet,
    cells: &'a Map<String, Value>,
    troubles: &'a mut Vec<String>,
}

impl<'a> Row<'a> {
    pub(super) fn new(set: DataSet, value: &'a Value, troubles: &'a mut Vec<String>) -> Option<Self> {
        match value {
            Value::Object(cells) => Some(Self { set, cells, troubles }),
            _ => {
                troubles.push(format!("a record is none; {RECORD_LEFT_OUT}"));
                None
            }
        }
    }

    fn column(&self, name: &str) -> Option<&'static Column> {
        self.set.columns().iter().find(|column| column.name == name)
    }

    /// A value as text; `None` when it is not known. A number is read as its text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let also = self.column(name).map_or(&[][..], |column| column.also);
        std::iter::once(&name).chain(also).find_map(|name| {
            let text = match self.cells.get(*name)? {
                Value::String(text) => text.trim().to_owned(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            (!NOTHING.contains(&text.as_str())).then_some(text)
        })
    }

    /// A value without which the record means nothing.
    pub(super) fn needed(&mut self, name: &str) -> Option<String> {
        let text = self.text(name);
        if text.is_none() {
            self.troubles.push(format!("{name} is missing; {RECORD_LEFT_OUT}"));
        }
        text
    }

    /// A date; one that cannot be read costs only itself.
    pub(super) fn date(&mut self, name: &str) -> Option<NaiveDate> {
        let text = self.text(name).filter(|text| text != "0")?;
        let date = date(&text);
        if date.is_none() {
            self.refuse(name, &text, "is not a date");
        }
        date
    }

    /// Ja or Nee.
    pub(super) fn truth(&mut self, name: &str) -> Option<bool> {
        let text = self.text(name)?;
        match text.as_str() {
            "Ja" => Some(true),
            "Nee" => Some(false),
            _ => {
                self.refuse(name, &text, "is neither Ja nor Nee");
                None
            }
        }
    }

    /// Notes that a value is left out, and why.
    pub(super) fn refuse(&mut self, name: &str, text: &str, why: &str) {
        let shown: String = text.chars().take(40).collect();
        self.troubles.push(format!("{name}: '{shown}' {why}; {VALUE_LEFT_OUT}"));
    }

    /// Notes that the whole record is left out.
    pub(super) fn reject(&mut self, why: &str) {
        self.troubles.push(format!("{why}; {RECORD_LEFT_OUT}"));
    }
}

/// `20270426`, or `2027-04-26` with or without a time behind it.
fn date(text: &str) -> Option<NaiveDate> {
    let day = text.split('T').next().unwrap_or(text);
    NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().or_else(|| {
        let digits = day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit());
        if digits { NaiveDate::parse_from_str(day, "%Y%m%d").ok() } else { None }
    })
}

/// What is wrong about the columns of an answer: those that no record has, and which may have taken
/// their place.
pub(super) fn missing_columns(set: DataSet, rows: &[Value]) -> Vec<String> {
    let present: BTreeSet<&str> =
        rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys().map(String::as_str)).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let absent = set.columns().iter().filter(|column| {
        let enough = rows.len() >= ENOUGH || column.name == set.key();
        column.usual && enough && !present.contains(column.name)
    });
    absent
        .map(|column| {
            let read = column.also.iter().find(|also| present.contains(**also));
            let known = |name: &&&str| set.columns().iter().all(|column| column.name != **name);
            let like = present
                .iter()
                .filter(known)
                .map(|name| (strsim::jaro_winkler(name, column.name), *name))
                .filter(|(alike, _)| *alike >= ALIKE)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            let rest = match (read, like) {
                (Some(also), _) => format!("{also} is read instead"),
                (None, Some((_, name))) => format!("it may be called {name} now"),
                (None, None) => "what was known is kept".to_owned(),
            };
            format!("no record has the column {}; {rest}", column.name)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_as_the_register_writes_them() {
        let value = json!({
            "kenteken": "ZZ123Z", "merk": " OPEL ", "handelsbenaming": "Niet bekend", "vervaldatum_apk": "20270426",
            "datum_tenaamstelling_dt": "2021-11-13T00:00:00.000", "datum_eerste_toelating": "20269999",
            "openstaande_terugroepactie_indicator": "Ja", "tellerstandoordeel": 5
        });
        let mut troubles = Vec::new();
        let mut row = Row::new(DataSet::Vehicles, &value, &mut troubles).unwrap();
        assert_eq!(row.text("merk").as_deref(), Some("OPEL"));
        assert_eq!(row.text("handelsbenaming"), None);
        assert_eq!(row.date("vervaldatum_apk"), "2027-04-26".parse().ok());
        assert_eq!(row.date("datum_tenaamstelling"), "2021-11-13".parse().ok());
        assert_eq!(row.date("datum_eerste_toelating"), None);
        assert_eq!(row.truth("openstaande_terugroepactie_indicator"), Some(true));
        assert_eq!(row.text("tellerstandoordeel").as_deref(), Some("5"));
        assert_eq!(troubles, ["datum_eerste_toelating: '20269999' is not a date; the value is left out"]);
        assert!(Row::new(DataSet::Vehicles, &json!("x"), &mut troubles).is_none());
        for (text, wanted) in [("2027", false), ("27-04-2026", false), ("2027042", false), ("20270426", true)]
        {
            assert_eq!(date(text).is_some(), wanted, "{text}");
        }
    }

    #[test]
    fn a_column_that_no_record_has_is_named() {
        let row = json!({
            "kenteken": "ZZ123Z", "merk": "OPEL", "handelsbenaming": "ASTRA", "vervaldatum_apk_dt": "2027-04-26T00:00:00.000",
            "datum_eerste_toelating": "20200101", "datum_tenaamstelling_houder": "20200101"
        });
        let rows = vec![row; 5];
        assert_eq!(
            missing_columns(DataSet::Vehicles, &rows),
            [
                "no record has the column datum_tenaamstelling; it may be called datum_tenaamstelling_houder now",
                "no record has the column vervaldatum_apk; vervaldatum_apk_dt is read instead",
            ]
        );
        assert_eq!(missing_columns(DataSet::Vehicles, &rows[..2]), Vec::<String>::new());
        assert_eq!(missing_columns(DataSet::Vehicles, &[]), Vec::<String>::new());
    }
}
