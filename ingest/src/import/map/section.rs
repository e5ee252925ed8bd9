//! Sections of a map file: typed access to keys, every problem kept with its line.

use std::collections::BTreeMap;

use infra_eventlog::error::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::IngestError;
use crate::import::duration;
use crate::import::tally::shown;

/// Problems of one map file, told together and in line order.
pub(super) struct Problems {
    file: String,
    line_starts: Vec<usize>,
    found: Vec<(usize, String)>,
}

impl Problems {
    pub(super) fn new(file: &str, text: &str) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file: file.to_owned(), line_starts, found: Vec::new() }
    }

    /// Line and column of a byte, both from 1.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|i| self.line_starts.get(i)).copied().unwrap_or(0);
        (line, offset - start + 1)
    }

    pub(super) fn add(&mut self, offset: usize, what: String) {
        self.found.push((offset, what));
    }

    pub(super) fn into_result(mut self) -> Result<(), IngestError> {
        if self.found.is_empty() {
            return Ok(());
        }
        self.found.sort_by_key(|(offset, _)| *offset);
        let line =
            |(offset, what): &(usize, String)| format!("{}:{}: {what}", self.file, self.position(*offset).0);
        Err(IngestError::Import(self.found.iter().map(line).collect()))
    }
}

/// A table of the map whose keys are taken one by one; what is left over is unknown.
pub(super) struct Section<'t> {
    path: String,
    offset: usize,
    entries: BTreeMap<String, (usize, DeValue<'t>)>,
    known: Vec<&'static str>,
}

impl<'t> Section<'t> {
    pub(super) fn root(document: Spanned<DeTable<'t>>) -> Self {
        Self::new(String::new(), 0, document.into_inner())
    }

    fn new(path: String, offset: usize, table: DeTable<'t>) -> Self {
        let entry = |(key, value): (Spanned<_>, Spanned<DeValue<'t>>)| {
            let (offset, name): (_, std::borrow::Cow<'t, str>) = (key.span().start, key.into_inner());
            (name.into_owned(), (offset, value.into_inner()))
        };
        Self { path, offset, entries: table.into_iter().map(entry).collect(), known: Vec::new() }
    }

    /// Where the section starts.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// Whether the key is given.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Whether the key is given and holds a table.
    pub(super) fn is_section(&self, key: &str) -> bool {
        self.entries.get(key).is_some_and(|(_, value)| value.is_table())
    }

    /// Where the key stands, or the section if it does not.
    pub(super) fn offset_of(&self, key: &str) -> usize {
        self.entries.get(key).map_or(self.offset, |(offset, _)| *offset)
    }

    /// `[metrics] time`, as messages name a key.
    pub(super) fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("[{}] {key}", self.path) }
    }

    fn take(&mut self, key: &'static str) -> Option<(usize, DeValue<'t>)> {
        self.known.push(key);
        self.entries.remove(key)
    }

    fn wrong(&self, key: &str, offset: usize, expected: &str, problems: &mut Problems) {
        problems.add(offset, format!("{}: expected {expected}", self.key(key)));
    }

    pub(super) fn text(&mut self, key: &'static str, problems: &mut Problems) -> Option<String> {
        match self.take(key)? {
            (_, DeValue::String(text)) if !text.is_empty() => Some(text.into_owned()),
            (offset, _) => {
                self.wrong(key, offset, "a text in quotes, not empty", problems);
                None
            },
        }
    }

    /// A text that must be given; empty (and a problem) if it is not.
    pub(super) fn required(&mut self, key: &'static str, problems: &mut Problems) -> String {
        if !self.has(key) {
            problems.add(self.offset, format!("{} is missing", self.key(key)));
        }
        self.text(key, problems).unwrap_or_default()
    }

    pub(super) fn flag(&mut self, key: &'static str, problems: &mut Problems) -> bool {
        match self.take(key) {
            None => false,
            Some((_, DeValue::Boolean(flag))) => flag,
            Some((offset, _)) => {
                self.wrong(key, offset, "true or false", problems);
                false
            },
        }
    }

    /// A finite number.
    pub(super) fn number(&mut self, key: &'static str, problems: &mut Problems) -> Option<f64> {
        let (offset, value) = self.take(key)?;
        let number: Option<f64> = match &value {
            DeValue::Integer(n) if n.radix() == 10 => n.as_str().parse().ok(),
            DeValue::Float(n) => n.as_str().parse().ok(),
            _ => None,
        };
        let number = number.filter(|n| n.is_finite());
        if number.is_none() {
            self.wrong(key, offset, "a finite number", problems);
        }
        number
    }

    /// A text or a number as it is written, to be read as a time.
    pub(super) fn written(&mut self, key: &'static str, problems: &mut Problems) -> Option<String> {
        match self.take(key)? {
            (_, DeValue::String(text)) => Some(text.into_owned()),
            (_, DeValue::Integer(number)) if number.radix() == 10 => Some(number.as_str().to_owned()),
            (_, DeValue::Float(number)) => Some(number.as_str().to_owned()),
            (_, DeValue::Datetime(time)) => Some(time.to_string()),
            (offset, _) => {
                self.wrong(key, offset, "a time", problems);
                None
            },
        }
    }

    pub(super) fn duration(&mut self, key: &'static str, problems: &mut Problems) -> Option<i64> {
        let (offset, value) = self.take(key)?;
        let duration = value.as_str().and_then(duration::parse);
        if duration.is_none() {
            self.wrong(key, offset, duration::EXPECTED, problems);
        }
        duration
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&'static str, T)],
        problems: &mut Problems,
    ) -> Option<T> {
        let (offset, value) = self.take(key)?;
        let found = value.as_str().unwrap_or("");
        let chosen = choices.iter().find(|(word, _)| *word == found).map(|(_, value)| *value);
        if chosen.is_none() {
            let words: Vec<String> = choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            // Any two words of one or two letters are near each other.
            let near = nearest(found, choices.iter().map(|(word, _)| *word)).filter(|_| found.len() > 2);
            let hint = near.map_or_else(String::new, |near| format!(" (hint: did you mean \"{near}\"?)"));
            self.wrong(key, offset, &format!("{}{hint}", words.join(" or ")), problems);
        }
        chosen
    }

    pub(super) fn texts(&mut self, key: &'static str, problems: &mut Problems) -> Vec<String> {
        let Some((offset, value)) = self.take(key) else { return Vec::new() };
        let items = value.as_array().map(|list| list.iter().map(|v| v.get_ref().as_str().map(str::to_owned)));
        let texts = items.and_then(Iterator::collect::<Option<Vec<String>>>);
        texts.unwrap_or_else(|| {
            self.wrong(key, offset, "a list of texts", problems);
            Vec::new()
        })
    }

    pub(super) fn section(&mut self, key: &'static str, problems: &mut Problems) -> Option<Section<'t>> {
        let (offset, value) = self.take(key)?;
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        match value {
            DeValue::Table(table) => Some(Section::new(path, offset, table)),
            _ => {
                self.wrong(key, offset, "a section", problems);
                None
            },
        }
    }

    /// Sub-sections with names that the user chose.
    pub(super) fn named_sections(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Vec<(String, Section<'t>)> {
        let Some(outer) = self.section(key, problems) else { return Vec::new() };
        let mut sections = Vec::new();
        for (name, (offset, value)) in outer.entries {
            let path = format!("{}.{}", outer.path, name.escape_debug());
            match value {
                DeValue::Table(table) => sections.push((name, Section::new(path, offset, table))),
                _ => problems.add(offset, format!("[{path}]: expected a section")),
            }
        }
        sections
    }

    /// Texts under names that the user chose, each with its place.
    pub(super) fn named_texts(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Vec<(String, String, usize)> {
        let Some(outer) = self.section(key, problems) else { return Vec::new() };
        let mut texts = Vec::new();
        for (name, (offset, value)) in outer.entries {
            match value {
                DeValue::String(text) => texts.push((name, text.into_owned(), offset)),
                _ => problems.add(
                    offset,
                    format!("[{}] {}: expected a text in quotes", outer.path, name.escape_debug()),
                ),
            }
        }
        texts
    }

    /// Tables of a list, `[[key]]` or `key = [{...}]`.
    pub(super) fn list(&mut self, key: &'static str, problems: &mut Problems) -> Vec<Section<'t>> {
        let Some((offset, value)) = self.take(key) else { return Vec::new() };
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        let DeValue::Array(items) = value else {
            self.wrong(key, offset, "a list of tables", problems);
            return Vec::new();
        };
        let mut sections = Vec::new();
        for item in items {
            let at = item.span().start;
            match item.into_inner() {
                DeValue::Table(table) => sections.push(Section::new(format!("[{path}]"), at, table)),
                _ => self.wrong(key, at, "a list of tables", problems),
            }
        }
        sections
    }

    /// One section `[key]`, or several of a list `[[key]]`.
    pub(super) fn one_or_list(&mut self, key: &'static str, problems: &mut Problems) -> Vec<Section<'t>> {
        let is_list = self.entries.get(key).is_some_and(|(_, value)| value.is_array());
        if is_list { self.list(key, problems) } else { self.section(key, problems).into_iter().collect() }
    }

    /// Adds a problem for every key that nobody took.
    pub(super) fn finish(self, problems: &mut Problems) {
        for (name, (offset, _)) in &self.entries {
            let hint = match nearest(name, self.known.iter().copied()) {
                Some(near) => format!(" (hint: did you mean `{near}`?)"),
                None => {
                    let mut known = self.known.clone();
                    known.sort_unstable();
                    known.dedup();
                    format!(" (known here: {})", known.join(", "))
                },
            };
            let place = if self.path.is_empty() { String::new() } else { format!("[{}]: ", self.path) };
            problems.add(*offset, format!("{place}unknown key {}{hint}", shown(name)));
        }
    }
}
