//! Twilio: `POST /2010-04-01/Accounts/{SID}/Messages.json`, basic authentication, a form in, JSON out.

use reqwest::{Client, RequestBuilder};
use serde_json::Value;

use super::{Text, door, text};
use crate::domain::message::Trouble;
use crate::outside::carrier::{Answer, shortened};

/// Its codes for an account or a sender that may not send.
const ABOUT_THE_SHOP: [u64; 7] = [20003, 20005, 21212, 21603, 21606, 21659, 21660];

pub(super) fn request(client: &Client, message: &Text<'_>) -> RequestBuilder {
    let account = message.account;
    // A group of senders has a number of its own.
    let sender = if account.from.starts_with("MG") { "MessagingServiceSid" } else { "From" };
    let to = format!("+{}", message.digits);
    let form = [("To", to.as_str()), (sender, account.from.as_str()), ("Body", message.body)];
    client
        .post(door(account, &format!("/2010-04-01/Accounts/{}/Messages.json", account.account)))
        .basic_auth(&account.account, Some(&account.key))
        .form(&form)
}

pub(super) fn taken(answer: &Value) -> Answer {
    let status = text(answer.get("status")).unwrap_or_default();
    if ["failed", "undelivered", "canceled"].contains(&status.as_str()) {
        let words = text(answer.get("error_message")).unwrap_or(status);
        return Answer::Rejected(Trouble::Refused, shortened(&format!("the supplier says: {words}")));
    }
    match text(answer.get("sid")) {
        Some(sid) => Answer::Sent(shortened(&format!("{status} {sid}"))),
        None => Answer::Unknown("the supplier's answer names no message".to_owned()),
    }
}

pub(super) fn words(answer: &Value) -> Option<String> {
    let both: Vec<String> =
        [text(answer.get("code")), text(answer.get("message"))].into_iter().flatten().collect();
    (!both.is_empty()).then(|| both.join(" "))
}

pub(super) fn is_about_the_shop(answer: &Value) -> bool {
    answer.get("code").and_then(Value::as_u64).is_some_and(|code| ABOUT_THE_SHOP.contains(&code))
}
