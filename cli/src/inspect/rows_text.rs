//! Rows for people and for programs.

use comfy_table::CellAlignment;
use infra_report::Clock;
use serde_json::{Map, Value, json};

use super::rows::{RowSet, citation};
use crate::terminal;

/// Aligned columns, one block a range; columns without any value are left out.
pub(crate) fn to_table(sets: &[RowSet], clock: &Clock) -> String {
    let blocks: Vec<String> = sets.iter().map(|set| block(set, clock)).collect();
    blocks.join("\n")
}

fn block(set: &RowSet, clock: &Clock) -> String {
    let filled: Vec<usize> =
        (0..set.columns.len()).filter(|&c| set.rows.iter().any(|row| !row[c].is_null())).collect();
    // The time column is told in the run's own unit as well.
    let time = filled.iter().copied().find(|&c| ["time_ns", "start_ns"].contains(&set.columns[c].as_str()));
    let mut header: Vec<String> = Vec::new();
    for &c in &filled {
        header.push(terminal::safe(&set.columns[c]).into_owned());
        if Some(c) == time {
            header.push("time".to_owned());
        }
    }
    let mut table = terminal::table(header.iter().map(String::as_str));
    for row in &set.rows {
        let mut cells = Vec::with_capacity(header.len());
        for &c in &filled {
            cells.push(shown(&row[c]));
            if Some(c) == time {
                cells.push(row[c].as_i64().map_or_else(String::new, |ns| clock.at(ns)));
            }
        }
        table.add_row(cells);
    }
    let numbers = |c: usize| set.rows.iter().all(|row| row[c].is_number() || row[c].is_null());
    let shift = |c: usize| usize::from(time.is_some_and(|t| c > t));
    for (position, &c) in filled.iter().enumerate() {
        if numbers(c)
            && let Some(column) = table.column_mut(position + shift(c))
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{}\n{}\n", citation(&set.range), table.trim_fmt())
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => terminal::safe(text).into_owned(),
        other => other.to_string(),
    }
}

/// The same as JSON: one object a range, one object a row.
pub(crate) fn to_json(sets: &[RowSet]) -> Value {
    let rows = |set: &RowSet| -> Vec<Value> {
        let object =
            |row: &Vec<Value>| set.columns.iter().cloned().zip(row.iter().cloned()).collect::<Map<_, _>>();
        set.rows.iter().map(|row| Value::Object(object(row))).collect()
    };
    sets.iter()
        .map(|set| {
            let range = &set.range;
            json!({ "table": range.table.name(), "first": range.first, "last": range.last, "rows": rows(set) })
        })
        .collect()
}
