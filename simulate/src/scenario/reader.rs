//! Typed access to a table of the tree; everything wrong is collected, nothing stops early.

use std::collections::BTreeMap;

use infra_eventlog::error::{Place, Problem, nearest};

use super::node::{Node, OVERRIDE, Value, shorten};

/// One thing wrong, with its place as a path and a line.
#[derive(Clone, Debug)]
pub(crate) struct Flaw {
    pub(crate) path: String,
    pub(crate) line: u32,
    pub(crate) what: String,
    pub(crate) hint: String,
}

/// Flaws beyond this number are not kept: nobody reads them, and a text may have millions.
const MAX_FLAWS: usize = 1000;

/// Everything wrong so far, up to a cap.
#[derive(Debug, Default)]
pub(crate) struct Flaws(pub(crate) Vec<Flaw>);

impl Flaws {
    pub(crate) fn add(&mut self, path: impl Into<String>, line: u32, what: impl Into<String>) {
        self.add_with_hint(path, line, what, "");
    }

    pub(crate) fn add_with_hint(
        &mut self,
        path: impl Into<String>,
        line: u32,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) {
        if self.0.len() < MAX_FLAWS {
            self.0.push(Flaw { path: path.into(), line, what: what.into(), hint: hint.into() });
        }
    }

    /// As problems of `file`, in the order of its lines.
    pub(crate) fn into_problems(mut self, file: &str) -> Vec<Problem> {
        self.0.sort_by_key(|flaw| flaw.line);
        self.0
            .into_iter()
            .map(|flaw| {
                let inside = if flaw.line == OVERRIDE {
                    flaw.path
                } else {
                    format!("{} (line {})", flaw.path, flaw.line)
                };
                Problem::new(Place::new(file, inside), flaw.what).hint(flaw.hint)
            })
            .collect()
    }
}

/// ", did you mean ...": the hint of every unknown name.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    nearest(name, known.clone()).map_or_else(
        || {
            let names: Vec<&str> = known.into_iter().take(20).collect();
            if names.is_empty() { String::new() } else { format!("known: {}", names.join(", ")) }
        },
        |near| format!("did you mean `{near}`?"),
    )
}

/// A value that a key can hold.
pub(crate) trait Field: Sized {
    /// "a finite number", for messages.
    const WANTED: &'static str;
    fn read(value: &Value) -> Option<Self>;
}

impl Field for f64 {
    const WANTED: &'static str = "a finite number";
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(number) => Some(*number as f64),
            Value::Real(number) if number.is_finite() => Some(*number),
            _ => None,
        }
    }
}

impl Field for i64 {
    const WANTED: &'static str = "an integer";
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(number) => Self::try_from(*number).ok(),
            _ => None,
        }
    }
}

impl Field for u64 {
    const WANTED: &'static str = "an integer of at least 0";
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(number) => Self::try_from(*number).ok(),
            _ => None,
        }
    }
}

impl Field for bool {
    const WANTED: &'static str = "true or false";
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }
}

impl Field for String {
    const WANTED: &'static str = "a text";
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Field for Vec<String> {
    const WANTED: &'static str = "a list of texts";
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::List(nodes) => nodes.iter().map(|node| String::read(&node.value)).collect(),
            _ => None,
        }
    }
}

/// A table being read.
#[derive(Clone, Debug)]
pub(crate) struct Table<'a> {
    path: String,
    line: u32,
    entries: &'a BTreeMap<String, Node>,
}

impl<'a> Table<'a> {
    /// The table at `path`, or a flaw.
    pub(crate) fn open(node: &'a Node, path: &str, flaws: &mut Flaws) -> Option<Self> {
        match &node.value {
            Value::Table(entries) => Some(Self { path: path.to_owned(), line: node.line, entries }),
            other => {
                flaws.add(path, node.line, format!("expected a table, found {}", other.describe()));
                None
            },
        }
    }

    /// Line of the table.
    pub(crate) const fn line(&self) -> u32 {
        self.line
    }

    /// Path of a key in this table.
    pub(crate) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Line of a key, or of the table if the key is absent.
    pub(crate) fn line_of(&self, key: &str) -> u32 {
        self.entries.get(key).map_or(self.line, |node| node.line)
    }

    pub(crate) fn node(&self, key: &str) -> Option<&'a Node> {
        self.entries.get(key)
    }

    /// Refuses keys that are not `known`.
    pub(crate) fn only(&self, known: &[&str], flaws: &mut Flaws) {
        for (key, node) in self.entries {
            if !known.contains(&key.as_str()) {
                flaws.add_with_hint(
                    self.path_of(&shorten(key)),
                    node.line,
                    "unknown key",
                    did_you_mean(key, known.iter().copied()),
                );
            }
        }
    }

    /// The value, or `None` if it is absent; a value of the wrong kind is a flaw.
    pub(crate) fn optional<T: Field>(&self, key: &str, flaws: &mut Flaws) -> Option<T> {
        let node = self.entries.get(key)?;
        let read = T::read(&node.value);
        if read.is_none() {
            let what = format!("expected {}, found {}", T::WANTED, node.value.describe());
            flaws.add(self.path_of(key), node.line, what);
        }
        read
    }

    /// The value; absent or of the wrong kind is a flaw, and the placeholder is never used.
    pub(crate) fn required<T: Field + Default>(&self, key: &str, flaws: &mut Flaws) -> T {
        if !self.entries.contains_key(key) {
            flaws.add(self.path_of(key), self.line, format!("is missing; expected {}", T::WANTED));
        }
        self.optional(key, flaws).unwrap_or_default()
    }

    /// The value or `default`.
    pub(crate) fn or<T: Field>(&self, key: &str, default: T, flaws: &mut Flaws) -> T {
        self.optional(key, flaws).unwrap_or(default)
    }

    /// A flaw unless `holds`.
    pub(crate) fn check(&self, key: &str, holds: bool, what: impl Into<String>, flaws: &mut Flaws) {
        if !holds {
            flaws.add(self.path_of(key), self.line_of(key), what);
        }
    }

    /// The items of a list of tables with their paths; absent is empty.
    pub(crate) fn tables(&self, key: &str, flaws: &mut Flaws) -> Vec<Table<'a>> {
        let Some(node) = self.entries.get(key) else {
            return Vec::new();
        };
        let Value::List(items) = &node.value else {
            let what = format!("expected a list of tables, found {}", node.value.describe());
            flaws.add(self.path_of(key), node.line, what);
            return Vec::new();
        };
        items
            .iter()
            .enumerate()
            .filter_map(|(i, item)| Table::open(item, &format!("{}[{i}]", self.path_of(key)), flaws))
            .collect()
    }
}
