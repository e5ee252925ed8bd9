//! Citations: which rows of which table a claim rests on.

use std::fmt;

/// Rows of one table, both ends inclusive. Printed as `[rows 9-14]` for the events table and as
/// `[metrics 9-14]` for others; `inspect --rows` takes the same text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Cite {
    /// Table name.
    pub table: String,
    /// First row (`seq` for events, row number for other tables).
    pub first: i64,
    /// Last row.
    pub last: i64,
}

impl Cite {
    /// One row.
    #[must_use]
    pub fn row(table: &str, row: i64) -> Self {
        Self::rows(table, row, row)
    }

    /// A range of rows.
    #[must_use]
    pub fn rows(table: &str, first: i64, last: i64) -> Self {
        Self { table: table.to_owned(), first, last }
    }
}

impl fmt::Display for Cite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = if self.table == "events" { "rows" } else { self.table.as_str() };
        if self.first == self.last {
            let table = if table == "rows" { "row" } else { table };
            write!(f, "[{table} {}]", self.first)
        } else {
            write!(f, "[{table} {}-{}]", self.first, self.last)
        }
    }
}

impl Cite {
    /// Reads a citation at the start of a text, and says how many bytes it takes.
    ///
    /// Only what [`Cite`] itself prints is one: `[row 3]`, `[metrics 3-5]`.
    #[must_use]
    pub fn at_start(text: &str) -> Option<(Self, usize)> {
        let inside = text.strip_prefix('[')?;
        let end = inside.find(']')?;
        let (table, numbers) = inside[..end].split_once(' ')?;
        let table = match table {
            "row" | "rows" => "events",
            other if TABLES.contains(&other) => other,
            _ => return None,
        };
        let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
        let cite = Self::rows(table, first.parse().ok()?, last.parse().ok()?);
        (cite.first <= cite.last && cite.to_string() == text[..end + 2]).then_some((cite, end + 2))
    }

    /// The name of its place in a page: `rows-events-9-14`.
    #[must_use]
    pub fn anchor(&self) -> String {
        format!("rows-{}-{}-{}", self.table, self.first, self.last)
    }
}

/// Tables that are cited by their own names.
const TABLES: [&str; 6] = ["metrics", "spans", "logs", "calls", "services", "edges"];

/// Sections whose citations come first where only some can be shown.
const FIRST: [&str; 5] = ["summary", "graph", "timeline", "services", "interventions"];

/// Every citation in a report, each once, those of the summary first.
///
/// Only our own words are searched: a name that looks like a citation is a name.
#[must_use]
pub fn citations(model: &crate::model::ReportModel) -> Vec<Cite> {
    let mut found = Vec::new();
    // A model that cannot be written as JSON cannot be rendered either; renderers say so.
    if let Ok(mut value) = serde_json::to_value(model) {
        for section in FIRST {
            collect(&value[section], Some(section), &mut found);
            value[section].take();
        }
        collect(&value, None, &mut found);
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|cite| seen.insert(cite.clone()));
    found
}

fn collect(value: &serde_json::Value, key: Option<&str>, found: &mut Vec<Cite>) {
    use serde_json::Value;
    match value {
        Value::String(text) if key == Some("cite") => in_words(text, found),
        Value::String(text) => {
            for piece in crate::text::pieces(text) {
                if let crate::text::Piece::Words(words) = piece {
                    in_words(words, found);
                }
            }
        },
        Value::Array(items) => items.iter().for_each(|item| collect(item, key, found)),
        // Figures for machines hold citations as data; what they cite is in the text as well.
        Value::Object(fields) => {
            for (key, field) in fields.iter().filter(|(key, _)| *key != "findings") {
                collect(field, Some(key), found);
            }
        },
        _ => {},
    }
}

fn in_words(words: &str, found: &mut Vec<Cite>) {
    let starts = words.match_indices('[').map(|(at, _)| at);
    found.extend(starts.filter_map(|at| Cite::at_start(&words[at..])).map(|(cite, _)| cite));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_again() {
        for cite in [Cite::row("events", 3), Cite::rows("events", 9, 14), Cite::rows("metrics", 1, 2)] {
            let text = format!("{cite}, and more]");
            assert_eq!(Cite::at_start(&text), Some((cite.clone(), cite.to_string().len())));
        }
        for other in ["[rows 14-9]", "[x 1]", "[rows 1", "rows 1]", "[rows +1]", "[row 1-2]", "[ ] to do"] {
            assert_eq!(Cite::at_start(other), None, "{other}");
        }
    }

    #[test]
    fn names_that_look_like_citations_are_none() {
        let mut text = crate::text::Text::words("seen [rows 9-14], not ");
        text.name("[rows 1-2]").say(" but [metrics 3]");
        let value = serde_json::json!({ "a": text, "cite": "[row 7]", "name": "[row 8]" });
        let mut found = Vec::new();
        collect(&value, None, &mut found);
        let printed: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(printed, ["[rows 9-14]", "[metrics 3]", "[row 7]"]);
    }
}
