//! Exactly the rows that were asked for, and only the row groups that hold them.

use infra_eventlog::batch::Rows;
use infra_eventlog::run::{Run, Table};
use infra_eventlog::{RunError, TableKind};
use infra_ingest::RunLog;
use serde_json::Value;

use super::ranges::RowRange;
use super::rows_slice;
use crate::exit::usage;
use crate::redact;

/// Rows of one table.
#[derive(Debug)]
pub(crate) struct RowSet {
    pub(crate) range: RowRange,
    /// Column names; the first one numbers the rows as citations do.
    pub(crate) columns: Vec<String>,
    /// One value per column; null where there is none.
    pub(crate) rows: Vec<Vec<Value>>,
}

impl RowSet {
    /// Replaces messages and attribute values.
    fn redact(&mut self) {
        for (i, name) in self.columns.iter().enumerate() {
            for row in &mut self.rows {
                if let Some(Value::String(text)) = row.get_mut(i)
                    && let Some(replaced) = redacted(name, text)
                {
                    *text = replaced;
                }
            }
        }
    }
}

/// What stands in place of a column's text where rows are redacted; `None`: the text itself.
pub(super) fn redacted(column: &str, text: &str) -> Option<String> {
    match column {
        "message" => Some(redact::MARK.to_owned()),
        "attributes" => Some(redact::attributes(text)),
        _ => None,
    }
}

/// Reads ranges of rows.
///
/// # Errors
/// A usage error for a table or rows that the run lacks; [`RunError`] for damage.
pub(crate) fn read(log: &RunLog, ranges: &[RowRange], redacted: bool) -> anyhow::Result<Vec<RowSet>> {
    ranges
        .iter()
        .map(|range| {
            let table = table_of(log.run(), range)?;
            let mut set = match range.table {
                TableKind::Events => read_events(table, range)?,
                _ => rows_slice::read(table, range)?,
            };
            if set.rows.is_empty() {
                return Err(usage(format!(
                    "--rows: {} has no such row ({})",
                    citation(range),
                    extent(table)
                )));
            }
            if redacted {
                set.redact();
            }
            Ok(set)
        })
        .collect()
}

/// A range as reports cite it.
pub(crate) fn citation(range: &RowRange) -> String {
    infra_analysis::Cite::rows(range.table.name(), range.first, range.last).to_string()
}

fn table_of<'a>(run: &'a Run, range: &RowRange) -> anyhow::Result<&'a Table> {
    run.table(range.table).ok_or_else(|| {
        let has: Vec<&str> = run.tables().map(|t| t.kind().name()).collect();
        usage(format!("--rows: {} has no table `{}` (it has {})", run.name(), range.table, has.join(", ")))
    })
}

fn extent(table: &Table) -> String {
    match table.rows() {
        0 => "it has no rows".to_owned(),
        n => format!("its {n} rows count from 0"),
    }
}

fn read_events(table: &Table, range: &RowRange) -> Result<RowSet, RunError> {
    let columns = columns_of(table);
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut found = Vec::new();
    for rows in table.read_near(&names, "seq", &[(range.first, range.last)]) {
        let rows = rows?;
        let seq = rows.require_ints("seq")?.clone();
        let wanted = |i: &usize| (range.first..=range.last).contains(&seq.value(*i));
        let wanted: Vec<usize> = (0..rows.len()).filter(wanted).collect();
        append(&rows, &names, &wanted, &mut found)?;
    }
    Ok(RowSet { range: *range, columns, rows: found })
}

pub(super) fn append(
    rows: &Rows,
    names: &[&str],
    wanted: &[usize],
    found: &mut Vec<Vec<Value>>,
) -> Result<(), RunError> {
    if wanted.is_empty() {
        return Ok(());
    }
    let start = found.len();
    found.extend(wanted.iter().map(|_| Vec::with_capacity(names.len())));
    for name in names {
        let values: Vec<Value> = if let Some(ints) = rows.ints(name) {
            let ints: Vec<Option<i64>> = ints.iter().collect();
            wanted.iter().map(|&i| ints[i].map_or(Value::Null, Value::from)).collect()
        } else if let Some(floats) = rows.floats(name) {
            let floats: Vec<Option<f64>> = floats.iter().collect();
            wanted.iter().map(|&i| floats[i].map_or(Value::Null, float)).collect()
        } else if let Ok(Some(texts)) = rows.texts(name) {
            wanted.iter().map(|&i| texts.get(i).map_or(Value::Null, Value::from)).collect()
        } else {
            vec![Value::Null; wanted.len()]
        };
        for (row, value) in found[start..].iter_mut().zip(values) {
            row.push(value);
        }
    }
    Ok(())
}

/// Fixed columns and signals, in the format's order.
pub(super) fn columns_of(table: &Table) -> Vec<String> {
    let here = |name: &str| table.parts().iter().any(|p| p.schema().field_with_name(name).is_ok());
    let fixed = table.kind().columns().iter().map(|c| c.name);
    let (texts, before): (Vec<&str>, Vec<&str>) =
        fixed.filter(|n| here(n)).partition(|n| ["message", "attributes"].contains(n));
    // Signals stand between the fixed columns and the long texts.
    let mut columns: Vec<String> = before.into_iter().map(str::to_owned).collect();
    columns.extend(table.signal_columns());
    columns.extend(texts.into_iter().map(str::to_owned));
    columns
}

/// A number as it stands; what JSON has no number for is told as text.
fn float(value: f64) -> Value {
    if value.is_finite() { Value::from(value) } else { Value::from(value.to_string()) }
}
