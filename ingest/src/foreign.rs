//! A Parquet file that is no run, mapped to one by its column names.
//!
//! The mapping writes a temporary run in our own format, so that everything behind it (checks,
//! summary, citations) has one path. Row numbers cited for a foreign file count its rows in time
//! order. What was inferred is told in the report.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, Float64Array, Int64Array, UInt64Array};
use arrow::compute::{cast, concat_batches, take_record_batch};
use arrow::datatypes::{DataType, Float64Type, Int64Type, Schema, TimeUnit};
use arrow::record_batch::RecordBatch;
use infra_eventlog::batch::Rows;
use infra_eventlog::error::nearest;
use infra_eventlog::guard;
use infra_eventlog::metadata::{Observation, RunMetadata, SignalSpec, TimeUnit as RunTimeUnit};
use infra_eventlog::run::Table;
use infra_eventlog::writer::{EventRow, EventWriter};
use infra_eventlog::{RunError, signal};

use crate::error::IngestError;

/// Which foreign column stands for which of ours: `--map service=component`.
pub type ColumnMap = BTreeMap<String, String>;

/// A foreign file that is not in time order is sorted in memory; larger ones are refused \[rows\].
pub const MAX_SORTED_ROWS: i64 = 50_000_000;

const TICK_NS: i64 = 1_000_000_000;

/// Names that people use for our columns, most specific first.
const ALIASES: &[(&str, &[&str])] = &[
    (
        "time_ns",
        &[
            "time_ns",
            "time",
            "timestamp",
            "ts",
            "datetime",
            "date",
            "tick",
            "step",
            "t",
            "time_s",
            "time_ms",
            "time_us",
        ],
    ),
    ("service", &["service", "service_id", "service_name", "component", "node", "pod", "host", "instance"]),
    ("event_type", &["event_type", "event", "type"]),
    ("source", &["source", "emitter", "agent"]),
    ("status", &["status", "state"]),
    ("message", &["message", "msg", "log", "text"]),
];

/// A temporary run made from a foreign file; removed on drop.
#[derive(Debug)]
pub struct MappedRun {
    _dir: tempfile::TempDir,
    path: PathBuf,
    name: String,
    notes: Vec<String>,
}

impl MappedRun {
    /// Where the temporary run is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The foreign file's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was inferred.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// Maps a foreign Parquet file to a temporary run.
///
/// # Errors
/// [`IngestError::Mapping`] if time or service cannot be found or a mapped column does not exist.
pub fn map(path: &Path, map: &ColumnMap) -> Result<MappedRun, IngestError> {
    let table = Table::foreign(path)?;
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let schema = table.parts().first().map(|p| p.schema().clone()).unwrap_or_else(|| Schema::empty().into());
    let plan = Plan::new(&name, &schema, map)?;
    let times = Times::scan(&name, &table, &plan)?;
    let dir =
        tempfile::tempdir().map_err(|source| RunError::Unwritable { path: std::env::temp_dir(), source })?;
    let mapped = dir.path().join("mapped.parquet");
    let (metadata, notes) = plan.metadata(&name, &times);
    let mut writer = EventWriter::single_file(&mapped, &metadata)?;
    let columns = plan.columns();
    if times.sorted {
        for rows in table.read(&columns) {
            plan.write(&rows?, &times, &mut writer)?;
        }
    } else {
        if table.rows() > MAX_SORTED_ROWS {
            return Err(mapping(
                &name,
                format!(
                    "{} rows are not in time order; sort the file by time first (up to {MAX_SORTED_ROWS} rows are sorted here)",
                    table.rows()
                ),
            ));
        }
        let sorted = sorted_rows(&name, &table, &columns, &plan)?;
        plan.write(&sorted, &times, &mut writer)?;
    }
    writer.finish()?;
    Ok(MappedRun { _dir: dir, path: mapped, name, notes })
}

/// Which foreign columns are read, and as what.
struct Plan {
    fixed: BTreeMap<&'static str, String>,
    /// Signal name, foreign column, factor.
    signals: Vec<(String, String, f64)>,
    ignored: Vec<String>,
}

impl Plan {
    fn new(file: &str, schema: &Schema, map: &ColumnMap) -> Result<Self, IngestError> {
        let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
        let listed =
            || names.iter().take(40).map(|n| n.escape_debug().to_string()).collect::<Vec<_>>().join(", ");
        for (target, column) in map {
            if !names.contains(&column.as_str()) {
                let hint = nearest(column, names.iter().copied())
                    .map_or_else(String::new, |n| format!("; did you mean `{}`?", n.escape_debug()));
                return Err(mapping(
                    file,
                    format!("--map {target}={column}: no column `{column}` (found {}){hint}", listed()),
                ));
            }
        }
        let mut fixed = BTreeMap::new();
        for (target, aliases) in ALIASES {
            let mapped = map.get(*target).cloned();
            let found = mapped.or_else(|| {
                aliases
                    .iter()
                    .find_map(|a| names.iter().find(|n| n.eq_ignore_ascii_case(a)).map(|n| (*n).to_owned()))
            });
            if let Some(column) = found {
                fixed.insert(*target, column);
            }
        }
        let mut missing = Vec::new();
        for (target, example) in [("time_ns", "timestamp"), ("service", "component")] {
            if !fixed.contains_key(target) {
                missing.push(format!(
                    "no column for `{target}` (hint: --map {target}=NAME, as in --map {target}={example})"
                ));
            }
        }
        if !missing.is_empty() {
            return Err(mapping(
                file,
                format!(
                    "Parquet without infra-run metadata: {}; columns found: {}",
                    missing.join("; "),
                    listed()
                ),
            ));
        }
        let mut signals = Vec::new();
        let mut ignored = Vec::new();
        for field in schema.fields() {
            let name = field.name();
            if fixed.values().any(|c| c == name) {
                continue;
            }
            let explicit = map.iter().find(|(_, c)| *c == name).map(|(t, _)| t.clone());
            if field.data_type().is_numeric() && !["seq", "event_id", "cause_id"].contains(&name.as_str()) {
                let (signal, factor) = explicit.map_or_else(|| signal_name(name), |t| (t, 1.0));
                if signals.iter().any(|(s, _, _)| *s == signal) || signal.is_empty() {
                    ignored.push(name.clone());
                } else {
                    signals.push((signal, name.clone(), factor));
                }
            } else {
                ignored.push(name.clone());
            }
        }
        Ok(Self { fixed, signals, ignored })
    }

    fn columns(&self) -> Vec<&str> {
        self.fixed.values().map(String::as_str).chain(self.signals.iter().map(|s| s.1.as_str())).collect()
    }

    fn metadata(&self, file: &str, times: &Times) -> (RunMetadata, Vec<String>) {
        let mut metadata = RunMetadata::new(file);
        metadata.producer = "foreign Parquet".to_owned();
        metadata.observation = Observation::Sampled;
        metadata.signals = self.signals.iter().map(|(name, _, _)| SignalSpec::named(name)).collect();
        if times.scale.tick {
            metadata.time.unit = RunTimeUnit::Tick;
            metadata.time.tick_ns = TICK_NS;
        } else {
            metadata.time.origin = times.origin();
        }
        let mut pairs: Vec<String> = self
            .fixed
            .iter()
            .filter(|(t, c)| **t != c.as_str())
            .map(|(t, c)| format!("{t} from `{}`", c.escape_debug()))
            .collect();
        for (signal, column, factor) in &self.signals {
            if *factor != 1.0 {
                pairs.push(format!("{signal} from `{}` times {factor}", column.escape_debug()));
            } else if signal != column {
                pairs.push(format!("{signal} from `{}`", column.escape_debug()));
            }
        }
        let mut notes = vec![format!(
            "{file} has no infra-run metadata: columns were taken by name{}{}",
            if pairs.is_empty() { "" } else { ": " },
            pairs.join(", ")
        )];
        notes.push(format!("time was read as {}", times.scale.words));
        if !times.sorted {
            notes.push(
                "rows were not in time order and were sorted; row numbers count the sorted rows".to_owned(),
            );
        }
        if times.nulls > 0 {
            notes.push(format!("{} rows without a time were left out", times.nulls));
        }
        if !self.ignored.is_empty() {
            let names: Vec<String> =
                self.ignored.iter().take(12).map(|n| format!("`{}`", n.escape_debug())).collect();
            notes.push(format!("columns not used: {}", names.join(", ")));
        }
        (metadata, notes)
    }

    fn write(&self, rows: &Rows, times: &Times, writer: &mut EventWriter) -> Result<(), IngestError> {
        let batch = rows.batch();
        let time = float_or_int(rows.file(), batch, &self.fixed["time_ns"])?;
        let text =
            |target: &str| self.fixed.get(target).map(|c| text_column(rows.file(), batch, c)).transpose();
        let (service, event_type, source) = (text("service")?, text("event_type")?, text("source")?);
        let (status, message) = (text("status")?, text("message")?);
        let signals: Vec<Float64Array> = self
            .signals
            .iter()
            .map(|(_, column, _)| float_column(rows.file(), batch, column))
            .collect::<Result<_, _>>()?;
        let mut values = vec![None; signals.len()];
        for i in 0..rows.len() {
            let Some(time_ns) = times.relative(&time, i) else { continue };
            for ((value, column), (_, _, factor)) in values.iter_mut().zip(&signals).zip(&self.signals) {
                *value = (!column.is_null(i)).then(|| column.value(i) * factor);
            }
            let at = |column: &Option<arrow::array::StringArray>| {
                column.as_ref().filter(|c| !c.is_null(i)).map(|c| c.value(i).to_owned())
            };
            let service = at(&service).filter(|s| !s.is_empty());
            let event_type = at(&event_type).unwrap_or_else(|| "OBSERVATION".to_owned());
            let source = at(&source).or_else(|| service.clone()).unwrap_or_else(|| "unknown".to_owned());
            let (status, message) = (at(&status), at(&message));
            writer.push(&EventRow {
                event_id: writer.rows(),
                cause_id: None,
                time_ns,
                event_type: &event_type,
                source: &source,
                service: service.as_deref(),
                status: status.as_deref(),
                signals: &values,
                message: message.as_deref(),
                attributes: None,
            })?;
        }
        Ok(())
    }
}

/// A signal's registered name and the factor to its unit.
fn signal_name(column: &str) -> (String, f64) {
    let lower = column.to_ascii_lowercase();
    if let Some(base) = lower.strip_suffix("_level") {
        return (base.to_owned(), 1.0);
    }
    for (suffix, factor) in
        [("_ms", 1e-3), ("_us", 1e-6), ("_s", 1.0), ("_seconds", 1.0), ("_percent", 1e-2), ("_pct", 1e-2)]
    {
        if let Some(base) = lower.strip_suffix(suffix)
            && signal::standard_signal(base).is_some()
        {
            return (base.to_owned(), factor);
        }
    }
    (column.to_owned(), 1.0)
}

/// How numbers in the time column become nanoseconds.
#[derive(Clone, Copy)]
struct Scale {
    factor: f64,
    int_factor: Option<i64>,
    tick: bool,
    words: &'static str,
}

struct Times {
    scale: Scale,
    min: i64,
    sorted: bool,
    nulls: u64,
}

impl Times {
    fn scan(file: &str, table: &Table, plan: &Plan) -> Result<Self, IngestError> {
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
            let time = float_or_int(file, rows.batch(), &column)?;
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
    fn relative(&self, column: &TimeColumn, i: usize) -> Option<i64> {
        let ns = match (column, self.scale.int_factor) {
            (TimeColumn::Int(c), Some(factor)) if !c.is_null(i) => c.value(i).checked_mul(factor),
            _ => column.as_f64(i).and_then(|t| self.nanoseconds(t)),
        }?;
        ns.checked_sub(self.min)
    }

    fn origin(&self) -> Option<String> {
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

enum TimeColumn {
    Int(Int64Array),
    Float(Float64Array),
}

impl TimeColumn {
    fn as_f64(&self, i: usize) -> Option<f64> {
        match self {
            Self::Int(c) => (!c.is_null(i)).then(|| c.value(i) as f64),
            Self::Float(c) => (!c.is_null(i)).then(|| c.value(i)).filter(|v| v.is_finite()),
        }
    }
}

fn float_or_int(file: &str, batch: &RecordBatch, column: &str) -> Result<TimeColumn, IngestError> {
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

fn float_column(file: &str, batch: &RecordBatch, column: &str) -> Result<Float64Array, IngestError> {
    let array = arrow_cast(file, column, require(file, batch, column)?, &DataType::Float64)?;
    Ok(array.as_primitive::<Float64Type>().clone())
}

fn text_column(
    file: &str,
    batch: &RecordBatch,
    column: &str,
) -> Result<arrow::array::StringArray, IngestError> {
    let array = arrow_cast(file, column, require(file, batch, column)?, &DataType::Utf8)?;
    Ok(array.as_string::<i32>().clone())
}

fn require<'a>(
    file: &str,
    batch: &'a RecordBatch,
    column: &str,
) -> Result<&'a arrow::array::ArrayRef, IngestError> {
    batch
        .column_by_name(column)
        .ok_or_else(|| mapping(file, format!("no column `{}`", column.escape_debug())))
}

fn arrow_cast(
    file: &str,
    column: &str,
    array: &arrow::array::ArrayRef,
    to: &DataType,
) -> Result<arrow::array::ArrayRef, IngestError> {
    cast(array, to).map_err(|e| {
        mapping(file, format!("column `{}` of {}: {e}", column.escape_debug(), array.data_type()))
    })
}

fn sorted_rows(file: &str, table: &Table, columns: &[&str], plan: &Plan) -> Result<Rows, IngestError> {
    let batches: Vec<RecordBatch> =
        table.read(columns).map(|rows| rows.map(|r| r.batch().clone())).collect::<Result<_, _>>()?;
    let Some(first) = batches.first() else {
        return Ok(Rows::new(file.to_owned(), 0, RecordBatch::new_empty(Schema::empty().into())));
    };
    let damaged =
        |e: arrow::error::ArrowError| RunError::Damaged { file: file.to_owned(), why: e.to_string() };
    let sorted = guard::decoding(file, || {
        let whole = concat_batches(&first.schema(), &batches).map_err(damaged)?;
        let order = time_order(file, &whole, &plan.fixed["time_ns"])?;
        take_record_batch(&whole, &order).map_err(damaged)
    })?;
    Ok(Rows::new(file.to_owned(), 0, sorted))
}

/// Row numbers in time order; equal times keep the file's order, rows without a time come last.
fn time_order(file: &str, whole: &RecordBatch, column: &str) -> Result<UInt64Array, RunError> {
    let time = float_or_int(file, whole, column)
        .map_err(|e| RunError::Damaged { file: file.to_owned(), why: e.to_string() })?;
    let mut rows: Vec<u64> = (0..whole.num_rows() as u64).collect();
    match &time {
        TimeColumn::Int(c) => rows.sort_by_key(|&i| (c.is_null(i as usize), c.value(i as usize))),
        TimeColumn::Float(c) => rows.sort_by(|&a, &b| {
            let key = |i: u64| if c.is_null(i as usize) { f64::INFINITY } else { c.value(i as usize) };
            key(a).total_cmp(&key(b))
        }),
    }
    Ok(UInt64Array::from(rows))
}

fn mapping(file: &str, what: String) -> IngestError {
    IngestError::Mapping { file: file.to_owned(), what }
}
