//! Tables of a TOML text, taken key by key; every problem is kept with its place.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ConfigProblem;
use crate::gate::near::nearest;

/// Problems of one text.
pub(super) struct Problems {
    text: String,
    found: Vec<(usize, String, String)>,
}

impl Problems {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), found: Vec::new() }
    }

    /// A problem at a byte of the text.
    pub(super) fn add(&mut self, at: usize, what: String, hint: String) {
        self.found.push((at, what, hint));
    }

    /// The problems in the order of the text.
    pub(super) fn into_sorted(mut self) -> Vec<ConfigProblem> {
        self.found.sort_by_key(|(at, ..)| *at);
        let text = &self.text;
        let problem = |(at, what, hint): (usize, String, String)| {
            let before = text.get(..at).unwrap_or(text);
            let line_start = before.rfind('\n').map_or(0, |i| i + 1);
            let line = before.matches('\n').count() + 1;
            let column = before[line_start..].chars().count() + 1;
            ConfigProblem { line, column, what, hint }
        };
        self.found.into_iter().map(problem).collect()
    }
}

/// A table; what is not taken is unknown.
pub(super) struct Section<'t> {
    name: &'static str,
    at: usize,
    entries: BTreeMap<String, Entry<'t>>,
    known: Vec<&'static str>,
    given: Vec<(String, usize)>,
}

struct Entry<'t> {
    key_at: usize,
    at: usize,
    value: DeValue<'t>,
}

impl<'t> Section<'t> {
    /// The whole text.
    pub(super) fn root(text: &'t str, problems: &mut Problems) -> Option<Self> {
        match DeTable::parse(text) {
            Ok(table) => Some(Self::new("", 0, table.into_inner())),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                problems.add(at, error.message().to_owned(), String::new());
                None
            },
        }
    }

    fn new(name: &'static str, at: usize, table: DeTable<'t>) -> Self {
        let entry = |(key, value): (Spanned<_>, Spanned<DeValue<'t>>)| {
            let (key_at, key): (usize, std::borrow::Cow<'t, str>) = (key.span().start, key.into_inner());
            (key.into_owned(), Entry { key_at, at: value.span().start, value: value.into_inner() })
        };
        let entries: BTreeMap<String, Entry<'t>> = table.into_iter().map(entry).collect();
        let given = entries.iter().map(|(key, entry)| (key.clone(), entry.key_at)).collect();
        Self { name, at, entries, known: Vec::new(), given }
    }

    /// Where the table starts.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Where a key stood that was taken, or the table.
    pub(super) fn at_of(&self, key: &str) -> usize {
        self.given.iter().find(|(k, _)| k == key).map_or(self.at, |(_, at)| *at)
    }

    /// Whether a key was given, right or wrong.
    pub(super) fn had(&self, key: &str) -> bool {
        self.given.iter().any(|(k, _)| k == key)
    }

    fn take(&mut self, key: &'static str) -> Option<Entry<'t>> {
        self.known.push(key);
        self.entries.remove(key)
    }

    /// A text and where it stands.
    pub(super) fn text(&mut self, key: &'static str, problems: &mut Problems) -> Option<(String, usize)> {
        let entry = self.take(key)?;
        text(entry.value, entry.at, key, problems)
    }

    /// One text or a list of them.
    pub(super) fn texts(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Option<Vec<(String, usize)>> {
        let entry = self.take(key)?;
        match entry.value {
            DeValue::Array(items) => Some(
                items
                    .into_iter()
                    .filter_map(|item| {
                        let at = item.span().start;
                        text(item.into_inner(), at, key, problems)
                    })
                    .collect(),
            ),
            value => text(value, entry.at, key, problems).map(|one| vec![one]),
        }
    }

    /// A whole number.
    pub(super) fn whole(
        &mut self,
        key: &'static str,
        range: RangeInclusive<i64>,
        problems: &mut Problems,
    ) -> Option<i64> {
        let entry = self.take(key)?;
        let number: Option<i64> = match &entry.value {
            DeValue::Integer(n) if n.radix() == 10 => n.as_str().parse().ok(),
            _ => None,
        };
        let number = number.filter(|n| range.contains(n));
        if number.is_none() {
            let what = format!("`{key}` is a whole number from {} to {}", range.start(), range.end());
            problems.add(entry.at, what, String::new());
        }
        number
    }

    /// A table.
    pub(super) fn section(&mut self, key: &'static str, problems: &mut Problems) -> Option<Self> {
        let entry = self.take(key)?;
        match entry.value {
            DeValue::Table(table) => Some(Self::new(key, entry.key_at, table)),
            _ => {
                problems.add(entry.key_at, format!("`{key}` is a table"), format!("write [{key}]"));
                None
            },
        }
    }

    /// A list of tables.
    pub(super) fn sections(&mut self, key: &'static str, problems: &mut Problems) -> Vec<Self> {
        let Some(entry) = self.take(key) else { return Vec::new() };
        let list_at = entry.key_at;
        let DeValue::Array(items) = entry.value else {
            problems.add(list_at, format!("`{key}` is a list of tables"), format!("write [[{key}]]"));
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in items {
            let at = item.span().start;
            match item.into_inner() {
                DeValue::Table(table) => found.push(Self::new(key, at, table)),
                _ => problems.add(at, format!("`{key}` is a list of tables"), format!("write [[{key}]]")),
            }
        }
        found
    }

    /// Refuses what was not taken.
    pub(super) fn finish(self, problems: &mut Problems) {
        for (key, entry) in &self.entries {
            let hint = match nearest(key, self.known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known are {}", self.known.join(", ")),
            };
            let within = if self.name.is_empty() { String::new() } else { format!(" in [{}]", self.name) };
            problems.add(entry.key_at, format!("no key `{key}`{within}"), hint);
        }
    }
}

fn text(value: DeValue<'_>, at: usize, key: &str, problems: &mut Problems) -> Option<(String, usize)> {
    match value {
        DeValue::String(text) if !text.trim().is_empty() => Some((text.into_owned(), at)),
        _ => {
            problems.add(at, format!("`{key}` is a text in quotes, not empty"), String::new());
            None
        },
    }
}
