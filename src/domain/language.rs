//! The four languages of the screen and of the texts that go to customers.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{Locale, NaiveDate};
use serde::{Deserialize, Serialize};

/// A language Balie speaks. Dutch comes first everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Dutch.
    #[default]
    Nl,
    /// German.
    De,
    /// Brazilian Portuguese.
    Pt,
    /// English.
    En,
}

impl Language {
    /// All four, in the order in which the screen offers them.
    pub const ALL: [Language; 4] = [Language::Nl, Language::De, Language::Pt, Language::En];

    /// The two-letter code (ISO 639-1) that configuration and command line use.
    pub fn code(self) -> &'static str {
        match self {
            Language::Nl => "nl",
            Language::De => "de",
            Language::Pt => "pt",
            Language::En => "en",
        }
    }

    /// Of a text in several languages, by their codes: this one, else English, else any.
    pub fn of(self, texts: &BTreeMap<String, String>) -> Option<&str> {
        let first = texts.values().next();
        texts.get(self.code()).or_else(|| texts.get("en")).or(first).map(String::as_str)
    }

    /// A date in words, as it stands in a sentence: `10 mei 2017`.
    pub fn long_date(self, date: NaiveDate) -> String {
        let (format, locale) = match self {
            Language::Nl => ("%-d %B %Y", Locale::nl_NL),
            Language::De => ("%-d. %B %Y", Locale::de_DE),
            Language::Pt => ("%-d de %B de %Y", Locale::pt_BR),
            Language::En => ("%-d %B %Y", Locale::en_GB),
        };
        date.format_localized(format, locale).to_string()
    }

    /// A date in figures, as it stands in a column: `10-05-2017`.
    pub fn short_date(self, date: NaiveDate) -> String {
        let format = match self {
            Language::Nl => "%d-%m-%Y",
            Language::De => "%d.%m.%Y",
            Language::Pt | Language::En => "%d/%m/%Y",
        };
        date.format(format).to_string()
    }

    /// What stands between whole units and cents.
    pub(crate) fn decimal_mark(self) -> char {
        if self == Language::En { '.' } else { ',' }
    }

    /// What stands between thousands.
    pub(crate) fn thousands_mark(self) -> char {
        if self == Language::En { ',' } else { '.' }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Language::ALL
            .into_iter()
            .find(|language| language.code() == text)
            .ok_or_else(|| format!("'{text}' is not a language Balie speaks: write nl, de, pt or en"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_the_language_writes_them() {
        let date = NaiveDate::from_ymd_opt(2017, 5, 10).unwrap();
        assert_eq!(Language::Nl.long_date(date), "10 mei 2017");
        assert_eq!(Language::De.long_date(date), "10. Mai 2017");
        assert_eq!(Language::Pt.long_date(date), "10 de maio de 2017");
        assert_eq!(Language::En.long_date(date), "10 May 2017");
        assert_eq!(Language::Nl.short_date(date), "10-05-2017");
        assert!("fr".parse::<Language>().unwrap_err().contains("nl, de, pt or en"));
    }
}
