//! What OTLP says, whichever way it is encoded. Times are nanoseconds since 1970, 0: not told.

use serde_json::{Map, Value};

/// Attributes by name, in the order of names.
pub(super) type Attributes = Map<String, Value>;

/// One export request.
#[derive(Debug)]
pub(super) enum Request {
    Traces(Vec<Group<Span>>),
    Metrics(Vec<Group<Metric>>),
    Logs(Vec<Group<LogLine>>),
}

/// Records of one resource, over all its scopes.
#[derive(Debug)]
pub(super) struct Group<T> {
    pub(super) resource: Attributes,
    pub(super) records: Vec<T>,
}

impl<T> Default for Group<T> {
    fn default() -> Self {
        Self { resource: Attributes::new(), records: Vec::new() }
    }
}

#[derive(Debug, Default)]
pub(super) struct Span {
    pub(super) trace_id: String,
    pub(super) span_id: String,
    pub(super) parent_span_id: String,
    pub(super) name: String,
    pub(super) kind: i64,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) attributes: Attributes,
    /// 0: unset, 1: ok, 2: error.
    pub(super) status: i64,
    pub(super) status_message: String,
    pub(super) events: Vec<SpanEvent>,
}

#[derive(Debug, Default)]
pub(super) struct SpanEvent {
    pub(super) name: String,
    pub(super) attributes: Attributes,
}

#[derive(Debug, Default)]
pub(super) struct LogLine {
    pub(super) time: u64,
    pub(super) observed: u64,
    pub(super) severity: i64,
    pub(super) severity_text: String,
    pub(super) body: Value,
    pub(super) attributes: Attributes,
    pub(super) trace_id: String,
    pub(super) span_id: String,
    pub(super) event_name: String,
}

#[derive(Debug, Default)]
pub(super) struct Metric {
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) kind: MetricKind,
    /// 0: not told, 1: delta, 2: cumulative.
    pub(super) temporality: i64,
    pub(super) monotonic: bool,
    pub(super) points: Vec<DataPoint>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum MetricKind {
    #[default]
    Gauge,
    Sum,
    Histogram,
    Exponential,
    Summary,
}

#[derive(Debug, Default)]
pub(super) struct DataPoint {
    pub(super) attributes: Attributes,
    pub(super) start: u64,
    pub(super) time: u64,
    /// Of a number.
    pub(super) value: Option<f64>,
    pub(super) count: f64,
    pub(super) sum: Option<f64>,
    pub(super) bucket_counts: Vec<f64>,
    pub(super) bounds: Vec<f64>,
    pub(super) scale: i64,
    pub(super) zero_count: f64,
    pub(super) offset: i64,
    /// Counts of negative values, which are not kept.
    pub(super) negative: f64,
    /// Quantile and value.
    pub(super) quantiles: Vec<(f64, f64)>,
}
