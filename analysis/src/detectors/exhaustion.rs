//! Resource exhaustion: something finite ran out on the first suspect.

use super::{Detection, Scene, Verdict};
use crate::text::Text;

/// Heads that measure something finite.
const FINITE: [&str; 3] = ["memory", "disk", "resource"];

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    let first = *scene.ranking?.order.first()?;
    let c = scene.case.constants;
    let (head, finding) = scene
        .heads
        .iter()
        .filter(|h| FINITE.contains(&h.name))
        .filter_map(|h| Some((h, h.findings[first].as_ref()?)))
        .max_by(|a, b| a.1.z.total_cmp(&b.1.z))?;
    let ran_out = if head.name == "resource" {
        finding.observed <= 0.05 * finding.normal
    } else {
        finding.observed >= 0.95
    };
    let holds = head.gate(first, c.gate_z) > c.confirmed_gate && ran_out;
    let mut why = Text::new();
    why.say(format!("{} of ", head.signal)).name(scene.case.name(first)).say(format!(
        " went from {} to {}; {}.",
        crate::text::number(finding.normal),
        crate::text::number(finding.observed),
        if holds { "it ran out" } else { "it did not run out" }
    ));
    Some(Detection {
        kind: Verdict::ResourceExhaustion,
        holds,
        why,
        cites: finding.worst.iter().cloned().collect(),
    })
}
