//! Runs side by side: a row a run, a column a figure.
//!
//! Pairs of rows are held against the other rows many times over, so names are looked up and sets
//! are compared once, here.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use super::figure::FigureId;
use super::value::{Value, same_number};

/// Runs side by side.
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
}

/// One figure of all runs.
pub(super) struct Column {
    pub(super) id: FigureId,
    pub(super) cells: Vec<Cell>,
    /// For sets: the distance of every row from every other, row by row.
    distances: Vec<f64>,
}

/// What a figure says in one run, as far as it is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    /// Nothing.
    Absent,
    /// A number.
    Number(f64),
    /// A set; the column has the distances.
    Set,
    /// Anything else: its place in the list of the column's values.
    Category(usize),
}

impl Table {
    /// The figures of `runs`, one row each.
    pub(super) fn new(runs: &[&Facts]) -> Self {
        let ids: BTreeSet<&FigureId> = runs.iter().flat_map(|run| run.ids()).collect();
        let columns = ids.into_iter().map(|id| Column::new(id, runs)).collect();
        Self { columns }
    }
}

impl Column {
    fn new(id: &FigureId, runs: &[&Facts]) -> Self {
        let values: Vec<Value> = runs.iter().map(|run| run.value(id)).collect();
        let mut categories: Vec<&Value> = Vec::new();
        let cells = values.iter().map(|value| match value {
            Value::Absent(_) => Cell::Absent,
            Value::Number(n) => Cell::Number(*n),
            Value::Set(_) => Cell::Set,
            other => Cell::Category(categories.iter().position(|c| *c == other).unwrap_or_else(|| {
                categories.push(other);
                categories.len() - 1
            })),
        });
        let cells = cells.collect();
        Self { id: id.clone(), cells, distances: distances(&values) }
    }

    /// Whether two rows can be compared.
    pub(super) fn is_compared(&self, i: usize, j: usize) -> bool {
        let absent = [i, j].map(|row| self.cells[row] == Cell::Absent);
        if self.id.measure.needs_both() { absent == [false; 2] } else { absent != [true; 2] }
    }

    /// Whether two rows say the same.
    pub(super) fn is_same(&self, i: usize, j: usize) -> bool {
        match (self.cells[i], self.cells[j]) {
            (Cell::Number(a), Cell::Number(b)) => same_number(a, b),
            (Cell::Set, Cell::Set) => self.difference(i, j) == Some(0.0),
            (a, b) => a == b,
        }
    }

    /// From one row to another: the difference of numbers, the distance of sets.
    pub(super) fn difference(&self, i: usize, j: usize) -> Option<f64> {
        match (self.cells[i], self.cells[j]) {
            (Cell::Number(a), Cell::Number(b)) => Some(b - a),
            (Cell::Set, Cell::Set) => self.distances.get(i * self.cells.len() + j).copied(),
            _ => None,
        }
    }
}

/// Distances of every pair of sets, members numbered first; empty where nothing is a set.
fn distances(values: &[Value]) -> Vec<f64> {
    let mut numbers: BTreeMap<&[String], usize> = BTreeMap::new();
    let mut sets: Vec<Vec<usize>> = Vec::with_capacity(values.len());
    for value in values {
        let Value::Set(set) = value else { return Vec::new() };
        let mut members: Vec<usize> = set
            .iter()
            .map(|member| {
                let next = numbers.len();
                *numbers.entry(member).or_insert(next)
            })
            .collect();
        members.sort_unstable();
        sets.push(members);
    }
    sets.iter().flat_map(|a| sets.iter().map(|b| distance(a, b))).collect()
}

/// Share of members that two ascending lists do not have in common.
fn distance(a: &[usize], b: &[usize]) -> f64 {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        common += usize::from(x == y);
        (i, j) = (i + usize::from(x <= y), j + usize::from(y <= x));
    }
    let all = a.len() + b.len() - common;
    if all == 0 { 0.0 } else { 1.0 - common as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_path;
    use super::*;

    #[test]
    fn rows_differ_as_their_values_do() {
        let runs = [
            with_path(&[("db", 0), ("api", 3), ("web", 5)]),
            with_path(&[("db", 0), ("api", 4), ("shop", 5)]),
            with_path(&[("db", 0), ("api", 4), ("shop", 5)]),
        ]
        .map(|f| Facts::new(&f));
        let refs: Vec<&Facts> = runs.iter().collect();
        let table = Table::new(&refs);
        assert!(table.columns.len() > 20);
        for column in &table.columns {
            for (i, a) in runs.iter().enumerate() {
                for (j, b) in runs.iter().enumerate() {
                    let (a, b) = (a.value(&column.id), b.value(&column.id));
                    assert_eq!(column.is_same(i, j), a.same(&b), "{:?}", column.id);
                    assert_eq!(column.difference(i, j), a.difference(&b), "{:?}", column.id);
                }
            }
        }
    }
}
