//! Incident, baseline and symptom as the user gives them, in the run's own unit of time.

use infra_eventlog::metadata::{RunMetadata, Symptom, TimeUnit};
use infra_ingest::summary::FocusOptions;
use jiff::Timestamp;

use crate::error::AnalysisError;

/// Statistics that a symptom may name after its signal.
const STATISTICS: [&str; 8] = ["mean", "p50", "p90", "p95", "p99", "sum", "max", "last"];

/// Incident, baseline and symptom as given; the run's own where left out.
#[derive(Clone, Debug, Default)]
pub struct FocusText {
    /// Incident to analyse, by name.
    pub incident: Option<String>,
    /// Its window, `A..B`, end exclusive.
    pub incident_window: Option<String>,
    /// Normal period, `A..B`, end exclusive.
    pub baseline: Option<String>,
    /// Where the trouble was noticed, `SERVICE[/SIGNAL[/STATISTIC]]`.
    pub symptom: Option<String>,
}

/// The texts as options of the summary.
///
/// # Errors
/// [`AnalysisError::Option`] that names the flag and what it expects.
pub fn options(given: &FocusText, metadata: &RunMetadata) -> Result<FocusOptions, AnalysisError> {
    let window = |flag: &str, text: &Option<String>| {
        text.as_deref().map(|text| range(flag, text, metadata)).transpose()
    };
    Ok(FocusOptions {
        incident: given.incident.clone(),
        incident_window: window("--incident-window", &given.incident_window)?,
        lead_end_ns: None,
        baseline: window("--baseline", &given.baseline)?,
        symptom: given.symptom.as_deref().map(|text| symptom(text, metadata)).transpose()?,
    })
}

fn range(flag: &str, text: &str, metadata: &RunMetadata) -> Result<(i64, i64), AnalysisError> {
    let Some((start, end)) = text.split_once("..") else {
        return Err(usage(format!("{flag} {text}: expected A..B ({})", expected(metadata))));
    };
    let (start_ns, end_ns) = (instant(flag, start, metadata)?, instant(flag, end, metadata)?);
    if end_ns <= start_ns {
        return Err(usage(format!("{flag} {text}: ends before it starts (the end is exclusive)")));
    }
    Ok((start_ns, end_ns))
}

/// Nanoseconds since the run's origin.
fn instant(flag: &str, text: &str, metadata: &RunMetadata) -> Result<i64, AnalysisError> {
    let text = text.trim();
    let ns = match text.parse::<f64>() {
        Ok(number) => from_number(number, metadata),
        Err(_) => from_rfc3339(text, metadata),
    };
    ns.ok_or_else(|| usage(format!("{flag}: `{text}` is no time of this run ({})", expected(metadata))))
}

fn from_number(number: f64, metadata: &RunMetadata) -> Option<i64> {
    let unit_ns = match metadata.time.unit {
        TimeUnit::Tick => metadata.time.tick_ns,
        TimeUnit::Ns => 1_000_000_000,
    };
    let ns = (number * unit_ns as f64).round();
    // Well inside 64 bits, so that differences of instants fit as well.
    (ns.abs() < 4e18).then_some(ns as i64)
}

fn from_rfc3339(text: &str, metadata: &RunMetadata) -> Option<i64> {
    let instant: Timestamp = text.parse().ok()?;
    let origin: Timestamp = metadata.time.origin.as_deref()?.parse().ok()?;
    i64::try_from(instant.as_nanosecond() - origin.as_nanosecond()).ok()
}

fn usage(what: impl Into<String>) -> AnalysisError {
    AnalysisError::Option(what.into())
}

fn expected(metadata: &RunMetadata) -> &'static str {
    match (metadata.time.unit, &metadata.time.origin) {
        (TimeUnit::Tick, _) => "this run counts ticks: 3..8",
        (TimeUnit::Ns, Some(_)) => {
            "seconds from the run's origin, 300..600, or RFC 3339, 2023-08-21T09:00:00Z..2023-08-21T09:30:00Z"
        },
        (TimeUnit::Ns, None) => "seconds from the run's origin, 300..600; the run has no calendar time",
    }
}

/// `SERVICE`, `SERVICE/SIGNAL` or `SERVICE/SIGNAL/STATISTIC`; a declared service may itself hold
/// slashes.
fn symptom(text: &str, metadata: &RunMetadata) -> Result<Symptom, AnalysisError> {
    let is_service = |name: &str| metadata.services.iter().any(|s| s.id == name);
    let symptom = |service: &str, signal: Option<&str>, statistic: Option<&str>| Symptom {
        service: service.to_owned(),
        signal: signal.map(str::to_owned),
        statistic: statistic.map(str::to_owned),
        time_ns: None,
    };
    if text.trim().is_empty() {
        return Err(usage("--symptom: expected SERVICE or SERVICE/SIGNAL"));
    }
    let Some((service, last)) = text.rsplit_once('/').filter(|_| !is_service(text)) else {
        return Ok(symptom(text, None, None));
    };
    if service.is_empty() || last.is_empty() {
        return Err(usage(format!("--symptom {text}: expected SERVICE or SERVICE/SIGNAL")));
    }
    match service.rsplit_once('/') {
        Some((service, signal)) if STATISTICS.contains(&last) => {
            Ok(symptom(service, Some(signal), Some(last)))
        },
        _ => Ok(symptom(service, Some(last), None)),
    }
}

#[cfg(test)]
mod tests {
    use infra_eventlog::metadata::ServiceInfo;

    use super::*;

    #[test]
    fn times_are_in_the_runs_unit() {
        let mut metadata = RunMetadata::new("x");
        assert_eq!(range("--baseline", "1.5..3", &metadata).unwrap(), (1_500_000_000, 3_000_000_000));
        metadata.time.origin = Some("2023-08-21T09:00:00Z".into());
        let calendar = "2023-08-21T09:00:01Z..2023-08-21T11:00:02+02:00";
        assert_eq!(range("--baseline", calendar, &metadata).unwrap(), (1_000_000_000, 2_000_000_000));
        metadata.time.unit = TimeUnit::Tick;
        metadata.time.tick_ns = 10;
        assert_eq!(range("--baseline", "-2..3", &metadata).unwrap(), (-20, 30));
        for bad in ["3..3", "5", "a..b", "nan..3", "0..1e300"] {
            assert!(range("--baseline", bad, &metadata).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_symptom_names_a_service_and_maybe_a_signal() {
        let mut metadata = RunMetadata::new("x");
        metadata.services.push(ServiceInfo { id: "a/b".into(), ..ServiceInfo::default() });
        let parts = |text| {
            let s = symptom(text, &metadata).unwrap();
            (s.service, s.signal.unwrap_or_default(), s.statistic.unwrap_or_default())
        };
        let owned = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(parts("web"), owned("web", "", ""));
        assert_eq!(parts("a/b"), owned("a/b", "", ""));
        assert_eq!(parts("a/b/latency"), owned("a/b", "latency", ""));
        assert_eq!(parts("web/latency/p99"), owned("web", "latency", "p99"));
        assert!(symptom("web/", &metadata).is_err());
    }
}
