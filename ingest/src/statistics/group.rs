//! What one row group comes to: sums that are merged in the order of row groups.

use arrow::array::{Array, Float64Array};
use infra_eventlog::batch::{Interner, Rows};

use super::batch::{Batch, floats};
use super::moments::Moments;
use super::plan::StatisticsOptions;
use super::sketch::Sketch;
use crate::error::IngestError;

/// Names that a thread has met; numbers are its own.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) services: Interner,
    pub(super) types: Interner,
}

/// Sums of one row group, by the thread's numbers.
#[derive(Debug, Default)]
pub(super) struct GroupSums {
    pub(super) services: Vec<ServiceSums>,
    pub(super) type_rows: Vec<u64>,
    pub(super) rows: u64,
}

/// Sums of one service within a row group.
#[derive(Clone, Debug, Default)]
pub(super) struct ServiceSums {
    pub(super) rows: u64,
    pub(super) signals: Vec<(Moments, u64)>,
    pub(super) first_crossing: Option<f64>,
    /// Window, sum and count, in order of first appearance; rows come nearly in time order.
    pub(super) windows: Vec<(u32, f64, u64)>,
}

impl GroupSums {
    /// Adds a batch; values also go into `sketches`, service by service and signal by signal.
    pub(super) fn add(
        &mut self,
        rows: &Rows,
        options: &StatisticsOptions,
        names: &mut Names,
        batch: &mut Batch,
        sketches: &mut Vec<Sketch>,
        exact: usize,
    ) -> Result<(), IngestError> {
        batch.load(rows, options, &mut names.services)?;
        let n_signals = options.signals.len();
        let services = batch.services();
        self.services.resize_with(services, || ServiceSums {
            signals: vec![(Moments::default(), 0); n_signals],
            ..ServiceSums::default()
        });
        sketches.resize_with(services * n_signals, || Sketch::with_exact(exact));
        for service in 0..services {
            let count = batch.rows_of(service).len() as u64;
            self.services[service].rows += count;
            self.rows += count;
        }
        for (signal, name) in options.signals.iter().enumerate() {
            let column = floats(rows, name)?;
            for service in 0..services {
                let (values, nulls) = batch.values_of(service, column);
                let sums = &mut self.services[service].signals[signal];
                sums.0.merge(&Moments::of(values));
                sums.1 += nulls;
                sketches[service * n_signals + signal].extend(values);
            }
        }
        self.crossings(rows, options, batch)?;
        self.windows(rows, options, batch)?;
        self.types(rows, options, names)
    }

    fn crossings(
        &mut self,
        rows: &Rows,
        options: &StatisticsOptions,
        batch: &Batch,
    ) -> Result<(), IngestError> {
        let Some(crossing) = options.crossing else { return Ok(()) };
        let column = floats(rows, &options.signals[crossing.signal])?;
        for (service, sums) in self.services.iter_mut().enumerate() {
            let crossed = |row: &u32| {
                let value = value_at(column, *row)?;
                let beyond =
                    if crossing.above { value > crossing.threshold } else { value < crossing.threshold };
                beyond.then(|| batch.times[*row as usize])
            };
            // The earliest, though rows may stand out of order.
            let here = batch.rows_of(service).iter().filter_map(crossed).reduce(f64::min);
            sums.first_crossing = [sums.first_crossing, here].into_iter().flatten().reduce(f64::min);
        }
        Ok(())
    }

    fn windows(
        &mut self,
        rows: &Rows,
        options: &StatisticsOptions,
        batch: &Batch,
    ) -> Result<(), IngestError> {
        let Some((count, start, end)) = options.windows else { return Ok(()) };
        let Some(name) = options.signals.get(options.windowed) else { return Ok(()) };
        let column = floats(rows, name)?;
        let last = count.saturating_sub(1);
        for (service, sums) in self.services.iter_mut().enumerate() {
            for row in batch.rows_of(service) {
                let Some(value) = value_at(column, *row) else { continue };
                let share = (batch.times[*row as usize] - start) / (end - start) * f64::from(count);
                // Casts clamp below zero and take NaN as zero.
                let window = (share as u32).min(last);
                match sums.windows.last_mut() {
                    Some(newest) if newest.0 == window => {
                        (newest.1, newest.2) = (newest.1 + value, newest.2 + 1)
                    },
                    _ => sums.windows.push((window, value, 1)),
                }
            }
        }
        Ok(())
    }

    fn types(
        &mut self,
        rows: &Rows,
        options: &StatisticsOptions,
        names: &mut Names,
    ) -> Result<(), IngestError> {
        let Some(name) = &options.event_type else { return Ok(()) };
        let types = rows.require_texts(name)?.intern(rows.len(), &mut names.types);
        self.type_rows.resize(names.types.len(), 0);
        for code in types.into_iter().flatten() {
            self.type_rows[code as usize] += 1;
        }
        Ok(())
    }
}

fn value_at(column: &Float64Array, row: u32) -> Option<f64> {
    let value = column.values()[row as usize];
    (value.is_finite() && column.is_valid(row as usize)).then_some(value)
}
