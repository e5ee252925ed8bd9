//! Counts over all runs of a batch.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Entry;
use crate::text::{Text, number};
use crate::verdict::Verdict;

/// Suspects listed.
const CAUSES: usize = 10;

/// Counts over all runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Totals {
    /// Runs.
    pub runs: usize,
    /// Runs that could not be read.
    pub failed: usize,
    /// Runs with an incident.
    pub incidents: usize,
    /// Runs with an incident whose end the log does not show.
    pub unrecovered: usize,
    /// Runs with an overspent error budget.
    pub overspent: usize,
    /// Runs at which a gate tripped.
    pub tripped: usize,
    /// Bad customer minutes over all runs that tell.
    pub bad_customer_minutes: String,
    /// Verdicts and their runs, in the order of the enumeration.
    pub verdicts: Vec<Count>,
    /// First suspects and their runs, most first, ties by name.
    pub causes: Vec<Count>,
    /// First suspects that are not listed.
    pub causes_omitted: usize,
}

/// How many runs there are of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The kind.
    pub name: Text,
    /// Runs.
    pub runs: usize,
}

impl Totals {
    /// Counts.
    #[must_use]
    pub fn new(entries: &[Entry<'_>]) -> Self {
        let read = || entries.iter().filter_map(|e| e.outcome.ok());
        let verdicts = Verdict::ALL.into_iter().filter_map(|verdict| {
            let runs = read().filter(|f| f.verdict == verdict).count();
            (runs > 0).then(|| Count { name: Text::words(verdict.words()), runs })
        });
        let mut suspects: BTreeMap<&str, usize> = BTreeMap::new();
        for cause in read().filter_map(|f| f.root_cause()) {
            *suspects.entry(cause.service.as_str()).or_default() += 1;
        }
        let mut suspects: Vec<(&str, usize)> = suspects.into_iter().collect();
        suspects.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let minutes: Option<f64> = read()
            .filter_map(|f| f.impact.bad_customer_minutes)
            .fold(None, |sum, m| Some(sum.unwrap_or(0.0) + m));
        Self {
            runs: entries.len(),
            failed: entries.iter().filter(|e| e.outcome.is_err()).count(),
            incidents: read().filter(|f| f.verdict != Verdict::NoIncident).count(),
            unrecovered: read().filter(|f| f.impact.onset_ns.is_some() && f.impact.mttr_ns.is_none()).count(),
            overspent: read().filter(|f| f.slo_budget().is_some_and(|b| b < 0.0)).count(),
            tripped: entries.iter().filter(|e| !e.tripped.is_empty()).count(),
            bad_customer_minutes: minutes.map_or_else(String::new, number),
            verdicts: verdicts.collect(),
            causes_omitted: suspects.len().saturating_sub(CAUSES),
            causes: suspects
                .into_iter()
                .take(CAUSES)
                .map(|(name, runs)| Count { name: Text::untrusted(name), runs })
                .collect(),
        }
    }
}
