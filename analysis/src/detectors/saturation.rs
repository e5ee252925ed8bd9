//! Capacity bottleneck by load: a service does all that it can, and it is not enough.

use super::{Detection, Scene, Verdict};
use crate::heads::at_capacity;
use crate::text::Text;

/// Heads that show a service failing, rather than busy.
const FAILING: [&str; 3] = ["errors", "stress", "status"];

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
    let holds = failing.is_none();
    Some(Detection { kind: Verdict::CapacityBottleneck, holds, why, cites: vec![full.cite] })
}
