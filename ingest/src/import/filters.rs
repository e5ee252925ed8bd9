//! Row filters (`--where COLUMN=VALUE`), applied to every input that has the column.

use std::collections::{BTreeMap, BTreeSet};

use infra_eventlog::batch::Rows;

use super::cells::text_column;
use super::sheet::{Sheet, missing_column};
use super::tally::shown;
use crate::error::IngestError;

/// The filters of one import: a row must match every column, each by one of its values.
#[derive(Debug)]
pub(super) struct Filters<'a> {
    wanted: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Filter columns that some input has.
    used: BTreeSet<&'a str>,
    /// Columns of all inputs, for the message about a column that none has.
    columns: BTreeSet<String>,
}

impl<'a> Filters<'a> {
    /// The filters that the user gave.
    pub(super) fn new(pairs: &'a [(String, String)]) -> Self {
        let mut wanted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (column, value) in pairs {
            wanted.entry(column).or_default().insert(value);
        }
        Self { wanted, used: BTreeSet::new(), columns: BTreeSet::new() }
    }

    /// The filters that apply to an input with these columns.
    pub(super) fn applying(&mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> RowFilter<'a> {
        let mut here = BTreeMap::new();
        for name in names {
            let name = name.as_ref();
            self.columns.insert(name.to_owned());
            if let Some((column, values)) = self.wanted.get_key_value(name) {
                self.used.insert(column);
                here.insert(*column, values.clone());
            }
        }
        RowFilter { wanted: here }
    }

    /// One problem for every filter column that no input has.
    pub(super) fn unused(&self) -> impl Iterator<Item = String> {
        let unknown = self.wanted.keys().filter(|column| !self.used.contains(*column));
        unknown.map(|column| {
            missing_column("all inputs", column, "--where", self.columns.iter().map(String::as_str))
        })
    }

    /// What the filters keep, in words; `None` without filters.
    pub(super) fn words(&self) -> Option<String> {
        let column = |(name, values): (&&str, &BTreeSet<&str>)| {
            let values: Vec<String> = values.iter().map(|v| shown(v)).collect();
            format!("{} is {}", shown(name), values.join(" or "))
        };
        let words: Vec<String> = self.wanted.iter().map(column).collect();
        (!words.is_empty()).then(|| words.join(" and "))
    }
}

/// The filters that apply to one input.
#[derive(Clone, Debug, Default)]
pub(super) struct RowFilter<'a> {
    wanted: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl RowFilter<'_> {
    /// Whether nothing is filtered.
    pub(super) fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// Columns that are looked at.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.wanted.keys().copied()
    }

    /// Whether a row whose cells `cell` tells is kept.
    pub(super) fn keeps(&self, cell: impl Fn(&str) -> Option<String>) -> bool {
        self.wanted.iter().all(|(column, values)| cell(column).is_some_and(|v| values.contains(v.as_str())))
    }

    /// Which rows of a batch are kept.
    pub(super) fn mask(&self, rows: &Rows) -> Result<Vec<bool>, IngestError> {
        let mut kept = vec![true; rows.len()];
        for (column, values) in &self.wanted {
            let cells = text_column(rows, column)?;
            for (i, keep) in kept.iter_mut().enumerate() {
                *keep &= cells.get(i).is_some_and(|v| values.contains(v));
            }
        }
        Ok(kept)
    }

    /// Whether any row of the input is kept.
    pub(super) fn matches_any(&self, sheet: &Sheet) -> Result<bool, IngestError> {
        let columns: Vec<&str> = self.columns().collect();
        let mut any = self.is_empty();
        sheet.visit(&columns, |rows| {
            any |= self.mask(rows)?.contains(&true);
            Ok(())
        })?;
        Ok(any)
    }
}
