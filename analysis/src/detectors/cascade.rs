//! Cascade: a service failed, and services that depend on it failed after it.

use super::{Detection, Scene, Verdict};
use crate::text::Text;

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    if scene.case.graph.edge_count() == 0 {
        return None;
    }
    let distress = |i: usize| {
        scene.heads.iter().any(|h| {
            matches!(h.name, "stress" | "queue" | "errors")
                && h.peak_gate(i, scene.case.constants.gate_z) > scene.case.constants.confirmed_gate
        })
    };
    let mut hops = Vec::new();
    let mut pairs = 0_usize;
    for edge in scene.case.graph.edges() {
        let (victim, origin) = (edge.depends_on.dependent.index(), edge.depends_on.dependency.index());
        let (Some(first), Some(then)) = (&scene.onsets[origin], &scene.onsets[victim]) else { continue };
        if origin == victim || !distress(origin) || !distress(victim) {
            continue;
        }
        pairs += 1;
        if first.time_ns <= then.time_ns {
            hops.push((origin, victim, first, then));
        }
    }
    hops.sort_by_key(|(_, _, first, then)| (first.time_ns, then.time_ns));
    let mut why = Text::new();
    let mut cites = Vec::new();
    if let Some((origin, victim, first, then)) = hops.first() {
        why.say(format!(
            "{} of {pairs} dependencies between failing services failed in order, the dependency first; the earliest: ",
            hops.len()
        ));
        why.name(scene.case.name(*origin)).say(" before ").name(scene.case.name(*victim)).say(".");
        cites = vec![first.cite.clone(), then.cite.clone()];
    } else if pairs > 0 {
        why.say(format!(
            "{pairs} dependencies join failing services, but in none of them did the dependency fail first."
        ));
    } else {
        why.say("No failing service depends on another failing one: nothing travelled along dependencies.");
    }
    Some(Detection { kind: Verdict::Cascade, holds: !hops.is_empty(), why, cites })
}
