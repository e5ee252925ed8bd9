//! Statistics of every service and signal in one pass over a table, on all cores, in memory that
//! does not grow with the number of rows.
//!
//! Row groups are read in parallel, only the columns that are asked for, and only groups that
//! may hold rows of the time range. Within a batch rows are grouped by service first, so that
//! each series is updated in one go. Sums are taken by row group and merged in the order of row
//! groups: the same bits on any number of threads. What cannot be summed exactly in little memory,
//! quantiles, is exact up to [`EXACT`] values of a series and within [`RELATIVE_ERROR`] beyond.

mod batch;
mod group;
mod moments;
mod pass;
mod plan;
mod sketch;

use infra_eventlog::run::Table;

use crate::error::IngestError;

pub use moments::Moments;
pub use plan::{Crossing, StatisticsOptions, TimeColumn};
pub use sketch::{EXACT, RELATIVE_ERROR, Sketch};

/// Statistics of a table.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    /// Services, by name.
    pub services: Vec<ServiceStatistics>,
    /// Rows by event type, by name.
    pub event_types: Vec<(String, u64)>,
    /// Rows that were looked at.
    pub rows: u64,
    /// Row groups read, and row groups left out because their footer shows that they hold no row
    /// of the time range.
    pub groups: (usize, usize),
}

/// Statistics of one service.
#[derive(Clone, Debug)]
pub struct ServiceStatistics {
    /// Its name; untrusted.
    pub service: String,
    /// Its rows.
    pub rows: u64,
    /// By signal, in the order asked for.
    pub signals: Vec<SignalStatistics>,
    /// First time \[unit of the time column\] at which the watched signal crossed its threshold.
    pub first_crossing: Option<f64>,
    /// Windows of the signal that is averaged by window: number and mean.
    pub windows: Vec<(u32, f64)>,
}

/// Statistics of one signal of one service. NaN and infinities count as null.
#[derive(Clone, Debug)]
pub struct SignalStatistics {
    /// Count, mean, spread, extremes.
    pub moments: Moments,
    /// Values that are null, NaN or infinite.
    pub nulls: u64,
    /// Quantiles.
    pub sketch: Sketch,
}

/// Takes the statistics of a table. `progress` is told compressed bytes read, and all there are.
///
/// # Errors
/// [`IngestError`]: damaged tables, columns that are missing or of another type, more series
/// than `options.memory` allows.
pub fn statistics(
    table: &Table,
    options: &StatisticsOptions,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Statistics, IngestError> {
    pass::run(table, options, progress)
}
