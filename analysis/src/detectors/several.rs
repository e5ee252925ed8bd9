//! Several incidents: two groups of failing services that no dependency joins.

use super::{Detection, Scene, Verdict};
use crate::text::Text;

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
