//! One line `key = value` of the file as it stands there: what provisioning takes over line by line.

use std::fmt;
use std::ops::Range;

use toml::de::DeValue;

use super::reader::SECRETS;

/// A value that a key may have.
#[derive(Clone, PartialEq, Eq)]
pub enum Plain {
    /// `"text"`
    Text(String),
    /// `17`
    Number(i64),
    /// `true`
    Truth(bool),
    /// `["a", "b"]`
    Texts(Vec<String>),
}

impl Plain {
    /// `None` for what no key takes: dates, broken numbers, tables.
    pub(super) fn of(value: &DeValue<'_>) -> Option<Self> {
        Some(match value {
            DeValue::String(text) => Plain::Text(text.to_string()),
            DeValue::Integer(number) => {
                Plain::Number(i64::from_str_radix(number.as_str(), number.radix()).ok()?)
            }
            DeValue::Boolean(truth) => Plain::Truth(*truth),
            DeValue::Array(list) => Plain::Texts(
                list.iter().map(|one| one.get_ref().as_str().map(str::to_owned)).collect::<Option<_>>()?,
            ),
            DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => return None,
        })
    }

    /// The text, of a text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Plain::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// As TOML writes it.
impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |text: &String| toml::Value::String(text.clone());
        match self {
            Plain::Text(one) => write!(f, "{}", text(one)),
            Plain::Number(number) => write!(f, "{number}"),
            Plain::Truth(truth) => write!(f, "{truth}"),
            Plain::Texts(all) => write!(f, "{}", toml::Value::Array(all.iter().map(text).collect())),
        }
    }
}

/// It may be a secret.
impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plain(..)")
    }
}

/// A key with its value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The table above it.
    pub table: String,
    /// The key.
    pub key: String,
    /// The value.
    pub value: Plain,
    /// Line of the value, counted from 1.
    pub line: usize,
    /// The bytes of the value in the file.
    pub span: Range<usize>,
}

impl Entry {
    /// `table.key`, as problems name it.
    pub fn name(&self) -> String {
        format!("{}.{}", self.table, self.key)
    }

    /// Whether nobody may read the value.
    pub fn is_secret(&self) -> bool {
        SECRETS.contains(&self.key.as_str())
    }
}
