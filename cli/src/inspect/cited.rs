//! The rows that a report cites, as far as a page shows them: of each citation the first and the
//! last ones, read in one pass a table, only from the row groups that hold them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;

use infra_eventlog::batch::Rows;
use infra_eventlog::metadata::RunMetadata;
use infra_eventlog::run::{Part, Run, Table};
use infra_eventlog::{RunError, TableKind, guard};
use infra_report::exhibits::{Excerpt, MAX_EXCERPTS};
use infra_report::{Cite, Exhibits};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReaderBuilder, RowSelection, RowSelector};
use serde_json::Value;

use super::rows::{append, columns_of, redacted};
use crate::terminal;

/// Rows shown of a citation: so many at its beginning, and at its end.
const FIRST: usize = 5;
const LAST: usize = 3;
/// Longer values are cut \[characters\].
const MAX_CHARS: usize = 200;

/// Adds the cited rows to the exhibits, citations beyond the bound as a number.
///
/// # Errors
/// [`RunError`] for damage.
pub(crate) fn add(run: &Run, cites: &[Cite], redact: bool, exhibits: &mut Exhibits) -> Result<(), RunError> {
    let kept = &cites[..cites.len().min(MAX_EXCERPTS)];
    let mut found: BTreeMap<Cite, Excerpt> = BTreeMap::new();
    for kind in TableKind::ALL {
        let wanted: Vec<&Cite> = kept.iter().filter(|c| c.table == kind.name()).collect();
        if let Some(table) = run.table(kind).filter(|_| !wanted.is_empty()) {
            for excerpt in of_table(table, &wanted, redact, run.metadata())? {
                found.insert(excerpt.cite.clone(), excerpt);
            }
        }
    }
    exhibits.omitted_excerpts = cites.len() - found.len();
    exhibits.excerpts = found.into_values().collect();
    Ok(())
}

/// What a citation points at.
struct Wanted<'a> {
    cite: &'a Cite,
    /// Number as cited, and position in the table, of the rows shown.
    shown: Vec<(i64, i64)>,
    /// Rows between them.
    omitted: i64,
}

fn of_table(
    table: &Table,
    cites: &[&Cite],
    redact: bool,
    metadata: &RunMetadata,
) -> Result<Vec<Excerpt>, RunError> {
    let wanted = match table.kind() {
        TableKind::Events => by_seq(table, cites)?,
        _ => by_position(table, cites),
    };
    let positions: BTreeSet<i64> = wanted.iter().flat_map(|w| w.shown.iter().map(|s| s.1)).collect();
    let columns = columns_of(table);
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut read: BTreeMap<i64, Vec<Value>> = BTreeMap::new();
    for part in table.parts() {
        let end = part.first_row() + part.rows();
        let here: Vec<i64> = positions.range(part.first_row()..end).copied().collect();
        if !here.is_empty() {
            let rows = guard::decoding(part.label(), || select(part, &names, &here))?;
            read.extend(here.into_iter().zip(rows));
        }
    }
    let numbered = table.kind() != TableKind::Events;
    let excerpts = wanted.into_iter().filter(|w| !w.shown.is_empty());
    Ok(excerpts.map(|w| excerpt(&w, &columns, &read, numbered, redact, metadata)).collect())
}

/// Rows of the events table are cited by their `seq`.
fn by_seq<'a>(table: &Table, cites: &[&'a Cite]) -> Result<Vec<Wanted<'a>>, RunError> {
    let ranges: Vec<(i64, i64)> = cites.iter().map(|c| (c.first, c.last)).collect();
    let joined = joined(&ranges);
    // Within a joined range every row is known: (seq, position), ascending.
    let mut known: Vec<(i64, i64)> = Vec::new();
    for rows in table.read_near(&["seq"], "seq", &joined) {
        let rows = rows?;
        let seq = rows.require_ints("seq")?;
        for (i, seq) in seq.values().iter().enumerate() {
            let near = joined.partition_point(|r| r.1 < *seq);
            if joined.get(near).is_some_and(|r| r.0 <= *seq) {
                known.push((*seq, rows.first_row() + i64::try_from(i).unwrap_or(0)));
            }
        }
    }
    known.sort_unstable();
    let of = |cite: &&'a Cite| {
        let from = known.partition_point(|k| k.0 < cite.first);
        let to = known.partition_point(|k| k.0 <= cite.last);
        let rows = &known[from..to.max(from)];
        let (shown, omitted) = ends(rows);
        Wanted { cite, shown, omitted }
    };
    Ok(cites.iter().map(of).collect())
}

/// Rows of other tables are cited by their position.
fn by_position<'a>(table: &Table, cites: &[&'a Cite]) -> Vec<Wanted<'a>> {
    let of = |cite: &&'a Cite| {
        let (first, last) = (cite.first.max(0), cite.last.min(table.rows() - 1));
        let count = usize::try_from(last.saturating_sub(first).saturating_add(1)).unwrap_or(0);
        let rows: Vec<(i64, i64)> = if count <= FIRST + LAST {
            (first..=last).map(|p| (p, p)).collect()
        } else {
            let (head, tail) = (FIRST as i64, LAST as i64);
            (first..first + head).chain(last - tail + 1..=last).map(|p| (p, p)).collect()
        };
        let omitted = i64::try_from(count - rows.len().min(count)).unwrap_or(0);
        Wanted { cite, shown: rows, omitted }
    };
    cites.iter().map(of).collect()
}

/// The first and the last rows, and how many lie between.
fn ends(rows: &[(i64, i64)]) -> (Vec<(i64, i64)>, i64) {
    if rows.len() <= FIRST + LAST {
        return (rows.to_vec(), 0);
    }
    let shown = [&rows[..FIRST], &rows[rows.len() - LAST..]].concat();
    (shown, i64::try_from(rows.len() - FIRST - LAST).unwrap_or(i64::MAX))
}

/// Ranges in order, those that touch joined.
fn joined(ranges: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut sorted = ranges.to_vec();
    sorted.sort_unstable();
    let mut out: Vec<(i64, i64)> = Vec::new();
    for (first, last) in sorted {
        match out.last_mut() {
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            _ => out.push((first, last)),
        }
    }
    out
}

/// The rows at ascending positions of a part.
fn select(part: &Part, names: &[&str], positions: &[i64]) -> Result<Vec<Vec<Value>>, RunError> {
    let damaged = |why: String| RunError::Damaged { file: part.label().to_owned(), why };
    let file = File::open(part.path())
        .map_err(|source| RunError::Unreadable { path: part.path().to_owned(), source })?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| damaged(e.to_string()))?;
    let fields = part.schema().fields().iter().enumerate();
    let roots = fields.filter(|(_, field)| names.contains(&field.name().as_str())).map(|(i, _)| i);
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots.collect::<Vec<_>>());
    let mut selectors = Vec::with_capacity(2 * positions.len());
    let mut next = part.first_row();
    for position in positions {
        selectors.push(RowSelector::skip(usize::try_from(position - next).unwrap_or(0)));
        selectors.push(RowSelector::select(1));
        next = position + 1;
    }
    let reader = builder
        .with_projection(mask)
        .with_row_selection(RowSelection::from(selectors))
        .build()
        .map_err(|e| damaged(e.to_string()))?;
    let mut found = Vec::with_capacity(positions.len());
    for batch in reader {
        let batch = batch.map_err(|e| damaged(e.to_string()))?;
        let rows = Rows::new(part.label().to_owned(), part.first_row(), batch);
        let all: Vec<usize> = (0..rows.len()).collect();
        append(&rows, names, &all, &mut found)?;
    }
    Ok(found)
}

fn excerpt(
    wanted: &Wanted<'_>,
    columns: &[String],
    read: &BTreeMap<i64, Vec<Value>>,
    numbered: bool,
    redact: bool,
    metadata: &RunMetadata,
) -> Excerpt {
    let clock = infra_analysis::report::clock(metadata);
    let rows: Vec<(i64, &Vec<Value>)> =
        wanted.shown.iter().filter_map(|(number, position)| Some((*number, read.get(position)?))).collect();
    let filled: Vec<usize> = (0..columns.len())
        .filter(|c| rows.iter().any(|(_, row)| row.get(*c).is_some_and(|v| !v.is_null())))
        .collect();
    let is_time = |c: usize| ["time_ns", "start_ns"].contains(&columns[c].as_str());
    let mut names: Vec<String> = Vec::new();
    names.extend(numbered.then(|| "row".to_owned()));
    for c in &filled {
        names.push(columns[*c].clone());
        names.extend(is_time(*c).then(|| "time".to_owned()));
    }
    let cells = |(number, row): &(i64, &Vec<Value>)| {
        let mut cells: Vec<String> = Vec::with_capacity(names.len());
        cells.extend(numbered.then(|| number.to_string()));
        for c in &filled {
            let value = &row[*c];
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) if redact => redacted(&columns[*c], text).unwrap_or_else(|| text.clone()),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            cells.push(cut(&text));
            if is_time(*c) {
                cells.push(value.as_i64().map_or_else(String::new, |ns| clock.at(ns)));
            }
        }
        cells
    };
    Excerpt {
        cite: wanted.cite.clone(),
        rows: rows.iter().map(cells).collect(),
        columns: names,
        omitted: wanted.omitted,
    }
}

fn cut(text: &str) -> String {
    let safe = terminal::safe(text);
    match safe.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &safe[..end]),
        None => safe.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_citations_show_both_ends() {
        let rows: Vec<(i64, i64)> = (0..20).map(|i| (i, i)).collect();
        let (shown, omitted) = ends(&rows);
        let numbers: Vec<i64> = shown.iter().map(|s| s.0).collect();
        assert_eq!((numbers, omitted), (vec![0, 1, 2, 3, 4, 17, 18, 19], 12));
        assert_eq!(ends(&rows[..8]).1, 0);
    }

    #[test]
    fn ranges_that_touch_are_one() {
        assert_eq!(joined(&[(5, 9), (0, 1), (2, 3), (7, 20), (30, 30)]), [(0, 3), (5, 20), (30, 30)]);
    }
}
