//! OTLP's JSON encoding. Enums are numbers or names, 64-bit integers numbers or texts, field
//! names camel case or snake case.

use serde_json::Value;

use super::attributes;
use super::model::{Attributes, DataPoint, Group, LogLine, Metric, MetricKind, Request, Span, SpanEvent};
use crate::error::IngestError;
use crate::import::telemetry::fields;
use crate::import::telemetry::intake::Intake;

/// The request that a document holds; `None` if it is no OTLP.
pub(super) fn request(
    value: &Value,
    place: &str,
    intake: &mut Intake<'_>,
) -> Result<Option<Request>, IngestError> {
    if has(value, "resourceSpans", "resource_spans") {
        let groups = groups(value, ["resourceSpans", "scopeSpans", "spans"], place, intake, span)?;
        return Ok(Some(Request::Traces(groups)));
    }
    if has(value, "resourceMetrics", "resource_metrics") {
        let groups = groups(value, ["resourceMetrics", "scopeMetrics", "metrics"], place, intake, metric)?;
        return Ok(Some(Request::Metrics(groups)));
    }
    if has(value, "resourceLogs", "resource_logs") {
        let groups = groups(value, ["resourceLogs", "scopeLogs", "logRecords"], place, intake, log)?;
        return Ok(Some(Request::Logs(groups)));
    }
    Ok(None)
}

fn has(value: &Value, camel: &str, snake: &str) -> bool {
    value.get(camel).is_some() || value.get(snake).is_some()
}

fn groups<T>(
    value: &Value,
    [resources, scopes, records]: [&str; 3],
    place: &str,
    intake: &mut Intake<'_>,
    read: impl Fn(&Value) -> Result<T, String>,
) -> Result<Vec<Group<T>>, IngestError> {
    let mut groups = Vec::new();
    for resource in list(value, resources) {
        let mut group = Group::default();
        if let Some(described) = fields::field(resource, "resource") {
            group.resource = attributes::from_json(list(described, "attributes"));
        }
        for scope in list(resource, scopes) {
            for record in list(scope, records) {
                match read(record) {
                    Ok(record) => group.records.push(record),
                    Err(why) => intake.damaged(place, &why)?,
                }
            }
        }
        groups.push(group);
    }
    Ok(groups)
}

fn span(value: &Value) -> Result<Span, String> {
    let status = get(value, "status");
    Ok(Span {
        trace_id: id(value, "traceId", 32)?,
        span_id: id(value, "spanId", 16)?,
        parent_span_id: id(value, "parentSpanId", 16)?,
        name: text(value, "name"),
        kind: choice(value, "kind", SPAN_KINDS)?,
        start: time(value, "startTimeUnixNano")?,
        end: time(value, "endTimeUnixNano")?,
        attributes: read_attributes(value),
        status: status.map_or(Ok(0), |s| choice(s, "code", STATUS_CODES))?,
        status_message: status.map(|s| text(s, "message")).unwrap_or_default(),
        events: list(value, "events")
            .iter()
            .map(|event| SpanEvent { name: text(event, "name"), attributes: read_attributes(event) })
            .collect(),
    })
}

fn log(value: &Value) -> Result<LogLine, String> {
    Ok(LogLine {
        time: time(value, "timeUnixNano")?,
        observed: time(value, "observedTimeUnixNano")?,
        severity: choice(value, "severityNumber", SEVERITIES)?,
        severity_text: text(value, "severityText"),
        body: get(value, "body").map_or(Value::Null, attributes::any_value),
        attributes: read_attributes(value),
        trace_id: id(value, "traceId", 32)?,
        span_id: id(value, "spanId", 16)?,
        event_name: text(value, "eventName"),
    })
}

fn metric(value: &Value) -> Result<Metric, String> {
    let kinds = [
        ("gauge", MetricKind::Gauge),
        ("sum", MetricKind::Sum),
        ("histogram", MetricKind::Histogram),
        ("exponentialHistogram", MetricKind::Exponential),
        ("summary", MetricKind::Summary),
    ];
    let found = kinds.iter().find_map(|(name, kind)| Some((get(value, name)?, *kind)));
    let Some((data, kind)) = found else {
        return Err(format!("metric `{}` has no data of a known kind", text(value, "name").escape_debug()));
    };
    Ok(Metric {
        name: text(value, "name"),
        unit: text(value, "unit"),
        kind,
        temporality: choice(data, "aggregationTemporality", TEMPORALITIES)?,
        monotonic: get(data, "isMonotonic").and_then(Value::as_bool).unwrap_or(false),
        points: list(data, "dataPoints").iter().map(point).collect::<Result<_, _>>()?,
    })
}

fn point(value: &Value) -> Result<DataPoint, String> {
    let number = |name: &str| get(value, name).and_then(fields::number);
    let numbers = |object: &Value, name: &str| -> Result<Vec<f64>, String> {
        let read =
            |v: &Value| fields::number(v).ok_or_else(|| format!("{name} holds {v}, which is no number"));
        list(object, name).iter().map(read).collect()
    };
    let positive = get(value, "positive").unwrap_or(value);
    let negative = get(value, "negative").map(|n| numbers(n, "bucketCounts")).transpose()?;
    let int = |object: &Value, name: &str| get(object, name).and_then(fields::int).unwrap_or(0);
    let quantile = |v: &Value| {
        let number = |name: &str| get(v, name).and_then(fields::number).unwrap_or(0.0);
        (number("quantile"), number("value"))
    };
    Ok(DataPoint {
        attributes: read_attributes(value),
        start: time(value, "startTimeUnixNano")?,
        time: time(value, "timeUnixNano")?,
        value: number("asDouble").or_else(|| number("asInt")),
        count: number("count").unwrap_or(0.0),
        sum: number("sum"),
        bucket_counts: numbers(positive, "bucketCounts")?,
        bounds: numbers(value, "explicitBounds")?,
        scale: int(value, "scale"),
        zero_count: number("zeroCount").unwrap_or(0.0),
        offset: int(positive, "offset"),
        negative: negative.unwrap_or_default().iter().sum(),
        quantiles: list(value, "quantileValues").iter().map(quantile).collect(),
    })
}

const SPAN_KINDS: &[&str] = &[
    "SPAN_KIND_UNSPECIFIED",
    "SPAN_KIND_INTERNAL",
    "SPAN_KIND_SERVER",
    "SPAN_KIND_CLIENT",
    "SPAN_KIND_PRODUCER",
    "SPAN_KIND_CONSUMER",
];
const STATUS_CODES: &[&str] = &["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"];
const TEMPORALITIES: &[&str] = &[
    "AGGREGATION_TEMPORALITY_UNSPECIFIED",
    "AGGREGATION_TEMPORALITY_DELTA",
    "AGGREGATION_TEMPORALITY_CUMULATIVE",
];
/// Numbers only; names of severities come as `severityText`.
const SEVERITIES: &[&str] = &["SEVERITY_NUMBER_UNSPECIFIED"];

/// An enum: a number, or one of the names.
fn choice(object: &Value, name: &str, names: &[&str]) -> Result<i64, String> {
    let Some(value) = get(object, name) else { return Ok(0) };
    if let Some(number) = fields::int(value) {
        return Ok(number);
    }
    let found = value.as_str().and_then(|text| names.iter().position(|n| *n == text));
    match found.and_then(|at| i64::try_from(at).ok()) {
        Some(number) => Ok(number),
        None if name == "severityNumber" => Ok(0),
        None => Err(format!("{name} is {}, which OTLP does not know", value.to_string().escape_debug())),
    }
}

/// An id in hex, lower case; empty if it is missing or all zeros.
fn id(object: &Value, name: &str, digits: usize) -> Result<String, String> {
    let text = text(object, name);
    if text.bytes().all(|b| b == b'0') {
        return Ok(String::new());
    }
    if text.len() != digits || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        let hint = "OTLP/JSON writes ids in hex, not in base64";
        return Err(format!("{name} `{}` is not {digits} hex digits ({hint})", text.escape_debug()));
    }
    Ok(text.to_ascii_lowercase())
}

fn time(object: &Value, name: &str) -> Result<u64, String> {
    let Some(value) = get(object, name) else { return Ok(0) };
    let read = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) if text.is_empty() => Some(0),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    read.ok_or_else(|| format!("{name} is {}, not nanoseconds since 1970", value.to_string().escape_debug()))
}

fn read_attributes(object: &Value) -> Attributes {
    attributes::from_json(list(object, "attributes"))
}

fn text(object: &Value, name: &str) -> String {
    get(object, name).and_then(Value::as_str).unwrap_or("").to_owned()
}

/// A field in camel case, or the same in snake case.
fn get<'v>(object: &'v Value, camel: &str) -> Option<&'v Value> {
    fields::field(object, camel).or_else(|| fields::field(object, &snake(camel)))
}

fn list<'v>(object: &'v Value, camel: &str) -> &'v [Value] {
    get(object, camel).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn snake(camel: &str) -> String {
    let mut snake = String::with_capacity(camel.len() + 4);
    for c in camel.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}
