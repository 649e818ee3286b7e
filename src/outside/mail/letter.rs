//! A message as an e-mail (RFC 5322): plain and HTML, with a Message-ID that is kept, and, when it is
//! commercial, the way out that the law asks for (RFC 2369, List-Unsubscribe).

use std::time::SystemTime;

use lettre::address::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder, MultiPart};

use super::Envelope;
use crate::domain::message::Trouble;
use crate::domain::rule::LegalClass;
use crate::outside::carrier::{Answer, shortened};
use crate::store::outbox::Parcel;

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    from: Mailbox,
    reply_to: Option<Mailbox>,
    shop: String,
}

impl Sender {
    /// The shop's own address, where answers go, and its name (the subject of a message without one).
    ///
    /// # Errors
    /// Says which address is none.
    pub fn new(from: &str, reply_to: Option<&str>, shop: &str) -> Result<Self, String> {
        let mailbox = |key: &str, text: &str| -> Result<Mailbox, String> {
            text.parse().map_err(|_| {
                format!(
                    "smtp.{key}: '{text}' is no e-mail address; write one such as \"Garage Jansen <info@garage.example>\""
                )
            })
        };
        let mut from = mailbox("from", from)?;
        if from.name.is_none() && !shop.is_empty() {
            from.name = Some(shop.to_owned());
        }
        let reply_to = reply_to.map(|text| mailbox("reply_to", text)).transpose()?;
        Ok(Self { from, reply_to, shop: shop.to_owned() })
    }

    /// The Message-ID for a reference: unique for ever, at the shop's own domain.
    pub fn message_id(&self, reference: &str) -> String {
        format!("<{reference}@{}>", self.from.email.domain())
    }
}

/// The letter and its envelope.
pub(super) fn written(
    parcel: &Parcel,
    reference: &str,
    sender: &Sender,
) -> Result<(Envelope, Vec<u8>), Answer> {
    let to: Address = parcel.address.trim().parse().map_err(|_| {
        let words = "this is no e-mail address; mend it with the customer".to_owned();
        Answer::Rejected(Trouble::NoAddress, words)
    })?;
    let subject = parcel.subject.as_deref().map(str::trim).filter(|subject| !subject.is_empty());
    let mut builder = MessageBuilder::new()
        .date(SystemTime::from(parcel.written_at))
        .from(sender.from.clone())
        .to(Mailbox::new(None, to.clone()))
        .subject(subject.unwrap_or(&sender.shop))
        .message_id(Some(reference.to_owned()));
    if let Some(reply_to) = &sender.reply_to {
        builder = builder.reply_to(reply_to.clone());
    }
    if parcel.legal_class == LegalClass::Commercial {
        let answers = sender.reply_to.as_ref().unwrap_or(&sender.from);
        let way_out = format!("<mailto:{}?subject=unsubscribe>", answers.email);
        let name = HeaderName::new_from_ascii_str("List-Unsubscribe");
        builder = builder.raw_header(HeaderValue::new(name, way_out));
    }
    let parts = MultiPart::alternative_plain_html(parcel.body.clone(), html(&parcel.body));
    let message = builder.multipart(parts).map_err(|cause| {
        Answer::Rejected(
            Trouble::Refused,
            shortened(&format!("this cannot be written as an e-mail: {cause}")),
        )
    })?;
    Ok((Envelope { from: sender.from.email.clone(), to }, message.formatted()))
}

/// The words as simple HTML: paragraphs and line ends as they were typed, addresses to touch.
fn html(plain: &str) -> String {
    let paragraphs = plain.replace("\r\n", "\n");
    let paragraphs = paragraphs.split("\n\n").map(str::trim).filter(|text| !text.is_empty());
    let body: String = paragraphs
        .map(|text| {
            let lines: Vec<String> =
                text.lines().map(|line| line.split(' ').map(word).collect::<Vec<_>>().join(" ")).collect();
            format!("<p>{}</p>\n", lines.join("<br>\n"))
        })
        .collect();
    format!("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n{body}</body></html>\n")
}

fn word(text: &str) -> String {
    let safe = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    if text.starts_with("https://") || text.starts_with("http://") {
        // A full stop after an address belongs to the sentence.
        let link = safe.trim_end_matches(['.', ',', ')', '!', '?']);
        let rest = safe.get(link.len()..).unwrap_or_default();
        format!("<a href=\"{link}\">{link}</a>{rest}")
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::ids::MessageId;
    use crate::domain::message::Channel;

    fn parcel(class: LegalClass) -> Parcel {
        Parcel {
            id: MessageId(7),
            customer: None,
            channel: Channel::Email,
            address: "piet@voorbeeld.example".to_owned(),
            subject: Some("APK één".to_owned()),
            body: "Beste <Piet> & co,\n\nzie https://garage.example/a?b=1&c=2.\nGroet".to_owned(),
            legal_class: class,
            written_at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
            attempts: 0,
            first_tried_at: None,
        }
    }

    fn letter(class: LegalClass, reply_to: Option<&str>) -> String {
        let sender = Sender::new("info@garage.example", reply_to, "Garage Jansen").unwrap();
        let id = sender.message_id("balie-1-7");
        let (envelope, bytes) = written(&parcel(class), &id, &sender).map_err(|_| "no letter").unwrap();
        assert_eq!(envelope.to.to_string(), "piet@voorbeeld.example");
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_commercial_letter_has_a_way_out_and_a_service_letter_needs_none() {
        let text = letter(LegalClass::Commercial, Some("antwoord@garage.example"));
        for line in [
            "Message-ID: <balie-1-7@garage.example>\r\n",
            "Reply-To: antwoord@garage.example\r\n",
            "From: \"Garage Jansen\" <info@garage.example>\r\n",
            "List-Unsubscribe: <mailto:antwoord@garage.example?subject=unsubscribe>\r\n",
            "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "Content-Type: text/html; charset=utf-8\r\n",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(text.is_ascii() && text.lines().all(|line| line.len() < 999));
        let text = letter(LegalClass::Service, None);
        assert!(!text.contains("List-Unsubscribe") && !text.contains("Reply-To"));
    }

    #[test]
    fn words_become_html_and_nothing_in_them_is_taken_for_html() {
        assert!(html("a\r\nb\n\n\nc").contains("<p>a<br>\nb</p>\n<p>c</p>"));
        let page = html("Beste <Piet> & co, zie https://garage.example/a?b=1&c=2.");
        assert!(page.contains("Beste &lt;Piet&gt; &amp; co,"), "{page}");
        assert!(page.contains(
            "<a href=\"https://garage.example/a?b=1&amp;c=2\">https://garage.example/a?b=1&amp;c=2</a>."
        ));
    }

    #[test]
    fn what_is_no_address_is_said_with_its_key() {
        let wrong = Sender::new("garage", None, "").unwrap_err();
        assert!(wrong.starts_with("smtp.from: 'garage' is no e-mail address"), "{wrong}");
        let mut bad = parcel(LegalClass::Service);
        bad.address = "piet at voorbeeld".to_owned();
        let sender = Sender::new("info@garage.example", None, "").unwrap();
        assert!(matches!(written(&bad, "<x>", &sender), Err(Answer::Rejected(Trouble::NoAddress, _))));
    }
}
