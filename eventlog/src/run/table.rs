//! One table of a run: its parts, read in order.

use std::path::{Path, PathBuf};

use arrow::datatypes::DataType;

use super::part::Part;
use crate::batch::Rows;
use crate::error::RunError;
use crate::schema::TableKind;

/// One row group of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupRef {
    part: usize,
    group: usize,
    /// Its rows.
    pub rows: i64,
    /// Compressed size of the columns that were asked for \[bytes\].
    pub bytes: u64,
}

/// One table of a run: its parts in name order.
#[derive(Debug)]
pub struct Table {
    kind: TableKind,
    parts: Vec<Part>,
}

impl Table {
    pub(super) const fn new(kind: TableKind, parts: Vec<Part>) -> Self {
        Self { kind, parts }
    }

    /// Opens a Parquet file of any shape, as raw material for a mapping. Sizes are capped as for
    /// runs; no schema is asked for.
    ///
    /// # Errors
    /// [`RunError`] if it is no readable Parquet file.
    pub fn foreign(path: &Path) -> Result<Self, RunError> {
        let label = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        Ok(Self { kind: TableKind::Events, parts: vec![Part::open(path, label, 0)?] })
    }

    /// Opens Parquet files of one shape as the parts of a table, in the order given.
    ///
    /// # Errors
    /// As for [`Table::foreign`], of the first file that fails.
    pub fn of_files(paths: &[PathBuf]) -> Result<Self, RunError> {
        let mut parts = Vec::with_capacity(paths.len());
        let mut first_row = 0;
        for path in paths {
            let label = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
            let part = Part::open(path, label, first_row)?;
            first_row += part.rows();
            parts.push(part);
        }
        Ok(Self { kind: TableKind::Events, parts })
    }

    /// Which table.
    #[must_use]
    pub const fn kind(&self) -> TableKind {
        self.kind
    }

    /// Its files, in name order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Rows in all parts.
    #[must_use]
    pub fn rows(&self) -> i64 {
        self.parts.iter().map(Part::rows).sum()
    }

    /// Names of the Float64 columns that the format does not fix: the signals of `events`.
    #[must_use]
    pub fn signal_columns(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for part in &self.parts {
            for field in part.schema().fields() {
                let fixed = self.kind.columns().iter().any(|c| c.name == field.name());
                if !fixed && *field.data_type() == DataType::Float64 && !names.contains(field.name()) {
                    names.push(field.name().clone());
                }
            }
        }
        names
    }

    /// Reads the named columns, batch by batch, in row order. Columns that a part lacks are
    /// absent from its batches.
    ///
    /// # Errors
    /// Each item may be [`RunError::Damaged`] or [`RunError::TooLarge`].
    pub fn read<'a>(&'a self, columns: &'a [&'a str]) -> impl Iterator<Item = Result<Rows, RunError>> + 'a {
        self.parts.iter().flat_map(move |part| part.read(columns, None))
    }

    /// Row groups of all parts, in row order, with the size of the named columns.
    #[must_use]
    pub fn groups(&self, columns: &[&str]) -> Vec<GroupRef> {
        let parts = self.parts.iter().enumerate();
        let groups = parts.flat_map(|(part, file)| {
            let sizes = file.group_sizes(columns).into_iter().enumerate();
            sizes.map(move |(group, (rows, bytes))| GroupRef { part, group, rows, bytes })
        });
        groups.collect()
    }

    /// Smallest and largest value of a number column in a row group, where the footer tells.
    #[must_use]
    pub fn range_of(&self, group: &GroupRef, column: &str) -> Option<(f64, f64)> {
        self.parts.get(group.part)?.number_range(group.group, column)
    }

    /// Reads the named columns of one row group, batch by batch, in row order.
    ///
    /// # Errors
    /// As for [`Table::read`].
    pub fn read_group<'a>(
        &'a self,
        group: &GroupRef,
        columns: &'a [&'a str],
    ) -> impl Iterator<Item = Result<Rows, RunError>> + 'a {
        let number = group.group;
        let part = self.parts.get(group.part);
        part.into_iter().flat_map(move |part| part.read(columns, Some(vec![number])))
    }

    /// Like [`Table::read`], but skips row groups whose footer shows that Int64 column `key`
    /// holds no value in any of `ranges` (inclusive). Rows outside the ranges may still come:
    /// the caller filters.
    pub fn read_near<'a>(
        &'a self,
        columns: &'a [&'a str],
        key: &str,
        ranges: &[(i64, i64)],
    ) -> impl Iterator<Item = Result<Rows, RunError>> + 'a {
        let groups: Vec<Vec<usize>> = self.parts.iter().map(|p| p.groups_near(key, ranges)).collect();
        self.parts.iter().zip(groups).flat_map(move |(part, groups)| part.read(columns, Some(groups)))
    }
}
