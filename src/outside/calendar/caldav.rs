//! The conversation with a CalDAV server (RFC 4791): what lies there, read, write, remove.
//!
//! Nothing is ever written blindly: what is new carries `If-None-Match: *`, what is changed or removed
//! carries the mark of the version it replaces.

use chrono::NaiveDate;
use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap, IF_MATCH, IF_NONE_MATCH};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};

use super::xml::{self, Answered};
use crate::domain::calendar::Trouble;
use crate::outside::http::{self, HttpError};

/// The longest answer that makes sense: the marks of some fifty thousand events, or some hundred events.
const LONGEST: usize = 16 * 1024 * 1024;
/// How many events are asked for at once.
pub const AT_ONCE: usize = 50;

/// Why the calendar could not be kept in step. The words hold no address and nothing of a customer.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// The line.
    #[error("the calendar: {0}")]
    Http(#[from] HttpError),
    /// The address in the configuration.
    #[error("[calendar] caldav_url is no address: {0}; write the address of one calendar, https://...")]
    Address(String),
    /// User or password.
    #[error("the calendar refuses user or password; check [calendar] user and password")]
    Refused,
    /// There is no such calendar.
    #[error("the server has no such calendar; check [calendar] caldav_url")]
    NoCalendar,
    /// Another status.
    #[error("the calendar answers with status {0}; look at that server")]
    Status(u16),
    /// Its answer cannot be understood.
    #[error(
        "the calendar's answer cannot be understood: {0}; check that [calendar] caldav_url is a calendar's"
    )]
    Answer(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

impl CalendarError {
    /// What is in the way, in one word; `None`: Balie's own database.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Http(HttpError::TimedOut) => Some(Trouble::Slow),
            Self::Http(HttpError::Client(_)) | Self::Address(_) => Some(Trouble::Settings),
            Self::Http(_) => Some(Trouble::Unreachable),
            Self::Refused => Some(Trouble::Refused),
            Self::NoCalendar => Some(Trouble::NoCalendar),
            Self::Status(_) | Self::Answer(_) => Some(Trouble::Server),
            Self::Store(_) => None,
        }
    }
}

/// What became of something that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// It lies there; the mark, if the server told it.
    Done(Option<String>),
    /// Another version lies there: nothing was written.
    Precondition,
    /// The server does not take this one.
    Rejected,
}

/// One calendar on a server.
#[derive(Debug)]
pub struct CalDav {
    client: Client,
    collection: Url,
    user: String,
    password: Option<String>,
}

impl CalDav {
    /// A calendar at an address.
    ///
    /// # Errors
    /// [`CalendarError`] when it is no address, or this machine makes no connections.
    pub fn new(address: &str, user: String, password: Option<String>) -> Result<Self, CalendarError> {
        let address = format!("{}/", address.trim_end_matches('/'));
        let collection = Url::parse(&address).map_err(|cause| CalendarError::Address(cause.to_string()))?;
        Ok(Self { client: http::client()?, collection, user, password })
    }

    /// Where an appointment will lie: follows from its name alone, so that it is the same after every interruption.
    pub fn href_for(&self, uid: &str) -> String {
        let plain = |sign: &char| sign.is_ascii_alphanumeric() || *sign == '-';
        format!("{}{}.ics", self.collection.path(), uid.chars().filter(plain).collect::<String>())
    }

    fn request(&self, method: Method, address: Url) -> RequestBuilder {
        let request = self.client.request(method, address);
        if self.user.is_empty() { request } else { request.basic_auth(&self.user, self.password.as_deref()) }
    }

    fn at(&self, href: &str) -> Result<Url, CalendarError> {
        let address =
            self.collection.join(href).map_err(|_| CalendarError::Answer("a strange address".to_owned()))?;
        // Whatever the server names: the password goes nowhere else.
        if address.origin() == self.collection.origin() {
            Ok(address)
        } else {
            Err(CalendarError::Answer("it names an event on another server".to_owned()))
        }
    }

    async fn ask(&self, method: &str, depth: &str, body: String) -> Result<Vec<Answered>, CalendarError> {
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| CalendarError::Status(0))?;
        let request = self
            .request(method, self.collection.clone())
            .header("Depth", depth)
            .header(CONTENT_TYPE, "application/xml; charset=utf-8")
            .body(body);
        let response = request.send().await.map_err(HttpError::from)?;
        if response.status() != StatusCode::MULTI_STATUS {
            return Err(wrong(response.status()));
        }
        xml::multistatus(&text(response).await?).map_err(CalendarError::Answer)
    }

    /// A mark that changes whenever something in the calendar does; `None`: the server has no such thing.
    ///
    /// # Errors
    /// [`CalendarError`].
    pub async fn ctag(&self) -> Result<Option<String>, CalendarError> {
        let answers = self.ask("PROPFIND", "0", xml::HAS_IT_CHANGED.to_owned()).await?;
        Ok(answers.into_iter().map(|one| one.ctag).find(|tag| !tag.is_empty()))
    }

    /// Where events lie between two days, and their marks; not the events themselves.
    ///
    /// # Errors
    /// [`CalendarError`].
    pub async fn marks(
        &self,
        from: NaiveDate,
        until: NaiveDate,
    ) -> Result<Vec<(String, String)>, CalendarError> {
        let answers = self.ask("REPORT", "1", xml::marks_between(from, until)).await?;
        Ok(answers.into_iter().filter(|one| !one.etag.is_empty()).map(|one| (one.href, one.etag)).collect())
    }

    /// Some events, at most [`AT_ONCE`]; what is gone by now is left out.
    ///
    /// # Errors
    /// [`CalendarError`].
    pub async fn these(&self, hrefs: &[String]) -> Result<Vec<Answered>, CalendarError> {
        let answers = self.ask("REPORT", "1", xml::these(hrefs)).await?;
        Ok(answers.into_iter().filter(|one| !one.data.is_empty() && !one.etag.is_empty()).collect())
    }

    /// One event; `None`: it is not there.
    ///
    /// # Errors
    /// [`CalendarError`].
    pub async fn one(&self, href: &str) -> Result<Option<Answered>, CalendarError> {
        Ok(self.these(&[href.to_owned()]).await?.pop())
    }

    /// Writes an event: over the version with this mark, or, without a mark, only where nothing lies.
    ///
    /// # Errors
    /// [`CalendarError`]; after one that is not certain the event may lie there.
    pub async fn put(&self, href: &str, data: String, over: Option<&str>) -> Result<Put, CalendarError> {
        let request = self
            .request(Method::PUT, self.at(href)?)
            .header(CONTENT_TYPE, "text/calendar; charset=utf-8")
            .body(data);
        let request = match over {
            Some(etag) => request.header(IF_MATCH, etag),
            None => request.header(IF_NONE_MATCH, "*"),
        };
        written(request, over.is_some()).await
    }

    /// Removes the version of an event with this mark.
    ///
    /// # Errors
    /// [`CalendarError`]; after one that is not certain it may be gone.
    pub async fn delete(&self, href: &str, etag: &str) -> Result<Put, CalendarError> {
        written(self.request(Method::DELETE, self.at(href)?).header(IF_MATCH, etag), true).await
    }
}

async fn written(request: RequestBuilder, over: bool) -> Result<Put, CalendarError> {
    let response = request.send().await.map_err(HttpError::from)?;
    match response.status() {
        status if status.is_success() => Ok(Put::Done(etag(response.headers()))),
        StatusCode::PRECONDITION_FAILED => Ok(Put::Precondition),
        // What is gone is another version too.
        StatusCode::NOT_FOUND | StatusCode::GONE if over => Ok(Put::Precondition),
        StatusCode::BAD_REQUEST
        | StatusCode::FORBIDDEN
        | StatusCode::CONFLICT
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
        | StatusCode::UNPROCESSABLE_ENTITY => Ok(Put::Rejected),
        status => Err(wrong(status)),
    }
}

fn wrong(status: StatusCode) -> CalendarError {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => CalendarError::Refused,
        StatusCode::NOT_FOUND | StatusCode::GONE => CalendarError::NoCalendar,
        status => CalendarError::Status(status.as_u16()),
    }
}

fn etag(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(ETAG)?.to_str().ok()?;
    // A weak mark takes no condition (RFC 9110, 13.1.1).
    Some(text.to_owned()).filter(|text| !text.is_empty() && !text.starts_with("W/"))
}

async fn text(response: Response) -> Result<String, CalendarError> {
    let bytes = http::body(response, LONGEST).await?;
    String::from_utf8(bytes).map_err(|_| CalendarError::Answer("it is not UTF-8".to_owned()))
}
