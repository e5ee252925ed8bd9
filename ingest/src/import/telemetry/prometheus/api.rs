//! Answers of `query_range` (a matrix) and `query` (a vector).

use serde_json::Value;

use super::labels::Labels;
use super::samples::Samples;
use crate::error::IngestError;
use crate::import::telemetry::fields::{field, list, number};
use crate::import::telemetry::intake::Intake;

/// Reads one answer; the inner error says why it is none.
pub(super) fn read(
    answer: &Value,
    place: &str,
    samples: &mut Samples,
    intake: &mut Intake<'_>,
) -> Result<Result<(), String>, IngestError> {
    if let Some(error) = field(answer, "error") {
        return Ok(Err(format!("the server answered with an error: {}", error.to_string().escape_debug())));
    }
    let data = field(answer, "data").unwrap_or(answer);
    let Some(result) = data.get("result").and_then(Value::as_array) else {
        return Ok(Err("not an answer of the query API: no data.result".to_owned()));
    };
    for series in result {
        let labels: Labels = match field(series, "metric").and_then(Value::as_object) {
            Some(labels) => {
                labels.iter().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect()
            },
            None => {
                intake.damaged(place, "a series without `metric`")?;
                continue;
            },
        };
        let single = field(series, "value");
        for sample in list(series, "values").iter().chain(single) {
            match (sample.get(0).and_then(time), sample.get(1).and_then(number)) {
                (Some(time_ns), Some(value)) => samples.push(&labels, time_ns, value, None),
                _ => intake.damaged(place, "a sample that is not [seconds, \"value\"]")?,
            }
        }
    }
    Ok(Ok(()))
}

/// Seconds since 1970, as a number or a text, to nanoseconds, exact to the millisecond that
/// Prometheus keeps.
pub(super) fn time(value: &Value) -> Option<i64> {
    let millis = (number(value)? * 1e3).round();
    (millis.abs() < 4.5e12).then_some(millis as i64 * 1_000_000)
}
