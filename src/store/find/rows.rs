//! What the overview shows of each row that was found.

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, params};

use super::super::StoreError;
use super::super::facts::plate;
use super::super::search::{Item, PLATES};
use super::{CustomerRow, FoundRow, VehicleRow};
use crate::domain::customer::display_name;
use crate::domain::ids::{CustomerId, VehicleId};

/// A row, unless it went meanwhile.
pub(super) fn row(
    connection: &Connection,
    item: Item,
    today: NaiveDate,
) -> Result<Option<FoundRow>, StoreError> {
    match item {
        Item::Customer(id) => Ok(customer(connection, id, today)?.map(FoundRow::Customer)),
        Item::Vehicle(id) => Ok(vehicle(connection, id)?.map(FoundRow::Vehicle)),
    }
}

fn customer(connection: &Connection, id: i64, today: NaiveDate) -> Result<Option<CustomerRow>, StoreError> {
    // The plus signs keep SQLite to the index by customer: by state it would walk the whole list for each row.
    let sql = format!(
        "SELECT c.code, c.kind, c.first_name, c.name, c.company, c.city, coalesce(c.mobile, c.phone),
                c.contact_allowed = 0, c.active, {PLATES},
                (SELECT max(visited_on) FROM visit WHERE customer_id = c.id AND visited_on <= ?2),
                (SELECT count(*) FROM task WHERE customer_id = c.id AND +state = 'open'),
                (SELECT count(*) FROM task WHERE customer_id = c.id AND +state = 'open' AND +execute_on <= ?2),
                EXISTS (SELECT 1 FROM consent s WHERE s.customer_id = c.id AND s.given = 1
                    AND s.id = (SELECT max(l.id) FROM consent l WHERE l.customer_id = c.id AND l.channel = s.channel))
           FROM customer c WHERE c.id = ?1 AND c.erased_at IS NULL"
    );
    let mut find = connection.prepare_cached(&sql)?;
    let mut rows = find.query(params![id, today])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let code: String = row.get(0)?;
    let (first_name, name, company): (_, _, Option<String>) = (row.get(2)?, row.get(3)?, row.get(4)?);
    let plates: Option<String> = row.get(9)?;
    Ok(Some(CustomerRow {
        id: CustomerId(id),
        kind: row.get_ref(1)?.as_str().unwrap_or_default().parse().map_err(StoreError::Strange)?,
        person: company.is_some().then(|| display_name(&first_name, &name, &None)).flatten(),
        name: display_name(&first_name, &name, &company).unwrap_or(code),
        city: row.get(5)?,
        phone: row.get(6)?,
        plates: plates.iter().flat_map(|all| all.split(' ')).map(plate).collect::<Result<_, _>>()?,
        objected: row.get::<_, Option<bool>>(7)?.unwrap_or_default(),
        active: row.get(8)?,
        last_visit_on: row.get(10)?,
        open_tasks: row.get(11)?,
        due_tasks: row.get(12)?,
        consented: row.get(13)?,
    }))
}

fn vehicle(connection: &Connection, id: i64) -> Result<Option<VehicleRow>, StoreError> {
    let sql =
        "SELECT plate, trim(coalesce(make, '') || ' ' || coalesce(model, '')) FROM vehicle WHERE id = ?1";
    let found: Option<(String, String)> =
        connection.prepare_cached(sql)?.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((text, what)) = found else { return Ok(None) };
    Ok(Some(VehicleRow { id: VehicleId(id), plate: plate(&text)?, what }))
}
