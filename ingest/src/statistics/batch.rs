//! One batch of rows, grouped by service.

use arrow::array::{Array, Float64Array};
use infra_eventlog::RunError;
use infra_eventlog::batch::{Interner, Rows};

use super::plan::{StatisticsOptions, TimeColumn};
use crate::error::IngestError;

/// Rows of a batch by service; buffers are kept from batch to batch.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Rows in the order of their services' numbers, within a service in row order.
    order: Vec<u32>,
    /// First place in `order` of each service, and the end.
    starts: Vec<u32>,
    next: Vec<u32>,
    /// Times \[unit of the column\].
    pub(super) times: Vec<f64>,
    values: Vec<f64>,
}

impl Batch {
    /// Takes a batch in. `services` grows by the names that are new.
    pub(super) fn load(
        &mut self,
        rows: &Rows,
        options: &StatisticsOptions,
        services: &mut Interner,
    ) -> Result<(), IngestError> {
        let codes = rows.require_texts(&options.service)?.intern(rows.len(), services);
        self.times.clear();
        match &options.time {
            TimeColumn::Int(name) => {
                let times = rows.require_ints(name)?;
                self.times.extend(times.values().iter().map(|t| *t as f64));
            },
            TimeColumn::Float(name) => {
                self.times.extend_from_slice(floats(rows, name)?.values());
            },
        }
        let inside = |row: usize| match options.time_range {
            Some((start, end)) => (start..end).contains(&self.times[row]),
            None => true,
        };
        let n = services.len();
        self.starts.clear();
        self.starts.resize(n + 1, 0);
        for (row, code) in codes.iter().enumerate() {
            if let Some(code) = code.filter(|_| inside(row)) {
                self.starts[code as usize + 1] += 1;
            }
        }
        for service in 0..n {
            self.starts[service + 1] += self.starts[service];
        }
        self.next.clear();
        self.next.extend_from_slice(&self.starts);
        self.order.clear();
        self.order.resize(self.starts[n] as usize, 0);
        for (row, code) in codes.iter().enumerate() {
            if let Some(code) = code.filter(|_| inside(row)) {
                let place = &mut self.next[code as usize];
                self.order[*place as usize] = row as u32;
                *place += 1;
            }
        }
        Ok(())
    }

    /// Services with a number in this batch.
    pub(super) fn services(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Rows of a service, in row order.
    pub(super) fn rows_of(&self, service: usize) -> &[u32] {
        &self.order[self.starts[service] as usize..self.starts[service + 1] as usize]
    }

    /// Finite values of a column at a service's rows, in row order, and how many are not. What
    /// they were is valid until the next call.
    pub(super) fn values_of(&mut self, service: usize, column: &Float64Array) -> (&[f64], u64) {
        let (start, end) = (self.starts[service] as usize, self.starts[service + 1] as usize);
        let rows = &self.order[start..end];
        let values = column.values();
        self.values.clear();
        self.values.extend(rows.iter().map(|row| values[*row as usize]));
        // A sum times zero is zero exactly if all are finite; vectorizes.
        let finite = column.null_count() == 0 && self.values.iter().map(|v| v * 0.0).sum::<f64>() == 0.0;
        if !finite {
            self.values.clear();
            let good = rows.iter().map(|row| *row as usize);
            let good = good.filter(|row| column.is_valid(*row) && values[*row].is_finite());
            self.values.extend(good.map(|row| values[row]));
        }
        (&self.values, (rows.len() - self.values.len()) as u64)
    }
}

/// A Float64 column.
pub(super) fn floats<'a>(rows: &'a Rows, name: &str) -> Result<&'a Float64Array, IngestError> {
    rows.floats(name).ok_or_else(|| {
        let why = format!("column `{}` is missing or holds no Float64", name.escape_debug());
        RunError::Damaged { file: rows.file().to_owned(), why }.into()
    })
}
