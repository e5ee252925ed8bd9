//! Rows of one part, decoded batch by batch.

use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

use super::part::Part;
use crate::batch::Rows;
use crate::error::RunError;
use crate::guard;

/// Batches of one part, row group by row group.
pub(super) struct PartRows<'a> {
    part: &'a Part,
    columns: &'a [&'a str],
    /// Row groups still to come, last first.
    groups: Vec<usize>,
    /// The open row group and the number of its next row.
    reading: Option<(Box<ParquetRecordBatchReader>, i64)>,
}

impl<'a> PartRows<'a> {
    /// Rows of the given row groups, last group first.
    pub(super) const fn new(part: &'a Part, columns: &'a [&'a str], groups: Vec<usize>) -> Self {
        Self { part, columns, groups, reading: None }
    }
}

impl PartRows<'_> {
    fn step(&mut self) -> Result<Option<Rows>, RunError> {
        let label = self.part.label();
        loop {
            if let Some((reader, next_row)) = &mut self.reading {
                let batch = guard::decoding(label, || {
                    let damaged = |e: arrow::error::ArrowError| RunError::Damaged {
                        file: label.to_owned(),
                        why: e.to_string(),
                    };
                    reader.next().transpose().map_err(damaged)
                })?;
                if let Some(batch) = batch {
                    let first_row = *next_row;
                    *next_row += i64::try_from(batch.num_rows()).unwrap_or(0);
                    return Ok(Some(Rows::new(label.to_owned(), first_row, batch)));
                }
                self.reading = None;
            }
            let Some(group) = self.groups.pop() else { return Ok(None) };
            let reader = guard::decoding(label, || self.part.reader(self.columns, group))?;
            self.reading = Some((Box::new(reader), self.part.first_row_of(group)));
        }
    }
}

impl Iterator for PartRows<'_> {
    type Item = Result<Rows, RunError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step();
        if step.is_err() {
            // What follows a damaged page is not to be trusted.
            self.groups.clear();
            self.reading = None;
        }
        step.transpose()
    }
}
