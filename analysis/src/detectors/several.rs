//! Several incidents: two groups of failing services that no dependency joins.

use super::{Detection, Scene, Verdict};
use crate::text::Text;
use crate::trouble::{self, Trouble};

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    let affected = &scene.impact.affected;
    if affected.len() < 2 || scene.case.graph.edge_count() == 0 || scene.case.periods.symptom.is_some() {
        return None;
    }
    if let Some((first, second)) = two_origins(scene) {
        let mut why = Text::new();
        why.name(scene.case.name(first)).say(" and ").name(scene.case.name(second)).say(
            " both got worse during the log, each mostly by itself, and neither depends on the other, directly or not.",
        );
        let cites =
            [first, second].into_iter().filter_map(|s| scene.onsets[s].as_ref()).map(|o| o.cite.clone());
        return Some(Detection { kind: Verdict::SeveralIncidents, holds: true, why, cites: cites.collect() });
    }
    if let Some((first, second)) = separate_times(scene) {
        let mut why = Text::new();
        why.name(scene.case.name(first.service as usize)).say(" was in critical trouble, and ");
        why.name(scene.case.name(second.service as usize)).say(
            " later by itself: when its trouble began, none that it depends on had any, and that of the first was over.",
        );
        let cites = [first, second].into_iter().filter_map(|t| scene.onsets[t.service as usize].as_ref());
        let cites = cites.map(|o| o.cite.clone()).collect();
        return Some(Detection { kind: Verdict::SeveralIncidents, holds: true, why, cites });
    }
    let groups = groups(scene, affected);
    // One service alone may be a by-stander, and so may what is off by little beside the first
    // suspect; two groups of at least two are two stories.
    let ranking = scene.ranking?;
    let weighs = |group: &[usize]| group.iter().map(|s| ranking.local[*s]).fold(0.0, f64::max);
    let least = scene.case.constants.second_origin * weighs(affected);
    let large = groups.iter().filter(|g| g.len() >= 2 && weighs(g) >= least).count();
    let mut why = Text::new();
    why.say(format!(
        "The {} affected services form {} joined by dependencies, {large} of them with two or more and evidence like that of the first suspect.",
        affected.len(),
        crate::text::count(groups.len(), "group", "groups")
    ));
    let cites =
        groups.iter().filter_map(|g| scene.onsets[g[0]].as_ref()).map(|o| o.cite.clone()).take(3).collect();
    Some(Detection { kind: Verdict::SeveralIncidents, holds: large >= 2, why, cites })
}

/// The first two suspects, if both are origins: their evidence is of one size, neither is reached
/// from the other, and each attends to itself most.
fn two_origins(scene: &Scene<'_>) -> Option<(usize, usize)> {
    let ranking = scene.ranking?;
    let (&first, &second) = (ranking.order.first()?, ranking.order.get(1)?);
    let c = scene.case.constants;
    let alike = ranking.local[second] >= c.second_origin * ranking.local[first];
    let own = |s: usize| {
        let shares = ranking.attention.own.iter().zip(&ranking.head_share);
        shares.map(|(own, share)| own[s] * share).sum::<f64>()
    };
    let both = [first, second].into_iter().all(|s| scene.onsets[s].is_some() && own(s) >= 0.5);
    let joined = reaches(scene, first, second) || reaches(scene, second, first);
    (alike && both && !joined).then_some((first, second))
}

/// Two services that were in critical trouble one after the other, each when nothing below it was in
/// any: the first such pair. What the log begins with was not seen to begin.
fn separate_times(scene: &Scene<'_>) -> Option<(Trouble, Trouble)> {
    let case = scene.case;
    let all = trouble::all(case.summary, case.metadata);
    let segments = case.summary.grid.segments();
    let width = segments.first().map_or(1, |s| s.width_ns);
    let begin = segments.first().map_or(i64::MIN, |s| s.start_ns.saturating_add(width));
    let near = width.saturating_mul(2);
    let overlaps = |t: &Trouble, at: i64| t.start_ns <= at + near && t.end_ns >= at.saturating_sub(near);
    let by_itself = |t: &&Trouble| {
        let below = |other: &Trouble| {
            other.service != t.service
                && overlaps(other, t.start_ns)
                && reaches(scene, t.service as usize, other.service as usize)
        };
        t.is_critical && t.start_ns >= begin && !all.iter().any(below)
    };
    let origins: Vec<&Trouble> = all.iter().filter(by_itself).collect();
    origins.iter().enumerate().find_map(|(i, first)| {
        let over = |t: &&&Trouble| {
            t.service != first.service
                && t.start_ns > first.end_ns.saturating_add(near)
                && !origins[..i].iter().any(|o| o.service == t.service)
        };
        origins[i + 1..].iter().find(over).map(|second| (**first, **second))
    })
}

/// Whether a service depends on another, directly or not.
fn reaches(scene: &Scene<'_>, from: usize, to: usize) -> bool {
    let mut seen = std::collections::BTreeSet::from([from]);
    let mut next = vec![from];
    while let Some(at) = next.pop() {
        for dependency in scene.case.dependencies(at) {
            if dependency == to {
                return true;
            }
            if seen.insert(dependency) {
                next.push(dependency);
            }
        }
    }
    false
}

/// Affected services, grouped by dependencies among them, each group earliest first.
fn groups(scene: &Scene<'_>, affected: &[usize]) -> Vec<Vec<usize>> {
    let mut left: std::collections::BTreeSet<usize> = affected.iter().copied().collect();
    let mut groups = Vec::new();
    for &seed in affected {
        if !left.remove(&seed) {
            continue;
        }
        let mut group = vec![seed];
        let mut next = 0;
        while next < group.len() {
            let at = group[next];
            next += 1;
            for other in scene.case.dependencies(at).chain(scene.case.dependents(at)) {
                if left.remove(&other) {
                    group.push(other);
                }
            }
        }
        groups.push(group);
    }
    groups
}
