//! Times as OTLP wants them: nanoseconds since 1970, in a text, never 0 ("not known").

use infra_eventlog::RunMetadata;
use jiff::Timestamp;
use serde_json::Value;

use super::Notes;

/// 2000-01-01T00:00:00Z, where a run without an origin is put \[ns since 1970\].
const SOME_DAY: i64 = 946_684_800_000_000_000;

/// Turns the run's times into OTLP's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// Time 0 of the run \[ns since 1970\].
    origin: i64,
}

impl Clock {
    pub(super) fn of(metadata: &RunMetadata, notes: &mut Notes) -> Self {
        let origin = metadata.time.origin.as_deref().and_then(|text| text.parse::<Timestamp>().ok());
        let origin = origin.and_then(|t| i64::try_from(t.as_nanosecond()).ok());
        if origin.is_none() {
            let what = "the run has no origin in time: its time 0 is exported as 2000-01-01T00:00:00Z";
            notes.0.push(what.to_owned());
        }
        Self { origin: origin.unwrap_or(SOME_DAY) }
    }

    /// `timeUnixNano` of a time of the run; times that OTLP cannot hold become its limits.
    pub(super) fn nanos(self, time_ns: i64) -> Value {
        Value::from(self.origin.saturating_add(time_ns).max(1).to_string())
    }
}
