//! Bird, formerly MessageBird: `POST /messages`, an access key in the header, JSON both ways.

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::{Text, door, text};
use crate::domain::message::Trouble;
use crate::outside::carrier::{Answer, shortened};

/// Its codes for a wrong key and for no credit; 9 and 10 are about a field that is named.
const KEY: u64 = 2;
const CREDIT: u64 = 25;

pub(super) fn request(client: &Client, message: &Text<'_>) -> RequestBuilder {
    let account = message.account;
    let body = json!({
        "originator": account.from,
        "recipients": [message.digits],
        "body": message.body,
        "reference": message.reference,
        "datacoding": "auto",
    });
    client
        .post(door(account, "/messages"))
        .header("Authorization", format!("AccessKey {}", account.key))
        .json(&body)
}

pub(super) fn taken(answer: &Value) -> Answer {
    let item = answer.pointer("/recipients/items/0");
    let status = item.and_then(|item| text(item.get("status"))).unwrap_or_default();
    if ["delivery_failed", "expired"].contains(&status.as_str()) {
        return Answer::Rejected(Trouble::Refused, format!("the supplier says: {}", shortened(&status)));
    }
    match text(answer.get("id")) {
        Some(id) => Answer::Sent(shortened(&format!("{status} {id}"))),
        None => Answer::Unknown("the supplier's answer names no message".to_owned()),
    }
}

fn errors(answer: &Value) -> impl Iterator<Item = &Value> {
    answer.get("errors").and_then(Value::as_array).into_iter().flatten()
}

pub(super) fn words(answer: &Value) -> Option<String> {
    let words: Vec<String> = errors(answer).filter_map(|error| text(error.get("description"))).collect();
    (!words.is_empty()).then(|| words.join("; "))
}

pub(super) fn is_about_the_shop(answer: &Value) -> bool {
    errors(answer).any(|error| {
        let code = error.get("code").and_then(Value::as_u64);
        let field = error.get("parameter").and_then(Value::as_str);
        code == Some(KEY) || code == Some(CREDIT) || field == Some("originator")
    })
}
