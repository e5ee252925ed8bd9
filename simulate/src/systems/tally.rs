//! The results of a run (section 10).

use std::collections::{BTreeMap, BTreeSet};

use infra_eventlog::RunError;
use serde_json::{Value, json};

use super::scenario::Effect;
use super::sre::{Counters, Diagnosed};
use super::{Metric, Observer, Seen, Step};

/// Counts everything that the results need.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) up: u64,
    pub(crate) checks: u64,
    pub(crate) injections: u64,
    pub(crate) misdiagnoses: u64,
    /// Rounds of an engineer.
    pub(crate) overwhelmed: u64,
    pub(crate) answers: u64,
    pub(crate) fallbacks: u64,
    /// Of all engineers, at the end of the latest round.
    pub(crate) counters: Counters,
    /// Round in which each open incident began.
    open: BTreeMap<(usize, Metric), u64>,
    /// Incidents alerted in this round.
    alerted: BTreeSet<(usize, Metric)>,
    /// Rounds to resolution by metric.
    resolved: BTreeMap<Metric, Mean>,
    /// Injections not yet seen, as (round, scenario), by target and metric.
    undetected: BTreeMap<(usize, Metric), Vec<(u64, usize)>>,
    /// Rounds to detection by scenario.
    detected: BTreeMap<usize, Mean>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    count: u64,
    sum: u64,
}

impl Mean {
    fn add(&mut self, value: u64) {
        self.count += 1;
        self.sum += value;
    }

    fn value(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    fn of(means: impl Iterator<Item = Self>) -> Self {
        means.fold(Self::default(), |all, one| Self { count: all.count + one.count, sum: all.sum + one.sum })
    }
}

impl Observer for Tally {
    fn saw(&mut self, step: &Step<'_>, seen: &Seen<'_>) -> Result<(), RunError> {
        match step {
            Step::Traffic { .. } => self.alerted.clear(),
            Step::Injected { server, scenario, .. } => {
                self.injections += 1;
                if let Some(metric) = symptom(&seen.scenario.chaos_scenarios[*scenario].effect) {
                    self.undetected.entry((*server, metric)).or_default().push((seen.round, *scenario));
                }
            },
            Step::Alerted { alert } => {
                self.alerted.insert((alert.server, alert.metric));
            },
            Step::Overwhelmed { .. } => self.overwhelmed += 1,
            Step::Handled { handled, .. } => {
                self.misdiagnoses += u64::from(handled.misdiagnosed);
                self.answers += u64::from(handled.diagnosed == Diagnosed::ByCommand);
                self.fallbacks += u64::from(matches!(handled.diagnosed, Diagnosed::InItsPlace { .. }));
            },
            Step::Checked { up, .. } => {
                self.checks += 1;
                self.up += u64::from(*up);
            },
            Step::Closed => self.close(seen),
            _ => {},
        }
        Ok(())
    }
}

impl Tally {
    fn close(&mut self, seen: &Seen<'_>) {
        let Self { open, alerted, resolved, undetected, detected, .. } = self;
        for incident in alerted.iter() {
            open.entry(*incident).or_insert(seen.round);
        }
        open.retain(|incident, since| {
            let goes_on = alerted.contains(incident);
            if !goes_on {
                resolved.entry(incident.1).or_default().add(seen.round - *since);
            }
            goes_on
        });
        for incident in alerted.iter() {
            for (since, scenario) in undetected.remove(incident).unwrap_or_default() {
                detected.entry(scenario).or_default().add(seen.round - since);
            }
        }
        self.counters = seen.engineers.iter().fold(Counters::default(), |sum, engineer| Counters {
            alerts_handled: sum.alerts_handled + engineer.counters.alerts_handled,
            incidents_resolved: sum.incidents_resolved + engineer.counters.incidents_resolved,
            failed_remediations: sum.failed_remediations + engineer.counters.failed_remediations,
        });
    }

    /// Share of checks that found a server up \[%\]; 0 if nothing was checked.
    pub(crate) fn availability(&self) -> f64 {
        if self.checks == 0 { 0.0 } else { 100.0 * self.up as f64 / self.checks as f64 }
    }

    /// The results by name; times in rounds.
    pub(crate) fn results(
        &self,
        sla_target: f64,
        scenario_name: impl Fn(usize) -> String,
    ) -> Vec<(&'static str, Value)> {
        let availability = self.availability();
        let met = availability >= sla_target;
        let by_metric = |mean: fn(&Mean) -> Value| -> Value {
            self.resolved.iter().map(|(metric, m)| (metric.name().to_owned(), mean(m))).collect()
        };
        let by_scenario: Value =
            self.detected.iter().map(|(scenario, m)| (scenario_name(*scenario), json!(m.value()))).collect();
        let resolved = Mean::of(self.resolved.values().copied());
        let detected = Mean::of(self.detected.values().copied());
        vec![
            ("availability_pct", json!(availability)),
            ("sla_target_pct", json!(sla_target)),
            ("sla_met", json!(met)),
            ("sla_missed_by", json!(if met { 0.0 } else { sla_target - availability })),
            ("healthy_server_rounds", json!(self.up)),
            ("server_rounds", json!(self.checks)),
            ("chaos_events", json!(self.injections)),
            ("alerts_handled", json!(self.counters.alerts_handled)),
            ("incidents_resolved", json!(self.counters.incidents_resolved)),
            ("failed_remediations", json!(self.counters.failed_remediations)),
            ("misdiagnoses", json!(self.misdiagnoses)),
            ("overwhelmed_rounds", json!(self.overwhelmed)),
            ("mttr_rounds", json!(resolved.value())),
            ("mttr_rounds_by_metric", by_metric(|mean| json!(mean.value()))),
            ("alerts_cleared", json!(resolved.count)),
            ("alerts_still_open", json!(self.open.len())),
            ("mttd_rounds", json!(detected.value())),
            ("mttd_rounds_by_scenario", by_scenario),
            ("injections_undetected", json!(self.undetected.values().map(Vec::len).sum::<usize>())),
            ("diagnoser_answers", json!(self.answers)),
            ("diagnoser_fallbacks", json!(self.fallbacks)),
        ]
    }
}

/// The alert that shows an effect, by its first key; generic effects have none.
fn symptom(effect: &Effect) -> Option<Metric> {
    if effect.cpu_usage.is_some() || effect.traffic_multiplier.is_some() {
        Some(Metric::Cpu)
    } else if effect.memory_growth.is_some() {
        Some(Metric::Memory)
    } else if effect.isolated {
        Some(Metric::Network)
    } else if effect.disk_usage.is_some() {
        Some(Metric::Disk)
    } else if effect.service_down {
        Some(Metric::ServiceDown)
    } else if effect.db_latency_multiplier.is_some() {
        Some(Metric::Latency)
    } else {
        None
    }
}
