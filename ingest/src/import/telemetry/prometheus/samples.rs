//! Samples of one file by series, and what becomes of them: counters, levels, histograms, alerts.

use std::collections::{BTreeMap, BTreeSet};

use infra_eventlog::metadata::EventRole;

use super::labels::{self, Labels};
use crate::error::IngestError;
use crate::import::collect::EventRecord;
use crate::import::tally::{Kind, shown};
use crate::import::telemetry::intake::Intake;
use crate::import::telemetry::known;
use crate::import::telemetry::points::{Point, SeriesKey, Shape, Temporality};

/// Samples of one file by labels: time and value.
#[derive(Debug, Default)]
pub(super) struct Samples {
    series: BTreeMap<Labels, Vec<(i64, f64)>>,
    /// Types that the text tells, by metric.
    kinds: BTreeMap<String, String>,
}

/// A histogram under construction: what each time tells of it.
#[derive(Debug, Default)]
struct Histogram {
    labels: Labels,
    times: BTreeMap<i64, Parts>,
}

/// Buckets by upper bound, each with what is up to it; sum and count.
#[derive(Debug, Default)]
struct Parts {
    buckets: Vec<(f64, f64)>,
    sum: Option<f64>,
    count: Option<f64>,
}

impl Samples {
    pub(super) fn push(&mut self, labels: &Labels, time_ns: i64, value: f64, kind: Option<&str>) {
        if let (Some(kind), Some(name)) = (kind, labels.get("__name__"))
            && !self.kinds.contains_key(name)
        {
            self.kinds.insert(name.clone(), kind.to_owned());
        }
        match self.series.get_mut(labels) {
            Some(samples) => samples.push((time_ns, value)),
            None => {
                self.series.insert(labels.clone(), vec![(time_ns, value)]);
            },
        }
    }

    /// Hands all series on.
    pub(super) fn into_points(self, label: &str, intake: &mut Intake<'_>) -> Result<(), IngestError> {
        let buckets = self.series.keys().filter_map(part).filter(|(_, part)| *part == Part::Bucket);
        let bases: BTreeSet<String> = buckets.map(|(base, _)| base).collect();
        let mut histograms: BTreeMap<(String, String), Histogram> = BTreeMap::new();
        for (labels, samples) in self.series {
            let name = labels.get("__name__").cloned().unwrap_or_default();
            if name == "ALERTS" {
                alerts(&labels, &samples, label, intake)?;
                continue;
            }
            if name == "ALERTS_FOR_STATE" {
                continue;
            }
            if let Some((base, part)) = part(&labels).filter(|(base, _)| bases.contains(base)) {
                let key = (base, labels::spelled(&labels, &["__name__", "le"]));
                let histogram = histograms.entry(key).or_default();
                let bound = labels.get("le").and_then(|le| le.parse::<f64>().ok()).unwrap_or(f64::INFINITY);
                for (time_ns, value) in samples.into_iter().filter(|(_, v)| v.is_finite()) {
                    let parts = histogram.times.entry(time_ns).or_default();
                    match part {
                        Part::Bucket => parts.buckets.push((bound, value)),
                        Part::Sum => parts.sum = Some(value),
                        Part::Count => parts.count = Some(value),
                    }
                }
                histogram.labels = labels;
                continue;
            }
            let kind = self.kinds.get(&name).map(String::as_str);
            if name.is_empty() {
                intake.tally.note(format!(
                    "{label}: series without a metric name (an expression's) are named after the file"
                ));
            }
            numbers(&labels, &name, kind, samples, label, intake)?;
        }
        histograms
            .into_iter()
            .try_for_each(|((base, spelled), h)| histogram(&base, spelled, h, label, intake))
    }
}

/// What a series is of a histogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Bucket,
    Sum,
    Count,
}

/// The histogram that a series is part of, by its name.
fn part(labels: &Labels) -> Option<(String, Part)> {
    let name = labels.get("__name__")?;
    let endings = [("_bucket", Part::Bucket), ("_sum", Part::Sum), ("_count", Part::Count)];
    let (base, part) =
        endings.into_iter().find_map(|(ending, part)| Some((name.strip_suffix(ending)?, part)))?;
    if part == Part::Bucket && !labels.contains_key("le") {
        return None;
    }
    Some((base.to_owned(), part))
}

/// A series of plain numbers: a counter by its type or its ending, else a level.
fn numbers(
    labels: &Labels,
    name: &str,
    kind: Option<&str>,
    samples: Vec<(i64, f64)>,
    label: &str,
    intake: &mut Intake<'_>,
) -> Result<(), IngestError> {
    // What an expression computed has no name: the file's has to do.
    let stem = label.split('.').next().unwrap_or(label);
    let name = if name.is_empty() { stem } else { name };
    let by_name = ["_total", "_count", "_sum"].iter().any(|ending| name.ends_with(ending));
    let is_counter = kind.map_or(by_name, |kind| kind == "counter" || (kind != "gauge" && by_name));
    let quantile = labels.get("quantile").and_then(|q| quantile_name(q));
    let shape = quantile.map_or(Shape::Number, Shape::Statistic);
    let key = SeriesKey {
        service: labels::service(labels, label, intake),
        metric: name.to_owned(),
        unit: String::new(),
        shape,
        temporality: if is_counter { Temporality::Cumulative } else { Temporality::Level },
        bounds: Vec::new(),
        labels: labels::spelled(labels, &["__name__"]),
    };
    for (time_ns, value) in samples {
        // A stale marker is a NaN too. Levels keep it as null; a counter has no point there.
        if is_counter && !value.is_finite() {
            intake.tally.add(Kind::NonFinite, || format!("{label}: {value} in {}", shown(name)));
            continue;
        }
        let point = Point { time_ns, start_ns: None, values: vec![value] };
        intake.points.push(key.clone(), failed(labels), point)?;
    }
    Ok(())
}

/// A histogram's points, as counts of each bucket.
fn histogram(
    base: &str,
    spelled: String,
    histogram: Histogram,
    label: &str,
    intake: &mut Intake<'_>,
) -> Result<(), IngestError> {
    let service = labels::service(&histogram.labels, label, intake);
    let failed = failed(&histogram.labels);
    for (time_ns, mut parts) in histogram.times {
        parts.buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        parts.buckets.dedup_by(|a, b| a.0.total_cmp(&b.0).is_eq());
        let last = parts.buckets.last().map(|(_, count)| *count);
        let Some(count) = parts.count.or(last) else { continue };
        let bounds = parts.buckets.iter().map(|(bound, _)| *bound).filter(|b| b.is_finite());
        let key = SeriesKey {
            service: service.clone(),
            metric: base.to_owned(),
            unit: String::new(),
            shape: Shape::Histogram,
            temporality: Temporality::Cumulative,
            bounds: bounds.map(f64::to_bits).collect(),
            labels: spelled.clone(),
        };
        let mut values = vec![count, parts.sum.unwrap_or(f64::NAN)];
        let mut below = 0.0;
        for (bound, upto) in &parts.buckets {
            if bound.is_finite() {
                values.push((upto - below).max(0.0));
                below = *upto;
            }
        }
        values.push((count - below).max(0.0));
        intake.points.push(key, failed, Point { time_ns, start_ns: None, values })?;
    }
    Ok(())
}

fn failed(labels: &Labels) -> Option<bool> {
    labels.iter().find_map(|(name, value)| known::failure(name, value))
}

fn quantile_name(q: &str) -> Option<&'static str> {
    match q.parse::<f64>().ok()? {
        0.5 => Some("p50"),
        0.9 => Some("p90"),
        0.95 => Some("p95"),
        0.99 => Some("p99"),
        _ => None,
    }
}

/// An alert that fires is an event when it starts to fire: a gap of more than three times the
/// usual one between samples is another start.
fn alerts(
    labels: &Labels,
    samples: &[(i64, f64)],
    label: &str,
    intake: &mut Intake<'_>,
) -> Result<(), IngestError> {
    if labels.get("alertstate").map(String::as_str) != Some("firing") {
        return Ok(());
    }
    let mut times: Vec<i64> = samples.iter().filter(|(_, v)| *v > 0.0).map(|(t, _)| *t).collect();
    times.sort_unstable();
    let mut gaps: Vec<i64> = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    gaps.sort_unstable();
    let usual = gaps.get(gaps.len() / 2).copied().unwrap_or(i64::MAX);
    let mut before: Option<i64> = None;
    for time_ns in times {
        let is_start = before.is_none_or(|b| time_ns.saturating_sub(b) > usual.saturating_mul(3));
        before = Some(time_ns);
        if !is_start {
            continue;
        }
        let has_service = match &intake.options.service_label {
            Some(chosen) => labels.contains_key(chosen),
            None => labels::SERVICE_LABELS.iter().any(|name| labels.contains_key(*name)),
        };
        let event = EventRecord {
            time_ns,
            event_type: "ALERT".to_owned(),
            service: has_service.then(|| labels::service(labels, label, intake)),
            source: "prometheus".to_owned(),
            message: labels.get("alertname").cloned(),
            attributes: serde_json::to_string(labels).ok(),
        };
        intake.collected.events.push(event, EventRole::Alert, &mut intake.tally, || label.to_owned())?;
    }
    Ok(())
}
