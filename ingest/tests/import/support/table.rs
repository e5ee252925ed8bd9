//! Tables as tests write them down.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};

/// One column of a test table.
#[derive(Clone)]
pub(crate) enum Column {
    Text(Vec<Option<String>>),
    Int(Vec<i64>),
    Float(Vec<Option<f64>>),
}

pub(crate) fn text(cells: &[&str]) -> Column {
    Column::Text(cells.iter().map(|c| (!c.is_empty()).then(|| (*c).to_owned())).collect())
}

pub(crate) fn int(cells: &[i64]) -> Column {
    Column::Int(cells.to_vec())
}

pub(crate) fn float(cells: &[Option<f64>]) -> Column {
    Column::Float(cells.to_vec())
}

/// A table as named columns.
pub(crate) type Table = Vec<(&'static str, Column)>;

impl Column {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(cells) => cells.len(),
            Self::Int(cells) => cells.len(),
            Self::Float(cells) => cells.len(),
        }
    }

    pub(crate) fn cell(&self, i: usize) -> String {
        match self {
            Self::Text(cells) => {
                let text = cells[i].clone().unwrap_or_default();
                let is_plain = !text.contains(['"', ',', '\n', '\r']);
                if is_plain { text } else { format!("\"{}\"", text.replace('"', "\"\"")) }
            },
            Self::Int(cells) => cells[i].to_string(),
            Self::Float(cells) => cells[i].map_or_else(String::new, |v| v.to_string()),
        }
    }

    pub(crate) fn array(&self) -> ArrayRef {
        match self {
            Self::Text(cells) => Arc::new(StringArray::from(cells.clone())),
            Self::Int(cells) => Arc::new(Int64Array::from(cells.clone())),
            Self::Float(cells) => Arc::new(Float64Array::from(cells.clone())),
        }
    }

    fn reordered(&self, order: &[usize]) -> Self {
        match self {
            Self::Text(cells) => Self::Text(order.iter().map(|i| cells[*i].clone()).collect()),
            Self::Int(cells) => Self::Int(order.iter().map(|i| cells[*i]).collect()),
            Self::Float(cells) => Self::Float(order.iter().map(|i| cells[*i]).collect()),
        }
    }
}

/// The table with its rows in another order.
pub(crate) fn reordered(table: &Table, order: &[usize]) -> Table {
    table.iter().map(|(name, column)| (*name, column.reordered(order))).collect()
}

/// A long table of one signal on one service: times, and values that count up from 1.
pub(crate) fn series(times: &[i64]) -> Table {
    let n = times.len();
    vec![
        ("t", int(times)),
        ("service", text(&vec!["web"; n])),
        ("metric", text(&vec!["latency"; n])),
        ("agg", text(&vec!["p50"; n])),
        ("value", float(&(1..=n).map(|v| Some(v as f64)).collect::<Vec<_>>())),
    ]
}
