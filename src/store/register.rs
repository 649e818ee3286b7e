//! When the vehicle register was asked about what, and when it is to be asked again (APP-06). What it
//! said is written by `register_save.rs`.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rusqlite::{OptionalExtension, named_params, params};

use super::facts::plate;
use super::history::{Actor, instant};
use super::{Store, StoreError};
use crate::domain::ids::VehicleId;
use crate::domain::plate::Plate;
use crate::domain::register::{
    Freshness, Pace, Question, RECORD_LEFT_OUT, RecallAction, RegisterRecall, STALE_DAYS, VALUE_LEFT_OUT,
    freshness,
};

/// Vehicles that the register can know: they have a plate of its form, and no present owner who lives
/// elsewhere, where the same letters and digits are another car's plate.
const ASKABLE: &str = "v.active = 1 AND length(v.plate) = 6 AND NOT EXISTS (
    SELECT 1 FROM ownership o JOIN customer c ON c.id = o.customer_id
     WHERE o.vehicle_id = v.id AND o.until_on IS NULL AND c.country IS NOT NULL AND upper(trim(c.country)) NOT IN
           ('', 'NL', 'NLD', 'NEDERLAND', 'THE NETHERLANDS', 'NETHERLANDS', 'HOLLAND', 'NIEDERLANDE', 'HOLANDA'))";

/// The day on which the register is asked.
#[derive(Debug, Clone, Copy)]
pub struct AskingDay {
    /// The shop's date.
    pub today: NaiveDate,
    /// The instant by which ages are measured, in UTC; on a pretended day one of that day.
    pub now: DateTime<Utc>,
    /// Who writes in the history, and the true instant.
    pub actor: Actor,
}

/// What the register told of recalls.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Of which vehicles which recalls.
    pub recalls: &'a [RegisterRecall],
    /// What those that were not known yet are about.
    pub actions: &'a [RecallAction],
    /// Whether that is all; if not, it stays to be asked.
    pub complete: bool,
}

/// What the register did that it should not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterTrouble {
    /// The data set, by its number at the register.
    pub data_set: String,
    /// What is wrong.
    pub words: String,
    /// When it was seen last, in UTC.
    pub last_at: DateTime<Utc>,
    /// How many times.
    pub times: u32,
}

impl RegisterTrouble {
    /// Whether it is about one record or value of many, about which nobody but the register can do
    /// anything.
    pub fn is_small(&self) -> bool {
        self.words.ends_with(RECORD_LEFT_OUT) || self.words.ends_with(VALUE_LEFT_OUT)
    }
}

/// How far the register's word on a vehicle can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegisterStanding {
    /// In one word.
    pub freshness: Freshness,
    /// Since when it has answered with nothing, in UTC.
    pub silent_since: Option<DateTime<Utc>>,
}

/// How the register stands with all vehicles that it can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RegisterOverview {
    /// Vehicles with a Dutch plate.
    pub vehicles: u32,
    /// Of these, those it was never asked about.
    pub unasked: u32,
    /// Those of which it has nothing now.
    pub silent: u32,
    /// Those whose last answer is old.
    pub stale: u32,
    /// Its last answer, in UTC.
    pub answered_at: Option<DateTime<Utc>>,
}

impl Question {
    /// Where the last answer's instant is kept.
    pub(super) fn column(self) -> &'static str {
        match self {
            Question::Vehicle => "vehicle_at",
            Question::Inspections => "inspection_at",
            Question::Recalls => "recall_at",
        }
    }
}

impl Store {
    /// The vehicles about which a question is due, at most `limit`: new ones first, then those that were
    /// not tried for longest.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn register_due(
        &self,
        question: Question,
        day: &AskingDay,
        limit: usize,
    ) -> Result<Vec<(VehicleId, Plate)>, StoreError> {
        let general = self.settings()?.general;
        let pace = Pace { registration_days: general.registration_check_every_days };
        let ago = |days: u32| instant(day.now - TimeDelta::days(i64::from(days)));
        let (first, last) = Pace::near(day.today);
        let again = match question {
            // A date that was seen once is looked at again a day later.
            Question::Vehicle => "OR (s.seen_at <= :yesterday AND s.vehicle_at <= :yesterday)",
            _ => "",
        };
        let sql = format!(
            "SELECT v.id, v.plate FROM vehicle v
               LEFT JOIN register_state s ON s.vehicle_id = v.id
               LEFT JOIN register_record r ON r.vehicle_id = v.id
              WHERE {ASKABLE}
                AND (s.{column} IS NULL
                     OR s.{column} <= CASE WHEN coalesce(r.inspection_expires_on, v.inspection_expires_on)
                                                BETWEEN :first AND :last THEN :near ELSE :usual END
                     {again})
              ORDER BY s.tried_at, v.id LIMIT :limit",
            column = question.column()
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let (near, usual, yesterday) =
            (ago(pace.days(question, true)), ago(pace.days(question, false)), ago(1));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut values = named_params! {
            ":first": first, ":last": last, ":near": near, ":usual": usual, ":limit": limit
        }
        .to_vec();
        if question == Question::Vehicle {
            values.push((":yesterday", &yesterday));
        }
        let mut rows = statement.query(values.as_slice())?;
        let mut due = Vec::new();
        while let Some(row) = rows.next()? {
            due.push((VehicleId(row.get(0)?), plate(row.get_ref(1)?.as_str().unwrap_or_default())?));
        }
        Ok(due)
    }

    /// The number of the newest vehicle: a larger one is a vehicle that nobody was asked about.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn newest_vehicle(&self) -> Result<Option<VehicleId>, StoreError> {
        let sql = "SELECT max(id) FROM vehicle";
        let id: Option<i64> = self.connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        Ok(id.map(VehicleId))
    }

    /// Every vehicle that the register can know, for one who asks about all of them now.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn register_vehicles(&self) -> Result<Vec<(VehicleId, Plate)>, StoreError> {
        let sql = format!("SELECT v.id, v.plate FROM vehicle v WHERE {ASKABLE} ORDER BY v.id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push((VehicleId(row.get(0)?), plate(row.get_ref(1)?.as_str().unwrap_or_default())?));
        }
        Ok(all)
    }

    /// Notes that a question about these vehicles leaves now: whatever comes of it, others come first
    /// the next time.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub fn register_tried(&mut self, vehicles: &[VehicleId], day: &AskingDay) -> Result<(), StoreError> {
        let write = self.write()?;
        let now = instant(day.now);
        for vehicle in vehicles {
            write
                .prepare_cached(
                    "INSERT INTO register_state (vehicle_id, tried_at) VALUES (?1, ?2)
                     ON CONFLICT (vehicle_id) DO UPDATE SET tried_at = excluded.tried_at",
                )?
                .execute(params![vehicle.0, now])?;
        }
        Ok(write.commit()?)
    }

    /// Takes one request from the day's budget of `most`; `false`: it is used up.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written; then nothing may be asked.
    pub fn spend_register_request(&mut self, today: NaiveDate, most: u32) -> Result<bool, StoreError> {
        let write = self.write()?;
        write.execute(
            "INSERT INTO register_day (day, requests) VALUES (?1, 0) ON CONFLICT (day) DO NOTHING",
            [today],
        )?;
        let spent = write.execute(
            "UPDATE register_day SET requests = requests + 1 WHERE day = ?1 AND requests < ?2",
            params![today, most],
        )?;
        // Two years of days say enough.
        write.execute("DELETE FROM register_day WHERE day < date(?1, '-2 years')", [today])?;
        write.commit()?;
        Ok(spent > 0)
    }

    /// How many requests left for the register on a day.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn register_requests(&self, day: NaiveDate) -> Result<u32, StoreError> {
        let sql = "SELECT requests FROM register_day WHERE day = ?1";
        Ok(self.connection.prepare_cached(sql)?.query_row([day], |row| row.get(0)).optional()?.unwrap_or(0))
    }

    /// How far the register's word on a vehicle can be trusted; `None`: it was never asked.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn register_standing(
        &self,
        vehicle: VehicleId,
        now: DateTime<Utc>,
    ) -> Result<Option<RegisterStanding>, StoreError> {
        let sql = "SELECT coalesce(s.vehicle_at, r.fetched_at) AS asked, s.silent_since FROM vehicle v
                     LEFT JOIN register_state s ON s.vehicle_id = v.id
                     LEFT JOIN register_record r ON r.vehicle_id = v.id WHERE v.id = ?1 AND asked IS NOT NULL";
        let standing = self.connection.prepare_cached(sql)?.query_row([vehicle.0], |row| {
            let silent_since: Option<DateTime<Utc>> = row.get(1)?;
            let freshness = freshness(row.get(0)?, silent_since.is_some(), now);
            Ok(RegisterStanding { freshness, silent_since })
        });
        Ok(standing.optional()?)
    }

    /// How the register stands with all vehicles.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn register_overview(&self, now: DateTime<Utc>) -> Result<RegisterOverview, StoreError> {
        let sql = format!(
            "SELECT count(*), count(*) - count(s.vehicle_at), count(s.silent_since),
                          count(CASE WHEN s.silent_since IS NULL AND s.vehicle_at < ?1 THEN 1 END), max(s.vehicle_at)
                     FROM vehicle v LEFT JOIN register_state s ON s.vehicle_id = v.id
                    WHERE {ASKABLE}"
        );
        let old = instant(now - TimeDelta::days(i64::from(STALE_DAYS)));
        Ok(self.connection.prepare_cached(&sql)?.query_row([old], |row| {
            Ok(RegisterOverview {
                vehicles: row.get(0)?,
                unasked: row.get(1)?,
                silent: row.get(2)?,
                stale: row.get(3)?,
                answered_at: row.get(4)?,
            })
        })?)
    }

    /// Notes what the register did that it should not; the same again is only counted.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub fn note_register_trouble(
        &mut self,
        data_set: &str,
        words: &[String],
        day: &AskingDay,
    ) -> Result<(), StoreError> {
        if words.is_empty() {
            return Ok(());
        }
        let write = self.write()?;
        for words in words {
            write
                .prepare_cached(
                    "INSERT INTO register_trouble (data_set, words, first_at, last_at, times) VALUES (?1, ?2, ?3, ?3, 1)
                     ON CONFLICT (data_set, words) DO UPDATE SET last_at = excluded.last_at, times = times + 1",
                )?
                .execute(params![data_set, words, instant(day.now)])?;
        }
        let old = instant(day.now - TimeDelta::days(90));
        write.execute("DELETE FROM register_trouble WHERE last_at < ?1", [old])?;
        Ok(write.commit()?)
    }

    /// What the register did lately that it should not, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn register_troubles(&self) -> Result<Vec<RegisterTrouble>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT data_set, words, last_at, times FROM register_trouble ORDER BY last_at DESC, data_set, words LIMIT 100",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(RegisterTrouble {
                data_set: row.get(0)?,
                words: row.get(1)?,
                last_at: row.get(2)?,
                times: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
