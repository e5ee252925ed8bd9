//! OTLP as the OpenTelemetry Collector's file exporter writes it: JSON, or protobuf messages each
//! after its length in four bytes, big end first.

mod attributes;
mod happenings;
mod json;
mod logs;
mod metrics;
mod model;
mod proto;
mod spans;
mod wire;

use model::Request;

use super::documents;
use super::intake::Intake;
use crate::error::IngestError;

/// Reads a file; the inner error says why it is not OTLP.
pub(super) fn read(
    bytes: &[u8],
    label: &str,
    intake: &mut Intake<'_>,
) -> Result<Result<(), String>, IngestError> {
    let is_json = bytes.trim_ascii_start().first().is_some_and(|b| matches!(b, b'{' | b'[' | 0xef));
    if !is_json {
        return proto::read(bytes, label, intake);
    }
    let mut known = false;
    let mut foreign = 0_u64;
    let read = documents::each(bytes, label, intake, |value, place, intake| {
        if let Some(request) = json::request(&value, place, intake)? {
            known = true;
            return take(&request, place, intake);
        }
        foreign += 1;
        if foreign == 1 || intake.options.strict {
            intake.damaged(place, "no resourceSpans, resourceMetrics or resourceLogs")?;
        }
        Ok(())
    })?;
    Ok(read.and_then(|()| {
        known
            .then_some(())
            .ok_or_else(|| "not OTLP: no resourceSpans, resourceMetrics or resourceLogs".to_owned())
    }))
}

/// Turns one request into records.
fn take(request: &Request, place: &str, intake: &mut Intake<'_>) -> Result<(), IngestError> {
    match request {
        Request::Traces(groups) => spans::take(groups, place, intake),
        Request::Logs(groups) => logs::take(groups, place, intake),
        Request::Metrics(groups) => metrics::take(groups, place, intake),
    }
}
