//! From what was typed to what the full-text index is asked.
//!
//! Only letters and digits reach the index, in quotes: nothing that is typed is taken for its
//! language. A word with digits may be the beginning of a plate, a telephone number or a postcode, each
//! of which is written in more than one way.

use crate::domain::phone;
use crate::domain::search::SearchField;
use crate::domain::text::folded;

use super::StoreError;

/// A word shorter than this is not thought to be spelled wrongly.
const SHORTEST: usize = 3;
/// So many words of the index are tried for one that was typed.
const NEAREST: usize = 12;

/// What was typed.
pub(super) struct Typed {
    field: SearchField,
    whole: String,
    words: Vec<String>,
}

impl Typed {
    /// `None` when there is nothing to look for.
    pub(super) fn new(text: &str, field: SearchField) -> Option<Self> {
        let whole = folded(text.trim());
        let words: Vec<String> = whole
            .split_whitespace()
            .filter(|word| word.chars().any(char::is_alphanumeric))
            .map(str::to_owned)
            .collect();
        (!words.is_empty()).then_some(Self { field, whole, words })
    }

    /// Rows in which every word begins something.
    pub(super) fn beginning(&self) -> String {
        self.expression(&[], "*")
    }

    /// Rows that say every word in full.
    pub(super) fn exact(&self) -> String {
        self.expression(&[], "")
    }

    /// Whether a name says every word in full.
    pub(super) fn is_in_full(&self, name: &str) -> bool {
        let said: Vec<&str> = name.split(|sign: char| !sign.is_alphanumeric()).collect();
        self.words.iter().all(|word| said.contains(&word.as_str()))
    }

    /// The words of the index that are spelled nearly so, as a question of their own; `None` when there
    /// are none. `words_from` gives the index's words that begin with a letter.
    pub(super) fn nearly(
        &self,
        mut words_from: impl FnMut(Option<char>) -> Result<Vec<String>, StoreError>,
    ) -> Result<Option<String>, StoreError> {
        let mut others = Vec::new();
        for word in &self.words {
            let first = word.chars().next();
            let mut near = nearest(word, &words_from(first)?);
            if near.is_empty() && word.chars().count() > SHORTEST {
                // The first letter may be the wrong one.
                near = nearest(word, &words_from(None)?);
            }
            others.push(near);
        }
        let any = others.iter().any(|near| !near.is_empty());
        Ok(any.then(|| self.expression(&others, "*")))
    }

    /// `others`: for each word those that count as well. `end`: `*` for beginnings.
    fn expression(&self, others: &[Vec<String>], end: &str) -> String {
        let mut all = Vec::new();
        for (place, word) in self.words.iter().enumerate() {
            let mut forms = forms(word, self.field, end);
            let near = others.get(place).into_iter().flatten();
            forms.extend(near.map(|other| format!("\"{other}\"")));
            all.push(format!("({})", forms.join(" OR ")));
        }
        let mut expression = all.join(" AND ");
        // Written with blanks, a plate, a number or a postcode is still one.
        if self.words.len() > 1 {
            for form in joined_forms(&self.whole, self.field, end) {
                expression = format!("({expression}) OR {form}");
            }
        }
        match self.field {
            SearchField::All => expression,
            field => format!("{{{field}}} : ({expression})"),
        }
    }
}

/// What one word can stand for.
fn forms(word: &str, field: SearchField, end: &str) -> Vec<String> {
    let parts: Vec<&str> =
        word.split(|sign: char| !sign.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let whole: Vec<String> = parts.iter().map(|part| format!("\"{part}\"{end}")).collect();
    let mut forms = vec![format!("({})", whole.join(" AND "))];
    if field == SearchField::Phone {
        forms.clear();
    }
    forms.extend(joined_forms(word, field, end));
    if forms.is_empty() {
        forms.push(format!("({})", whole.join(" AND ")));
    }
    forms
}

/// As a plate, a telephone number, a postcode: without what stands between the signs.
fn joined_forms(text: &str, field: SearchField, end: &str) -> Vec<String> {
    let mut forms = Vec::new();
    let joined: String = text.chars().filter(|sign| sign.is_alphanumeric()).collect();
    let digits = joined.chars().filter(char::is_ascii_digit).count();
    let may = |wanted: SearchField| field == SearchField::All || field == wanted;
    let between = joined.len() < text.len();
    if digits > 0 && between && joined.len() <= 12 {
        if may(SearchField::Plate) {
            forms.push(format!("{{plate}} : \"{joined}\"{end}"));
        }
        if may(SearchField::Place) {
            forms.push(format!("{{place}} : \"{joined}\"{end}"));
        }
    }
    if may(SearchField::Phone) && phone::looks_like(text) {
        for begins in phone::beginnings(text) {
            if begins != text {
                forms.push(format!("{{phone}} : \"{begins}\"{end}"));
            } else if field == SearchField::Phone {
                forms.push(format!("\"{begins}\"{end}"));
            }
        }
    }
    forms
}

/// The words that differ from one by a letter or two, the nearest first.
fn nearest(word: &str, words: &[String]) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    // A number is a beginning or it is not: one digit more or less is somebody else's.
    let digits = letters.iter().filter(|sign| sign.is_ascii_digit()).count();
    if letters.len() < SHORTEST || digits == letters.len() {
        return Vec::new();
    }
    let most = if letters.len() >= 6 && digits == 0 { 2 } else { 1 };
    let mut near: Vec<(usize, usize, &String)> = Vec::new();
    for other in words {
        let others: Vec<char> = other.chars().collect();
        if others.len() + most < letters.len() || other == word {
            continue;
        }
        // While a word is being typed, only its beginning is there.
        let shortest = letters.len().saturating_sub(most).max(1);
        let longest = (letters.len() + most).min(others.len());
        let distance = (shortest..=longest)
            .filter_map(|length| others.get(..length))
            .map(|beginning| strsim::osa_distance(word, &beginning.iter().collect::<String>()))
            .min();
        if let Some(distance) = distance.filter(|distance| *distance <= most) {
            near.push((distance, others.len().abs_diff(letters.len()), other));
        }
    }
    near.sort();
    near.into_iter().take(NEAREST).map(|(_, _, other)| other.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_typed_reaches_the_index_as_its_language() {
        let typed = Typed::new("  jan* OR \"x\" -- ", SearchField::All).unwrap();
        assert_eq!(typed.beginning(), "((\"jan\"*)) AND ((\"or\"*)) AND ((\"x\"*))");
        assert!(Typed::new(" - ", SearchField::All).is_none());
    }

    #[test]
    fn the_nearest_words_come_first() {
        let words: Vec<String> =
            ["janssen", "jansen", "johnson", "janse", "jager"].map(str::to_owned).to_vec();
        assert_eq!(nearest("jansen", &words), ["janse", "janssen"]);
        assert_eq!(nearest("jansn", &words), ["janse", "jansen", "janssen"]);
    }
}
