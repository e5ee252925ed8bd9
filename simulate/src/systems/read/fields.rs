//! Single values with their bounds.

use std::collections::BTreeSet;

use crate::scenario::{Flaws, Node, Table, Value, shorten};

/// Longer names are refused \[bytes\]: they are repeated in rows.
const MAX_NAME_BYTES: usize = 200;

/// An integer of 0 to `most`.
pub(super) fn count(table: &Table<'_>, key: &str, default: u64, most: u64, flaws: &mut Flaws) -> u64 {
    let value = table.or(key, default, flaws);
    table.check(key, value <= most, format!("{value}; at most {most} is allowed"), flaws);
    value
}

/// A number of 0 to `most`.
pub(super) fn nonnegative(table: &Table<'_>, key: &str, default: f64, most: f64, flaws: &mut Flaws) -> f64 {
    within(table, key, default, (0.0, most), flaws)
}

/// A number within bounds.
pub(super) fn within(
    table: &Table<'_>,
    key: &str,
    default: f64,
    (least, most): (f64, f64),
    flaws: &mut Flaws,
) -> f64 {
    let value = table.or(key, default, flaws);
    let what = format!("{value:?} is outside {least} to {most}");
    table.check(key, (least..=most).contains(&value), what, flaws);
    value
}

/// As [`nonnegative`], where absent means nothing.
pub(super) fn some_number(table: &Table<'_>, key: &str, most: f64, flaws: &mut Flaws) -> Option<f64> {
    table.node(key).map(|_| nonnegative(table, key, 0.0, most, flaws))
}

/// A required name.
pub(super) fn name(table: &Table<'_>, key: &str, flaws: &mut Flaws) -> String {
    let before = flaws.0.len();
    let name: String = table.required(key, flaws);
    if flaws.0.len() == before {
        table.check(key, is_name(&name), "an empty, padded or overlong name", flaws);
    }
    name
}

pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && text.len() <= MAX_NAME_BYTES
}

/// No two tables have the same name.
pub(super) fn unique(tables: &[Table<'_>], key: &str, flaws: &mut Flaws) {
    let mut seen = BTreeSet::new();
    for table in tables {
        if let Some(Node { value: Value::Text(name), line }) = table.node(key)
            && !seen.insert(name)
        {
            flaws.add(table.path_of(key), *line, format!("`{}` is the name of two", shorten(name)));
        }
    }
}
