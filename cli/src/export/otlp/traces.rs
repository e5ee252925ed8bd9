//! Spans.

use std::collections::BTreeMap;

use infra_eventlog::run::Table;
use serde_json::{Value, json};

use super::clock::Clock;
use super::{LINE_RECORDS, Lines, json};
use crate::redact;

/// Writes all spans; returns how many were left out because of their ids.
pub(super) fn write(
    spans: &Table,
    clock: Clock,
    redacted: bool,
    lines: &mut Lines<'_>,
) -> anyhow::Result<u64> {
    let columns = [
        "trace_id",
        "span_id",
        "parent_span_id",
        "service",
        "operation",
        "span_kind",
        "start_ns",
        "duration_ns",
        "status",
        "attributes",
    ];
    let mut strange = 0;
    let mut ready: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut count = 0;
    for rows in spans.read(&columns) {
        let rows = rows?;
        let (traces, ids) = (rows.require_texts("trace_id")?, rows.require_texts("span_id")?);
        let parents = rows.require_texts("parent_span_id")?;
        let (services, operations) = (rows.require_texts("service")?, rows.require_texts("operation")?);
        let (starts, durations) = (rows.require_ints("start_ns")?, rows.require_ints("duration_ns")?);
        let (kinds, statuses) = (rows.texts("span_kind")?, rows.texts("status")?);
        let attributes = rows.texts("attributes")?;
        for (i, start) in starts.values().iter().copied().enumerate() {
            let (Some(trace), Some(id), Some(service)) = (
                traces.get(i).and_then(|id| padded(id, 32)),
                ids.get(i).and_then(|id| padded(id, 16)),
                services.get(i),
            ) else {
                strange += 1;
                continue;
            };
            let own = attributes.as_ref().and_then(|a| a.get(i)).map(|text| match redacted {
                true => json::attributes(&redact::attributes(text)),
                false => json::attributes(text),
            });
            let mut span = json!({
                "traceId": trace,
                "spanId": id,
                "name": operations.get(i).unwrap_or_default(),
                "kind": kind(kinds.as_ref().and_then(|k| k.get(i))),
                "startTimeUnixNano": clock.nanos(start),
                "endTimeUnixNano": clock.nanos(start.saturating_add(durations.value(i))),
                "attributes": own.unwrap_or_default(),
                "status": status(statuses.as_ref().and_then(|s| s.get(i))),
            });
            if let Some(parent) = parents.get(i).and_then(|id| padded(id, 16)) {
                span["parentSpanId"] = parent.into();
            }
            match ready.get_mut(service) {
                Some(spans) => spans.push(span),
                None => drop(ready.insert(service.to_owned(), vec![span])),
            }
            count += 1;
            if count == LINE_RECORDS {
                count = 0;
                flush(&mut ready, lines)?;
            }
        }
    }
    flush(&mut ready, lines)?;
    Ok(strange)
}

fn flush(ready: &mut BTreeMap<String, Vec<Value>>, lines: &mut Lines<'_>) -> std::io::Result<()> {
    let ready = std::mem::take(ready);
    if ready.is_empty() {
        return Ok(());
    }
    let resources: Vec<Value> = ready
        .into_iter()
        .map(|(service, spans)| {
            json!({
                "resource": json::resource(&service),
                "scopeSpans": [{ "scope": json::scope(), "spans": spans }],
            })
        })
        .collect();
    lines.push(&json!({ "resourceSpans": resources }))
}

/// An id of that many hex digits, shorter ones filled up from the left; `None` for anything else.
pub(super) fn padded(id: &str, digits: usize) -> Option<String> {
    let is_hex = !id.is_empty() && id.len() <= digits && id.bytes().all(|b| b.is_ascii_hexdigit());
    is_hex.then(|| format!("{:0>digits$}", id.to_ascii_lowercase()))
}

/// `SpanKind`.
fn kind(name: Option<&str>) -> u8 {
    match name {
        Some("internal") => 1,
        Some("server") => 2,
        Some("client") => 3,
        Some("producer") => 4,
        Some("consumer") => 5,
        _ => 0,
    }
}

fn status(name: Option<&str>) -> Value {
    match name {
        Some("ok") => json!({ "code": 1 }),
        Some("error") => json!({ "code": 2 }),
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_filled_up_or_refused() {
        assert_eq!(padded("AbC", 16).as_deref(), Some("0000000000000abc"));
        assert_eq!(padded("", 16), None);
        assert_eq!(padded("xyz", 16), None);
        assert_eq!(padded("0123456789abcdef0", 16), None);
    }
}
