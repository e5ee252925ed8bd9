//! Signals as gauges: the state rows of the events table and the rows of the metrics table.
//!
//! A gauge has one value a moment: of several rows about a service at one time, the last value
//! of each signal counts. Quantiles of the metrics table become summaries,
//! sums become deltas, everything else gauges.

use std::collections::BTreeMap;

use infra_eventlog::TableKind;
use infra_eventlog::run::{Run, Table};
use serde_json::{Value, json};

use super::clock::Clock;
use super::{LINE_RECORDS, Lines, json, mechanisms};

/// Writes all measurements of the run.
pub(super) fn write(run: &Run, clock: Clock, lines: &mut Lines<'_>) -> anyhow::Result<()> {
    let mut gauges = Gauges { run, clock, lines, ready: BTreeMap::new(), points: 0 };
    if let Some(events) = run.table(TableKind::Events) {
        gauges.states(events)?;
    }
    if let Some(metrics) = run.table(TableKind::Metrics) {
        gauges.measurements(metrics)?;
    }
    gauges.flush()
}

/// What a metric is in OTLP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Gauge,
    /// A sum over the point's interval.
    Delta,
    Summary,
}

/// Points on their way into a line: by service, by signal and kind.
struct Gauges<'r, 'l, 'f> {
    run: &'r Run,
    clock: Clock,
    lines: &'l mut Lines<'f>,
    ready: BTreeMap<String, BTreeMap<(String, Kind), Vec<Value>>>,
    points: usize,
}

/// The latest values of a service's signals, all of one time.
struct State {
    time_ns: i64,
    values: Vec<Option<f64>>,
}

impl Gauges<'_, '_, '_> {
    fn states(&mut self, events: &Table) -> anyhow::Result<()> {
        let hidden = mechanisms(self.run.metadata());
        let signals = events.signal_columns();
        let fixed = ["time_ns", "event_type", "service"];
        let names: Vec<&str> = fixed.into_iter().chain(signals.iter().map(String::as_str)).collect();
        let mut states: BTreeMap<String, State> = BTreeMap::new();
        for rows in events.read(&names) {
            let rows = rows?;
            let times = rows.require_ints("time_ns")?;
            let types = rows.require_texts("event_type")?;
            let services = rows.require_texts("service")?;
            let columns: Vec<Option<Vec<Option<f64>>>> =
                signals.iter().map(|name| Some(rows.floats(name)?.iter().collect())).collect();
            for (i, time_ns) in times.values().iter().copied().enumerate() {
                let Some(service) = services.get(i) else { continue };
                if types.get(i).is_some_and(|name| hidden.contains(name)) {
                    continue;
                }
                let values = columns.iter().map(|column| {
                    let value = column.as_ref().and_then(|values| values.get(i).copied().flatten());
                    value.filter(|value| value.is_finite())
                });
                match states.get_mut(service) {
                    Some(state) if state.time_ns == time_ns => {
                        state.values.iter_mut().zip(values).for_each(|(old, new)| *old = new.or(*old));
                    },
                    Some(state) => {
                        let before = State { time_ns, values: values.collect() };
                        let before = std::mem::replace(state, before);
                        self.state(service, &before, &signals)?;
                    },
                    None => {
                        states.insert(service.to_owned(), State { time_ns, values: values.collect() });
                    },
                }
            }
        }
        for (service, state) in &states {
            self.state(service, state, &signals)?;
        }
        Ok(())
    }

    fn state(&mut self, service: &str, state: &State, signals: &[String]) -> anyhow::Result<()> {
        let time = self.clock.nanos(state.time_ns);
        for (signal, value) in signals.iter().zip(&state.values) {
            if let Some(value) = value {
                let point = json!({ "timeUnixNano": time, "asDouble": value });
                self.point(service, signal, Kind::Gauge, point)?;
            }
        }
        Ok(())
    }

    fn measurements(&mut self, metrics: &Table) -> anyhow::Result<()> {
        for rows in metrics.read(&["time_ns", "interval_ns", "service", "signal", "statistic", "value"]) {
            let rows = rows?;
            let (ends, lengths) = (rows.require_ints("time_ns")?, rows.require_ints("interval_ns")?);
            let [services, signals, statistics] =
                ["service", "signal", "statistic"].map(|c| rows.require_texts(c));
            let (services, signals, statistics) = (services?, signals?, statistics?);
            let Some(values) = rows.floats("value") else { continue };
            for (i, value) in values.iter().enumerate() {
                let (Some(service), Some(signal)) = (services.get(i), signals.get(i)) else { continue };
                let Some(value) = value.filter(|value| value.is_finite()) else { continue };
                let end = ends.value(i);
                let time = self.clock.nanos(end);
                let start = self.clock.nanos(end.saturating_sub(lengths.value(i)));
                let statistic = statistics.get(i).unwrap_or("last");
                let (kind, point) = match (statistic, quantile(statistic)) {
                    (_, Some(quantile)) => {
                        let quantiles = [json!({ "quantile": quantile, "value": value })];
                        (Kind::Summary, json!({ "timeUnixNano": time, "quantileValues": quantiles }))
                    },
                    ("sum", None) => {
                        let point =
                            json!({ "startTimeUnixNano": start, "timeUnixNano": time, "asDouble": value });
                        (Kind::Delta, point)
                    },
                    _ => (Kind::Gauge, json!({ "timeUnixNano": time, "asDouble": value })),
                };
                self.point(service, signal, kind, point)?;
            }
        }
        Ok(())
    }

    fn point(&mut self, service: &str, signal: &str, kind: Kind, point: Value) -> anyhow::Result<()> {
        if !self.ready.contains_key(service) {
            self.ready.insert(service.to_owned(), BTreeMap::new());
        }
        if let Some(metrics) = self.ready.get_mut(service) {
            let points = metrics.entry((signal.to_owned(), kind)).or_default();
            match points.last_mut() {
                // Quantiles of one time make one summary.
                Some(last) if kind == Kind::Summary && last["timeUnixNano"] == point["timeUnixNano"] => {
                    if let (Some(all), Some(more)) =
                        (last["quantileValues"].as_array_mut(), point["quantileValues"].as_array())
                    {
                        all.extend_from_slice(more);
                    }
                },
                _ => points.push(point),
            }
        }
        self.points += 1;
        if self.points >= LINE_RECORDS { self.flush() } else { Ok(()) }
    }

    /// Writes a line, if there is anything to write.
    fn flush(&mut self) -> anyhow::Result<()> {
        self.points = 0;
        let ready = std::mem::take(&mut self.ready);
        if ready.is_empty() {
            return Ok(());
        }
        let resources: Vec<Value> = ready
            .into_iter()
            .map(|(service, metrics)| {
                let metrics: Vec<Value> = metrics
                    .into_iter()
                    .map(|((signal, kind), points)| self.metric(&signal, kind, points))
                    .collect();
                json!({
                    "resource": json::resource(&service),
                    "scopeMetrics": [{ "scope": json::scope(), "metrics": metrics }],
                })
            })
            .collect();
        Ok(self.lines.push(&json!({ "resourceMetrics": resources }))?)
    }

    fn metric(&self, signal: &str, kind: Kind, points: Vec<Value>) -> Value {
        let unit = self.run.metadata().signal(signal).unit;
        // A name whose ending looks like a unit must not be read as one.
        let unit = if unit.is_empty() { "1" } else { &unit };
        let (field, data) = match kind {
            Kind::Gauge => ("gauge", json!({ "dataPoints": points })),
            Kind::Delta => {
                ("sum", json!({ "dataPoints": points, "aggregationTemporality": 1, "isMonotonic": false }))
            },
            Kind::Summary => ("summary", json!({ "dataPoints": points })),
        };
        json!({ "name": signal, "unit": unit, field: data })
    }
}

/// The quantile that a statistic is.
fn quantile(statistic: &str) -> Option<f64> {
    match statistic {
        "p50" => Some(0.5),
        "p90" => Some(0.9),
        "p95" => Some(0.95),
        "p99" => Some(0.99),
        "max" => Some(1.0),
        _ => None,
    }
}
