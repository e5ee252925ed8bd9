//! The ranking as a table that readers sort.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::Value;

use crate::findings::{Findings, OnsetFinding};
use crate::time::Clock;

/// One row a suspect, best first.
pub(super) fn rows(findings: &Findings) -> Value {
    let clock = Clock::new(&findings.time);
    let onsets: BTreeMap<&str, (usize, &OnsetFinding)> =
        findings.onsets.iter().enumerate().map(|(i, o)| (o.service.as_str(), (i + 1, o))).collect();
    let row = |cause: &crate::findings::CauseFinding| {
        let onset = onsets.get(cause.service.as_str());
        context! {
            rank => cause.rank,
            service => cause.service.clone(),
            score => cause.score,
            best => cause.rank_interval.0,
            worst => cause.rank_interval.1,
            onset => onset.map(|(_, o)| clock.at(o.time_ns)),
            onset_ns => onset.map(|(_, o)| o.time_ns),
            order => onset.map(|(place, _)| *place),
            head => onset.map(|(_, o)| o.head.as_str()),
        }
    };
    findings.causes.iter().map(row).collect()
}
