//! Customers as somebody looks for them: search while typing, filters, order (CSS-09).
//!
//! Exact words come first, then words that begin so. Only when that finds next to nothing are the
//! index's own words asked which of them is spelled nearly so.

mod expression;
mod rows;

use chrono::NaiveDate;
use rusqlite::{Connection, ToSql, named_params};

use super::search::Item;
use super::{Store, StoreError};
use crate::domain::customer::CustomerKind;
use crate::domain::ids::{CustomerId, VehicleId};
use crate::domain::plate::Plate;
use crate::domain::search::{CustomerFilter, CustomerOrder, CustomerQuery};
use crate::domain::text::folded;
use expression::Typed;

/// Rows of one answer; more than that nobody reads.
pub const SHOWN: usize = 50;
/// With fewer hits than this a typing error is thought of.
const FEW: usize = 3;
/// So many hits are put in order by name; of more, the first fifty exact ones and then any.
const SORTED: usize = 400;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The first of them.
    pub rows: Vec<FoundRow>,
    /// How many there are.
    pub count: usize,
    /// Some are only spelled nearly as what was typed.
    pub nearly: bool,
}

/// One row of the overview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundRow {
    /// A customer.
    Customer(CustomerRow),
    /// A vehicle that nobody owns.
    Vehicle(VehicleRow),
}

/// A customer in the overview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerRow {
    /// The customer.
    pub id: CustomerId,
    /// The name under which the desk knows them.
    pub name: String,
    /// Who is behind a company's name.
    pub person: Option<String>,
    /// Private, company, trader or prospect.
    pub kind: CustomerKind,
    /// Town.
    pub city: Option<String>,
    /// The mobile number, else the other one.
    pub phone: Option<String>,
    /// The plates of the vehicles they own now.
    pub plates: Vec<Plate>,
    /// Open tasks in the list.
    pub open_tasks: u32,
    /// Those of them that are due today or late.
    pub due_tasks: u32,
    /// They objected to being contacted.
    pub objected: bool,
    /// Whether consent stands on any channel.
    pub consented: bool,
    /// Not removed at the desk.
    pub active: bool,
    /// Their last visit, today included.
    pub last_visit_on: Option<NaiveDate>,
}

/// A vehicle in the overview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleRow {
    /// The vehicle.
    pub id: VehicleId,
    /// Its plate.
    pub plate: Plate,
    /// Make and model.
    pub what: String,
}

/// The filter as a condition on customer `c`; parameters `:kind` and `:active`.
const FILTER: &str = "(:kind IS NULL OR c.kind = :kind) AND (:active IS NULL OR c.active = :active)
    AND (NOT :tasks OR EXISTS (SELECT 1 FROM task t WHERE t.customer_id = c.id AND t.state = 'open'))
    AND (NOT :consent OR NOT EXISTS (SELECT 1 FROM consent s WHERE s.customer_id = c.id AND s.given = 1
        AND s.id = (SELECT max(l.id) FROM consent l WHERE l.customer_id = c.id AND l.channel = s.channel)))";

impl Store {
    /// Customers, and vehicles without an owner, as somebody looks for them: at most [`SHOWN`] rows, and
    /// how many there are. Without a text: all customers.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn find_customers(&self, query: &CustomerQuery, today: NaiveDate) -> Result<Found, StoreError> {
        let connection = &self.connection;
        let Some(typed) = Typed::new(&query.text, query.field) else {
            return self.all_customers(query, today);
        };
        let free = query.filter == CustomerFilter::default();
        let (mut items, mut count) = if free {
            matching(connection, &typed)?
        } else {
            filtered(connection, &typed.beginning(), query.filter)?
        };
        let mut nearly = false;
        if count < FEW
            && let Some(near) = typed.nearly(|word| words_from(connection, word))?
        {
            let (more, _) = if free {
                (items_of(connection, &near, SHOWN)?, 0)
            } else {
                filtered(connection, &near, query.filter)?
            };
            for item in more {
                if !items.iter().any(|(known, _)| *known == item.0) {
                    items.push((item.0, NEARLY));
                    nearly = true;
                    count += 1;
                }
            }
        }
        let mut rows = Vec::new();
        for (item, class) in items {
            if let Some(row) = rows::row(connection, item, today)? {
                rows.push((class, row));
            }
        }
        sort(&mut rows, &typed, query.order);
        rows.truncate(SHOWN);
        Ok(Found { rows: rows.into_iter().map(|(_, row)| row).collect(), count, nearly })
    }

    /// The customers that a search finds, all of them up to a number, for a mailing: only those that are
    /// active, whatever the filter says.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn customers_found(&self, query: &CustomerQuery, most: usize) -> Result<Vec<CustomerId>, StoreError> {
        let typed = Typed::new(&query.text, query.field);
        let text = typed.as_ref().map(Typed::beginning);
        let found = match &text {
            None => "",
            // A vehicle's row stands for itself, a customer's for the customer.
            Some(_) => {
                "c.id IN (SELECT rowid / 2 FROM search WHERE search MATCH :text AND rowid % 2 = 0) AND"
            }
        };
        let sql = format!(
            "SELECT c.id FROM customer c WHERE {found} c.active = 1 AND c.erased_at IS NULL AND {FILTER}
              ORDER BY coalesce(c.company, c.name, c.first_name, c.code) COLLATE NOCASE LIMIT :most"
        );
        let kind = query.filter.kind.map(CustomerKind::as_str);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut parameters: Vec<(&str, &dyn ToSql)> = vec![
            (":kind", &kind),
            (":active", &query.filter.active),
            (":tasks", &query.filter.with_tasks),
            (":consent", &query.filter.without_consent),
            (":most", &most),
        ];
        if let Some(text) = &text {
            parameters.push((":text", text));
        }
        let mut find = self.connection.prepare_cached(&sql)?;
        let ids = find.query_map(parameters.as_slice(), |row| Ok(CustomerId(row.get(0)?)))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    fn all_customers(&self, query: &CustomerQuery, today: NaiveDate) -> Result<Found, StoreError> {
        let order = match query.order {
            CustomerOrder::Name => "coalesce(c.company, c.name, c.first_name, c.code) COLLATE NOCASE",
            CustomerOrder::LastVisit => {
                "(SELECT max(v.visited_on) FROM visit v WHERE v.customer_id = c.id AND v.visited_on <= :today) DESC NULLS LAST, c.id"
            }
        };
        let condition = format!("c.erased_at IS NULL AND {FILTER}");
        let CustomerFilter { kind, active, with_tasks, without_consent } = query.filter;
        let kind = kind.map(CustomerKind::as_str);
        let mut parameters: Vec<(&str, &dyn ToSql)> = vec![
            (":kind", &kind),
            (":active", &active),
            (":tasks", &with_tasks),
            (":consent", &without_consent),
        ];
        let count: i64 = self
            .connection
            .prepare_cached(&format!("SELECT count(*) FROM customer c WHERE {condition}"))?
            .query_row(parameters.as_slice(), |row| row.get(0))?;
        if query.order == CustomerOrder::LastVisit {
            parameters.push((":today", &today));
        }
        let shown = i64::try_from(SHOWN * 4).unwrap_or(i64::MAX);
        parameters.push((":shown", &shown));
        let sql = format!("SELECT c.id FROM customer c WHERE {condition} ORDER BY {order} LIMIT :shown");
        let mut find = self.connection.prepare_cached(&sql)?;
        let ids = find
            .query_map(parameters.as_slice(), |row| row.get(0))?
            .collect::<Result<Vec<i64>, rusqlite::Error>>()?;
        let mut rows = Vec::new();
        for id in ids {
            rows.extend(rows::row(&self.connection, Item::Customer(id), today)?);
        }
        Ok(Found { rows, count: usize::try_from(count).unwrap_or_default(), nearly: false })
    }
}

/// How well a row fits: the lower, the better.
const EXACTLY: u8 = 0;
const BEGINNING: u8 = 1;
const NEARLY: u8 = 2;

/// The rows that match, with how well they do, and how many there are.
fn matching(connection: &Connection, typed: &Typed) -> Result<(Vec<(Item, u8)>, usize), StoreError> {
    let beginning = typed.beginning();
    let mut items = items_of(connection, &beginning, SORTED)?;
    if items.len() < SORTED {
        let count = items.len();
        return Ok((items, count));
    }
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM search WHERE search MATCH ?1")?
        .query_row([&beginning], |row| row.get(0))?;
    // Too many to look at each: those that say it in full, then the first of the others.
    let exact = items_of(connection, &typed.exact(), SHOWN)?;
    items.truncate(SHOWN);
    let mut best: Vec<(Item, u8)> = exact.into_iter().map(|(item, _)| (item, EXACTLY)).collect();
    for (item, class) in items {
        if best.len() < SHOWN && !best.iter().any(|(known, _)| *known == item) {
            best.push((item, class));
        }
    }
    Ok((best, usize::try_from(count).unwrap_or_default()))
}

fn items_of(connection: &Connection, expression: &str, limit: usize) -> Result<Vec<(Item, u8)>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut find = connection.prepare_cached("SELECT rowid FROM search WHERE search MATCH ?1 LIMIT ?2")?;
    let rows = find.query_map((expression, limit), |row| Ok((Item::of(row.get(0)?), BEGINNING)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// As [`items_of`] under a filter, with the count. A vehicle is no customer of any kind.
fn filtered(
    connection: &Connection,
    expression: &str,
    filter: CustomerFilter,
) -> Result<(Vec<(Item, u8)>, usize), StoreError> {
    let sql = format!(
        "SELECT search.rowid FROM search JOIN customer c ON c.id = search.rowid / 2
          WHERE search MATCH :text AND search.rowid % 2 = 0 AND {FILTER}"
    );
    let mut find = connection.prepare_cached(&sql)?;
    let mut rows = find.query(named_params! {
        ":text": expression,
        ":kind": filter.kind.map(CustomerKind::as_str),
        ":active": filter.active,
        ":tasks": filter.with_tasks,
        ":consent": filter.without_consent,
    })?;
    let (mut items, mut count) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        count += 1;
        if items.len() < SORTED {
            items.push((Item::of(row.get(0)?), BEGINNING));
        }
    }
    Ok((items, count))
}

/// The index's words that begin with a letter, or all of them.
fn words_from(connection: &Connection, first: Option<char>) -> Result<Vec<String>, StoreError> {
    let from = first.map(String::from).unwrap_or_default();
    let until = first.map_or_else(
        || "\u{10ffff}".to_owned(),
        |first| char::from_u32(first as u32 + 1).map(String::from).unwrap_or_default(),
    );
    let mut find =
        connection.prepare_cached("SELECT term FROM search_word WHERE term >= ?1 AND term < ?2")?;
    let words = find.query_map([from, until], |row| row.get(0))?;
    Ok(words.collect::<Result<_, _>>()?)
}

/// The best fitting first; active before inactive; then by name, or who came last.
fn sort(rows: &mut [(u8, FoundRow)], typed: &Typed, order: CustomerOrder) {
    rows.sort_by_cached_key(|(class, row)| match row {
        FoundRow::Customer(row) => {
            let name = folded(&row.name);
            let class = if *class == BEGINNING && typed.is_in_full(&name) { EXACTLY } else { *class };
            let visit = row.last_visit_on.filter(|_| order == CustomerOrder::LastVisit);
            (class, !row.active, std::cmp::Reverse(visit), name)
        }
        FoundRow::Vehicle(row) => (*class, false, std::cmp::Reverse(None), row.plate.to_string()),
    });
}
