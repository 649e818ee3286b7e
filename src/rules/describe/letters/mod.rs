//! Messages to customers: a subject and a text for each kind of task, channel and language, filled from
//! the same facts as a task's description. What is delivered stands here, short and polite; the shop can
//! change each of them.
//!
//! An SMS keeps to the GSM alphabet and to two parts. Every commercial message says who sends it and how
//! to make it stop (PEER-11).

mod dutch;
mod english;
mod german;
mod portuguese;

use chrono::NaiveDate;

use super::{Layout, TemplateError, Words, fill, value};
use crate::domain::language::Language;
use crate::domain::message::Channel;
use crate::domain::plate::Plate;
use crate::domain::rule::{Half, LegalClass, RuleKey, written};
use crate::rules::validity::free_window;

/// Which text of a message: also the key under which the shop's own stand among its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// The text of an SMS.
    Sms,
    /// The subject of an e-mail.
    EmailSubject,
    /// The text of an e-mail.
    Email,
}

written!(Purpose, "a purpose of a text", Purpose::Sms => "sms", Purpose::EmailSubject => "email_subject", Purpose::Email => "email");

/// What a message says of the shop that sends it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sender {
    /// The shop's name.
    pub name: String,
    /// Its telephone number, as customers dial it.
    pub phone: String,
    /// ISO 3166 code of its country.
    pub country: String,
}

/// The facts of a message.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The facts of the task.
    pub words: &'a Words,
    /// Whether the date that counts is known; without it a blank to be filled in stands in its place.
    pub dated: bool,
    /// Who sends it.
    pub sender: &'a Sender,
    /// By SMS or by e-mail.
    pub channel: Channel,
    /// A commercial message says how to make it stop.
    pub class: LegalClass,
}

/// What can stand between braces in a message beside [`super::PLACEHOLDERS`].
pub const PLACEHOLDERS: [&str; 9] =
    ["your_car", "your_car_dative", "your_plate", "day", "window", "shop", "shop_phone", "call", "stop"];

/// What stands in the place of a date that is not known.
const UNKNOWN: &str = "___";

/// What one kind of task says; the greeting and the rest stand around it.
struct Core {
    subject: &'static str,
    sms: &'static str,
    email: &'static str,
    /// It asks for an appointment; the others ask for an answer.
    asks: bool,
}

/// The words around a core.
struct Frame {
    greeting: &'static str,
    appointment: &'static str,
    answer: &'static str,
    or_reply: &'static str,
    regards: &'static str,
    /// Subject of a message about nothing in particular.
    free: &'static str,
}

fn frame(language: Language) -> Frame {
    match language {
        Language::Nl => Frame {
            greeting: "Goedendag, ",
            appointment: "Afspraak maken? {call}",
            answer: "Vragen? {call}",
            or_reply: " of beantwoord deze e-mail.",
            regards: "Met vriendelijke groet,",
            free: "Bericht van uw garage",
        },
        Language::De => Frame {
            greeting: "Guten Tag, ",
            appointment: "Termin? {call}",
            answer: "Fragen? {call}",
            or_reply: " oder antworten Sie auf diese E-Mail.",
            regards: "Mit freundlichen Grüßen",
            free: "Nachricht von Ihrer Werkstatt",
        },
        Language::Pt => Frame {
            greeting: "Bom dia, ",
            appointment: "Quer agendar? {call}",
            answer: "Perguntas? {call}",
            or_reply: " ou responda a este e-mail.",
            regards: "Atenciosamente,",
            free: "Mensagem da sua oficina",
        },
        Language::En => Frame {
            greeting: "Hello, ",
            appointment: "Book a visit? {call}",
            answer: "Questions? {call}",
            or_reply: " or reply to this e-mail.",
            regards: "Kind regards,",
            free: "Message from your garage",
        },
    }
}

fn core(rule: RuleKey, half: Half, language: Language) -> Core {
    match language {
        Language::Nl => dutch::core(rule, half),
        Language::De => german::core(rule, half),
        Language::Pt => portuguese::core(rule, half),
        Language::En => english::core(rule, half),
    }
}

/// The template that is delivered for a purpose; `None` is a message about nothing in particular.
pub fn delivered(purpose: Purpose, rule: Option<(RuleKey, Half)>, language: Language) -> String {
    let Frame { greeting, appointment, answer, or_reply, regards, free } = frame(language);
    let core = match rule {
        Some((rule, half)) => core(rule, half, language),
        None => Core { subject: free, sms: UNKNOWN, email: UNKNOWN, asks: false },
    };
    let question = if core.asks { appointment } else { answer };
    match purpose {
        Purpose::EmailSubject => core.subject.to_owned(),
        Purpose::Sms => format!("{greeting}{} {question}.\n{{shop}}\n{{stop}}", core.sms),
        Purpose::Email => format!(
            "{{salutation}},\n\n{}\n\n{question}{or_reply}\n\n{regards}\n{{shop}}\n{{shop_phone}}\n\n{{stop}}",
            core.email
        ),
    }
}

/// A message's text, by the shop's template or by the delivered one; as for a description, a template
/// that cannot be used is left aside.
pub fn write(
    letter: &Letter<'_>,
    purpose: Purpose,
    rule: Option<RuleKey>,
    language: Language,
    template: Option<&str>,
) -> String {
    let layout = if purpose == Purpose::Email { Layout::Paragraphs } else { Layout::Lines };
    let filled = |template: &str| fill(template, layout, |name| letter_value(name, letter, language));
    let own = template.and_then(|template| filled(template).ok());
    let text = own
        .or_else(|| filled(&delivered(purpose, rule.map(|rule| (rule, letter.words.half)), language)).ok());
    let text = text.unwrap_or_default();
    match purpose {
        // A sentence may begin with 'uw auto'.
        Purpose::Email => {
            let sentence =
                |line: &str| if line.ends_with(['.', '?']) { capital(line) } else { line.to_owned() };
            text.split('\n').map(sentence).collect::<Vec<_>>().join("\n")
        }
        Purpose::EmailSubject => capital(&text.replace('\n', " ")),
        Purpose::Sms => text,
    }
}

/// Whether a template can be used for a message.
///
/// # Errors
/// [`TemplateError`] names what stands in its way.
pub fn check(template: &str) -> Result<(), TemplateError> {
    let known = |name: &str| super::PLACEHOLDERS.contains(&name) || PLACEHOLDERS.contains(&name);
    fill(template, Layout::Paragraphs, |name| known(name).then(String::new)).map(|_| ())
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// How a shop of the language speaks of the reader's car: alone, before a name, and after `an` and `mit`.
fn your_car(language: Language) -> (&'static str, &'static str, &'static str) {
    match language {
        Language::Nl => ("uw auto", "uw ", "uw auto"),
        Language::De => ("Ihr Fahrzeug", "Ihr Fahrzeug ", "Ihrem Fahrzeug"),
        Language::Pt => ("seu veículo", "seu ", "seu veículo"),
        Language::En => ("your car", "your ", "your car"),
    }
}

fn letter_value(name: &str, letter: &Letter<'_>, language: Language) -> Option<String> {
    let Letter { words, sender, channel, .. } = *letter;
    let date = |date: NaiveDate, long: bool| match (letter.dated, long) {
        (false, _) => UNKNOWN.to_owned(),
        (true, true) => language.long_date(date),
        (true, false) => language.short_date(date),
    };
    let (alone, before, dative) = your_car(language);
    // Portuguese SMS do without accents.
    let plain = |text: &str| if channel == Channel::Sms { text.replace('í', "i") } else { text.to_owned() };
    Some(match name {
        "your_car" => super::car(words).map_or_else(|| plain(alone), |car| format!("{before}{car}")),
        "your_car_dative" => match super::car(words) {
            Some(car) if language == Language::De => format!("{dative} {car}"),
            Some(car) => format!("{before}{car}"),
            None => plain(dative),
        },
        "your_plate" => match &words.plate {
            Some(plate) => format!("{} {}", plain(alone), Plate::to_string(plate)),
            None => plain(alone),
        },
        "date" => date(words.counts_from, true),
        "day" => date(words.counts_from, false),
        "window" => window(words, sender, language).unwrap_or_default(),
        "shop" => sender.name.clone(),
        "shop_phone" => sender.phone.clone(),
        "call" => call(sender, language),
        "stop" if letter.class == LegalClass::Commercial => stop(sender, channel, language),
        "stop" => String::new(),
        other => value(other, words, language)?,
    })
}

/// In which days a new inspection costs no validity (NEW-09).
fn window(words: &Words, sender: &Sender, language: Language) -> Option<String> {
    let expires = words.inspection_expires_on.filter(|_| words.rule == RuleKey::Inspection)?;
    let window = free_window(expires, &sender.country).filter(|window| window.last >= words.today)?;
    let (first, last) = (window.first.max(words.today), window.last);
    if first == last {
        return None;
    }
    let (first, last) = (language.long_date(first), language.long_date(last));
    Some(match language {
        Language::Nl => {
            format!("Laat u tussen {first} en {last} keuren, dan verliest u geen dag geldigheid.")
        }
        Language::De => format!(
            "Bei einer Prüfung zwischen dem {first} und dem {last} geht kein Tag Gültigkeit verloren."
        ),
        Language::Pt => {
            format!("Com a inspeção entre {first} e {last}, você não perde nenhum dia de validade.")
        }
        Language::En => format!("With an inspection between {first} and {last} you lose no day of validity."),
    })
}

fn call(sender: &Sender, language: Language) -> String {
    let phone = sender.phone.trim();
    if phone.is_empty() {
        return match language {
            Language::Nl => "Neem contact met ons op",
            Language::De => "Melden Sie sich bei uns",
            Language::Pt => "Fale conosco",
            Language::En => "Contact us",
        }
        .to_owned();
    }
    match language {
        Language::Nl => format!("Bel {phone}"),
        Language::De => format!("Rufen Sie uns an: {phone}"),
        Language::Pt => format!("Ligue {phone}"),
        Language::En => format!("Call {phone}"),
    }
}

/// How to make it stop; a sender with letters in it cannot be answered, so an SMS names the telephone.
fn stop(sender: &Sender, channel: Channel, language: Language) -> String {
    let phone = sender.phone.trim();
    let sms = channel == Channel::Sms;
    match (language, sms, phone.is_empty()) {
        (Language::Nl, true, false) => format!("Geen sms meer? Bel {phone}"),
        (Language::Nl, true, true) => "Geen sms meer? Laat het ons weten".to_owned(),
        (Language::Nl, false, _) => "Wilt u geen e-mail meer van ons? Antwoord dan met 'stop'.".to_owned(),
        (Language::De, true, false) => format!("Keine SMS mehr? Tel. {phone}"),
        (Language::De, true, true) => "Keine SMS mehr? Sagen Sie es uns".to_owned(),
        (Language::De, false, _) => {
            "Möchten Sie keine E-Mails mehr von uns? Antworten Sie mit 'Stopp'.".to_owned()
        }
        (Language::Pt, true, false) => format!("Parar SMS? Ligue {phone}"),
        (Language::Pt, true, true) => "Parar SMS? Avise-nos".to_owned(),
        (Language::Pt, false, _) => "Não quer mais receber nossos e-mails? Responda com 'parar'.".to_owned(),
        (Language::En, true, false) => format!("No more texts? Call {phone}"),
        (Language::En, true, true) => "No more texts? Let us know".to_owned(),
        (Language::En, false, _) => "No more e-mail from us? Reply with 'stop'.".to_owned(),
    }
}

#[cfg(test)]
mod tests;
