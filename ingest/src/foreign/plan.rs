//! Which foreign columns are read, and as what.

use std::collections::BTreeMap;

use arrow::array::{Array, Float64Array};
use arrow::datatypes::Schema;
use infra_eventlog::batch::Rows;
use infra_eventlog::error::nearest;
use infra_eventlog::metadata::{Observation, RunMetadata, SignalSpec, TimeUnit};
use infra_eventlog::signal;
use infra_eventlog::writer::{EventRow, EventWriter};

use super::columns::{float_column, text_column};
use super::times::{Times, time_column};
use super::{ColumnMap, TICK_NS, mapping};
use crate::error::IngestError;

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

/// Which foreign columns are read, and as what.
pub(super) struct Plan {
    pub(super) fixed: BTreeMap<&'static str, String>,
    /// Signal name, foreign column, factor.
    signals: Vec<(String, String, f64)>,
    ignored: Vec<String>,
}

impl Plan {
    pub(super) fn new(file: &str, schema: &Schema, map: &ColumnMap) -> Result<Self, IngestError> {
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
        for (target, column) in map {
            let used = fixed.get(target.as_str()).is_some_and(|c| c == column)
                || signals.iter().any(|(s, _, _)| s == target);
            if !used {
                let ours: Vec<&str> = ALIASES.iter().map(|(t, _)| *t).collect();
                let hint = nearest(target, ours.iter().copied())
                    .map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
                return Err(mapping(
                    file,
                    format!(
                        "--map {target}={column} has no effect: `{target}` is none of {} and `{column}` no free number column to be a signal{hint}",
                        ours.join(", ")
                    ),
                ));
            }
        }
        Ok(Self { fixed, signals, ignored })
    }

    pub(super) fn columns(&self) -> Vec<&str> {
        self.fixed.values().map(String::as_str).chain(self.signals.iter().map(|s| s.1.as_str())).collect()
    }

    pub(super) fn metadata(&self, file: &str, times: &Times) -> (RunMetadata, Vec<String>) {
        let mut metadata = RunMetadata::new(file);
        metadata.producer = "foreign Parquet".to_owned();
        metadata.observation = Observation::Sampled;
        metadata.signals = self.signals.iter().map(|(name, _, _)| SignalSpec::named(name)).collect();
        if times.scale.tick {
            metadata.time.unit = TimeUnit::Tick;
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

    pub(super) fn write(
        &self,
        rows: &Rows,
        times: &Times,
        writer: &mut EventWriter,
    ) -> Result<(), IngestError> {
        let batch = rows.batch();
        let time = time_column(rows.file(), batch, &self.fixed["time_ns"])?;
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
