//! OTLP's protobuf encoding, read strictly: a field of a known number has the known type.
//!
//! A file holds messages of one signal and does not say which: the first signal whose messages a
//! request can be read as is the one. Field numbers are those of opentelemetry-proto 1.

use serde_json::Value as Json;

use super::model::{Attributes, DataPoint, Group, LogLine, Metric, MetricKind, Request, Span, SpanEvent};
use super::take;
use super::wire::{Fields, Value, fixed64s, varints};
use crate::error::IngestError;
use crate::import::telemetry::intake::Intake;

/// Attribute values nested deeper than this are refused.
const MAX_DEPTH: usize = 32;

type Read<T> = Result<T, String>;

/// Reads a file of messages, each after its length in four bytes, big end first.
pub(super) fn read(
    bytes: &[u8],
    label: &str,
    intake: &mut Intake<'_>,
) -> Result<Result<(), String>, IngestError> {
    let mut at = 0;
    let mut known = false;
    let mut problems: Vec<(String, String)> = Vec::new();
    while at < bytes.len() {
        let place = format!("{label} byte {at}");
        let left = bytes.len() - at;
        let prefix = bytes.get(at..at + 4).and_then(|p| <[u8; 4]>::try_from(p).ok());
        let len = prefix.and_then(|p| usize::try_from(u32::from_be_bytes(p)).ok());
        let Some(message) = len.and_then(|len| bytes.get(at + 4..)?.get(..len)) else {
            let said = len.map_or_else(|| "is cut off".to_owned(), |len| format!("says {len} bytes"));
            problems.push((
                place,
                format!("a message's length {said}, {left} are left; nothing after it was read"),
            ));
            break;
        };
        match request(message) {
            Ok(request) => {
                known |= !message.is_empty();
                if let Some(request) = request {
                    take(&request, &place, intake)?;
                }
            },
            Err(why) => problems.push((place, format!("a message that is not OTLP: {why}"))),
        }
        at += 4 + message.len();
    }
    if !known {
        let why = problems.into_iter().next().map_or_else(|| "empty".to_owned(), |(_, why)| why);
        return Ok(Err(format!("neither OTLP/JSON nor length-prefixed OTLP protobuf: {why}")));
    }
    for (place, why) in problems {
        intake.damaged(&place, &why)?;
    }
    Ok(Ok(()))
}

/// The request that a message holds; `None` if it holds no records.
fn request(message: &[u8]) -> Read<Option<Request>> {
    let traces = match groups(message, span) {
        Ok(groups) if groups.iter().all(|g| g.records.is_empty()) => return Ok(None),
        Ok(groups) => return Ok(Some(Request::Traces(groups))),
        Err(why) => why,
    };
    let logs = match groups(message, log) {
        Ok(groups) => return Ok(Some(Request::Logs(groups))),
        Err(why) => why,
    };
    match groups(message, metric) {
        Ok(groups) => Ok(Some(Request::Metrics(groups))),
        Err(why) => Err(format!("no traces ({traces}), no logs ({logs}), no metrics ({why})")),
    }
}

/// Requests of all signals have the same outer shape: resources, scopes, records.
fn groups<T>(message: &[u8], record: impl Fn(&[u8]) -> Read<T>) -> Read<Vec<Group<T>>> {
    let mut groups = Vec::new();
    each(message, |number, value| {
        if number != 1 {
            return Err(format!("field {number} of a request"));
        }
        let mut group = Group::default();
        each(value.bytes()?, |number, value| {
            match number {
                1 => group.resource = attributes_of(value.bytes()?, 1)?,
                2 => each(value.bytes()?, |number, value| {
                    if number == 2 {
                        group.records.push(record(value.bytes()?)?);
                    }
                    Ok(())
                })?,
                3 => drop(value.text()?),
                _ => {},
            }
            Ok(())
        })?;
        groups.push(group);
        Ok(())
    })?;
    Ok(groups)
}

fn each<'a>(message: &'a [u8], mut field: impl FnMut(u32, Value<'a>) -> Read<()>) -> Read<()> {
    let mut fields = Fields::new(message);
    while let Some((number, value)) = fields.next()? {
        field(number, value)?;
    }
    Ok(())
}

fn span(message: &[u8]) -> Read<Span> {
    let mut span = Span::default();
    each(message, |number, value| {
        match number {
            1 => span.trace_id = id(value, 16)?,
            2 => span.span_id = id(value, 8)?,
            4 => span.parent_span_id = id(value, 8)?,
            5 => span.name = value.text()?.to_owned(),
            6 => span.kind = enumeration(value)?,
            7 => span.start = fixed64(value)?,
            8 => span.end = fixed64(value)?,
            9 => attribute(value.bytes()?, &mut span.attributes, 0)?,
            11 => {
                let mut event = SpanEvent::default();
                each(value.bytes()?, |number, value| {
                    match number {
                        2 => event.name = value.text()?.to_owned(),
                        3 => attribute(value.bytes()?, &mut event.attributes, 0)?,
                        _ => {},
                    }
                    Ok(())
                })?;
                span.events.push(event);
            },
            15 => each(value.bytes()?, |number, value| {
                match number {
                    2 => span.status_message = value.text()?.to_owned(),
                    3 => span.status = enumeration(value)?,
                    _ => {},
                }
                Ok(())
            })?,
            _ => {},
        }
        Ok(())
    })?;
    Ok(span)
}

fn log(message: &[u8]) -> Read<LogLine> {
    let mut line = LogLine::default();
    each(message, |number, value| {
        match number {
            1 => line.time = fixed64(value)?,
            2 => line.severity = enumeration(value)?,
            3 => line.severity_text = value.text()?.to_owned(),
            5 => line.body = any_value(value.bytes()?, 0)?,
            6 => attribute(value.bytes()?, &mut line.attributes, 0)?,
            9 => line.trace_id = id(value, 16)?,
            10 => line.span_id = id(value, 8)?,
            11 => line.observed = fixed64(value)?,
            12 => line.event_name = value.text()?.to_owned(),
            _ => {},
        }
        Ok(())
    })?;
    Ok(line)
}

fn metric(message: &[u8]) -> Read<Metric> {
    let mut metric = Metric::default();
    let mut has_data = false;
    each(message, |number, value| {
        let kind = match number {
            5 => MetricKind::Gauge,
            7 => MetricKind::Sum,
            9 => MetricKind::Histogram,
            10 => MetricKind::Exponential,
            11 => MetricKind::Summary,
            1 => {
                metric.name = value.text()?.to_owned();
                return Ok(());
            },
            3 => {
                metric.unit = value.text()?.to_owned();
                return Ok(());
            },
            _ => return Ok(()),
        };
        has_data = true;
        metric.kind = kind;
        each(value.bytes()?, |number, value| {
            match number {
                1 => metric.points.push(point(value.bytes()?, kind)?),
                2 => metric.temporality = enumeration(value)?,
                3 => metric.monotonic = value.int()? != 0,
                _ => {},
            }
            Ok(())
        })
    })?;
    if has_data { Ok(metric) } else { Err("a metric without data".to_owned()) }
}

fn point(message: &[u8], kind: MetricKind) -> Read<DataPoint> {
    let mut point = DataPoint::default();
    each(message, |number, value| {
        match (kind, number) {
            (_, 2) => point.start = fixed64(value)?,
            (_, 3) => point.time = fixed64(value)?,
            (MetricKind::Gauge | MetricKind::Sum, 4) => point.value = Some(value.double()?),
            (MetricKind::Gauge | MetricKind::Sum, 6) => point.value = Some(fixed64(value)? as i64 as f64),
            (MetricKind::Exponential, 1)
            | (MetricKind::Histogram, 9)
            | (MetricKind::Gauge | MetricKind::Sum | MetricKind::Summary, 7) => {
                attribute(value.bytes()?, &mut point.attributes, 0)?
            },
            (MetricKind::Histogram | MetricKind::Exponential | MetricKind::Summary, 4) => {
                point.count = fixed64(value)? as f64
            },
            (MetricKind::Histogram | MetricKind::Exponential | MetricKind::Summary, 5) => {
                point.sum = Some(value.double()?)
            },
            (MetricKind::Histogram, 6) => {
                point.bucket_counts.extend(fixed64s(value)?.into_iter().map(|n| n as f64))
            },
            (MetricKind::Histogram, 7) => {
                point.bounds.extend(fixed64s(value)?.into_iter().map(f64::from_bits))
            },
            (MetricKind::Exponential, 6) => point.scale = zigzag(value.int()?),
            (MetricKind::Exponential, 7) => point.zero_count = fixed64(value)? as f64,
            (MetricKind::Exponential, 8) => (point.offset, point.bucket_counts) = buckets(value.bytes()?)?,
            (MetricKind::Exponential, 9) => point.negative = buckets(value.bytes()?)?.1.iter().sum(),
            (MetricKind::Summary, 6) => {
                let mut pair = (0.0, 0.0);
                each(value.bytes()?, |number, value| {
                    match number {
                        1 => pair.0 = value.double()?,
                        2 => pair.1 = value.double()?,
                        _ => {},
                    }
                    Ok(())
                })?;
                point.quantiles.push(pair);
            },
            _ => {},
        }
        Ok(())
    })?;
    Ok(point)
}

/// Offset and counts of one side of an exponential histogram.
fn buckets(message: &[u8]) -> Read<(i64, Vec<f64>)> {
    let (mut offset, mut counts) = (0, Vec::new());
    each(message, |number, value| {
        match number {
            1 => offset = zigzag(value.int()?),
            2 => counts.extend(varints(value)?.into_iter().map(|n| n as f64)),
            _ => {},
        }
        Ok(())
    })?;
    Ok((offset, counts))
}

/// Attributes in field `number` of a message.
fn attributes_of(message: &[u8], number: u32) -> Read<Attributes> {
    let mut attributes = Attributes::new();
    each(
        message,
        |n, value| {
            if n == number { attribute(value.bytes()?, &mut attributes, 0) } else { Ok(()) }
        },
    )?;
    Ok(attributes)
}

fn attribute(message: &[u8], attributes: &mut Attributes, depth: usize) -> Read<()> {
    let (mut key, mut any) = (String::new(), Json::Null);
    each(message, |number, value| {
        match number {
            1 => key = value.text()?.to_owned(),
            2 => any = any_value(value.bytes()?, depth)?,
            _ => {},
        }
        Ok(())
    })?;
    attributes.insert(key, any);
    Ok(())
}

fn any_value(message: &[u8], depth: usize) -> Read<Json> {
    if depth > MAX_DEPTH {
        return Err(format!("attribute values nested deeper than {MAX_DEPTH}"));
    }
    let mut any = Json::Null;
    each(message, |number, value| {
        any = match number {
            1 => Json::from(value.text()?),
            2 => Json::from(value.int()? != 0),
            3 => Json::from(value.int()? as i64),
            4 => Json::from(value.double()?),
            5 => {
                let mut list = Vec::new();
                each(value.bytes()?, |number, value| {
                    if number == 1 {
                        list.push(any_value(value.bytes()?, depth + 1)?);
                    }
                    Ok(())
                })?;
                Json::Array(list)
            },
            6 => {
                let mut pairs = Attributes::new();
                each(value.bytes()?, |number, value| {
                    if number == 1 { attribute(value.bytes()?, &mut pairs, depth + 1) } else { Ok(()) }
                })?;
                Json::Object(pairs)
            },
            7 => Json::from(hex(value.bytes()?)),
            _ => return Ok(()),
        };
        Ok(())
    })?;
    Ok(any)
}

/// An id of a fixed length in hex; empty if it is missing or all zeros.
fn id(value: Value<'_>, len: usize) -> Read<String> {
    let bytes = value.bytes()?;
    if bytes.iter().all(|b| *b == 0) && (bytes.is_empty() || bytes.len() == len) {
        return Ok(String::new());
    }
    if bytes.len() != len {
        return Err(format!("an id of {} bytes, not {len}", bytes.len()));
    }
    Ok(hex(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn fixed64(value: Value<'_>) -> Read<u64> {
    match value {
        Value::Fixed64(n) => Ok(n),
        other => Err(format!("expected a fixed 64-bit number, found {}", other.name())),
    }
}

fn enumeration(value: Value<'_>) -> Read<i64> {
    match value {
        Value::Varint(n) => i64::try_from(n).map_err(|_| "an enum is out of range".to_owned()),
        other => Err(format!("expected an enum, found {}", other.name())),
    }
}

const fn zigzag(n: u64) -> i64 {
    (n >> 1) as i64 ^ -((n & 1) as i64)
}
