//! What a pass reads, with how many threads, in how much memory.

use infra_eventlog::run::{GroupRef, Table};

use super::sketch::EXACT;
use crate::error::IngestError;

/// What statistics are taken of.
#[derive(Clone, Debug)]
pub struct StatisticsOptions {
    /// The time column.
    pub time: TimeColumn,
    /// Column of the service.
    pub service: String,
    /// Column of the event type, if rows are counted by it.
    pub event_type: Option<String>,
    /// Signal columns, Float64.
    pub signals: Vec<String>,
    /// Rows before or at and after these times are left out \[unit of the time column\].
    pub time_range: Option<(f64, f64)>,
    /// Number of windows by which signal `windowed` is averaged, over this range of times.
    pub windows: Option<(u32, f64, f64)>,
    /// Which of `signals` is averaged by window.
    pub windowed: usize,
    /// Threshold whose first crossing is looked for.
    pub crossing: Option<Crossing>,
    /// Memory that the pass may use, all threads together \[bytes\].
    pub memory: Option<u64>,
    /// Most threads; 0 for one a core.
    pub threads: usize,
}

/// A time column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeColumn {
    /// Int64.
    Int(String),
    /// Float64.
    Float(String),
}

impl TimeColumn {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Int(name) | Self::Float(name) => name,
        }
    }
}

/// A threshold of one signal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// Which of the signals.
    pub signal: usize,
    /// The threshold.
    pub threshold: f64,
    /// Whether values above it count, or below it.
    pub above: bool,
}

impl StatisticsOptions {
    /// All columns that are read.
    pub(super) fn columns(&self) -> Vec<&str> {
        let mut columns = vec![self.time.name(), self.service.as_str()];
        columns.extend(self.event_type.as_deref());
        columns.extend(self.signals.iter().map(String::as_str));
        columns
    }
}

/// How a pass runs.
#[derive(Debug)]
pub(super) struct Plan {
    /// Row groups to read, in row order.
    pub(super) groups: Vec<GroupRef>,
    /// Row groups left out.
    pub(super) skipped: usize,
    /// Compressed bytes of what is read.
    pub(super) bytes: u64,
    pub(super) threads: usize,
    /// Values that a sketch keeps.
    pub(super) exact: usize,
    /// Most bytes that all series of a thread may take.
    pub(super) state_bytes: usize,
}

/// Decoded pages, dictionaries and batch buffers of a thread beside the compressed row group,
/// a column \[bytes\].
const BUFFERS_PER_COLUMN: u64 = 3 << 20;

impl Plan {
    pub(super) fn new(table: &Table, options: &StatisticsOptions) -> Result<Self, IngestError> {
        let columns = options.columns();
        let all = table.groups(&columns);
        let wanted = |group: &GroupRef| match (options.time_range, table.range_of(group, options.time.name()))
        {
            (Some((start, end)), Some((first, last))) => first < end && last >= start,
            _ => true,
        };
        let total = all.len();
        let groups: Vec<GroupRef> = all.into_iter().filter(wanted).collect();
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let most = if options.threads == 0 { cores } else { options.threads };
        let largest = groups.iter().map(|g| g.bytes).max().unwrap_or(0);
        let per_thread = largest + BUFFERS_PER_COLUMN * columns.len() as u64;
        let mut threads = most.min(groups.len()).max(1);
        let (mut exact, mut state_bytes) = (EXACT, usize::MAX);
        if let Some(memory) = options.memory {
            // Half for decoding, half for what is being counted.
            threads = threads.min(usize::try_from(memory / 2 / per_thread.max(1)).unwrap_or(usize::MAX));
            if threads == 0 {
                return Err(IngestError::Memory {
                    limit: memory,
                    needed: 2 * per_thread,
                    what: "a row group".to_owned(),
                    hint: "raise --memory, or write the file anew with smaller row groups",
                });
            }
            state_bytes = usize::try_from(memory / 2 / threads as u64).unwrap_or(usize::MAX);
            if state_bytes < (256 << 20) {
                exact = EXACT / 4;
            }
        }
        Ok(Self {
            bytes: groups.iter().map(|g| g.bytes).sum(),
            skipped: total - groups.len(),
            groups,
            threads,
            exact,
            state_bytes,
        })
    }
}
