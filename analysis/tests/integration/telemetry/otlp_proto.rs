//! Telemetry as length-prefixed protobuf, written from the field numbers of the specification.

use super::{Kind, Line, Measurement, Span, Telemetry};

impl Telemetry {
    /// Spans, one message a span.
    pub(crate) fn otlp_traces_proto(&self) -> Vec<u8> {
        self.spans.iter().flat_map(|s| framed(&request(&s.service, &span(s)))).collect()
    }

    /// Log lines, one message a line.
    pub(crate) fn otlp_logs_proto(&self) -> Vec<u8> {
        self.lines.iter().flat_map(|l| framed(&request(&l.service, &log_record(l)))).collect()
    }

    /// Measurements as sums of their intervals, one message a measurement.
    pub(crate) fn otlp_metrics_proto(&self) -> Vec<u8> {
        self.metrics.iter().flat_map(|m| framed(&request(&m.service, &metric(m)))).collect()
    }
}

/// A message after its length.
fn framed(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u32).to_be_bytes()[..], message].concat()
}

/// Resource, scope and record, nested alike for all signals.
fn request(service: &str, record: &[u8]) -> Vec<u8> {
    let name = [bytes(1, b"service.name"), bytes(2, &bytes(1, service.as_bytes()))].concat();
    let resource = bytes(1, &name);
    bytes(1, &[bytes(1, &resource), bytes(2, &bytes(2, record))].concat())
}

fn span(span: &Span) -> Vec<u8> {
    let mut parts = vec![bytes(1, &span.trace.to_be_bytes()), bytes(2, &span.id.to_be_bytes())];
    parts.extend(span.parent.map(|id| bytes(4, &id.to_be_bytes())));
    parts.push(bytes(5, span.operation.as_bytes()));
    parts.push(integer(6, if span.kind == Kind::Server { 2 } else { 3 }));
    parts.push(fixed64(7, span.start_ns as u64));
    parts.push(fixed64(8, span.end_ns as u64));
    if span.failed {
        parts.push(bytes(15, &integer(3, 2)));
    }
    parts.concat()
}

fn log_record(line: &Line) -> Vec<u8> {
    [
        fixed64(1, line.time_ns as u64),
        bytes(3, line.severity.as_bytes()),
        bytes(5, &bytes(1, line.message.as_bytes())),
        bytes(9, &line.trace.to_be_bytes()),
        bytes(10, &line.span.to_be_bytes()),
    ]
    .concat()
}

fn metric(of: &Measurement) -> Vec<u8> {
    let point = [
        fixed64(2, (of.end_ns - of.interval_ns) as u64),
        fixed64(3, of.end_ns as u64),
        fixed64(4, of.value.to_bits()),
    ]
    .concat();
    // Temporality 1 is delta.
    let sum = [bytes(1, &point), integer(2, 1), integer(3, 1)].concat();
    [bytes(1, of.signal.as_bytes()), bytes(7, &sum)].concat()
}

fn varint(mut n: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while n >= 0x80 {
        out.push((n as u8 & 0x7f) | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
    out
}

fn bytes(number: u64, content: &[u8]) -> Vec<u8> {
    [&varint(number << 3 | 2)[..], &varint(content.len() as u64), content].concat()
}

fn fixed64(number: u64, value: u64) -> Vec<u8> {
    [&varint(number << 3 | 1)[..], &value.to_le_bytes()].concat()
}

fn integer(number: u64, value: u64) -> Vec<u8> {
    [varint(number << 3), varint(value)].concat()
}
