//! What the vehicle register would say about an invented shop: the register itself cannot be asked
//! about plates that do not exist.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::params;

use super::history::instant;
use super::{Store, StoreError};

impl Store {
    /// Gives one vehicle in twenty a record: most agree with the shop, some were inspected
    /// elsewhere, some changed hands.
    pub(crate) fn invent_register(&mut self, today: NaiveDate, now: DateTime<Utc>) -> Result<(), StoreError> {
        let write = self.write()?;
        write.execute(
            "INSERT INTO register_record (vehicle_id, inspection_expires_on, registered_on, newer_registration_on, fetched_at)
             SELECT id,
                    CASE WHEN id % 60 = 0 THEN date(inspection_expires_on, '+1 year') ELSE inspection_expires_on END,
                    CASE WHEN id % 100 = 10 THEN date(?1, '-20 days') ELSE registered_on END,
                    CASE WHEN id % 100 = 10 THEN ?1 END,
                    ?2
               FROM vehicle WHERE id % 20 IN (0, 10) AND registered_on < date(?1, '-20 days')",
            params![today.to_string(), instant(now)],
        )?;
        write.commit()?;
        Ok(())
    }
}
