//! Congestion collapse: a queue is full, and nearly everything that is asked of it fails.

use super::{Detection, Scene, Verdict};
use crate::heads::{HeadResult, at_capacity};
use crate::text::Text;

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    let c = scene.case.constants;
    let queue = scene.heads.iter().find(|h| h.name == "queue")?;
    let errors = scene.heads.iter().find(|h| h.name == "errors")?;
    // The service whose queue deviates most, and who loses most there: itself, those that it
    // serves, or those that work for it.
    let full = (0..scene.case.len())
        .filter(|i| is_full(scene, queue, *i))
        .max_by(|a, b| queue.z(*a).total_cmp(&queue.z(*b)).then(b.cmp(a)));
    let mut why = Text::new();
    let Some(full) = full else {
        why.say("No queue is longer than normal.");
        return Some(Detection { kind: Verdict::CongestionCollapse, holds: false, why, cites: Vec::new() });
    };
    let near = std::iter::once(full).chain(scene.case.dependents(full)).chain(scene.case.dependencies(full));
    let failing = near
        .filter_map(|i| Some((i, errors.findings[i].as_ref()?)))
        .max_by(|a, b| a.1.observed.total_cmp(&b.1.observed).then(b.0.cmp(&a.0)))?;
    let declared = scene.case.metadata.signal("error_rate").critical;
    let collapse = declared.unwrap_or(c.collapse_share);
    let holds = failing.1.observed >= collapse;
    why.say("The queue of ").name(scene.case.name(full)).say(format!(
        " is far longer than normal or full, and {:.0} % of what is asked of ",
        100.0 * failing.1.observed
    ));
    why.name(scene.case.name(failing.0))
        .say(format!(" fails; {:.0} % or more is a collapse.", 100.0 * collapse));
    let cites = [queue.findings[full].as_ref(), Some(failing.1)]
        .into_iter()
        .flatten()
        .filter_map(|f| f.worst.clone())
        .collect();
    Some(Detection { kind: Verdict::CongestionCollapse, holds, why, cites })
}

/// Whether work waits at a service, or more is asked than it is built for. More work than usual
/// alone is neither.
fn is_full(scene: &Scene<'_>, queue: &HeadResult, service: usize) -> bool {
    let case = scene.case;
    let beyond = |signal: &str| {
        let critical = case.metadata.signal(signal).critical?;
        let series = case.find_series(service, signal, None)?;
        Some(case.periods.incident.iter().filter_map(|w| series.at(*w)).any(|w| w.max >= critical))
    };
    let waits = case.find_series(service, "queue_depth", None).is_some()
        && queue.peak_gate(service, case.constants.gate_z) > case.constants.confirmed_gate;
    waits || at_capacity(case, service).is_some() || beyond("load").unwrap_or(false)
}
