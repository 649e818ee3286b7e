//! What every conversation over HTTP shares: the client with its time-outs, how long to wait before
//! asking again, and failures in words.
//!
//! Addresses carry plates and telephone numbers, so no words made here ever hold an address.

use std::sync::Once;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Response};

/// The longest wait for a connection, and for a whole conversation (fault table, row 10).
pub const CONNECT: Duration = Duration::from_secs(5);
/// As [`CONNECT`], for everything from the connection to the last byte of the answer.
pub const WHOLE: Duration = Duration::from_secs(30);
/// How this program names itself.
pub const USER_AGENT: &str = concat!("Balie/", env!("CARGO_PKG_VERSION"), " (workshop reception desk)");

/// The first wait of [`wait`], and its longest.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// As [`FIRST_WAIT`].
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Why a conversation came to nothing. The words hold no address.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// This machine cannot make a client.
    #[error(
        "no connection can be made from this machine: {0}; check that the package ca-certificates is installed"
    )]
    Client(String),
    /// There is no connection: nothing has left this machine.
    #[error("there is no connection ({0}); check the network cable and the router")]
    Unreachable(String),
    /// The time was up after something may have left.
    #[error("there was no answer in time; the line is slow, or the other side is")]
    TimedOut,
    /// The conversation broke off.
    #[error("the answer broke off ({0})")]
    BrokenOff(String),
    /// The answer is longer than any that makes sense.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
}

impl HttpError {
    /// Whether it is certain that nothing reached the other side: only then may what must not
    /// happen twice be tried again by itself.
    pub fn never_left(&self) -> bool {
        matches!(self, Self::Client(_) | Self::Unreachable(_))
    }
}

impl From<reqwest::Error> for HttpError {
    fn from(cause: reqwest::Error) -> Self {
        let words = innermost(&cause);
        if cause.is_builder() {
            Self::Client(words)
        } else if cause.is_connect() {
            Self::Unreachable(words)
        } else if cause.is_timeout() {
            Self::TimedOut
        } else {
            Self::BrokenOff(words)
        }
    }
}

/// The words at the end of the chain of causes; the first ones hold the address.
fn innermost(cause: &reqwest::Error) -> String {
    let mut words = "no reason given".to_owned();
    let mut next = std::error::Error::source(cause);
    while let Some(inner) = next {
        words = inner.to_string();
        next = inner.source();
    }
    words
}

/// The settings that every client of Balie begins with: both time-outs, its name, TLS by rustls, and
/// no following of redirections, behind which a hotel's log-in page lies.
fn builder() -> ClientBuilder {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Already there when another part of the program was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .redirect(reqwest::redirect::Policy::none())
}

/// The client with the settings that all share. On a machine without certificates it speaks with servers
/// on the same network, and refuses every other one.
///
/// # Errors
/// [`HttpError::Client`] when this machine cannot make connections.
pub fn client() -> Result<Client, HttpError> {
    client_with(|builder| builder)
}

/// As [`client`], with settings of its own beside those of all.
///
/// # Errors
/// As for [`client`].
pub fn client_with(own: impl Fn(ClientBuilder) -> ClientBuilder) -> Result<Client, HttpError> {
    /// Clients are made again and again; what this machine lacks stands in the log once.
    static SAID: Once = Once::new();
    own(builder()).build().or_else(|cause| {
        SAID.call_once(|| tracing::warn!("{}", HttpError::from(cause)));
        Ok(own(builder()).tls_certs_only([]).build()?)
    })
}

/// Whether somebody answers at an address: the status, and whether the answer calls itself JSON. Its
/// body is not read.
///
/// # Errors
/// [`HttpError`] when nobody does.
pub async fn reach(address: &str) -> Result<(u16, bool), HttpError> {
    let response = client()?.get(address).send().await?;
    let kind = response.headers().get(reqwest::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    Ok((response.status().as_u16(), kind.is_some_and(|kind| kind.contains("json"))))
}

/// The body of an answer, at most `most` bytes of it: a small machine must not be filled by a
/// stranger.
///
/// # Errors
/// [`HttpError`] when it breaks off, comes too slowly, or is longer.
pub async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, HttpError> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await? {
        if bytes.len() + piece.len() > most {
            return Err(HttpError::TooLong(most));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// How long the other side asks to wait (RFC 9110, 10.2.3): seconds, or a date. A date in the past
/// is no wait.
pub fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some((date.with_timezone(&Utc) - now).to_std().unwrap_or_default())
}

/// How long to wait after the failure `attempt` (the first is 0): twice as long each time, from 2
/// seconds to an hour, and up to as long again by chance, so that many shops that lost the same line
/// do not come back together.
pub fn wait(attempt: u32) -> Duration {
    let mut waits = ExponentialBuilder::new()
        .with_min_delay(FIRST_WAIT)
        .with_max_delay(LONGEST_WAIT)
        .with_factor(2.0)
        .with_jitter()
        .without_max_times()
        .build();
    waits.nth(attempt.min(32) as usize).unwrap_or(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn asked(text: &'static str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(text));
        retry_after(&headers, "2026-11-25T08:00:00Z".parse().unwrap())
    }

    #[test]
    fn how_long_the_other_side_asks_to_wait() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(asked("120"), seconds(120));
        assert_eq!(asked(" 0 "), seconds(0));
        assert_eq!(asked("Wed, 25 Nov 2026 08:01:30 GMT"), seconds(90));
        assert_eq!(asked("Tue, 24 Nov 2026 08:00:00 GMT"), seconds(0));
        assert_eq!(asked("soon"), None);
        assert_eq!(asked("-5"), None);
        assert_eq!(retry_after(&HeaderMap::new(), DateTime::default()), None);
    }

    #[test]
    fn waits_grow_to_an_hour_and_differ() {
        for (attempt, least) in [(0, 2), (1, 4), (5, 64), (20, 3600), (u32::MAX, 3600)] {
            for _ in 0..20 {
                let wait = wait(attempt).as_secs_f64();
                let least = f64::from(least);
                assert!(wait >= least && wait <= 2.0 * least, "{attempt}: {wait}");
            }
        }
        let waits: std::collections::BTreeSet<_> = (0..20).map(|_| wait(4)).collect();
        assert!(waits.len() > 1);
    }

    #[test]
    fn a_failure_tells_no_address() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let words = runtime.block_on(async {
            let client = builder().no_proxy().build().unwrap();
            let address = format!("http://127.0.0.1:{port}/r?kenteken=ZZ123Z");
            let failure = HttpError::from(client.get(address).send().await.unwrap_err());
            assert!(failure.never_left(), "{failure:?}");
            failure.to_string()
        });
        assert!(words.contains("no connection") && !words.contains("ZZ123Z"), "{words}");
    }
}
