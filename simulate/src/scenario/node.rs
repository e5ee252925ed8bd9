//! The tree that TOML and JSON texts become before a world reads them: values with their lines.

use std::collections::BTreeMap;

/// Line of a value that came from `--set`, not from a file.
pub(crate) const OVERRIDE: u32 = 0;

/// A value and the line it stands on, from 1; [`OVERRIDE`] for values set later.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) line: u32,
    pub(crate) value: Value,
}

/// What TOML and JSON can say. Integers are wide enough for unsigned 64-bit seeds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Flag(bool),
    Integer(i128),
    Real(f64),
    Text(String),
    List(Vec<Node>),
    Table(BTreeMap<String, Node>),
}

impl Value {
    /// What it is, for "expected ..., found ..." messages.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Flag(flag) => flag.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Real(number) => format!("{number:?}"),
            Self::Text(text) => format!("the text \"{}\"", shorten(text)),
            Self::List(_) => "a list".to_owned(),
            Self::Table(_) => "a table".to_owned(),
        }
    }

    /// The same value as JSON, for payloads that a world does not know. Numbers beyond what JSON
    /// holds become texts.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Flag(flag) => (*flag).into(),
            Self::Integer(number) => i64::try_from(*number).map_or_else(
                |_| u64::try_from(*number).map_or_else(|_| number.to_string().into(), Into::into),
                Into::into,
            ),
            Self::Real(number) => serde_json::Number::from_f64(*number)
                .map_or_else(|| number.to_string().into(), serde_json::Value::Number),
            Self::Text(text) => text.clone().into(),
            Self::List(nodes) => nodes.iter().map(|node| node.value.to_json()).collect(),
            Self::Table(entries) => {
                entries.iter().map(|(key, node)| (key.clone(), node.value.to_json())).collect()
            },
        }
    }
}

/// The first characters of an untrusted text, on one line.
pub(crate) fn shorten(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// Line and column, both from 1, of a byte offset.
pub(crate) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before: &str = text.get(..offset).unwrap_or(text);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}
