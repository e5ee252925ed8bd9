//! A golden CSV table: cells by column name, with their places for messages.

use std::path::{Path, PathBuf};

use super::{VerifyError, read};

/// A CSV file with a header row.
#[derive(Debug)]
pub(crate) struct Table {
    path: PathBuf,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads the file. Every row has as many cells as the header.
    pub(crate) fn open(path: &Path) -> Result<Self, VerifyError> {
        let text = read(path)?;
        let malformed = |e: csv::Error| VerifyError::Malformed { path: path.to_owned(), why: e.to_string() };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns = reader.headers().map_err(malformed)?.iter().map(str::to_owned).collect();
        let rows = reader
            .records()
            .map(|record| Ok(record?.iter().map(str::to_owned).collect()))
            .collect::<Result<_, csv::Error>>()
            .map_err(malformed)?;
        Ok(Self { path: path.to_owned(), columns, rows })
    }

    /// Names of the columns.
    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The rows in file order.
    pub(crate) fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.rows.iter().enumerate().map(|(i, cells)| Row { table: self, line: i + 2, cells })
    }
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    table: &'a Table,
    /// Line in the file if no cell holds a line break, from 1.
    pub(crate) line: usize,
    cells: &'a [String],
}

impl<'a> Row<'a> {
    /// The text in a column; an absent column is malformed data.
    pub(crate) fn text(&self, column: &str) -> Result<&'a str, VerifyError> {
        let at = self.table.columns.iter().position(|name| name == column);
        at.and_then(|at| self.cells.get(at))
            .map(String::as_str)
            .ok_or_else(|| self.malformed(format!("no column `{column}`")))
    }

    /// The value in a column.
    pub(crate) fn get<T: std::str::FromStr>(&self, column: &str) -> Result<T, VerifyError> {
        let text = self.text(column)?;
        text.parse().map_err(|_| self.malformed(format!("`{column}` holds `{}`", text.escape_debug())))
    }

    /// The value in a column, `None` if the cell is empty.
    pub(crate) fn optional<T: std::str::FromStr>(&self, column: &str) -> Result<Option<T>, VerifyError> {
        if self.text(column)?.is_empty() { Ok(None) } else { self.get(column).map(Some) }
    }

    /// A boolean written as 1 or 0.
    pub(crate) fn flag(&self, column: &str) -> Result<bool, VerifyError> {
        Ok(self.get::<u8>(column)? != 0)
    }

    /// `FILE line N`, for messages.
    pub(crate) fn place(&self) -> String {
        let file = self.table.path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        format!("{file} line {}", self.line)
    }

    /// The row is not golden data.
    pub(crate) fn malformed(&self, why: impl std::fmt::Display) -> VerifyError {
        VerifyError::Malformed { path: self.table.path.clone(), why: format!("line {}: {why}", self.line) }
    }
}
