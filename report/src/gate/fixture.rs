//! Findings that tests judge: a cascade that ended, one that did not, a quiet run, one by ticks.

use crate::cite::Cite;
use crate::findings::{
    CauseFinding, DetectorFinding, FINDINGS_SCHEMA, Findings, HopFinding, ImpactFindings, OnsetFinding,
    PathFinding, SloFinding,
};
use crate::model::Provenance;
use crate::time::{TimeScale, TimeUnit};
use crate::verdict::{Level, Verdict};

const SECOND: i64 = 1_000_000_000;

/// `db-main` failed at 60 s, `checkout` and `web` followed, all was well after 7 min 30 s.
pub(crate) fn cascade() -> Findings {
    let onset = |service: &str, at: i64, row| OnsetFinding {
        service: service.into(),
        time_ns: at * SECOND,
        within_ns: SECOND,
        head: "errors".into(),
        cite: Cite::rows("events", row, row + 5),
        worst_severity: Some(2),
    };
    let hop = |service: &str, at: i64, attention, row| HopFinding {
        service: service.into(),
        onset_ns: Some(at * SECOND),
        attention,
        deviation: 0.9,
        cite: Some(Cite::row("metrics", row)),
    };
    Findings {
        schema: FINDINGS_SCHEMA.into(),
        incident: "case-7".into(),
        world: String::new(),
        scenario: String::new(),
        run_seed: None,
        time: TimeScale::default(),
        recorded_ns: Some((0, 900 * SECOND)),
        verdict: Verdict::Cascade,
        confidence: Some(Level::Medium),
        agreement: Some(0.875),
        causes: vec![
            CauseFinding {
                rank: 1,
                service: "db-main".into(),
                score: 2.5,
                rank_interval: (1, 2),
                cites: vec![Cite::rows("events", 9, 14)],
            },
            CauseFinding {
                rank: 2,
                service: "checkout".into(),
                score: 0.5,
                rank_interval: (1, 3),
                cites: vec![Cite::row("metrics", 20)],
            },
        ],
        paths: vec![PathFinding {
            confirmed: true,
            probability: 0.72,
            hops: vec![
                hop("db-main", 60, None, 4),
                hop("checkout", 62, Some(0.9), 8),
                hop("web", 65, Some(0.8), 12),
            ],
        }],
        affected: 3,
        onsets: vec![onset("db-main", 60, 9), onset("checkout", 62, 20), onset("web", 65, 30)],
        reachable: Some(4),
        observed: 12,
        impact: ImpactFindings {
            onset_ns: Some(60 * SECOND),
            detected_ns: Some(90 * SECOND),
            mitigated_ns: Some(360 * SECOND),
            recovered_ns: Some(510 * SECOND),
            mttd_ns: Some(30 * SECOND),
            mttm_ns: Some(300 * SECOND),
            mttr_ns: Some(450 * SECOND),
            bad_customer_minutes: Some(42.5),
            failed_requests: Some(1300.0),
            waiting_s: Some(95.5),
        },
        slos: vec![
            SloFinding {
                service: "web".into(),
                signal: "error_rate".into(),
                objective: 0.01,
                measured: 0.014,
                budget: -0.4,
            },
            SloFinding {
                service: "db-main".into(),
                signal: "latency".into(),
                objective: 0.5,
                measured: 0.0,
                budget: 1.0,
            },
        ],
        detectors: vec![
            DetectorFinding {
                kind: Verdict::Cascade,
                holds: true,
                why: "checkout depends on db-main, and both fail.".into(),
                cites: vec![Cite::rows("events", 9, 35)],
            },
            DetectorFinding {
                kind: Verdict::RetryStorm,
                holds: false,
                why: "Retries are 2 % of the requests.".into(),
                cites: Vec::new(),
            },
        ],
        provenance: Provenance {
            version: "0.1.0".into(),
            run: "shop.parquet".into(),
            ..Provenance::default()
        },
    }
}

/// The same, cut off 7 min after the onset: nobody noticed, nothing was well again.
pub(crate) fn unrecovered() -> Findings {
    let mut found = cascade();
    found.recorded_ns = Some((0, 480 * SECOND));
    found.impact = ImpactFindings { onset_ns: Some(60 * SECOND), ..ImpactFindings::default() };
    found.agreement = None;
    found.slos = Vec::new();
    found
}

/// Nothing happened.
pub(crate) fn quiet() -> Findings {
    Findings {
        verdict: Verdict::NoIncident,
        confidence: None,
        agreement: None,
        causes: Vec::new(),
        paths: Vec::new(),
        affected: 0,
        onsets: Vec::new(),
        reachable: None,
        impact: ImpactFindings::default(),
        detectors: Vec::new(),
        incident: String::new(),
        ..cascade()
    }
}

/// A simulated run that counts ticks of one second.
pub(crate) fn by_ticks() -> Findings {
    let mut found = cascade();
    found.world = "flood".into();
    found.scenario = "contagion".into();
    found.run_seed = Some(42);
    found.incident = String::new();
    found.time = TimeScale { unit: TimeUnit::Tick, tick_ns: SECOND, origin: None, zone: None };
    found
}
