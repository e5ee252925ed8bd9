//! Several incidents: two groups of failing services that no dependency joins.

use super::{Detection, Scene, Verdict};
use crate::text::Text;

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    let affected = &scene.impact.affected;
    if affected.len() < 2 || scene.case.graph.edge_count() == 0 || scene.case.periods.symptom.is_some() {
        return None;
    }
    let groups = groups(scene, affected);
    // One service alone may be a by-stander; two groups of at least two are two stories.
    let large = groups.iter().filter(|g| g.len() >= 2).count();
    let mut why = Text::new();
    why.say(format!(
        "The {} affected services form {} joined by dependencies, {large} of them with two or more.",
        affected.len(),
        crate::text::count(groups.len(), "group", "groups")
    ));
    let cites =
        groups.iter().filter_map(|g| scene.onsets[g[0]].as_ref()).map(|o| o.cite.clone()).take(3).collect();
    Some(Detection { kind: Verdict::SeveralIncidents, holds: large >= 2, why, cites })
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
