//! One question to one data set: pages in order, patience with what passes, words for what does not.
//!
//! No address and no plate stands in any error: they go to the log.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::sets::DataSet;
use crate::outside::http::{self, HttpError};
use crate::store::StoreError;

/// The longest answer that is read: the rows of a hundred vehicles are a hundredth of it.
const LONGEST: usize = 24 * 1024 * 1024;
/// How often a question is tried before its failure counts.
const TRIES: u32 = 3;
/// A longer wait is not sat out: the question is put off.
const PATIENCE: Duration = Duration::from_secs(20);
/// Requests under way together: RDW asks for few.
const LINES: usize = 2;
/// So many pages of one answer are no answer any more.
const MOST_PAGES: usize = 50;

/// Why the register did not answer.
#[derive(Debug, thiserror::Error)]
pub enum RdwError {
    /// The line.
    #[error("the register cannot be asked: {0}")]
    Http(#[from] HttpError),
    /// Too many requests.
    #[error("the register asks for fewer requests (429); Balie waits and asks again by itself")]
    Throttled(Option<Duration>),
    /// Its fault, or not ready.
    #[error("the register is out of order (answer {0}); Balie asks again by itself")]
    OutOfOrder(u16),
    /// It does not want to answer this.
    #[error("the register refuses the question about {set} (answer {status}: {words})")]
    Refused {
        /// The data set.
        set: &'static str,
        /// The status.
        status: u16,
        /// Its words.
        words: String,
    },
    /// What came is not what the register sends.
    #[error(
        "what came for {set} is not the register's answer: {what}; check base_url, and whether a log-in page stands before the internet"
    )]
    NotTheRegister {
        /// The data set.
        set: &'static str,
        /// What came instead.
        what: &'static str,
    },
    /// The answer ends in the middle.
    #[error("the register's answer about {0} is cut off or damaged; Balie asks again by itself")]
    CutOff(&'static str),
    /// The day's requests are used up.
    #[error(
        "the {0} requests a day to the register are used up; it goes on tomorrow (requests_per_day in [rdw] sets how many)"
    )]
    Budget(u32),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How far a failure reaches, the shortest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// These hundred vehicles.
    Batch,
    /// This data set.
    Set,
    /// This data set, and somebody who waits should not wait for another one.
    Slow,
    /// Everything.
    All,
}

impl RdwError {
    /// Whether the same question may well be answered in a moment.
    fn passes(&self) -> bool {
        match self {
            // Whoever let us wait for the whole time is not asked again at once.
            Self::Http(cause) => matches!(cause, HttpError::Unreachable(_) | HttpError::BrokenOff(_)),
            Self::Throttled(_) | Self::OutOfOrder(_) | Self::CutOff(_) => true,
            _ => false,
        }
    }

    /// How far it reaches.
    pub fn reach(&self) -> Reach {
        match self {
            Self::CutOff(_) | Self::Http(HttpError::TooLong(_)) => Reach::Batch,
            Self::OutOfOrder(_) | Self::Refused { .. } => Reach::Set,
            Self::Http(HttpError::TimedOut) => Reach::Slow,
            _ => Reach::All,
        }
    }

    /// Whether nothing reached the register.
    pub fn never_left(&self) -> bool {
        matches!(self, Self::Http(cause) if cause.never_left())
    }

    /// How long the register asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled(after) => *after,
            _ => None,
        }
    }
}

/// The rows of an answer, and what was wrong about it.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub rows: Vec<Value>,
    pub troubles: Vec<String>,
}

/// The register, at the address that the configuration names.
#[derive(Debug)]
pub struct Register {
    client: Client,
    base_url: String,
    /// Left aside once the register has refused it: a wrong token is worse than none (facts B.1).
    token: RefCell<Option<String>>,
    token_refused: Cell<bool>,
    /// Columns that a data set no longer has: it is then asked for whole rows.
    gone: RefCell<BTreeMap<DataSet, BTreeSet<String>>>,
    requests: RefCell<BTreeMap<DataSet, u32>>,
    requests_per_day: u32,
    /// So many requests are under way together at most.
    lines: Semaphore,
}

impl Register {
    /// The register under `base_url` (the folder above `{id}.json`).
    ///
    /// # Errors
    /// [`RdwError::Http`] when this machine cannot make connections.
    pub fn new(base_url: &str, token: Option<String>, requests_per_day: u32) -> Result<Self, RdwError> {
        Ok(Self {
            client: http::client()?,
            base_url: base_url.trim_end_matches('/').to_owned(),
            token: RefCell::new(token.filter(|token| !token.is_empty())),
            token_refused: Cell::new(false),
            gone: RefCell::default(),
            requests: RefCell::default(),
            requests_per_day,
            lines: Semaphore::new(LINES),
        })
    }

    /// How many requests may leave on a day.
    pub fn requests_per_day(&self) -> u32 {
        self.requests_per_day
    }

    /// How many requests went to each data set so far.
    pub fn requests(&self) -> BTreeMap<DataSet, u32> {
        self.requests.borrow().clone()
    }

    /// All rows of a data set whose key is one of `keys` (letters, digits and dashes only). `spend` takes
    /// one request from the day's budget before each; `now` tells the time for `Retry-After`.
    pub(super) async fn ask(
        &self,
        set: DataSet,
        keys: &[String],
        spend: &dyn Fn() -> Result<bool, StoreError>,
        now: DateTime<Utc>,
    ) -> Result<Rows, RdwError> {
        let plain = |key: &&String| key.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '-');
        let list: Vec<String> = keys.iter().filter(plain).map(|key| format!("'{key}'")).collect();
        let mut answer = Rows::default();
        if list.is_empty() {
            return Ok(answer);
        }
        let condition = format!("{} in({})", set.key(), list.join(","));
        for page in 0..MOST_PAGES {
            let rows =
                self.page(set, &condition, page * set.page(), spend, now, &mut answer.troubles).await?;
            let full = rows.len() >= set.page();
            answer.rows.extend(rows);
            if !full {
                break;
            }
        }
        if self.token_refused.take() {
            answer.troubles.push("the app_token is refused; it is left out until the next start".to_owned());
        }
        Ok(answer)
    }

    /// One page, tried again while what stands in the way passes.
    async fn page(
        &self,
        set: DataSet,
        condition: &str,
        offset: usize,
        spend: &dyn Fn() -> Result<bool, StoreError>,
        now: DateTime<Utc>,
        troubles: &mut Vec<String>,
    ) -> Result<Vec<Value>, RdwError> {
        let mut failures = 0;
        loop {
            if !spend()? {
                return Err(RdwError::Budget(self.requests_per_day));
            }
            *self.requests.borrow_mut().entry(set).or_default() += 1;
            let failure = match self.once(set, condition, offset, now).await {
                Ok(rows) => return Ok(rows),
                Err(Once::ColumnGone(name)) => {
                    troubles.push(format!("the column {name} is gone; whole rows are asked for instead"));
                    self.gone.borrow_mut().entry(set).or_default().insert(name);
                    continue;
                }
                Err(Once::TokenRefused) => {
                    self.token_refused.set(true);
                    continue;
                }
                Err(Once::Failed(failure)) => failure,
            };
            failures += 1;
            let wait = failure.retry_after().unwrap_or_else(|| http::wait(failures - 1));
            if failures >= TRIES || !failure.passes() || wait > PATIENCE {
                return Err(failure);
            }
            tokio::time::sleep(wait).await;
        }
    }

    async fn once(
        &self,
        set: DataSet,
        condition: &str,
        offset: usize,
        now: DateTime<Utc>,
    ) -> Result<Vec<Value>, Once> {
        let gone = self.gone.borrow().get(&set).cloned().unwrap_or_default();
        let order = if set.order().split(',').any(|name| gone.contains(name)) { ":id" } else { set.order() };
        let select = set.columns().iter().map(|column| column.name).collect::<Vec<_>>().join(",");
        // The gate is never closed; if it were, politeness would be all that is lost.
        let _line = self.lines.acquire().await;
        let (limit, offset) = (set.page().to_string(), offset.to_string());
        let mut query =
            vec![("$where", condition), ("$order", order), ("$limit", &limit), ("$offset", &offset)];
        if gone.is_empty() {
            query.push(("$select", &select));
        }
        let mut request = self.client.get(format!("{}/{}.json", self.base_url, set.id())).query(&query);
        let token = self.token.borrow().clone();
        if let Some(token) = &token {
            request = request.header("X-App-Token", token);
        }
        let response = request.send().await.map_err(HttpError::from)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let failed = match status {
            StatusCode::ACCEPTED => Some(RdwError::OutOfOrder(status.as_u16())),
            StatusCode::TOO_MANY_REQUESTS => Some(RdwError::Throttled(http::retry_after(&headers, now))),
            StatusCode::FORBIDDEN if token.is_some() => {
                *self.token.borrow_mut() = None;
                return Err(Once::TokenRefused);
            }
            _ if status.is_server_error() => Some(RdwError::OutOfOrder(status.as_u16())),
            _ if status.is_redirection() => {
                Some(RdwError::NotTheRegister { set: set.id(), what: "it leads somewhere else" })
            }
            _ => None,
        };
        if let Some(failed) = failed {
            let id = headers.get("X-Socrata-RequestId").and_then(|id| id.to_str().ok()).unwrap_or("none");
            tracing::debug!(set = set.id(), status = status.as_u16(), request = id, "the register failed");
            return Err(Once::Failed(failed));
        }
        let bytes = http::body(response, LONGEST).await?;
        if !status.is_success() {
            return Err(refusal(set, status, &bytes, &gone));
        }
        read(set, &bytes).map_err(Once::Failed)
    }
}

/// Why one request brought nothing.
enum Once {
    ColumnGone(String),
    TokenRefused,
    Failed(RdwError),
}

impl From<HttpError> for Once {
    fn from(cause: HttpError) -> Self {
        Self::Failed(cause.into())
    }
}

/// The rows of a good answer.
pub(super) fn read(set: DataSet, bytes: &[u8]) -> Result<Vec<Value>, RdwError> {
    let strange = |what| Err(RdwError::NotTheRegister { set: set.id(), what });
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => {}
        Some(b'<') => return strange("a web page"),
        Some(b'{') => return strange("no list of records"),
        None => return Err(RdwError::CutOff(set.id())),
        Some(_) => return strange("no JSON"),
    }
    serde_json::from_slice(bytes).map_err(|_| RdwError::CutOff(set.id()))
}

/// What a refusal (400, 404 ...) means.
fn refusal(set: DataSet, status: StatusCode, bytes: &[u8], gone: &BTreeSet<String>) -> Once {
    let answer: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
    let code = [text("errorCode"), text("code")].concat();
    let message = text("message");
    let column = || {
        let named = answer.pointer("/data/column").and_then(Value::as_str);
        let told = message.split("No such column: ").nth(1).map(|rest| {
            let end = rest.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_');
            rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
        });
        let known = || set.columns().iter().map(|column| column.name).find(|name| message.contains(name));
        named.or(told).or_else(known).map(str::to_owned)
    };
    if code.contains("no-such-column") || message.contains("no-such-column") {
        match column() {
            Some(name) if !gone.contains(&name) && name != set.key() => return Once::ColumnGone(name),
            Some(name) => {
                let words = format!("it has no column {name} any more");
                return Once::Failed(RdwError::Refused { set: set.id(), status: status.as_u16(), words });
            }
            None => {}
        }
    }
    // The message repeats the question, plates and all; only what kind of refusal it is may be told.
    let words = if code.is_empty() { "no reason given".to_owned() } else { code };
    Once::Failed(RdwError::Refused { set: set.id(), status: status.as_u16(), words })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_instead_of_records_is_told_apart() {
        let kind = |bytes: &[u8]| match read(DataSet::Vehicles, bytes) {
            Ok(rows) => format!("{} rows", rows.len()),
            Err(cause) => cause.to_string(),
        };
        assert_eq!(kind(b"[]"), "0 rows");
        assert_eq!(kind(br#" [{"kenteken":"ZZ123Z"}]"#), "1 rows");
        assert!(kind(b"\n<!DOCTYPE html>").contains("a web page"));
        assert!(kind(br#"{"error":true}"#).contains("no list"));
        assert!(kind(br#"[{"kenteken":"ZZ12"#).contains("cut off"));
        assert!(kind(b"").contains("cut off"));
        assert!(kind(b"hello").contains("no JSON"));
    }

    #[test]
    fn a_column_that_is_gone_is_named() {
        let gone = |bytes: &[u8], before: &[&str]| {
            let before = before.iter().map(|name| (*name).to_owned()).collect();
            match refusal(DataSet::Vehicles, StatusCode::BAD_REQUEST, bytes, &before) {
                Once::ColumnGone(name) => name,
                Once::Failed(cause) => cause.to_string(),
                Once::TokenRefused => "token".to_owned(),
            }
        };
        let told =
            br#"{"message":"query.soql.no-such-column; No such column: vervaldatum_apk; position: x"}"#;
        assert_eq!(gone(told, &[]), "vervaldatum_apk");
        assert!(gone(told, &["vervaldatum_apk"]).contains("no column vervaldatum_apk"));
        let named = br#"{"errorCode":"query.soql.no-such-column","message":"x","data":{"column":"merk"}}"#;
        assert_eq!(gone(named, &[]), "merk");
        let other = br#"{"errorCode":"query.compiler.malformed","message":"kenteken in('ZZ123Z')"}"#;
        assert!(gone(other, &[]).contains("malformed") && !gone(other, &[]).contains("ZZ123Z"));
        let key = br#"{"errorCode":"query.soql.no-such-column","data":{"column":"kenteken"}}"#;
        assert!(gone(key, &[]).contains("no column kenteken"));
    }
}
