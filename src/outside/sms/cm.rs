//! CM.com: `POST /v1.0/message`, the token inside the body. A rejection can stand inside a 200: the
//! status of the message counts, not that of the answer.

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::{MOST_PARTS, Text, door, text};
use crate::domain::message::Trouble;
use crate::outside::carrier::{Answer, Setback, shortened};

/// Its codes for a wrong token and for no credit.
const ABOUT_THE_SHOP: [u64; 3] = [101, 102, 103];

pub(super) fn request(client: &Client, message: &Text<'_>) -> RequestBuilder {
    let account = message.account;
    let body = json!({
        "messages": {
            "authentication": { "producttoken": account.key },
            "msg": [{
                "from": account.from,
                "to": [{ "number": format!("00{}", message.digits) }],
                "body": { "type": "auto", "content": message.body },
                "reference": message.reference,
                "minimumNumberOfMessageParts": 1,
                "maximumNumberOfMessageParts": MOST_PARTS,
                "allowedChannels": ["SMS"],
            }],
        },
    });
    client.post(door(account, "/v1.0/message")).json(&body)
}

/// A field, whichever letter it begins with: the documentation and the SDKs differ.
fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn message(answer: &Value) -> Option<&Value> {
    field(answer, "messages")?.get(0)
}

pub(super) fn taken(answer: &Value) -> Answer {
    let status = message(answer).and_then(|message| text(field(message, "status"))).unwrap_or_default();
    if status.eq_ignore_ascii_case("accepted") {
        let parts = message(answer).and_then(|message| text(field(message, "parts")));
        return Answer::Sent(shortened(&format!("{status}, parts: {}", parts.as_deref().unwrap_or("?"))));
    }
    let said = shortened(&words(answer).unwrap_or_default());
    if is_about_the_shop(answer) {
        let words = format!("the supplier refuses the account; check [sms] key, and the credit: {said}");
        return Answer::Hold(Setback::new(Trouble::Settings, words));
    }
    let refused = field(answer, "errorCode").and_then(Value::as_u64).is_some_and(|code| code != 0);
    if status.eq_ignore_ascii_case("rejected") || (refused && status.is_empty()) {
        return Answer::Rejected(Trouble::Refused, format!("the supplier refused it: {said}"));
    }
    Answer::Unknown("the supplier's answer names no message".to_owned())
}

pub(super) fn words(answer: &Value) -> Option<String> {
    let of = |value: &Value, code: &str, details: &str| {
        let code = text(field(value, code)).filter(|code| code != "0");
        let details = text(field(value, details));
        let both: Vec<String> = [code, details].into_iter().flatten().collect();
        (!both.is_empty()).then(|| both.join(" "))
    };
    message(answer)
        .and_then(|message| of(message, "messageErrorCode", "messageDetails"))
        .or_else(|| of(answer, "errorCode", "details"))
}

pub(super) fn is_about_the_shop(answer: &Value) -> bool {
    let inner = message(answer).and_then(|message| field(message, "messageErrorCode"));
    [field(answer, "errorCode"), inner]
        .into_iter()
        .flatten()
        .filter_map(Value::as_u64)
        .any(|code| ABOUT_THE_SHOP.contains(&code))
}
