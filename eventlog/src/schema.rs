//! The tables of a run, their columns and types.
//!
//! All integers are Int64 (no unsigned, no nanosecond timestamps) so that Polars, DuckDB, Spark,
//! DataFusion and pandas read a run unchanged. Columns marked required must be there and hold no
//! null; the others may be left out, which reads as all null.

use std::fmt;

/// A table of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableKind {
    /// One row per observation or happening.
    Events,
    /// Long-format measurements over intervals.
    Metrics,
    /// Spans of distributed traces.
    Spans,
    /// Log lines.
    Logs,
    /// Calls between services per interval.
    Calls,
    /// Services, when there are too many for the metadata.
    Services,
    /// Dependencies, when there are too many for the metadata.
    Edges,
}

/// Type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// 64-bit integer.
    Int64,
    /// 64-bit float; non-finite values read as null and are counted.
    Float64,
    /// UTF-8 text, plain or dictionary-coded.
    Text,
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Int64 => "Int64",
            Self::Float64 => "Float64",
            Self::Text => "text",
        })
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name.
    pub name: &'static str,
    /// Type.
    pub dtype: ColumnType,
    /// Whether it must be there and hold no null.
    pub required: Required,
    /// Meaning.
    pub doc: &'static str,
}

/// What a reader insists on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Required {
    /// There, and without nulls.
    NoNulls,
    /// There; nulls mean something.
    Present,
    /// May be left out.
    Optional,
}

const fn column(name: &'static str, dtype: ColumnType, required: Required, doc: &'static str) -> Column {
    Column { name, dtype, required, doc }
}

use ColumnType::{Float64, Int64, Text};
use Required::{NoNulls, Optional, Present};

/// Columns of `events`; every further Float64 column is a signal.
pub const EVENTS: &[Column] = &[
    column("seq", Int64, NoNulls, "row number from 0, ascending, unique; what reports cite"),
    column("event_id", Int64, NoNulls, "execution order of events; rows of one event share it"),
    column("cause_id", Int64, Optional, "the event that scheduled this one; null: exogenous"),
    column("time_ns", Int64, NoNulls, "ns since the run's origin, non-decreasing within a part"),
    column("event_type", Text, NoNulls, "UPPER_SNAKE_CASE"),
    column("source", Text, NoNulls, "who emitted it"),
    column("service", Text, Present, "whom the row observes; null: the event's own row"),
    column("status", Text, Optional, "a name from the run's status list"),
    column("message", Text, Optional, "a log line; untrusted"),
    column("attributes", Text, Optional, "payload as JSON text; untrusted"),
];

/// Columns of `metrics`.
pub const METRICS: &[Column] = &[
    column("time_ns", Int64, NoNulls, "end of the interval, ns since the run's origin"),
    column("interval_ns", Int64, NoNulls, "length of the interval [ns]"),
    column("service", Text, NoNulls, "whom it was measured on"),
    column("signal", Text, NoNulls, "signal name"),
    column("statistic", Text, NoNulls, "mean, p50, p90, p95, p99, sum, max or last"),
    column("value", Float64, Present, "in the signal's unit; null: nothing was reported"),
];

/// Columns of `spans`.
pub const SPANS: &[Column] = &[
    column("trace_id", Text, NoNulls, "hex"),
    column("span_id", Text, NoNulls, "hex"),
    column("parent_span_id", Text, Present, "hex; null: root"),
    column("service", Text, NoNulls, "who did the work"),
    column("operation", Text, NoNulls, "span name"),
    column("span_kind", Text, Optional, "client, server, internal, producer, consumer"),
    column("start_ns", Int64, NoNulls, "ns since the run's origin"),
    column("duration_ns", Int64, NoNulls, "[ns]"),
    column("status", Text, Optional, "ok or error"),
    column("attributes", Text, Optional, "JSON text; untrusted"),
];

/// Columns of `logs`.
pub const LOGS: &[Column] = &[
    column("time_ns", Int64, NoNulls, "ns since the run's origin"),
    column("service", Text, NoNulls, "who wrote it"),
    column("severity", Text, Optional, "as written"),
    column("trace_id", Text, Optional, "hex"),
    column("span_id", Text, Optional, "hex"),
    column("template_id", Int64, Optional, "template that the line matches"),
    column("message", Text, Optional, "untrusted"),
    column("attributes", Text, Optional, "JSON text; untrusted"),
];

/// Columns of `calls`.
pub const CALLS: &[Column] = &[
    column("time_ns", Int64, NoNulls, "end of the interval"),
    column("interval_ns", Int64, NoNulls, "length of the interval [ns]"),
    column("caller", Text, NoNulls, "who called"),
    column("callee", Text, NoNulls, "who was called"),
    column("calls", Float64, Present, "number of calls; null: not known"),
    column("failed", Float64, Optional, "number of failed calls"),
    column("latency", Float64, Optional, "mean or median seconds per call, as the caller saw it"),
    column("callee_latency", Float64, Optional, "mean or median seconds per call, as the callee saw it"),
];

/// Columns of `services`.
pub const SERVICES: &[Column] = &[
    column("id", Text, NoNulls, "name"),
    column("kind", Text, Optional, "what it is"),
    column("tier", Text, Optional, "layer"),
];

/// Columns of `edges`.
pub const EDGES: &[Column] = &[
    column("from", Text, NoNulls, "the dependent"),
    column("to", Text, NoNulls, "the dependency"),
    column("kind", Text, Optional, "calls, reads, ..."),
    column("weight", Float64, Optional, "relative strength"),
];

impl TableKind {
    /// All tables, in the order in which they are read.
    pub const ALL: [Self; 7] =
        [Self::Events, Self::Metrics, Self::Spans, Self::Logs, Self::Calls, Self::Services, Self::Edges];

    /// The table's name in file names and citations.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Metrics => "metrics",
            Self::Spans => "spans",
            Self::Logs => "logs",
            Self::Calls => "calls",
            Self::Services => "services",
            Self::Edges => "edges",
        }
    }

    /// The table's fixed columns.
    #[must_use]
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Events => EVENTS,
            Self::Metrics => METRICS,
            Self::Spans => SPANS,
            Self::Logs => LOGS,
            Self::Calls => CALLS,
            Self::Services => SERVICES,
            Self::Edges => EDGES,
        }
    }

    /// The column that orders the table in time, if it has one.
    #[must_use]
    pub const fn time_column(self) -> Option<&'static str> {
        match self {
            Self::Events | Self::Metrics | Self::Logs | Self::Calls => Some("time_ns"),
            Self::Spans => Some("start_ns"),
            Self::Services | Self::Edges => None,
        }
    }
}

impl fmt::Display for TableKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
