//! From the register's records to facts. A record that makes no sense is left out and named; it costs
//! no other one anything.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::Value;

use super::client::{self, RdwError, Rows};
use super::row::{Row, missing_columns};
use super::sets::{DataSet, PLATE, REFERENCE, REPORTED_AT, REPORTED_ON};
use crate::domain::plate::Plate;
use crate::domain::register::{RecallAction, RegisterInspection, RegisterRecall, RegisterVehicle};

/// What the rows of one data set were made into, and what was wrong with them.
pub(super) struct Read<T> {
    pub facts: Vec<T>,
    pub troubles: Vec<String>,
}

fn each<T>(set: DataSet, answer: Rows, mut read: impl FnMut(&mut Row<'_>) -> Option<T>) -> Read<T> {
    let mut troubles = answer.troubles;
    troubles.extend(missing_columns(set, &answer.rows));
    let facts =
        answer.rows.iter().filter_map(|value: &Value| read(&mut Row::new(set, value, &mut troubles)?));
    let facts = facts.collect();
    troubles.sort_unstable();
    troubles.dedup();
    Read { facts, troubles }
}

fn plate(row: &mut Row<'_>) -> Option<Plate> {
    let text = row.needed(PLATE)?;
    let plate = Plate::parse(&text).ok();
    if plate.is_none() {
        row.reject("kenteken is no plate");
    }
    plate
}

/// Records of [`DataSet::Vehicles`].
pub(super) fn vehicles(answer: Rows) -> Read<RegisterVehicle> {
    each(DataSet::Vehicles, answer, |row| {
        let plate = plate(row)?;
        let make = row.text("merk");
        Some(RegisterVehicle {
            plate,
            model: row.text("handelsbenaming").map(|model| without_make(&model, make.as_deref())),
            make,
            first_registered_on: row.date("datum_eerste_toelating"),
            registered_on: row.date("datum_tenaamstelling"),
            inspection_expires_on: row.date("vervaldatum_apk"),
            recall_open: row.truth("openstaande_terugroepactie_indicator"),
            odometer_verdict: row.text("tellerstandoordeel"),
        })
    })
}

/// `TOYOTA PRIUS PLUS` of the make `TOYOTA` is `PRIUS PLUS`.
fn without_make(model: &str, make: Option<&str>) -> String {
    let rest = make.and_then(|make| model.strip_prefix(make)?.strip_prefix(' '));
    rest.map(str::trim).filter(|rest| !rest.is_empty()).unwrap_or(model).to_owned()
}

/// One report of a station: its plate, day and time.
type Report = (Plate, NaiveDate, String);

fn report(row: &mut Row<'_>) -> Option<Report> {
    let plate = plate(row)?;
    let Some(on) = row.date(REPORTED_ON) else {
        row.reject("the day of the inspection is missing");
        return None;
    };
    // Written without leading zeros: 910 is ten past nine.
    let time = row.text(REPORTED_AT).unwrap_or_default().trim_start_matches('0').to_owned();
    Some((plate, on, time))
}

/// A record of [`DataSet::Inspections`].
struct Reported {
    report: Report,
    expires_on: Option<NaiveDate>,
    /// Whether it is a periodic inspection, and not one of a tachograph or a taxi meter.
    periodic: bool,
}

/// Records of [`DataSet::Inspections`] and [`DataSet::Findings`] together: what happened on each day.
pub(super) fn inspections(reports: Rows, findings: Rows) -> (Read<RegisterInspection>, Vec<String>) {
    let reports = each(DataSet::Inspections, reports, |row| {
        let report = report(row)?;
        let says = |text: Option<String>, word: &str| {
            text.is_none_or(|text| text.to_lowercase().split_whitespace().any(|part| part == word))
        };
        let periodic = says(row.text("soort_erkenning_omschrijving"), "apk")
            && says(row.text("soort_melding_ki_omschrijving"), "periodieke");
        Some(Reported { report, expires_on: row.date("vervaldatum_keuring"), periodic })
    });
    let findings = each(DataSet::Findings, findings, |row| {
        let report = report(row)?;
        let code = row.needed("gebrek_identificatie")?.to_uppercase();
        Some((report, code))
    });
    let other: BTreeSet<&Report> =
        reports.facts.iter().filter(|one| !one.periodic).map(|one| &one.report).collect();
    let mut days: BTreeMap<(Plate, NaiveDate), RegisterInspection> = BTreeMap::new();
    let mut day = |(plate, on, _): &Report, change: &mut dyn FnMut(&mut RegisterInspection)| {
        change(days.entry((plate.clone(), *on)).or_insert_with(|| RegisterInspection {
            plate: plate.clone(),
            inspected_on: *on,
            expires_on: None,
            reported: false,
            advice: Vec::new(),
        }));
    };
    // Without one date in the whole answer the column is gone, and nobody failed.
    let dated = reports.facts.iter().any(|one| one.expires_on.is_some());
    for one in reports.facts.iter().filter(|one| one.periodic) {
        day(&one.report, &mut |inspection| {
            inspection.reported = dated;
            inspection.expires_on = inspection.expires_on.max(one.expires_on);
        });
    }
    for (report, code) in
        findings.facts.iter().filter(|(report, code)| is_advice(code) && !other.contains(report))
    {
        day(report, &mut |inspection| inspection.advice.push(code.clone()));
    }
    let mut facts: Vec<_> = days.into_values().collect();
    for inspection in &mut facts {
        inspection.advice.sort_unstable();
        inspection.advice.dedup();
    }
    (Read { facts, troubles: reports.troubles }, findings.troubles)
}

/// AC1 to AC5, RA1 to RA8, OP1, OP2: advice and remarks; all other codes are defects or the
/// inspector's own checks (facts B.6).
fn is_advice(code: &str) -> bool {
    let number = ["AC", "RA", "OP"].iter().find_map(|kind| code.strip_prefix(kind));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Records of [`DataSet::Recalls`].
pub(super) fn recalls(answer: Rows) -> Read<RegisterRecall> {
    each(DataSet::Recalls, answer, |row| {
        let (plate, reference) = (plate(row)?, row.needed(REFERENCE)?);
        let open = match row.needed("code_status")?.as_str() {
            "O" => true,
            "P" => false,
            other => {
                let other = other.to_owned();
                row.refuse("code_status", &other, "is neither O nor P");
                return None;
            }
        };
        Some(RegisterRecall { plate, reference, open })
    })
}

/// Records of [`DataSet::RecallActions`].
pub(super) fn actions(answer: Rows) -> Read<RecallAction> {
    each(DataSet::RecallActions, answer, |row| {
        Some(RecallAction {
            reference: row.needed(REFERENCE)?,
            published_on: row.date("publicatiedatum_rdw"),
            defect: row.text("omschrijving_defect"),
            consequence: row.text("materi_le_gevolgen"),
            remedy: row.text("beschrijving_van_het_herstel"),
        })
    })
}

/// How many facts the body of a good answer holds, and what is wrong with it. What the register said is
/// then no fact yet: that is decided when it is written down.
///
/// # Errors
/// [`RdwError`] when it is no answer of the register.
pub fn understood(set: DataSet, body: &[u8]) -> Result<(usize, Vec<String>), RdwError> {
    let rows = Rows { rows: client::read(set, body)?, troubles: Vec::new() };
    Ok(match set {
        DataSet::Vehicles => vehicles(rows).counted(),
        DataSet::Inspections => inspections(rows, Rows::default()).0.counted(),
        DataSet::Findings => {
            let (read, troubles) = inspections(Rows::default(), rows);
            (read.facts.len(), troubles)
        }
        DataSet::Recalls => recalls(rows).counted(),
        DataSet::RecallActions => actions(rows).counted(),
    })
}

impl<T> Read<T> {
    fn counted(self) -> (usize, Vec<String>) {
        (self.facts.len(), self.troubles)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(value: Value) -> Rows {
        Rows { rows: value.as_array().unwrap().clone(), troubles: Vec::new() }
    }

    #[test]
    fn a_bad_record_costs_only_itself() {
        let read = vehicles(rows(json!([
            { "kenteken": "ZZ123Z", "merk": "TOYOTA", "handelsbenaming": "TOYOTA PRIUS PLUS", "vervaldatum_apk": "20270426" },
            { "merk": "OPEL" },
            7,
            { "kenteken": "ZZ124Z", "vervaldatum_apk": "morgen", "merk": "OPEL" },
        ])));
        assert_eq!(read.facts.len(), 2);
        assert_eq!(read.facts[0].model.as_deref(), Some("PRIUS PLUS"));
        assert_eq!(read.facts[1].inspection_expires_on, None);
        assert_eq!(
            read.troubles,
            [
                "a record is none; the record is left out",
                "kenteken is missing; the record is left out",
                "vervaldatum_apk: 'morgen' is not a date; the value is left out",
            ]
        );
    }

    #[test]
    fn one_days_reports_are_one_inspection_and_a_tachograph_is_none() {
        let day = |time: &str, more: Value| {
            let mut row = json!({ "kenteken": "ZZ123Z", "meld_datum_door_keuringsinstantie": "20260319",
                "meld_tijd_door_keuringsinstantie": time, "soort_erkenning_omschrijving": "APK Lichte voertuigen",
                "soort_melding_ki_omschrijving": "periodieke controle" });
            row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            row
        };
        let tachograph = json!({ "meld_datum_door_keuringsinstantie": "20260401", "soort_erkenning_omschrijving": "Controleapparaten" });
        let reports = rows(json!([
            day("910", json!({})),
            day("1515", json!({ "vervaldatum_keuring": "20270517" })),
            day("800", tachograph),
        ]));
        let finding = |on: &str, time: &str, code: &str| {
            json!({ "kenteken": "ZZ123Z", "meld_datum_door_keuringsinstantie": on,
                "meld_tijd_door_keuringsinstantie": time, "gebrek_identificatie": code })
        };
        let findings = rows(json!([
            finding("20260319", "0910", "ac5"),
            finding("20260319", "1515", "AC1"),
            finding("20260319", "1515", "AC1"),
            finding("20260319", "1515", "885"),
            finding("20260319", "1515", "ACX"),
            finding("20260401", "800", "AC1"),
            finding("20250301", "900", "RA2"),
        ]));
        let (read, _) = inspections(reports, findings);
        let seen: Vec<_> = read
            .facts
            .iter()
            .map(|one| (one.inspected_on.to_string(), one.reported, one.expires_on, one.advice.join(" ")))
            .collect();
        assert_eq!(
            seen,
            [
                ("2025-03-01".to_owned(), false, None, "RA2".to_owned()),
                ("2026-03-19".to_owned(), true, "2027-05-17".parse().ok(), "AC1 AC5".to_owned()),
            ]
        );
    }
}
