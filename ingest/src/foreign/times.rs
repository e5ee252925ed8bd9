//! How numbers and timestamps in the time column become nanoseconds since the run's origin.

use arrow::array::{Array, AsArray, Float64Array, Int64Array};
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use arrow::record_batch::RecordBatch;
use infra_eventlog::run::Table;

use super::columns::{arrow_cast, require};
use super::plan::Plan;
use super::{TICK_NS, mapping};
use crate::error::IngestError;

/// How numbers in the time column become nanoseconds.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub(super) factor: f64,
    pub(super) int_factor: Option<i64>,
    pub(super) tick: bool,
    pub(super) words: &'static str,
}

pub(super) struct Times {
    pub(super) scale: Scale,
    pub(super) min: i64,
    pub(super) sorted: bool,
    pub(super) nulls: u64,
}

impl Times {
    pub(super) fn scan(file: &str, table: &Table, plan: &Plan) -> Result<Self, IngestError> {
        let column = plan.fixed["time_ns"].clone();
        let columns = [column.as_str()];
        let (mut min, mut max, mut last) = (f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
        let (mut sorted, mut nulls) = (true, 0);
        let mut unit = None;
        for rows in table.read(&columns) {
            let rows = rows?;
            if let Some(array) = rows.batch().column_by_name(&column)
                && let DataType::Timestamp(u, _) = array.data_type()
            {
                unit = Some(*u);
            }
            let time = time_column(file, rows.batch(), &column)?;
            for i in 0..rows.len() {
                let Some(t) = time.as_f64(i) else {
                    nulls += 1;
                    continue;
                };
                sorted &= t >= last;
                last = t;
                (min, max) = (min.min(t), max.max(t));
            }
        }
        let scale = scale(&column, unit, min, max);
        let mut times = Self { scale, min: 0, sorted, nulls };
        if min.is_finite() && !scale.tick {
            times.min = times.nanoseconds(min).ok_or_else(|| {
                mapping(
                    file,
                    format!("times of column `{}` do not fit 64-bit nanoseconds", column.escape_debug()),
                )
            })?;
            if times.nanoseconds(max).is_none() {
                return Err(mapping(
                    file,
                    format!("times of column `{}` do not fit 64-bit nanoseconds", column.escape_debug()),
                ));
            }
        }
        Ok(times)
    }

    fn nanoseconds(&self, t: f64) -> Option<i64> {
        let ns = (t * self.scale.factor).round();
        (ns.abs() < 9.2e18).then_some(ns as i64)
    }

    /// Nanoseconds since the run's origin.
    pub(super) fn relative(&self, column: &TimeColumn, i: usize) -> Option<i64> {
        let ns = match (column, self.scale.int_factor) {
            (TimeColumn::Int(c), Some(factor)) if !c.is_null(i) => c.value(i).checked_mul(factor),
            _ => column.as_f64(i).and_then(|t| self.nanoseconds(t)),
        }?;
        ns.checked_sub(self.min)
    }

    pub(super) fn origin(&self) -> Option<String> {
        jiff::Timestamp::from_nanosecond(i128::from(self.min)).ok().map(|t| t.to_string())
    }
}

fn scale(column: &str, unit: Option<TimeUnit>, min: f64, max: f64) -> Scale {
    let exact =
        |factor: i64, words| Scale { factor: factor as f64, int_factor: Some(factor), tick: false, words };
    match unit {
        Some(TimeUnit::Second) => return exact(1_000_000_000, "timestamps in seconds"),
        Some(TimeUnit::Millisecond) => return exact(1_000_000, "timestamps in milliseconds"),
        Some(TimeUnit::Microsecond) => return exact(1_000, "timestamps in microseconds"),
        Some(TimeUnit::Nanosecond) => return exact(1, "timestamps in nanoseconds"),
        None => {},
    }
    let lower = column.to_ascii_lowercase();
    for (suffix, factor, words) in [
        ("_ns", 1, "nanoseconds, by the column's name"),
        ("_us", 1_000, "microseconds, by the column's name"),
        ("_ms", 1_000_000, "milliseconds, by the column's name"),
        ("_s", 1_000_000_000, "seconds, by the column's name"),
    ] {
        if lower.ends_with(suffix) {
            return exact(factor, words);
        }
    }
    let size = min.abs().max(max.abs());
    if size >= 1e17 {
        exact(1, "Unix nanoseconds, by their size")
    } else if size >= 1e14 {
        exact(1_000, "Unix microseconds, by their size")
    } else if size >= 1e11 {
        exact(1_000_000, "Unix milliseconds, by their size")
    } else if size >= 1e8 {
        exact(1_000_000_000, "Unix seconds, by their size")
    } else {
        Scale {
            factor: TICK_NS as f64,
            int_factor: Some(TICK_NS),
            tick: true,
            words: "ticks (small numbers without a unit)",
        }
    }
}

/// A time column before scaling.
pub(super) enum TimeColumn {
    Int(Int64Array),
    Float(Float64Array),
}

impl TimeColumn {
    pub(super) fn as_f64(&self, i: usize) -> Option<f64> {
        match self {
            Self::Int(c) => (!c.is_null(i)).then(|| c.value(i) as f64),
            Self::Float(c) => (!c.is_null(i)).then(|| c.value(i)).filter(|v| v.is_finite()),
        }
    }
}

/// The time column as integers or floats, before scaling.
pub(super) fn time_column(file: &str, batch: &RecordBatch, column: &str) -> Result<TimeColumn, IngestError> {
    let array = require(file, batch, column)?;
    let to = match array.data_type() {
        DataType::Float16 | DataType::Float32 | DataType::Float64 | DataType::Decimal128(..) => {
            DataType::Float64
        },
        DataType::Timestamp(..) | DataType::Date64 | DataType::Date32 => DataType::Int64,
        dtype if dtype.is_integer() => DataType::Int64,
        dtype => {
            return Err(mapping(
                file,
                format!(
                    "column `{}` of {dtype} cannot be read as time (hint: --map time_ns=NAME)",
                    column.escape_debug()
                ),
            ));
        },
    };
    let array = arrow_cast(file, column, array, &to)?;
    Ok(if to == DataType::Int64 {
        TimeColumn::Int(array.as_primitive::<Int64Type>().clone())
    } else {
        TimeColumn::Float(array.as_primitive::<Float64Type>().clone())
    })
}
