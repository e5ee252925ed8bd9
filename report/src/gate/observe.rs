//! The value of a field in one run: known, beyond what was recorded, or absent for a reason.

use super::field::Field;
use super::subject::Subject;
use crate::cite::Cite;
use crate::findings::Findings;
use crate::verdict::{Level, Verdict};

/// What a run tells about a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Seen<'a> {
    Number(f64),
    Share(f64),
    /// Nanoseconds.
    Duration(f64),
    Text(&'a str),
    Names(Vec<&'a str>),
    Verdict(Verdict),
    Level(Level),
    Flag(bool),
    /// A duration that did not end within the record: longer than any.
    Beyond(Beyond),
    Absent(Absent),
}

/// What had not happened when the record ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Beyond {
    /// `not recovered`.
    pub(super) what: &'static str,
    /// From the onset to the end of the record \[ns\].
    pub(super) at_least_ns: Option<i64>,
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    /// There was no incident.
    NoIncident,
    /// The record does not tell.
    Untold(&'static str),
    /// The run could not be read.
    Unread,
    /// There is no reference run.
    NoBaseline,
}

impl Absent {
    /// In words, after the field's name.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::NoIncident => "does not apply: there was no incident",
            Self::Untold(why) => why,
            Self::Unread => "is not known: the run could not be read",
            Self::NoBaseline => "is not known: there is no baseline of this run",
        }
    }
}

/// The value of a field.
pub(super) fn observe<'a>(field: Field, subject: &Subject<'a>) -> Seen<'a> {
    let Some(found) = subject.findings else {
        return if field == Field::Failed { Seen::Flag(true) } else { Seen::Absent(Absent::Unread) };
    };
    if field.needs_baseline() {
        return subject
            .baseline
            .map_or(Seen::Absent(Absent::NoBaseline), |base| Seen::Flag(is_new(field, found, base)));
    }
    of(field, found)
}

/// The value of a field of one run that was read.
pub(super) fn of(field: Field, found: &Findings) -> Seen<'_> {
    let impact = &found.impact;
    match field {
        Field::Failed => Seen::Flag(false),
        Field::Verdict => Seen::Verdict(found.verdict),
        Field::RootCause => or_absent(
            found,
            found.root_cause().map(|c| Seen::Text(&c.service)),
            "is not known: there is no suspect",
        ),
        Field::Suspect => Seen::Names(found.causes.iter().map(|c| c.service.as_str()).collect()),
        Field::Confidence => or_absent(found, found.confidence.map(Seen::Level), "was not measured"),
        Field::Agreement => or_absent(found, found.agreement.map(Seen::Share), "was not measured"),
        Field::Affected => Seen::Names(found.onsets.iter().map(|o| o.service.as_str()).collect()),
        Field::BlastRadius => Seen::Number(found.blast_radius() as f64),
        Field::BlastShare if found.observed == 0 => {
            Seen::Absent(Absent::Untold("is not known: no service was observed"))
        },
        Field::BlastShare => Seen::Share(found.blast_radius() as f64 / found.observed as f64),
        Field::Reachable => or_absent(
            found,
            found.reachable.map(|n| Seen::Number(n as f64)),
            "is not known: there is no suspect",
        ),
        Field::Observed => Seen::Number(found.observed as f64),
        Field::Severity => {
            let worst = found.onsets.iter().filter_map(|o| o.worst_severity).max();
            or_absent(found, worst.map(|s| Seen::Number(s as f64)), "is not known: no status was recorded")
        },
        Field::Mttd => since_onset(found, impact.mttd_ns, "not detected"),
        Field::Mttm => since_onset(found, impact.mttm_ns, "not mitigated"),
        Field::Mttr => since_onset(found, impact.mttr_ns, "not recovered"),
        Field::Detected => happened(found, impact.mttd_ns),
        Field::Mitigated => happened(found, impact.mttm_ns),
        Field::Recovered => happened(found, impact.mttr_ns),
        Field::BadCustomerMinutes => measured(found, impact.bad_customer_minutes.map(Seen::Number)),
        Field::FailedRequests => measured(found, impact.failed_requests.map(Seen::Number)),
        Field::Waiting => measured(found, impact.waiting_s.map(|s| Seen::Duration(s * 1e9))),
        // Objectives are kept or missed with or without an incident.
        Field::SloBudget => found
            .slo_budget()
            .map_or(Seen::Absent(Absent::Untold("is not known: no objective was measured")), Seen::Share),
        Field::SlosMissed => Seen::Number(found.slos.iter().filter(|s| s.budget < 0.0).count() as f64),
        Field::Recorded => found
            .recorded_ns
            .map_or(Seen::Absent(Absent::Untold("is not known: nothing was recorded")), |(first, last)| {
                Seen::Duration(last.saturating_sub(first) as f64)
            }),
        Field::Incident => Seen::Text(&found.incident),
        Field::World => Seen::Text(&found.world),
        Field::Scenario => Seen::Text(&found.scenario),
        Field::Seed => {
            found.run_seed.map_or(Seen::Absent(Absent::Untold("is not known: the run has none")), |seed| {
                Seen::Number(seed as f64)
            })
        },
        Field::Run => Seen::Text(&found.provenance.run),
        Field::Detector(kind) => {
            let detector = found.detectors.iter().find(|d| d.kind == kind);
            or_absent(
                found,
                detector.map(|d| Seen::Flag(d.holds)),
                "is not known: nothing was recorded that tells",
            )
        },
        // Asked with a baseline only.
        Field::NewRootCause | Field::NewVerdict => Seen::Absent(Absent::NoBaseline),
    }
}

/// Rows that a field's value rests on.
pub(super) fn cites(field: Field, found: &Findings) -> Vec<Cite> {
    let of_detector = |kind: Verdict| {
        found.detectors.iter().find(|d| d.kind == kind).map_or_else(Vec::new, |d| d.cites.clone())
    };
    match field {
        Field::Verdict | Field::NewVerdict => of_detector(found.verdict),
        Field::Detector(kind) => of_detector(kind),
        Field::RootCause | Field::NewRootCause | Field::Confidence | Field::Agreement | Field::Reachable => {
            found.root_cause().map_or_else(Vec::new, |cause| cause.cites.clone())
        },
        Field::Suspect => found.causes.iter().flat_map(|c| c.cites.iter().cloned()).collect(),
        Field::Affected | Field::BlastRadius | Field::BlastShare | Field::Severity => {
            found.onsets.iter().map(|o| o.cite.clone()).collect()
        },
        Field::Mttd | Field::Mttm | Field::Mttr | Field::Detected | Field::Mitigated | Field::Recovered => {
            found.onsets.first().map(|o| o.cite.clone()).into_iter().collect()
        },
        _ => Vec::new(),
    }
}

fn is_new(field: Field, found: &Findings, base: &Findings) -> bool {
    let cause = |of: &'_ Findings| of.root_cause().map(|c| c.service.clone());
    if field == Field::NewVerdict {
        return found.verdict != base.verdict && found.verdict != Verdict::NoIncident;
    }
    cause(found).is_some_and(|now| cause(base) != Some(now))
}

fn or_absent<'a>(found: &Findings, value: Option<Seen<'a>>, why: &'static str) -> Seen<'a> {
    value.unwrap_or(Seen::Absent(match found.verdict {
        Verdict::NoIncident => Absent::NoIncident,
        _ => Absent::Untold(why),
    }))
}

fn measured<'a>(found: &Findings, value: Option<Seen<'a>>) -> Seen<'a> {
    or_absent(found, value, "was not measured")
}

/// A time from the onset; beyond the record if it did not end there.
fn since_onset<'a>(found: &Findings, ns: Option<i64>, not_yet: &'static str) -> Seen<'a> {
    match (ns, found.impact.onset_ns) {
        (Some(ns), _) => Seen::Duration(ns as f64),
        (None, Some(onset)) => {
            let at_least_ns = found.recorded_ns.map(|(_, last)| last.saturating_sub(onset));
            Seen::Beyond(Beyond { what: not_yet, at_least_ns })
        },
        (None, None) => or_absent(found, None, "is not known: no onset was found"),
    }
}

fn happened<'a>(found: &Findings, ns: Option<i64>) -> Seen<'a> {
    match since_onset(found, ns, "") {
        Seen::Duration(_) => Seen::Flag(true),
        Seen::Beyond(_) => Seen::Flag(false),
        absent => absent,
    }
}
