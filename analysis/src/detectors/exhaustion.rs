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
    let during = |signal: &str| {
        let series = scene.case.find_series(first, signal, None);
        scene.case.periods.incident.iter().filter_map(move |w| series?.at(*w))
    };
    let full = head.name != "resource" && during(head.name).any(|w| w.max >= 0.95);
    let empty = head.name == "resource" && finding.observed <= 0.05 * finding.normal;
    // What is killed when its memory is full shows less of it afterwards.
    let restarts: Vec<f64> = during("restarts").map(|w| w.last).collect();
    let restarted = head.name == "memory" && restarts.last() > restarts.first();
    let gate = head.peak_gate(first, c.gate_z);
    // What is full is full: it need not be far from normal beside. A restart empties what was full:
    // half the deviation is enough then.
    let holds = (full && finding.peak_z > c.entry_z)
        || (gate > c.confirmed_gate && empty)
        || (gate > 0.5 * c.confirmed_gate && restarted);
    let mut why = Text::new();
    why.say(format!("{} of ", head.signal)).name(scene.case.name(first)).say(format!(
        " went from {} to {}; {}.",
        crate::text::number(finding.normal),
        crate::text::number(finding.observed),
        match (holds, restarted) {
            (true, true) => "it ran out, and the service restarted",
            (true, false) => "it ran out",
            _ => "it did not run out",
        }
    ));
    Some(Detection {
        kind: Verdict::ResourceExhaustion,
        holds,
        why,
        cites: finding.worst.iter().cloned().collect(),
    })
}
