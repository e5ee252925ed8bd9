//! Golden tables against ours, value by value.

use super::golden::{Case, Texts};
use super::played::{Cell, Cells, Played};
use crate::verify::VerifyReport;

/// Differences listed per table.
const LISTED: usize = 5;

/// A report under construction.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) report: VerifyReport,
}

impl Tally {
    pub(super) fn case(&mut self, name: &str, golden: &Case) {
        self.report.cases += 1;
        let played = match Played::new(&golden.scenario, name) {
            Ok(played) => played,
            Err(error) => {
                self.report.failures.push(format!("{name}: {error}"));
                return;
            },
        };
        self.table(&format!("{name}: metrics"), &golden.metrics, &played.metrics);
        if let Some(trace) = &golden.trace {
            self.table(&format!("{name}: trace"), trace, &played.trace);
        }
        self.table(&format!("{name}: intents"), &golden.intents, &played.intents);
        self.table(&format!("{name}: final state"), &golden.end, &played.end);
    }

    fn table(&mut self, name: &str, golden: &Texts, ours: &Cells) {
        let mut found = Vec::new();
        if golden.len() != ours.len() {
            found.push(format!("{name}: {} rows, golden has {}", ours.len(), golden.len()));
        }
        for (i, (expected, row)) in golden.iter().zip(ours).enumerate() {
            if expected.len() != row.len() {
                found.push(format!("{name}, row {i}: {} values, golden has {}", row.len(), expected.len()));
            }
            for (column, (expected, cell)) in expected.iter().zip(row).enumerate() {
                self.report.values += 1;
                if !self.equal(expected, cell) {
                    found.push(format!("{name}, row {i}, value {column}: {cell:?}, golden has {expected}"));
                }
            }
        }
        let more = found.len().saturating_sub(LISTED);
        found.truncate(LISTED);
        if more > 0 {
            found.push(format!("{name}: {more} more differences"));
        }
        self.report.failures.append(&mut found);
    }

    fn equal(&mut self, expected: &str, cell: &Cell) -> bool {
        match cell {
            Cell::Absent => expected.is_empty(),
            Cell::Text(text) => text == expected,
            Cell::Number(number) => match expected.parse::<f64>() {
                Ok(expected) => {
                    let error = (expected - number).abs();
                    self.report.max_error = self.report.max_error.max(error);
                    // Bits, so that the sign of a zero counts.
                    expected.to_bits() == number.to_bits()
                },
                Err(_) => false,
            },
        }
    }
}
