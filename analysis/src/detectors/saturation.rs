//! Capacity bottleneck by load: a service does all that it can, and it is not enough.

use super::{Detection, Scene, Verdict};
use crate::heads::at_capacity;
use crate::text::Text;

/// Heads that show a service failing, rather than busy.
const FAILING: [&str; 3] = ["errors", "stress", "status"];

/// Heads that show somebody waiting for it, or turned away.
const SUFFERING: [&str; 4] = ["latency", "errors", "shortfall", "queue"];

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    let case = scene.case;
    let c = case.constants;
    (0..case.len()).find(|i| crate::heads::declared_capacity(case, *i).is_some())?;
    let first = *scene.ranking?.order.first()?;
    let mut why = Text::new();
    let Some(full) = at_capacity(case, first) else {
        why.say("The first suspect ").name(case.name(first)).say(" is not at a declared capacity.");
        return Some(Detection { kind: Verdict::CapacityBottleneck, holds: false, why, cites: Vec::new() });
    };
    let failing = scene
        .heads
        .iter()
        .find(|h| FAILING.contains(&h.name) && h.peak_gate(first, c.gate_z) > c.confirmed_gate);
    why.say("The first suspect ").name(case.name(first)).say(format!(
        " is at {:.0} % of its capacity, {}.",
        100.0 * full.share,
        failing.map_or_else(
            || "and what it takes it serves as well as ever".to_owned(),
            |head| format!("and fails itself ({})", head.name)
        )
    ));
    let suffers = sufferer(scene, first);
    match suffers {
        Some(other) => why.say(" ").name(case.name(other)).say(", which depends on it, suffers."),
        None => why.say(" Nobody who depends on it suffers."),
    };
    let holds = failing.is_none() && suffers.is_some();
    Some(Detection { kind: Verdict::CapacityBottleneck, holds, why, cites: vec![full.cite] })
}

/// A service that depends on another, directly or not, and waits or fails: the nearest.
fn sufferer(scene: &Scene<'_>, of: usize) -> Option<usize> {
    let suffers = |s: usize| {
        let clearly = |h: &&crate::heads::HeadResult| h.z(s) > scene.case.constants.entry_z;
        scene.heads.iter().filter(|h| SUFFERING.contains(&h.name)).any(|h| clearly(&h))
    };
    let mut seen = std::collections::BTreeSet::from([of]);
    let mut next = std::collections::VecDeque::from([of]);
    while let Some(at) = next.pop_front() {
        for dependent in scene.case.dependents(at) {
            if seen.insert(dependent) {
                if suffers(dependent) {
                    return Some(dependent);
                }
                next.push_back(dependent);
            }
        }
    }
    None
}
