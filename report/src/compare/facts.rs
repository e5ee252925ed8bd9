//! All figures of one run, by name.

use std::collections::{BTreeMap, BTreeSet};

use super::figure::FigureId;
use super::measure::Measure;
use super::value::{Absent, Value};
use crate::findings::{Findings, HopFinding, PathFinding};
use crate::verdict::{Level, Verdict};

/// All figures of one run.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    figures: BTreeMap<FigureId, Value>,
    has_incident: bool,
}

impl Facts {
    /// The figures of what was found.
    pub(super) fn new(findings: &Findings) -> Self {
        let has_incident = findings.verdict != Verdict::NoIncident;
        let mut facts = Self { figures: BTreeMap::new(), has_incident };
        facts.outcome(findings);
        facts.impact(findings);
        facts.objectives(findings);
        facts.onsets(findings);
        facts.ranking(findings);
        facts.paths(findings);
        for detector in &findings.detectors {
            let subject = vec![detector.kind.id().to_owned()];
            facts.put(FigureId::of(Measure::Detector, subject), Value::Flag(detector.holds));
        }
        facts
    }

    /// What a figure says here.
    pub(super) fn value(&self, id: &FigureId) -> Value {
        self.figures.get(id).cloned().unwrap_or(Value::Absent(match id.measure {
            Measure::Onset if self.has_incident => Absent::NotAffected,
            Measure::Onset => Absent::NoIncident,
            _ => Absent::NotTold,
        }))
    }

    /// The names of all figures.
    pub(super) fn ids(&self) -> impl Iterator<Item = &FigureId> {
        self.figures.keys()
    }

    fn put(&mut self, id: FigureId, value: Value) {
        self.figures.insert(id, value);
    }

    fn run(&mut self, measure: Measure, value: Value) {
        self.put(FigureId::of_run(measure), value);
    }

    fn outcome(&mut self, findings: &Findings) {
        self.run(Measure::Verdict, Value::Label(findings.verdict.id().to_owned()));
        let level = findings.confidence.map(Level::words);
        self.run(Measure::Confidence, label(level, Absent::NoIncident));
        self.run(Measure::Agreement, Value::number(findings.agreement, self.otherwise(Absent::NotMeasured)));
    }

    fn impact(&mut self, findings: &Findings) {
        let impact = &findings.impact;
        // A time that is missing says that it never came only where it is known that it should have.
        let hurt = impact.bad_customer_minutes.is_some_and(|m| m > 0.0)
            || findings.onsets.iter().any(|o| o.worst_severity.is_some_and(|s| s > 0));
        let never = self.otherwise(if hurt { Absent::Never } else { Absent::NotMeasured });
        let untold = self.otherwise(Absent::NotMeasured);
        let ns = |time: Option<i64>| time.map(|t| t as f64);
        self.run(Measure::FirstOnset, Value::number(ns(impact.onset_ns), untold));
        self.run(Measure::TimeToDetect, Value::number(ns(impact.mttd_ns), untold));
        self.run(Measure::TimeToMitigate, Value::number(ns(impact.mttm_ns), never));
        self.run(Measure::TimeToRecover, Value::number(ns(impact.mttr_ns), never));
        self.run(Measure::BadCustomerMinutes, Value::number(impact.bad_customer_minutes, untold));
        self.run(Measure::FailedRequests, Value::number(impact.failed_requests, untold));
        self.run(Measure::Waiting, Value::number(impact.waiting_s, untold));
        self.run(Measure::BlastRadius, Value::Number(findings.blast_radius() as f64));
        self.run(Measure::Reachable, Value::number(findings.reachable.map(|n| n as f64), untold));
    }

    fn objectives(&mut self, findings: &Findings) {
        self.run(Measure::LowestBudget, Value::number(findings.slo_budget(), Absent::NotMeasured));
        for slo in &findings.slos {
            let subject = vec![slo.service.clone(), slo.signal.clone(), crate::text::number(slo.objective)];
            let value = Value::number(Some(slo.budget), Absent::NotMeasured);
            self.put(FigureId::of(Measure::Budget, subject), value);
        }
    }

    fn onsets(&mut self, findings: &Findings) {
        let first = findings.onsets.iter().map(|o| o.time_ns).min();
        let names = findings.onsets.iter().map(|o| vec![o.service.clone()]).collect();
        self.run(Measure::AffectedServices, Value::Set(names));
        for onset in &findings.onsets {
            let after = first.map(|first| onset.time_ns.saturating_sub(first) as f64);
            let id = FigureId::of(Measure::Onset, vec![onset.service.clone()]);
            self.put(id, Value::number(after, Absent::NotMeasured));
        }
    }

    fn ranking(&mut self, findings: &Findings) {
        let first = findings.root_cause().map(|c| c.service.as_str());
        self.run(Measure::FirstSuspect, label(first, self.otherwise(Absent::NotTold)));
        for cause in &findings.causes {
            let id = FigureId::of(Measure::Place, vec![cause.service.clone()]);
            self.put(id, Value::Number(cause.rank as f64));
        }
    }

    fn paths(&mut self, findings: &Findings) {
        let services =
            |path: &PathFinding| -> Vec<String> { path.hops.iter().map(|hop| hop.service.clone()).collect() };
        let none = Value::Absent(self.otherwise(Absent::NotTold));
        let first = findings.paths.first().map_or(none, |path| Value::Names(services(path)));
        self.run(Measure::FirstPath, first);
        let all: BTreeSet<Vec<String>> = findings.paths.iter().map(services).collect();
        self.run(Measure::PathSet, Value::Set(all));
        for path in &findings.paths {
            self.path(services(path), path);
        }
    }

    fn path(&mut self, services: Vec<String>, path: &PathFinding) {
        let of = |measure| FigureId::of(measure, services.clone());
        self.put(of(Measure::Path), Value::Flag(true));
        self.put(of(Measure::PathConfirmed), Value::Flag(path.confirmed));
        self.put(of(Measure::PathProbability), Value::number(Some(path.probability), Absent::NotMeasured));
        if let [origin, .., end] = path.hops.as_slice() {
            self.put(of(Measure::PathDuration), after(origin, end));
        }
        for (i, pair) in path.hops.windows(2).enumerate() {
            let hop = |measure| FigureId { hop: Some(i + 1), ..of(measure) };
            self.put(hop(Measure::HopLag), after(&pair[0], &pair[1]));
            let attention = Value::number(pair[1].attention, Absent::NotMeasured);
            self.put(hop(Measure::HopAttention), attention);
        }
    }

    /// Why a figure is missing, if there was an incident.
    const fn otherwise(&self, absent: Absent) -> Absent {
        if self.has_incident { absent } else { Absent::NoIncident }
    }
}

fn after(from: &HopFinding, to: &HopFinding) -> Value {
    let ns = to.onset_ns.zip(from.onset_ns).map(|(to, from)| to.saturating_sub(from) as f64);
    Value::number(ns, Absent::NotMeasured)
}

fn label(text: Option<&str>, otherwise: Absent) -> Value {
    text.map_or(Value::Absent(otherwise), |text| Value::Label(text.to_owned()))
}
