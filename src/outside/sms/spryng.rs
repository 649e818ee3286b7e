//! Spryng: `POST /v1/messages`, a bearer token, JSON both ways.

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::{Text, door, text};
use crate::outside::carrier::{Answer, shortened};

pub(super) fn request(client: &Client, message: &Text<'_>) -> RequestBuilder {
    let account = message.account;
    let body = json!({
        "body": message.body,
        "encoding": "auto",
        "originator": account.from,
        "recipients": [message.digits],
        "route": "business",
        "reference": message.reference,
    });
    client
        .post(door(account, "/v1/messages"))
        .bearer_auth(&account.key)
        .header("Accept", "application/json")
        .json(&body)
}

pub(super) fn taken(answer: &Value) -> Answer {
    // The message itself, or the message in an envelope.
    let id = text(answer.get("id")).or_else(|| text(answer.pointer("/data/id")));
    match id {
        Some(id) => Answer::Sent(shortened(&format!("accepted {id}"))),
        None => Answer::Unknown("the supplier's answer names no message".to_owned()),
    }
}

pub(super) fn words(answer: &Value) -> Option<String> {
    let fields = answer.get("errors").and_then(Value::as_object);
    let first = fields.into_iter().flatten().next().and_then(|(_, words)| text(words.get(0)));
    let both: Vec<String> = [text(answer.get("message")), first].into_iter().flatten().collect();
    (!both.is_empty()).then(|| both.join("; "))
}

pub(super) fn is_about_the_shop(answer: &Value) -> bool {
    answer.get("errors").and_then(Value::as_object).is_some_and(|errors| errors.contains_key("originator"))
}
