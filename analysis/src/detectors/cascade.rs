//! Cascade: a service failed, and services that depend on it failed after it.

use super::{Detection, Scene, Verdict};
use crate::text::Text;

/// Heads that show failing rather than waiting.
const FAILING: [&str; 4] = ["stress", "queue", "errors", "status"];

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    if scene.case.graph.edge_count() == 0 || !scene.heads.iter().any(|h| FAILING.contains(&h.name)) {
        return None;
    }
    let c = scene.case.constants;
    let fails = |i: usize| {
        scene.onsets[i].as_ref().is_some_and(|o| FAILING.contains(&o.head))
            || scene
                .heads
                .iter()
                .any(|h| FAILING.contains(&h.name) && h.peak_gate(i, c.gate_z) > c.confirmed_gate)
    };
    let mut in_order = Vec::new();
    let mut together = Vec::new();
    let mut pairs = 0_usize;
    for edge in scene.case.graph.edges() {
        let (victim, origin) = (edge.depends_on.dependent.index(), edge.depends_on.dependency.index());
        let (Some(first), Some(then)) = (&scene.onsets[origin], &scene.onsets[victim]) else { continue };
        if origin == victim || !fails(origin) || !fails(victim) {
            continue;
        }
        pairs += 1;
        match first.time_ns.cmp(&then.time_ns) {
            std::cmp::Ordering::Less => in_order.push((origin, victim, first, then)),
            std::cmp::Ordering::Equal => together.push((origin, victim, first, then)),
            std::cmp::Ordering::Greater => {},
        }
    }
    in_order.sort_by_key(|(_, _, first, then)| (first.time_ns, then.time_ns));
    // Onsets in one observation have no order; a path that explains the victim stands in for it.
    let on_path = |origin: usize, victim: usize| {
        scene
            .paths
            .iter()
            .any(|p| p.steps.windows(2).any(|s| s[0].service == origin && s[1].service == victim))
    };
    let explained = together.iter().find(|(origin, victim, _, _)| on_path(*origin, *victim));
    let mut why = Text::new();
    let mut cites = Vec::new();
    if let Some((origin, victim, first, then)) = in_order.first() {
        why.say(format!(
            "{} of {pairs} dependencies between failing services failed in order, the dependency first; the earliest: ",
            in_order.len()
        ));
        why.name(scene.case.name(*origin)).say(" before ").name(scene.case.name(*victim)).say(".");
        cites = vec![first.cite.clone(), then.cite.clone()];
    } else if let Some((origin, victim, first, then)) = explained {
        why.name(scene.case.name(*origin)).say(" and ").name(scene.case.name(*victim)).say(
            ", which depends on it, failed in the same observation; their order cannot be seen, but the first explains the second.",
        );
        cites = vec![first.cite.clone(), then.cite.clone()];
    } else if pairs > 0 {
        why.say(format!(
            "{pairs} dependencies join failing services; in none of them did the dependency visibly fail first."
        ));
    } else {
        why.say("No service that fails (by stress, queue, errors or status) depends on another that does.");
    }
    Some(Detection { kind: Verdict::Cascade, holds: !in_order.is_empty() || explained.is_some(), why, cites })
}
