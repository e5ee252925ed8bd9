//! Limits that several numbers reach only together.

use std::collections::BTreeMap;

use crate::scenario::{Flaws, Table};
use crate::systems::{ChaosScenario, SystemsScenario};

/// More checks of servers, or draws of chaos, are refused.
const MAX_STEPS: u64 = 20_000_000;
/// More rounds of lasting injections, all together, are refused.
const MAX_HELD_ROUNDS: f64 = 1e9;

/// What only together is too much.
pub(super) fn sizes(top: &Table<'_>, scenario: &SystemsScenario, flaws: &mut Flaws) {
    let width = scenario.servers.len().max(scenario.chaos_scenarios.len()) as u64;
    let steps = scenario.rounds.saturating_mul(width);
    let what = format!("{} rounds of {width} servers or chaos scenarios are too many", scenario.rounds);
    top.check("rounds", steps <= MAX_STEPS, what, flaws);
    let lasting = scenario.switches.durations && held_rounds(scenario) > MAX_HELD_ROUNDS;
    top.check("rounds", !lasting, "chaos scenarios that last so long are too many for so many rounds", flaws);
    let last = i64::try_from(scenario.rounds).unwrap_or(i64::MAX).saturating_add(1);
    let fits = last.checked_mul(scenario.header.tick_ns).is_some();
    let what = format!("{} ticks of {} ns do not fit 64 bits", scenario.rounds, scenario.header.tick_ns);
    top.check("rounds", fits, what, flaws);
}

/// Rounds that injections will last under D1, all together, on average.
fn held_rounds(scenario: &SystemsScenario) -> f64 {
    let lasts = |duration: u64| duration.min(scenario.rounds) as f64;
    let each_round = |chaos: &ChaosScenario| {
        (chaos.probability * scenario.chaos_factor()).min(1.0) * lasts(chaos.duration)
    };
    let drawn: f64 = scenario.chaos_scenarios.iter().map(each_round).sum();
    let durations: BTreeMap<&str, u64> =
        scenario.chaos_scenarios.iter().map(|chaos| (chaos.name.as_str(), chaos.duration)).collect();
    let scripted = scenario.schedule.iter().filter_map(|entry| durations.get(entry.scenario.as_str()));
    drawn * scenario.rounds as f64 + scripted.map(|duration| lasts(*duration)).sum::<f64>()
}
