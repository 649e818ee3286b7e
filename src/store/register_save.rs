//! What the vehicle register said, written down: beside what the shop says, never over it. An answer
//! that says nothing changes nothing but the time of the answer (NEW-12).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::history::{Change, instant, record};
use super::register::{AskingDay, Told};
use super::{Store, StoreError, inspection};
use crate::domain::ids::VehicleId;
use crate::domain::plate::Plate;
use crate::domain::records::InspectionResult;
use crate::domain::register::{
    Question, RecallAction, RegisterInspection, RegisterRecall, RegisterVehicle, Sighting, sighting,
};

/// Those who were asked about, by their plates.
pub type Asked<'a> = &'a [(VehicleId, Plate)];

/// What is known of a vehicle before an answer is written.
struct Known {
    /// Make, model, first registration, registration and inspection, as the shop has them.
    ours: [Option<String>; 5],
    /// The register's inspection date and whether a recall is open.
    expires_on: Option<NaiveDate>,
    recall_open: Option<bool>,
    registered_on: Option<NaiveDate>,
    /// Whether that date was found newer than ours.
    newer: bool,
    seen: Option<(NaiveDate, DateTime<Utc>)>,
}

/// The vehicle's columns that are filled when they are empty, in the order of [`Known::ours`].
const FILLED: [&str; 5] = ["make", "model", "first_registered_on", "registered_on", "inspection_expires_on"];

impl Store {
    /// Writes what the register says of the vehicles that were asked about; who is not in the answer is
    /// silent from now on, and keeps what was said before. Says how many have something new.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written; then nothing is.
    pub fn save_register_vehicles(
        &mut self,
        asked: Asked<'_>,
        answer: &[RegisterVehicle],
        day: &AskingDay,
    ) -> Result<usize, StoreError> {
        let said: BTreeMap<&Plate, &RegisterVehicle> = answer.iter().map(|one| (&one.plate, one)).collect();
        let write = self.write()?;
        let mut news = 0;
        for (vehicle, plate) in asked {
            match said.get(plate) {
                Some(said) => news += usize::from(save_vehicle(&write, *vehicle, said, day)?),
                None => {
                    write
                        .prepare_cached(
                            "INSERT INTO register_state (vehicle_id, vehicle_at, silent_since) VALUES (?1, ?2, ?2)
                             ON CONFLICT (vehicle_id) DO UPDATE SET vehicle_at = excluded.vehicle_at,
                                silent_since = coalesce(silent_since, excluded.silent_since)",
                        )?
                        .execute(params![vehicle.0, instant(day.now)])?;
                }
            }
        }
        write.commit()?;
        Ok(news)
    }

    /// Writes inspections, so that the advice rules find them whoever did them (NEW-08). What the shop's
    /// own files say of the same inspection stays as it is. Says how many are new or changed.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written; then nothing is.
    pub fn save_register_inspections(
        &mut self,
        asked: Asked<'_>,
        answer: &[RegisterInspection],
        day: &AskingDay,
    ) -> Result<usize, StoreError> {
        let ids: BTreeMap<&Plate, VehicleId> = asked.iter().map(|(id, plate)| (plate, *id)).collect();
        let write = self.write()?;
        let mut news = 0;
        for said in answer {
            if let Some(vehicle) = ids.get(&said.plate) {
                news += usize::from(save_inspection(&write, *vehicle, said, day)?);
            }
        }
        answered(&write, Question::Inspections, asked, day)?;
        write.commit()?;
        Ok(news)
    }

    /// Writes recalls. One that is carried out closes; one of which nothing is said any more closes only
    /// when the vehicle's own record says that none is open. Says how many opened or closed.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written; then nothing is.
    pub fn save_register_recalls(
        &mut self,
        asked: Asked<'_>,
        told: Told<'_>,
        day: &AskingDay,
    ) -> Result<usize, StoreError> {
        let write = self.write()?;
        for action in told.actions {
            save_action(&write, action, day)?;
        }
        let ids: BTreeMap<&Plate, VehicleId> = asked.iter().map(|(id, plate)| (plate, *id)).collect();
        let mut news = 0;
        for said in told.recalls {
            if let Some(vehicle) = ids.get(&said.plate) {
                news += save_recall(&write, *vehicle, said, day)?;
            }
        }
        for (vehicle, plate) in asked {
            if !told.recalls.iter().any(|said| said.plate == *plate) {
                news += write
                    .prepare_cached(
                        "UPDATE recall SET open = 0, closed_on = ?2 WHERE vehicle_id = ?1 AND open = 1
                            AND EXISTS (SELECT 1 FROM register_record r WHERE r.vehicle_id = ?1 AND r.recall_open = 0
                                           AND r.fetched_at > recall.fetched_at)",
                    )?
                    .execute(params![vehicle.0, day.today])?;
            }
        }
        if told.complete {
            answered(&write, Question::Recalls, asked, day)?;
        }
        write.commit()?;
        Ok(news)
    }

    /// The references of recalls about which nothing is known yet.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn unknown_recalls(&self, references: &[String]) -> Result<Vec<String>, StoreError> {
        let mut find = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM recall_action WHERE reference = ?1)")?;
        let mut unknown = Vec::new();
        for reference in references {
            if !find.query_row([reference], |row| row.get(0))? {
                unknown.push(reference.clone());
            }
        }
        Ok(unknown)
    }
}

/// Notes that a question about these vehicles was answered.
fn answered(
    connection: &Connection,
    question: Question,
    asked: Asked<'_>,
    day: &AskingDay,
) -> Result<(), StoreError> {
    let column = question.column();
    let sql = format!(
        "INSERT INTO register_state (vehicle_id, {column}) VALUES (?1, ?2)
         ON CONFLICT (vehicle_id) DO UPDATE SET {column} = excluded.{column}"
    );
    for (vehicle, _) in asked {
        connection.prepare_cached(&sql)?.execute(params![vehicle.0, instant(day.now)])?;
    }
    Ok(())
}

fn known(connection: &Connection, vehicle: VehicleId) -> Result<Option<Known>, StoreError> {
    let mut find = connection.prepare_cached(
        "SELECT v.make, v.model, v.first_registered_on, v.registered_on, v.inspection_expires_on,
                r.inspection_expires_on, r.recall_open, r.registered_on, s.seen_registered_on, s.seen_at,
                r.newer_registration_on IS NOT NULL
           FROM vehicle v LEFT JOIN register_record r ON r.vehicle_id = v.id
           LEFT JOIN register_state s ON s.vehicle_id = v.id WHERE v.id = ?1",
    )?;
    let known = find.query_row([vehicle.0], |row| {
        let seen: (Option<NaiveDate>, Option<DateTime<Utc>>) = (row.get(8)?, row.get(9)?);
        Ok(Known {
            ours: [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?],
            expires_on: row.get(5)?,
            recall_open: row.get(6)?,
            registered_on: row.get(7)?,
            newer: row.get(10)?,
            seen: seen.0.zip(seen.1),
        })
    });
    Ok(known.optional()?)
}

/// Writes one vehicle; whether anything of it is new.
fn save_vehicle(
    write: &Connection,
    vehicle: VehicleId,
    said: &RegisterVehicle,
    day: &AskingDay,
) -> Result<bool, StoreError> {
    let Some(known) = known(write, vehicle)? else { return Ok(false) };
    let now = instant(day.now);
    let ours = known.ours.get(3).and_then(|date| date.as_deref()?.parse::<NaiveDate>().ok());
    // A date that came before the shop had one of its own was never looked at twice.
    let settled = known.registered_on.filter(|date| known.newer || ours.is_none_or(|ours| *date <= ours));
    let judged = said.registered_on.map(|date| (date, sighting(date, ours, settled, known.seen, day.now)));
    let believed = judged.filter(|(_, sighting)| *sighting == Sighting::Believed).map(|(date, _)| date);
    let changed_hands = believed.filter(|date| settled != Some(*date));
    // Only a date that is newer than ours has a day on which it was found to be so.
    let newer = changed_hands.filter(|date| ours.is_some_and(|ours| *date > ours)).map(|_| day.today);
    write
        .prepare_cached(
            "INSERT INTO register_record (vehicle_id, inspection_expires_on, registered_on, newer_registration_on, fetched_at,
                    make, model, first_registered_on, inspection_expires_at, registered_at, recall_open, odometer_verdict)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, CASE WHEN ?2 IS NOT NULL THEN ?5 END,
                     CASE WHEN ?3 IS NOT NULL THEN ?5 END, ?9, ?10)
             ON CONFLICT (vehicle_id) DO UPDATE SET
                    inspection_expires_on = coalesce(excluded.inspection_expires_on, inspection_expires_on),
                    inspection_expires_at = coalesce(excluded.inspection_expires_at, inspection_expires_at),
                    newer_registration_on = CASE WHEN ?11 THEN excluded.newer_registration_on
                                                 ELSE newer_registration_on END,
                    registered_on = coalesce(excluded.registered_on, registered_on),
                    registered_at = coalesce(excluded.registered_at, registered_at),
                    fetched_at = excluded.fetched_at,
                    make = coalesce(excluded.make, make), model = coalesce(excluded.model, model),
                    first_registered_on = coalesce(excluded.first_registered_on, first_registered_on),
                    recall_open = coalesce(excluded.recall_open, recall_open),
                    odometer_verdict = coalesce(excluded.odometer_verdict, odometer_verdict)",
        )?
        .execute(params![
            vehicle.0,
            said.inspection_expires_on,
            believed,
            newer,
            now,
            said.make,
            said.model,
            said.first_registered_on,
            said.recall_open,
            said.odometer_verdict,
            changed_hands.is_some(),
        ])?;
    let seen = match judged {
        Some((date, Sighting::First)) => Some((date, now.clone())),
        // An answer that does not give the date takes nothing back.
        Some((_, Sighting::TooSoon)) | None => known.seen.map(|(date, at)| (date, instant(at))),
        Some((_, Sighting::Believed)) => None,
    };
    let renewed = said.inspection_expires_on.is_some() && said.inspection_expires_on != known.expires_on;
    let recalled = said.recall_open.is_some() && said.recall_open != known.recall_open;
    write
        .prepare_cached(
            "INSERT INTO register_state (vehicle_id, vehicle_at, seen_registered_on, seen_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (vehicle_id) DO UPDATE SET vehicle_at = excluded.vehicle_at, silent_since = NULL,
                seen_registered_on = excluded.seen_registered_on, seen_at = excluded.seen_at,
                inspection_at = CASE WHEN ?5 THEN inspection_at END, recall_at = CASE WHEN ?6 THEN recall_at END",
        )?
        .execute(params![
            vehicle.0,
            now,
            seen.as_ref().map(|(date, _)| *date),
            seen.as_ref().map(|(_, at)| at.as_str()),
            !renewed,
            !recalled,
        ])?;
    let filled = fill(write, vehicle, &known, said, day)?;
    Ok(filled || renewed || changed_hands.is_some())
}

/// Gives the shop's vehicle what it does not know yet (PEER-16); what it knows stays.
fn fill(
    write: &Connection,
    vehicle: VehicleId,
    known: &Known,
    said: &RegisterVehicle,
    day: &AskingDay,
) -> Result<bool, StoreError> {
    let date = |date: Option<NaiveDate>| date.map(|date| date.to_string());
    let given = [
        said.make.clone(),
        said.model.clone(),
        date(said.first_registered_on),
        date(said.registered_on),
        date(said.inspection_expires_on),
    ];
    let mut filled = false;
    for ((column, ours), given) in FILLED.iter().zip(&known.ours).zip(given) {
        let (None, Some(given)) = (ours, given) else { continue };
        let sql = format!("UPDATE vehicle SET {column} = ?2 WHERE id = ?1");
        write.prepare_cached(&sql)?.execute(params![vehicle.0, given])?;
        let change = Change {
            noun: "vehicle",
            id: vehicle.0,
            action: "changed",
            field: Some(column),
            before: None,
            after: Some(&given),
        };
        record(write, day.actor, &change)?;
        filled = true;
    }
    Ok(filled)
}

/// Writes one inspection; whether anything of it is new.
fn save_inspection(
    write: &Connection,
    vehicle: VehicleId,
    said: &RegisterInspection,
    day: &AskingDay,
) -> Result<bool, StoreError> {
    type Stored = (i64, Option<i64>, String, Option<String>, Option<NaiveDate>);
    let advice = said.advice.join(" ");
    let stored: Option<Stored> = write
        .prepare_cached(
            "SELECT id, import_id, advice, register_advice, register_expires_on FROM inspection
              WHERE vehicle_id = ?1 AND inspected_on = ?2",
        )?
        .query_row(params![vehicle.0, said.inspected_on], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .optional()?;
    let result = said.reported.then(|| match said.expires_on {
        Some(_) => InspectionResult::Pass.as_str(),
        None => InspectionResult::Fail.as_str(),
    });
    let now = instant(day.now);
    let Some((id, import, own, before, expires)) = stored else {
        write
            .prepare_cached(
                "INSERT INTO inspection (vehicle_id, inspected_on, result, advice, register_advice, register_expires_on, register_at)
                 VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)",
            )?
            .execute(params![vehicle.0, said.inspected_on, result, advice, said.expires_on, now])?;
        inspection::index_advice(write, write.last_insert_rowid())?;
        return Ok(true);
    };
    // What was told before and is left out now stays told.
    let mut codes: Vec<&str> = before.as_deref().unwrap_or_default().split_whitespace().collect();
    codes.extend(said.advice.iter().map(String::as_str));
    codes.sort_unstable();
    codes.dedup();
    let codes = codes.join(" ");
    // A row that only the register knows shows its advice as its own.
    let shown = if import.is_none() && before.as_deref() == Some(own.as_str()) { &codes } else { &own };
    write
        .prepare_cached(
            "UPDATE inspection SET advice = ?2, register_advice = ?3, register_at = ?4,
                    register_expires_on = coalesce(?5, register_expires_on), result = coalesce(result, ?6) WHERE id = ?1",
        )?
        .execute(params![id, shown, codes, now, said.expires_on, result])?;
    inspection::index_advice(write, id)?;
    let renewed = said.expires_on.is_some() && said.expires_on != expires;
    Ok(renewed || before.as_deref() != Some(codes.as_str()))
}

/// Writes one recall; 1 when it opened or closed.
fn save_recall(
    write: &Connection,
    vehicle: VehicleId,
    said: &RegisterRecall,
    day: &AskingDay,
) -> Result<usize, StoreError> {
    let before: Option<bool> = write
        .prepare_cached("SELECT open FROM recall WHERE vehicle_id = ?1 AND reference = ?2")?
        .query_row(params![vehicle.0, said.reference], |row| row.get(0))
        .optional()?;
    // One that opens again is news again.
    write
        .prepare_cached(
            "INSERT INTO recall (vehicle_id, reference, open, detected_on, closed_on, fetched_at)
             VALUES (?1, ?2, ?3, ?4, CASE WHEN ?3 THEN NULL ELSE ?4 END, ?5)
             ON CONFLICT (vehicle_id, reference) DO UPDATE SET
                detected_on = CASE WHEN excluded.open AND NOT open THEN excluded.detected_on ELSE detected_on END,
                closed_on = CASE WHEN excluded.open THEN NULL WHEN open THEN excluded.closed_on ELSE closed_on END,
                open = excluded.open, fetched_at = excluded.fetched_at",
        )?
        .execute(params![vehicle.0, said.reference, said.open, day.today, instant(day.now)])?;
    Ok(usize::from(before.unwrap_or(false) != said.open))
}

fn save_action(write: &Connection, action: &RecallAction, day: &AskingDay) -> Result<(), StoreError> {
    write
        .prepare_cached(
            "INSERT INTO recall_action (reference, published_on, defect, consequence, remedy, fetched_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (reference) DO UPDATE SET published_on = coalesce(excluded.published_on, published_on),
                defect = coalesce(excluded.defect, defect), consequence = coalesce(excluded.consequence, consequence),
                remedy = coalesce(excluded.remedy, remedy), fetched_at = excluded.fetched_at",
        )?
        .execute(params![
            action.reference,
            action.published_on,
            action.defect,
            action.consequence,
            action.remedy,
            instant(day.now)
        ])?;
    Ok(())
}
