//! What a careful analyst would call a run.
//!
//! The first rule that holds:
//!
//! 1. no injection mattered and no server drifted into trouble: "no incident";
//! 2. more than half of the server-rounds not shown as OK are due to isolation, or all that
//!    mattered did nothing but isolate: "partition";
//! 3. failure travelled to a dependent that was then not shown as OK: "cascade";
//! 4. injections that mattered, or drift, hit two or more servers: "several incidents";
//! 5. memory or disk was published above its critical threshold on a server where such an
//!    injection mattered, or that drifted: "resource exhaustion";
//! 6. otherwise "localized overload".

use std::collections::BTreeSet;

use infra_eventlog::RunError;

use super::facet::Facet;
use super::story::{Injection, Story};
use super::{Observer, Seen, Step, SystemsScenario};

/// Servers whose memory or disk was above its critical threshold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exhausted(BTreeSet<(usize, Facet)>);

impl Observer for Exhausted {
    fn saw(&mut self, step: &Step<'_>, seen: &Seen<'_>) -> Result<(), RunError> {
        if let Step::Published { server } = *step {
            let (snapshot, limits) = (&seen.snapshots[server], &seen.scenario.alert_thresholds);
            if snapshot.memory_usage > limits.memory_usage.critical {
                self.0.insert((server, Facet::Memory));
            }
            if snapshot.disk_usage > limits.disk_usage.critical {
                self.0.insert((server, Facet::Disk));
            }
        }
        Ok(())
    }
}

/// The verdict on a run that is over.
pub(crate) fn verdict(scenario: &SystemsScenario, story: &Story, exhausted: &Exhausted) -> &'static str {
    let mattered = || story.injections.iter().filter(|injection| injection.mattered);
    let drifted = &story.drifted;
    let servers: BTreeSet<usize> =
        mattered().map(|injection| injection.server).chain(drifted.iter().copied()).collect();
    let is_full = |server: usize, facet| exhausted.0.contains(&(server, facet));
    let effect = |injection: &Injection| &scenario.chaos_scenarios[injection.scenario].effect;
    let fills = |injection: &Injection| {
        let effect = effect(injection);
        effect.memory_growth.is_some() && is_full(injection.server, Facet::Memory)
            || effect.disk_usage.is_some() && is_full(injection.server, Facet::Disk)
    };
    let only_isolated = || drifted.is_empty() && mattered().all(|injection| effect(injection).is_isolation());
    if servers.is_empty() {
        "no incident"
    } else if story.suffering.isolation * 2 > story.suffering.total || only_isolated() {
        "partition"
    } else if story.suffering.dependencies > 0 {
        "cascade"
    } else if servers.len() > 1 {
        "several incidents"
    } else if mattered().any(fills) || drifted.iter().any(|server| is_full(*server, Facet::Memory)) {
        "resource exhaustion"
    } else {
        "localized overload"
    }
}
