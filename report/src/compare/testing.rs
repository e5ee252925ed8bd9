//! Findings made by hand.

use super::Input;
use crate::cite::Cite;
use crate::findings::{
    CauseFinding, FINDINGS_SCHEMA, Findings, HopFinding, ImpactFindings, OnsetFinding, PathFinding,
};
use crate::model::Provenance;
use crate::time::{TimeScale, TimeUnit};
use crate::verdict::Verdict;

/// An overload of nobody in particular.
pub(super) fn findings() -> Findings {
    Findings {
        schema: FINDINGS_SCHEMA.to_owned(),
        incident: String::new(),
        world: "flood".to_owned(),
        scenario: "test".to_owned(),
        run_seed: None,
        time: TimeScale { unit: TimeUnit::Tick, tick_ns: 1_000_000_000, origin: None, zone: None },
        recorded_ns: Some((0, 60_000_000_000)),
        verdict: Verdict::LocalizedOverload,
        confidence: None,
        agreement: None,
        causes: Vec::new(),
        paths: Vec::new(),
        affected: 0,
        onsets: Vec::new(),
        reachable: None,
        observed: 3,
        impact: ImpactFindings::default(),
        slos: Vec::new(),
        detectors: Vec::new(),
        provenance: Provenance::default(),
    }
}

/// With a first suspect.
pub(super) fn with_suspect(service: &str) -> Findings {
    let cause = CauseFinding {
        rank: 1,
        service: service.to_owned(),
        score: 1.0,
        rank_interval: (1, 1),
        cites: Vec::new(),
    };
    Findings { causes: vec![cause], ..findings() }
}

/// With a time to recover.
pub(super) fn with_recovery(ns: i64) -> Findings {
    let impact = ImpactFindings { onset_ns: Some(0), mttr_ns: Some(ns), ..ImpactFindings::default() };
    Findings { impact, ..with_suspect("db") }
}

/// With one path, whose services fail one after the other.
pub(super) fn with_path(services: &[(&str, i64)]) -> Findings {
    let mut made = with_suspect(services[0].0);
    made.verdict = Verdict::Cascade;
    let hop = |(i, (service, onset)): (usize, &(&str, i64))| HopFinding {
        service: (*service).to_owned(),
        onset_ns: Some(*onset),
        attention: (i > 0).then_some(0.5),
        deviation: 1.0,
        cite: None,
    };
    let hops = services.iter().enumerate().map(hop).collect();
    made.paths = vec![PathFinding { confirmed: true, probability: 0.5, hops }];
    made.onsets = services
        .iter()
        .map(|(service, time_ns)| OnsetFinding {
            service: (*service).to_owned(),
            time_ns: *time_ns,
            within_ns: 0,
            head: "errors".to_owned(),
            cite: Cite::row("events", 1),
            worst_severity: Some(2),
        })
        .collect();
    made.affected = made.onsets.len();
    made
}

/// A named input.
pub(super) fn input(name: &str, findings: Findings) -> Input {
    Input { name: name.to_owned(), findings }
}
