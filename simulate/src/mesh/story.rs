//! What really happened in a run, and its ground truth.

use std::collections::{BTreeMap, BTreeSet};

use infra_eventlog::truth::{Fault, Hop, Truth};
use serde_json::json;

use super::extra::METASTABLE;
use super::facts::{
    CascadeHop, FaultRule, FaultStep, HopOutcome, Operation, Phase, RecoveryRole, RecoveryStep, TickSummary,
};
use super::metadata::TICK_NS;
use super::observer::Observer;
use super::scenario::MeshScenario;
use super::{FaultKind, Mesh, Status};

/// Share of retries above which they are what a run is about.
const RETRY_SHARE: f64 = 0.5;

/// An observer that remembers what the truth needs.
#[derive(Debug, Default)]
pub(super) struct Story {
    tick: i64,
    /// First and last tick of each fault at work, with its service.
    faults: BTreeMap<Option<usize>, (usize, i64, i64, FaultKind, f64)>,
    /// First tick, sum and least hop of what went from a parent to a victim.
    hops: BTreeMap<(usize, usize), (i64, f64, u32)>,
    halted: BTreeMap<Option<usize>, i64>,
    /// First tick at which each service was not healthy.
    first_ill: BTreeMap<usize, i64>,
    /// Services that recovered as victims while a fault of their own was at work.
    hidden: BTreeSet<usize>,
    metastable: bool,
    relapse: bool,
    broken: bool,
    decoys_ill: bool,
    wrong_actions: u64,
    end: Option<End>,
}

/// The last tick in numbers.
#[derive(Clone, Copy, Debug)]
struct End {
    bcm_total: f64,
    mttm_reference: Option<i64>,
    mttm_after_impact: Option<i64>,
    slo_budget: f64,
    slo_shielded: f64,
    impacted: usize,
}

impl Observer for Story {
    fn fault(&mut self, step: &FaultStep) {
        let tick = self.tick + 1;
        let entry = (step.service, tick, tick, step.kind, step.speed);
        self.faults.entry(step.fault).or_insert(entry).2 = tick;
        match step.rule {
            FaultRule::Metastable => self.metastable = true,
            FaultRule::Break => self.broken = true,
            FaultRule::Plain => self.relapse |= self.broken,
            FaultRule::Kill => {},
        }
    }

    fn hop(&mut self, hop: &CascadeHop) {
        if hop.outcome != HopOutcome::Applied {
            return;
        }
        let entry = self.hops.entry((hop.parent, hop.victim)).or_insert((self.tick + 1, 0.0, hop.hop));
        entry.1 += hop.contribution;
        entry.2 = entry.2.min(hop.hop);
    }

    fn recovery(&mut self, step: &RecoveryStep) {
        let live = |(fault, (service, _, last, ..)): (&Option<usize>, &(usize, i64, i64, FaultKind, f64))| {
            *fault != step.fault && *service == step.service && *last > self.tick
        };
        if step.role == RecoveryRole::Victim && self.faults.iter().any(live) {
            self.hidden.insert(step.service);
        }
    }

    fn operation(&mut self, operation: &Operation<'_>) {
        self.wrong_actions += u64::from(operation.wrong);
        if operation.halted.is_some() || matches!(operation.op, super::Op::HaltLegacy) {
            self.halted.entry(operation.halted).or_insert(operation.tick);
        }
    }

    fn tick(&mut self, summary: &TickSummary<'_>) {
        self.end = Some(End {
            bcm_total: summary.bcm_total,
            mttm_reference: summary.mttm_reference,
            mttm_after_impact: summary.mttm_after_impact,
            slo_budget: summary.slo_budget,
            slo_shielded: summary.slo_shielded,
            impacted: summary.impacted,
        });
    }

    fn state(&mut self, mesh: &Mesh, phase: Phase) {
        if phase == Phase::Operated {
            return;
        }
        self.tick = mesh.tick_count();
        self.decoys_ill = false;
        for (i, service) in mesh.services().iter().enumerate() {
            if service.status != Status::Healthy {
                self.first_ill.entry(i).or_insert(self.tick);
                self.decoys_ill |= mesh.is_decoy(i);
            }
        }
    }
}

impl Story {
    /// Words the story as the sidecar of a run. `first` is the mesh before its first tick.
    pub(super) fn truth(&self, run_id: &str, scenario: &MeshScenario, json: &str, first: &Mesh) -> Truth {
        let name = |place: usize| first.services()[place].name.clone();
        let ns = |tick: i64| tick.saturating_mul(TICK_NS);
        let faults = self.faults.iter().map(|(fault, (service, start, _, kind, speed))| Fault {
            service: name(*service),
            kind: kind.name().to_owned(),
            start_ns: ns(*start),
            end_ns: self.halted.get(fault).map(|tick| ns(tick + 1)),
            magnitude: *speed,
        });
        let roots: BTreeSet<usize> = self.faults.values().map(|fault| fault.0).collect();
        let propagation = self.hops.iter().map(|((from, to), (tick, sum, _))| Hop {
            from: name(*from),
            to: name(*to),
            time_ns: ns(*tick),
            contribution: *sum,
        });
        let mut hops: BTreeMap<String, u32> = BTreeMap::new();
        for ((_, victim), (_, _, hop)) in &self.hops {
            let least = hops.entry(name(*victim)).or_insert(*hop);
            *least = (*least).min(*hop);
        }
        let verdict = self.verdict(first, &roots);
        let ill = self.first_ill.len();
        let end = self.end;
        let extra = [
            ("verdict", json!(verdict)),
            ("hops", json!(hops)),
            ("bcm_total", json!(end.map(|e| e.bcm_total))),
            ("mttm_reference", json!(end.and_then(|e| e.mttm_reference))),
            ("mttm_after_impact", json!(end.and_then(|e| e.mttm_after_impact))),
            ("slo_budget", json!(end.map(|e| e.slo_budget))),
            ("slo_shielded", json!(end.map(|e| e.slo_shielded))),
            ("impacted_at_end", json!(end.map(|e| e.impacted))),
            ("blast_static", json!(first.blast_static())),
            ("affected_closure", json!(first.affected_closure())),
            ("red_herrings", json!(first.config().red_herring_services)),
            (
                "first_unhealthy_tick",
                json!(self.first_ill.iter().map(|(i, t)| (name(*i), *t)).collect::<BTreeMap<_, _>>()),
            ),
            ("live_fault_under_recovery", json!(self.hidden.iter().map(|i| name(*i)).collect::<Vec<_>>())),
            ("metastable_relapse", json!(self.relapse)),
            ("decoy_keeps_impact_alive", json!(self.decoys_ill)),
            ("wrong_actions", json!(self.wrong_actions)),
            ("ticks", json!(scenario.ticks)),
        ];
        Truth {
            run_id: run_id.to_owned(),
            faults: faults.collect(),
            root_causes: roots.into_iter().map(name).collect(),
            propagation: propagation.collect(),
            outcome: format!("{verdict}: {ill} of {} services were not healthy", first.services().len()),
            scenario: json.to_owned(),
            extra: extra.map(|(key, value)| (key.to_owned(), value)).into(),
        }
    }

    /// The kind of failure, by what really happened; the first rule that applies:
    ///
    /// 1. no fault was ever at work: no incident;
    /// 2. a metastable loop fed itself: metastable loop;
    /// 3. some service sends at least as many retries as first attempts: retry storm;
    /// 4. faults on two services: several incidents;
    /// 5. a hop reached a service that was not healthy then or later: cascade;
    /// 6. memory ran out or leaked: resource exhaustion;
    /// 7. calls timed out: partition;
    /// 8. else: localized overload.
    fn verdict(&self, first: &Mesh, roots: &BTreeSet<usize>) -> &'static str {
        let loops = first.services().iter().any(|s| s.extras.flag(METASTABLE));
        let retries = first
            .services()
            .iter()
            .any(|s| s.extras.number("http_client_retry_ratio").is_some_and(|r| r >= RETRY_SHARE));
        let victims = self
            .hops
            .keys()
            .any(|(_, victim)| !roots.contains(victim) && self.first_ill.contains_key(victim));
        let kind = self.faults.values().next().map(|fault| fault.3);
        match kind {
            None => "no incident",
            Some(_) if self.metastable && loops => "metastable loop",
            Some(_) if retries => "retry storm",
            Some(_) if roots.len() > 1 => "several incidents",
            Some(_) if victims => "cascade",
            Some(FaultKind::Oom | FaultKind::MemoryLeak) => "resource exhaustion",
            Some(FaultKind::NetworkPartition) => "partition",
            Some(FaultKind::ConfigDrift | FaultKind::BadDeploy) => "localized overload",
        }
    }
}
