//! How figures change from run to run, among runs of the same scenario.
//!
//! The order of the batch is taken for the order of time. A trend is told where the Mann-Kendall
//! test (Mann 1945, Kendall 1975; normal approximation, corrected for ties and continuity) finds one
//! at the 5 % level among at least eight values: it needs neither a straight line nor normal noise.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Entry;
use crate::findings::Findings;
use crate::text::{Text, number};
use crate::time::{Clock, TimeScale};

/// Fewest values that a trend is looked for in.
const LEAST: usize = 8;
/// Two-sided 5 % of the normal distribution.
const CRITICAL: f64 = 1.959_963_984_540_054;

/// Runs of one scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// World and scenario, or what telemetry is called.
    pub name: Text,
    /// Runs that could be read.
    pub runs: usize,
    /// Runs with an incident.
    pub incidents: usize,
    /// A line a figure that at least one run has.
    pub trends: Vec<Trend>,
}

/// One figure over the runs of a group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trend {
    /// The figure.
    pub figure: &'static str,
    /// Runs that have it.
    pub runs: usize,
    /// Smallest.
    pub least: String,
    /// Median.
    pub median: String,
    /// Largest.
    pub most: String,
    /// `rising`, `falling`, `none found` or `too few runs`.
    pub direction: &'static str,
    /// The values in order, for a picture; `None` where a run does not have it.
    pub values: Vec<Option<f64>>,
}

type Figure = (&'static str, fn(&Findings) -> Option<f64>, fn(&Clock, f64) -> String);

const FIGURES: [Figure; 6] = [
    ("services out of band", |f| Some(f.affected as f64), |_, v| number(v)),
    ("bad customer minutes", |f| f.impact.bad_customer_minutes, |_, v| format!("{} min", number(v))),
    ("error budget left", Findings::slo_budget, |_, v| format!("{} %", number(v * 100.0))),
    ("time to detect", |f| f.impact.mttd_ns.map(|ns| ns as f64), span),
    ("time to mitigate", |f| f.impact.mttm_ns.map(|ns| ns as f64), span),
    ("time to recover", |f| f.impact.mttr_ns.map(|ns| ns as f64), span),
];

fn span(clock: &Clock, ns: f64) -> String {
    clock.span(ns as i64)
}

/// Runs by world and scenario, in the order of their names; telemetry last.
pub(super) fn groups(entries: &[Entry<'_>]) -> Vec<Group> {
    let mut by_scenario: BTreeMap<(bool, &str, &str), Vec<&Findings>> = BTreeMap::new();
    for findings in entries.iter().filter_map(|e| e.outcome.ok()) {
        let key = (findings.world.is_empty(), findings.world.as_str(), findings.scenario.as_str());
        by_scenario.entry(key).or_default().push(findings);
    }
    by_scenario.into_iter().map(|((_, world, scenario), runs)| group(world, scenario, &runs)).collect()
}

fn group(world: &str, scenario: &str, runs: &[&Findings]) -> Group {
    let mut name = Text::new();
    match (world, scenario) {
        ("", "") => {
            name.say("telemetry");
        },
        (world, scenario) => {
            name.name(world).say(" ").name(scenario);
        },
    }
    // One clock for all: runs of a scenario share their unit.
    let clock = Clock::new(runs.first().map_or(&TimeScale::default(), |f| &f.time));
    Group {
        name,
        runs: runs.len(),
        incidents: runs.iter().filter(|f| f.impact.onset_ns.is_some()).count(),
        trends: FIGURES.iter().filter_map(|figure| trend(figure, &clock, runs)).collect(),
    }
}

fn trend((name, get, show): &Figure, clock: &Clock, runs: &[&Findings]) -> Option<Trend> {
    let values: Vec<Option<f64>> = runs.iter().map(|f| get(f).filter(|v| v.is_finite())).collect();
    let known: Vec<f64> = values.iter().copied().flatten().collect();
    let mut sorted = known.clone();
    sorted.sort_by(f64::total_cmp);
    let (least, most) = (*sorted.first()?, *sorted.last()?);
    let middle = sorted.len() / 2;
    let median =
        if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 };
    Some(Trend {
        figure: name,
        runs: known.len(),
        least: show(clock, least),
        median: show(clock, median),
        most: show(clock, most),
        direction: match mann_kendall(&known) {
            None => "too few runs",
            Some(z) if z > CRITICAL => "rising",
            Some(z) if z < -CRITICAL => "falling",
            Some(_) => "none found",
        },
        values,
    })
}

/// The test's standard score; `None` for too few values. Time O(n²), so of more than a thousand
/// values evenly spread ones are taken.
fn mann_kendall(values: &[f64]) -> Option<f64> {
    const MOST: usize = 1000;
    let taken: Vec<f64> = match values.len() {
        n if n < LEAST => return None,
        n if n <= MOST => values.to_vec(),
        n => (0..MOST).map(|i| values[i * n / MOST]).collect(),
    };
    let n = taken.len() as f64;
    let mut s = 0.0;
    for (i, early) in taken.iter().enumerate() {
        for late in &taken[i + 1..] {
            s += f64::from(late.total_cmp(early) as i8);
        }
    }
    let mut sorted = taken;
    sorted.sort_by(f64::total_cmp);
    let ties: f64 = sorted
        .chunk_by(|a, b| a == b)
        .map(|same| same.len() as f64)
        .map(|t| t * (t - 1.0) * (2.0 * t + 5.0))
        .sum();
    let variance = (n * (n - 1.0) * (2.0 * n + 5.0) - ties) / 18.0;
    if variance <= 0.0 || s == 0.0 {
        return Some(0.0);
    }
    Some((s - s.signum()) / variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::mann_kendall;

    #[test]
    fn the_test_agrees_with_a_reference() {
        // S = 28, var = 8*7*21/18 = 65.33: z = 27 / 8.083.
        let rising: Vec<f64> = (0..8).map(f64::from).collect();
        assert!((mann_kendall(&rising).unwrap() - 27.0 / (8.0 * 7.0 * 21.0 / 18.0_f64).sqrt()).abs() < 1e-12);
        // pymannkendall 1.4, original_test([2, 2, 3, 1, 5, 4, 4, 6, 7, 7]).z
        let tied = [2.0, 2.0, 3.0, 1.0, 5.0, 4.0, 4.0, 6.0, 7.0, 7.0];
        let z = mann_kendall(&tied).unwrap();
        assert!((z - 2.806_608_127_318_074_5).abs() < 1e-12, "{z}");
        assert_eq!(mann_kendall(&[5.0; 20]), Some(0.0));
        assert_eq!(mann_kendall(&[1.0; 7]), None);
    }
}
