//! What a task says about itself (CSS-06): a template for each kind and language, filled from
//! facts. The shop can change each template; `texts` holds what is delivered.

pub mod letters;
mod texts;

use chrono::NaiveDate;

use crate::domain::amount::Money;
use crate::domain::language::Language;
use crate::domain::plate::Plate;
use crate::domain::rule::{Half, RuleKey};

/// The facts a description is made of. `None` is 'unknown'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The kind of task.
    pub rule: RuleKey,
    /// Which of the rule's numbers.
    pub half: Half,
    /// The date that counts.
    pub counts_from: NaiveDate,
    /// Today, in the shop's time zone.
    pub today: NaiveDate,
    /// The customer's salutation, as the shop writes it.
    pub salutation: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Family name.
    pub name: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Plate of the vehicle.
    pub plate: Option<Plate>,
    /// Make and model.
    pub make: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// The next planned appointment of the vehicle.
    pub appointment_on: Option<NaiveDate>,
    /// When the inspection expires by the shop's own data.
    pub inspection_expires_on: Option<NaiveDate>,
    /// When the inspection expires by the register.
    pub register_expires_on: Option<NaiveDate>,
    /// Whether the inspection that the register's date comes from was done in this workshop, by what the
    /// shop knows of that day.
    pub inspected_here: bool,
    /// Number of the invoice, sale or quote.
    pub number: Option<String>,
    /// Its total.
    pub total: Option<Money>,
    /// The advised repair, or who gives the roadside assistance.
    pub detail: Option<String>,
}

/// Everything that can stand between braces in a template.
pub const PLACEHOLDERS: [&str; 11] = [
    "salutation",
    "first_name",
    "car",
    "plate",
    "date",
    "today",
    "appointment",
    "register",
    "number",
    "total",
    "detail",
];

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A name between braces that means nothing.
    #[error("{{{0}}} means nothing here; write one of: {names}", names = PLACEHOLDERS.join(", "))]
    Unknown(String),
    /// A brace without its other half.
    #[error("a '{{' has no '}}'")]
    Open,
}

/// The description of a task, by the shop's template or by the delivered one. A shop's template
/// that cannot be used is left aside: a task without words would help nobody.
pub fn describe(words: &Words, language: Language, template: Option<&str>) -> String {
    let fill = |template: &str| fill(template, Layout::Lines, |name| value(name, words, language));
    template
        .and_then(|template| fill(template).ok())
        .or_else(|| fill(texts::template(words.rule, words.half, language)).ok())
        .unwrap_or_default()
}

/// The template that is delivered for a kind of task.
pub fn delivered(rule: RuleKey, half: Half, language: Language) -> &'static str {
    texts::template(rule, half, language)
}

/// Whether a template can be used.
///
/// # Errors
/// [`TemplateError`] names what stands in its way.
pub fn check(template: &str) -> Result<(), TemplateError> {
    fill(template, Layout::Lines, |name| PLACEHOLDERS.contains(&name).then(String::new)).map(|_| ())
}

/// What becomes of empty lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// They are dropped.
    Lines,
    /// One stays between paragraphs.
    Paragraphs,
}

/// Puts values in the place of names between braces, and drops the blanks that empty ones leave.
fn fill(
    template: &str,
    layout: Layout,
    value: impl Fn(&str) -> Option<String>,
) -> Result<String, TemplateError> {
    let mut text = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}').ok_or(TemplateError::Open)?;
        text.push_str(before);
        text.push_str(&value(name.trim()).ok_or_else(|| TemplateError::Unknown(name.to_owned()))?);
        rest = after;
    }
    text.push_str(rest);
    let lines =
        text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").replace(" .", "."));
    let mut kept: Vec<String> = Vec::new();
    for line in lines {
        let after_text = layout == Layout::Paragraphs && kept.last().is_some_and(|last| !last.is_empty());
        if !line.is_empty() || after_text {
            kept.push(line);
        }
    }
    Ok(kept.join("\n").trim_end().to_owned())
}

fn value(name: &str, words: &Words, language: Language) -> Option<String> {
    let phrases = texts::phrases(language);
    let with_date = |phrase: &str, date: NaiveDate| phrase.replace("{date}", &language.long_date(date));
    Some(match name {
        "salutation" => salutation(words, language),
        "first_name" => match &words.first_name {
            Some(first_name) => format!("{} {first_name}", phrases.first_name),
            None => String::new(),
        },
        "car" => car(words).unwrap_or_else(|| phrases.car.to_owned()),
        "plate" => words.plate.as_ref().map(Plate::to_string).unwrap_or_default(),
        "date" => language.long_date(words.counts_from),
        "today" => language.long_date(words.today),
        "appointment" => match words.appointment_on {
            Some(on) => with_date(phrases.appointment, on),
            None => with_date(phrases.no_appointment, words.today),
        },
        "register" => match words.register_expires_on {
            Some(register)
                if !words.inspected_here
                    && words.inspection_expires_on.is_none_or(|ours| register > ours) =>
            {
                with_date(phrases.elsewhere, register)
            }
            Some(register) => with_date(phrases.register, register),
            None => String::new(),
        },
        "number" => words.number.clone().unwrap_or_default(),
        "total" => words.total.map(|total| format!("€ {}", total.in_words_of(language))).unwrap_or_default(),
        "detail" => words.detail.as_ref().map(|detail| format!("({detail})")).unwrap_or_default(),
        _ => return None,
    })
}

/// `Opel Rekord (JL-29-JK)`, or as much of it as is known.
fn car(words: &Words) -> Option<String> {
    let name =
        [words.make.as_deref(), words.model.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    match (&words.plate, name.is_empty()) {
        (Some(plate), true) => Some(plate.to_string()),
        (Some(plate), false) => Some(format!("{name} ({plate})")),
        (None, false) => Some(name),
        (None, true) => None,
    }
}

/// How the person is addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address {
    Man,
    Woman,
    Family,
    Unknown,
}

/// Recognises the shop's salutation, in any of the four languages.
pub(crate) fn address(salutation: &str) -> Address {
    let plain: String =
        salutation.to_lowercase().chars().filter(|sign| sign.is_alphabetic() || *sign == ' ').collect();
    let is = |words: &[&str]| plain.split_whitespace().any(|word| words.contains(&word));
    if is(&["familie", "fam", "família", "family"]) {
        Address::Family
    } else if is(&["mevrouw", "mevr", "mw", "frau", "senhora", "sra", "mrs", "ms", "miss", "madam"]) {
        Address::Woman
    } else if is(&["heer", "dhr", "hr", "herr", "herrn", "senhor", "sr", "mr", "mister", "sir"]) {
        Address::Man
    } else {
        Address::Unknown
    }
}

fn salutation(words: &Words, language: Language) -> String {
    let phrases = texts::phrases(language);
    let [man, woman, family, unknown] = phrases.dear;
    let dear = match words.salutation.as_deref().map(address) {
        Some(Address::Man) => man,
        Some(Address::Woman) => woman,
        Some(Address::Family) => family,
        _ => unknown,
    };
    match (&words.name, &words.company) {
        (Some(name), _) => format!("{dear} {name}"),
        (None, Some(company)) => format!("{unknown} ({company})"),
        (None, None) => dear.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(rule: RuleKey, half: Half) -> Words {
        Words {
            rule,
            half,
            counts_from: "2015-06-30".parse().unwrap(),
            today: "2015-06-24".parse().unwrap(),
            salutation: Some("De heer".to_owned()),
            first_name: Some("Piet".to_owned()),
            name: Some("Pietersen".to_owned()),
            company: None,
            plate: Some(Plate::parse("JL-29-JK").unwrap()),
            make: Some("Opel".to_owned()),
            model: Some("Rekord".to_owned()),
            appointment_on: None,
            inspection_expires_on: Some("2015-06-30".parse().unwrap()),
            register_expires_on: None,
            inspected_here: false,
            number: Some("O-17".to_owned()),
            total: Some(Money(123_456)),
            detail: Some("koppeling".to_owned()),
        }
    }

    #[test]
    fn the_inspection_speaks_as_in_the_seed() {
        let mut words = words(RuleKey::Inspection, Half::Whole);
        assert_eq!(
            describe(&words, Language::Nl, None),
            "Geachte heer Pietersen\nVoornaam: Piet\nDe APK van de Opel Rekord (JL-29-JK) vervalt op 30 juni 2015.\n\
             Op 24 juni 2015 heeft de klant nog geen afspraak in onze werkplaats."
        );
        words.register_expires_on = "2017-05-10".parse().ok();
        words.appointment_on = "2015-06-26".parse().ok();
        let text = describe(&words, Language::Nl, None);
        assert!(text.ends_with(
            "Er staat een afspraak op 26 juni 2015.\nBij de RDW staat 10 mei 2017 als vervaldatum geregistreerd. \
             Waarschijnlijk is het voertuig ergens anders gekeurd."
        ));
    }

    #[test]
    fn every_kind_has_words_in_every_language() {
        for language in Language::ALL {
            let mut seen = std::collections::BTreeSet::new();
            for rule in RuleKey::ALL {
                for half in rule.halves() {
                    assert_eq!(
                        fill(delivered(rule, *half, language), Layout::Lines, |name| value(
                            name,
                            &words(rule, *half),
                            language
                        ))
                        .err(),
                        None
                    );
                    let text = describe(&words(rule, *half), language, None);
                    let date = language.long_date("2015-06-30".parse().unwrap());
                    assert!(text.contains(&date), "{rule} {language}: {text}");
                    assert!(
                        text.contains("Pietersen") && text.contains("JL-29-JK"),
                        "{rule} {language}: {text}"
                    );
                    assert!(
                        text.contains(&language.long_date("2015-06-24".parse().unwrap())),
                        "{rule} {language}"
                    );
                    assert!(!text.contains(['{', '}']), "{text}");
                    assert!(seen.insert(text), "{rule} {half} {language} says what another kind says");
                }
            }
        }
    }

    #[test]
    fn what_is_unknown_leaves_no_hole() {
        for language in Language::ALL {
            for rule in RuleKey::ALL {
                let mut words = words(rule, *rule.halves().first().unwrap());
                (words.salutation, words.first_name, words.name) = (None, None, None);
                (words.plate, words.make, words.model) = (None, None, None);
                (words.number, words.total, words.detail) = (None, None, None);
                let text = describe(&words, language, None);
                assert!(!text.contains("  ") && !text.contains(" .") && !text.contains("()"), "{text}");
            }
        }
    }

    #[test]
    fn salutations_are_known_by_their_words() {
        for (text, wanted) in [
            ("De heer", Address::Man),
            ("Dhr.", Address::Man),
            ("Mevr.", Address::Woman),
            ("Fam.", Address::Family),
            ("Herrn", Address::Man),
            ("Frau Dr.", Address::Woman),
            ("Sra.", Address::Woman),
            ("Mr", Address::Man),
            ("Familie", Address::Family),
            ("x", Address::Unknown),
            ("", Address::Unknown),
        ] {
            assert_eq!(address(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_shops_template_is_used_when_it_can_be() {
        let words = words(RuleKey::Inspection, Half::Whole);
        assert_eq!(describe(&words, Language::Nl, Some("APK {plate}: {date}")), "APK JL-29-JK: 30 juni 2015");
        assert!(describe(&words, Language::Nl, Some("{naam}")).starts_with("Geachte heer"));
        assert_eq!(check("{naam}"), Err(TemplateError::Unknown("naam".to_owned())));
        assert_eq!(check("{date"), Err(TemplateError::Open));
        assert_eq!(check("Beste {salutation}"), Ok(()));
    }
}
