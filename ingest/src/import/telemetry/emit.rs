//! From series of points to measurements of our signals.
//!
//! Series of one service and metric that differ in labels only are one measurement: counts and
//! buckets of the same interval are added, levels of the same time are averaged.

use std::collections::BTreeMap;

use super::known::{self, Use};
use super::points::{Points, Series, SeriesKey, Shape, Step, Temporality};
use super::quantile::quantile;
use super::units;
use super::{SignalChoice, TelemetryOptions};
use crate::error::IngestError;
use crate::import::map::{Duplicates, SignalMap};
use crate::import::measurements::{Group, Measurement, Measurements};
use crate::import::tally::{Kind, Tally, shown};
use crate::import::times::in_range;

/// Quantiles made of a histogram.
const QUANTILES: &[(&str, f64)] = &[("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)];

/// Writes all series into `metrics`.
pub(super) fn emit(
    points: &Points,
    options: &TelemetryOptions,
    metrics: &mut Measurements,
    tally: &mut Tally,
) -> Result<(), IngestError> {
    let all: Vec<(&SeriesKey, &Series)> = points.series.iter().collect();
    for alike in all.chunk_by(|a, b| is_alike(a.0, b.0)) {
        let Some((key, _)) = alike.first() else { continue };
        let meaning = Meaning::of(key, &options.signals);
        let mut output = Output { key, metrics, tally };
        let steps = steps(alike, output.tally);
        match key.shape {
            Shape::Number | Shape::Statistic(_) if key.temporality == Temporality::Level => {
                let statistic = if let Shape::Statistic(name) = key.shape { name } else { "last" };
                output.levels(&steps, &meaning, statistic)?;
            },
            Shape::Number | Shape::Statistic(_) => output.counts(steps, &meaning)?,
            Shape::Histogram => output.histograms(steps, &meaning)?,
        }
    }
    Ok(())
}

fn is_alike(a: &SeriesKey, b: &SeriesKey) -> bool {
    let key = |k: &SeriesKey| (k.shape, k.temporality);
    (&a.service, &a.metric, &a.unit, &a.bounds) == (&b.service, &b.metric, &b.unit, &b.bounds)
        && key(a) == key(b)
}

/// Steps of all series, with what their labels say of failure.
fn steps(alike: &[(&SeriesKey, &Series)], tally: &mut Tally) -> Vec<(Step, Option<bool>)> {
    let mut all = Vec::new();
    for (key, series) in alike {
        let (steps, met) = series.steps(key.temporality);
        let named = || format!("{} on {}", shown(&key.metric), shown(&key.service));
        (0..met.repeated).for_each(|_| tally.add(Kind::RepeatedPoint, named));
        (0..met.resets).for_each(|_| tally.add(Kind::CounterReset, named));
        all.extend(steps.into_iter().map(|step| (step, series.failed)));
    }
    all
}

/// What a metric is for us.
#[derive(Debug)]
struct Meaning {
    signal: String,
    scale: f64,
    unit: Option<String>,
    statistic: Option<String>,
    /// Counts of it are requests.
    counts_requests: bool,
    /// Its growth in a second is the signal.
    is_rate: bool,
}

impl Meaning {
    fn of(key: &SeriesKey, choices: &[SignalChoice]) -> Self {
        let (spelled, ending) = known::spelled(&key.metric);
        let told = if key.unit.is_empty() { ending.unwrap_or("") } else { key.unit.as_str() };
        let own = |signal: &str, unit: &str| {
            let (scale, unit) = units::to_ours(unit);
            Self {
                signal: signal.to_owned(),
                scale,
                unit: Some(unit.to_owned()),
                statistic: None,
                counts_requests: false,
                is_rate: false,
            }
        };
        if let Some(choice) = choices.iter().find(|c| c.metric == key.metric) {
            let (scale, statistic) = (choice.scale, choice.statistic.clone());
            return Self { scale, statistic, unit: None, ..own(&choice.signal, "") };
        }
        let Some((default_unit, usage)) = known::find(&spelled) else { return own(&key.metric, told) };
        let unit = if told.is_empty() || told == "{request}" { default_unit } else { told };
        let standard = |signal: &str| Self { unit: None, ..own(signal, unit) };
        let is_count = key.shape == Shape::Number && key.temporality != Temporality::Level;
        match usage {
            // A sum of durations is no latency.
            Use::Latency if is_count => own(&key.metric, told),
            Use::Latency => Self { counts_requests: true, ..standard("latency") },
            Use::Requests if is_count => Self { counts_requests: true, ..standard("requests") },
            Use::Requests => own(&key.metric, told),
            Use::Signal(signal) => own(signal, unit),
            Use::Rate(signal) if is_count => Self { is_rate: true, ..standard(signal) },
            Use::Rate(_) => own(&key.metric, told),
        }
    }
}

/// Counts of one interval, over all labels.
#[derive(Default)]
struct Sums {
    values: Vec<f64>,
    failed: f64,
    /// Some labels tell whether requests fail.
    tells_failure: bool,
}

/// Adds up steps of the same interval; `count` is the number of requests in a step's values.
fn added(steps: Vec<(Step, Option<bool>)>) -> BTreeMap<(i64, i64), Sums> {
    let mut sums: BTreeMap<(i64, i64), Sums> = BTreeMap::new();
    for (step, failed) in steps {
        let sum = sums.entry((step.end_ns, step.interval_ns)).or_default();
        sum.values.resize(sum.values.len().max(step.values.len()), 0.0);
        sum.values.iter_mut().zip(&step.values).for_each(|(sum, value)| *sum += value);
        sum.tells_failure |= failed.is_some();
        if failed == Some(true) {
            sum.failed += step.values.first().copied().unwrap_or(0.0);
        }
    }
    sums
}

/// Rows of one service and metric.
struct Output<'a> {
    key: &'a SeriesKey,
    metrics: &'a mut Measurements,
    tally: &'a mut Tally,
}

impl Output<'_> {
    fn levels(
        &mut self,
        steps: &[(Step, Option<bool>)],
        meaning: &Meaning,
        statistic: &str,
    ) -> Result<(), IngestError> {
        let mut sums: BTreeMap<i64, (i64, Vec<f64>)> = BTreeMap::new();
        for (step, _) in steps {
            let (interval_ns, values) = sums.entry(step.end_ns).or_default();
            *interval_ns = step.interval_ns.max(*interval_ns);
            values.extend(step.values.first().filter(|v| v.is_finite()));
        }
        for (end_ns, (interval_ns, values)) in sums {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            self.row((end_ns, interval_ns), meaning, statistic, mean * meaning.scale)?;
        }
        Ok(())
    }

    fn counts(&mut self, steps: Vec<(Step, Option<bool>)>, meaning: &Meaning) -> Result<(), IngestError> {
        for (interval, sums) in added(steps) {
            let value = sums.values.first().copied().unwrap_or(f64::NAN) * meaning.scale;
            if meaning.is_rate {
                let seconds = interval.1 as f64 / 1e9;
                if seconds > 0.0 {
                    self.row(interval, meaning, "mean", value / seconds)?;
                }
                continue;
            }
            self.row(interval, meaning, "sum", value)?;
            if meaning.counts_requests && sums.tells_failure {
                self.row(interval, &requests("failed_requests"), "sum", sums.failed)?;
            }
        }
        Ok(())
    }

    fn histograms(&mut self, steps: Vec<(Step, Option<bool>)>, meaning: &Meaning) -> Result<(), IngestError> {
        let bounds: Vec<f64> = self.key.bounds.iter().map(|bits| f64::from_bits(*bits)).collect();
        for (interval, sums) in added(steps) {
            let [count, sum, buckets @ ..] = sums.values.as_slice() else { continue };
            if meaning.counts_requests {
                self.row(interval, &requests("requests"), "sum", *count)?;
                if sums.tells_failure {
                    self.row(interval, &requests("failed_requests"), "sum", sums.failed)?;
                }
            }
            if *count <= 0.0 {
                continue;
            }
            self.row(interval, meaning, "mean", sum / count * meaning.scale)?;
            for (statistic, q) in QUANTILES {
                if let Some(value) = quantile(*q, &bounds, buckets) {
                    self.row(interval, meaning, statistic, value * meaning.scale)?;
                }
            }
        }
        Ok(())
    }

    fn row(
        &mut self,
        (end_ns, interval_ns): (i64, i64),
        meaning: &Meaning,
        statistic: &str,
        value: f64,
    ) -> Result<(), IngestError> {
        let named = || format!("{} on {}", shown(&self.key.metric), shown(&self.key.service));
        let start = end_ns.checked_sub(interval_ns).and_then(in_range);
        if in_range(end_ns).and(start).is_none() {
            self.tally.add(Kind::BadTime, named);
            return Ok(());
        }
        if !value.is_finite() {
            self.tally.add(Kind::NonFinite, named);
        }
        let statistic = match &meaning.statistic {
            // A chosen statistic replaces the plain one, not quantiles.
            Some(chosen) if matches!(statistic, "last" | "sum" | "mean") => chosen.as_str(),
            _ => statistic,
        };
        let signal = SignalMap {
            name: meaning.signal.clone(),
            statistic: statistic.to_owned(),
            scale: 1.0,
            unit: meaning.unit.clone(),
            worse: None,
            duplicates: if statistic == "sum" { Duplicates::Sum } else { Duplicates::Mean },
        };
        let row = Measurement {
            end_ns,
            interval_ns,
            value: if value.is_finite() { value } else { f64::NAN },
            service: self.metrics.services.code(&self.key.service),
            series: self.metrics.series(&signal, statistic),
            group: self.metrics.group(Group { scope: String::new(), incident: None }),
        };
        self.metrics.push(row, &self.key.metric)
    }
}

fn requests(signal: &str) -> Meaning {
    Meaning {
        signal: signal.to_owned(),
        scale: 1.0,
        unit: None,
        statistic: None,
        counts_requests: false,
        is_rate: false,
    }
}
