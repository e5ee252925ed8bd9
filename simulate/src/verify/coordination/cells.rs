//! One row of a golden table against our values, column by column.

use super::super::table::Row;
use super::super::{Check, VerifyError};
use super::TOLERANCE;
use crate::coordination::Class;

/// A row under comparison: one case.
pub(super) struct Cells<'a> {
    row: Row<'a>,
    place: String,
    check: &'a mut Check,
}

impl<'a> Cells<'a> {
    /// Begins a case.
    pub(super) fn new(row: Row<'a>, check: &'a mut Check) -> Self {
        check.case();
        Self { row, place: row.place(), check }
    }

    /// A real within the tolerance; an empty cell is `None`.
    pub(super) fn real(&mut self, column: &str, ours: impl Into<Option<f64>>) -> Result<(), VerifyError> {
        match (self.row.optional(column)?, ours.into()) {
            (Some(golden), Some(ours)) => {
                self.check.real(&self.place, column, golden, ours, TOLERANCE, 0.0);
            },
            (golden, ours) => self.check.same(&self.place, column, golden, ours),
        }
        Ok(())
    }

    /// An integer, exact; an empty cell is `None`.
    pub(super) fn exact(&mut self, column: &str, ours: impl Into<Option<u64>>) -> Result<(), VerifyError> {
        self.check.same(&self.place, column, self.row.optional::<u64>(column)?, ours.into());
        Ok(())
    }

    /// A text, exact.
    pub(super) fn text(&mut self, column: &str, ours: &str) -> Result<(), VerifyError> {
        self.check.same(&self.place, column, self.row.text(column)?, ours);
        Ok(())
    }

    /// A boolean, written as 1 or 0.
    pub(super) fn flag(&mut self, column: &str, ours: bool) -> Result<(), VerifyError> {
        self.exact(column, u64::from(ours))
    }
}

/// The class in a column.
pub(super) fn class(row: &Row<'_>, column: &str) -> Result<Class, VerifyError> {
    let name = row.text(column)?;
    Class::named(name).ok_or_else(|| row.malformed(format!("no class is named `{}`", name.escape_debug())))
}
