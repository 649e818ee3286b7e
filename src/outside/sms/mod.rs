//! Text messages by a supplier over HTTP (facts C.1). What all four share is here; each supplier's own
//! form of asking and of answering is in a file of its own.

mod bird;
mod cm;
mod spryng;
mod twilio;

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::Value;

use super::carrier::{Answer, Gate, Setback, shortened};
use super::http::{self, HttpError};
use crate::domain::dial::{NoNumber, for_sms};
use crate::domain::message::Trouble;
use crate::store::StoreError;

/// No answer of a supplier is longer.
const LONGEST_ANSWER: usize = 64 * 1024;
/// A connection that nothing went over for so long is not used again: the other side may have closed
/// it, and then nobody knows what became of what was sent.
const IDLE: Duration = Duration::from_secs(4);
/// What is shorter is no key; it would be found in every other word.
const SHORTEST_KEY: usize = 6;
/// A text of more than this many parts is no text message.
const MOST_PARTS: u8 = 8;

/// Who carries the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supplier {
    /// Bird, formerly MessageBird.
    Bird,
    /// CM.com.
    Cm,
    /// Spryng.
    Spryng,
    /// Twilio.
    Twilio,
}

impl Supplier {
    fn address(self) -> &'static str {
        match self {
            Supplier::Bird => "https://rest.messagebird.com",
            Supplier::Cm => "https://gw.cmtelecom.com",
            Supplier::Spryng => "https://rest.spryngsms.com",
            Supplier::Twilio => "https://api.twilio.com",
        }
    }
}

/// How the shop's account with a supplier is used.
#[derive(Clone)]
pub struct SmsAccount {
    /// Who carries the messages.
    pub supplier: Supplier,
    /// Replaces scheme and host of the supplier's address.
    pub base_url: Option<String>,
    /// The key or token.
    pub key: String,
    /// The account; only Twilio wants one.
    pub account: String,
    /// Sender: a number, or at most eleven letters and digits.
    pub from: String,
    /// The shop's country, in which numbers without a prefix are dialled.
    pub country: String,
}

/// Carries text messages.
pub struct SmsCarrier {
    account: SmsAccount,
    /// Made anew for each pass: of a connection that was idle between two, nobody knows whether the
    /// other side still listens.
    client: Option<Client>,
}

/// One text message, as a supplier wants it.
struct Text<'t> {
    account: &'t SmsAccount,
    /// The digits of the number with its country's prefix, without a plus.
    digits: &'t str,
    body: &'t str,
    reference: &'t str,
}

impl SmsCarrier {
    /// A carrier for an account.
    pub fn new(account: SmsAccount) -> Self {
        Self { account, client: None }
    }

    /// Ends the connections of a pass.
    pub fn close(&mut self) {
        self.client = None;
    }

    fn client(&mut self) -> Result<Client, HttpError> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let client = http::client_with(|builder| builder.pool_idle_timeout(IDLE))?;
        Ok(self.client.insert(client).clone())
    }

    /// Hands over one message. `gate` is asked right before it leaves.
    ///
    /// # Errors
    /// [`StoreError`] of the gate; then nothing has left.
    pub async fn carry(
        &mut self,
        address: &str,
        body: &str,
        reference: &str,
        now: DateTime<Utc>,
        gate: &mut Gate<'_>,
    ) -> Result<Answer, StoreError> {
        let number = match for_sms([address], &self.account.country) {
            Ok(number) => number,
            Err(NoNumber::Landline) => {
                let words = "a landline takes no SMS; note a mobile number with the customer";
                return Ok(Answer::Rejected(Trouble::Landline, words.to_owned()));
            }
            Err(NoNumber::Unreadable) => {
                let words = "this is no telephone number; note a mobile number with the customer";
                return Ok(Answer::Rejected(Trouble::NoAddress, words.to_owned()));
            }
        };
        let client = match self.client() {
            Ok(client) => client,
            Err(cause) => return Ok(Answer::Hold(Setback::new(Trouble::Settings, cause.to_string()))),
        };
        let digits = number.e164.trim_start_matches('+');
        let text = Text { account: &self.account, digits, body, reference };
        let request = match self.account.supplier {
            Supplier::Bird => bird::request(&client, &text),
            Supplier::Cm => cm::request(&client, &text),
            Supplier::Spryng => spryng::request(&client, &text),
            Supplier::Twilio => twilio::request(&client, &text),
        };
        if !gate()? {
            return Ok(Answer::NotAllowed);
        }
        Ok(self.ask(request, now).await)
    }

    async fn ask(&self, request: RequestBuilder, now: DateTime<Utc>) -> Answer {
        let response = match request.send().await {
            Ok(response) => response,
            Err(cause) => return failed(&cause.into()),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let body = match http::body(response, LONGEST_ANSWER).await {
            Ok(body) => body,
            // Refused is refused, whatever the words would have been.
            Err(_) if status.is_client_error() => Vec::new(),
            Err(cause) => return failed(&cause),
        };
        self.judged(status, &headers, self.parsed(&body).as_ref(), now)
    }

    /// The answer as JSON, without the key: what the supplier says is kept and shown, and it may say the
    /// key again.
    fn parsed(&self, body: &[u8]) -> Option<Value> {
        let key = self.account.key.as_str();
        let text = String::from_utf8_lossy(body);
        let said = key.len() >= SHORTEST_KEY && text.contains(key);
        serde_json::from_str(&if said { text.replace(key, "***").into() } else { text }).ok()
    }

    /// What an answer of the supplier means: its status, and its body as it came.
    pub fn understood(&self, status: u16, body: &[u8], now: DateTime<Utc>) -> Answer {
        let Ok(status) = StatusCode::from_u16(status) else {
            return Answer::Unknown(format!("{status} is no status of an answer"));
        };
        self.judged(status, &HeaderMap::new(), self.parsed(body).as_ref(), now)
    }

    fn judged(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        answer: Option<&Value>,
        now: DateTime<Utc>,
    ) -> Answer {
        if status.is_success() {
            let Some(answer) = answer else {
                return Answer::Unknown(format!("the answer ({status}) is not the supplier's"));
            };
            return match self.account.supplier {
                Supplier::Bird => bird::taken(answer),
                Supplier::Cm => cm::taken(answer),
                Supplier::Spryng => spryng::taken(answer),
                Supplier::Twilio => twilio::taken(answer),
            };
        }
        let words = || answer.and_then(|answer| self.words(answer)).unwrap_or_default();
        let said = |lead: &str| shortened(&format!("{lead} ({}) {}", status.as_u16(), words()));
        match status.as_u16() {
            // Too many at once: nothing was taken in.
            408 | 429 => Answer::Hold(Setback {
                wait: http::retry_after(headers, now),
                ..Setback::new(Trouble::Busy, said("the supplier asks for patience"))
            }),
            301 | 302 | 307 | 308 => Answer::Hold(Setback::new(
                Trouble::Settings,
                said(
                    "the address leads elsewhere; check [sms] base_url, and whether the network asks to log in",
                ),
            )),
            401..=405 => Answer::Hold(Setback::new(
                Trouble::Settings,
                said(
                    "the supplier refuses the account; check [sms] key, account and base_url, and the credit",
                ),
            )),
            400..=499 => {
                if answer.is_some_and(|answer| self.is_about_the_shop(answer)) {
                    let words = said("the supplier refuses the shop's settings; check [sms] key and from");
                    return Answer::Hold(Setback::new(Trouble::Settings, words));
                }
                Answer::Rejected(Trouble::Refused, said("the supplier refused it"))
            }
            _ => Answer::Unknown(said("the supplier failed while it was handed over")),
        }
    }

    /// The supplier's words for a refusal.
    fn words(&self, answer: &Value) -> Option<String> {
        match self.account.supplier {
            Supplier::Bird => bird::words(answer),
            Supplier::Cm => cm::words(answer),
            Supplier::Spryng => spryng::words(answer),
            Supplier::Twilio => twilio::words(answer),
        }
    }

    /// Whether a refusal is about key, sender or credit rather than about this message.
    fn is_about_the_shop(&self, answer: &Value) -> bool {
        match self.account.supplier {
            Supplier::Bird => bird::is_about_the_shop(answer),
            Supplier::Cm => cm::is_about_the_shop(answer),
            Supplier::Spryng => spryng::is_about_the_shop(answer),
            Supplier::Twilio => twilio::is_about_the_shop(answer),
        }
    }
}

impl std::fmt::Debug for SmsCarrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the key.
        f.debug_struct("SmsCarrier").field("supplier", &self.account.supplier).finish_non_exhaustive()
    }
}

/// The address of a supplier's door: `base` replaces scheme and host, with or without the path's
/// beginning.
fn door(account: &SmsAccount, path: &str) -> String {
    let base = account.base_url.as_deref().unwrap_or(account.supplier.address()).trim_end_matches('/');
    let first = path.split('/').nth(1).unwrap_or_default();
    match base.strip_suffix(first).and_then(|base| base.strip_suffix('/')) {
        Some(host) if !first.is_empty() && !host.ends_with('/') => format!("{host}{path}"),
        _ => format!("{base}{path}"),
    }
}

fn failed(cause: &HttpError) -> Answer {
    let words = cause.to_string();
    if cause.never_left() {
        Answer::Hold(Setback::new(Trouble::Unreachable, words))
    } else {
        Answer::Unknown(words)
    }
}

/// A text or number of an answer as text.
fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(supplier: Supplier, base_url: Option<&str>, path: &str) -> String {
        let account = SmsAccount {
            supplier,
            base_url: base_url.map(str::to_owned),
            key: String::new(),
            account: String::new(),
            from: String::new(),
            country: "NL".to_owned(),
        };
        door(&account, path)
    }

    #[test]
    fn the_door_is_found_however_the_address_is_written() {
        let spryng = |base| at(Supplier::Spryng, base, "/v1/messages");
        assert_eq!(spryng(None), "https://rest.spryngsms.com/v1/messages");
        for base in ["http://127.0.0.1:8080", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1"] {
            assert_eq!(spryng(Some(base)), "http://127.0.0.1:8080/v1/messages", "{base}");
        }
        let bird = |base| at(Supplier::Bird, base, "/messages");
        assert_eq!(bird(None), "https://rest.messagebird.com/messages");
        assert_eq!(bird(Some("http://sms.example/bird")), "http://sms.example/bird/messages");
        assert_eq!(bird(Some("http://messages")), "http://messages/messages");
    }
}
