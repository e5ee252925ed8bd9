//! Capacity bottleneck: a slow service made its callers wait.

use super::{Detection, Scene, Verdict};
use crate::text::Text;

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    let latency = scene.heads.iter().find(|h| h.name == "latency")?;
    let c = scene.case.constants;
    let first = *scene.ranking?.order.first()?;
    let slow = |i: usize| {
        latency.gate(i, c.gate_z) > c.confirmed_gate
            || scene.onsets[i].as_ref().is_some_and(|o| o.head == latency.name)
    };
    let waiting: Vec<usize> = scene.case.dependents(first).filter(|d| *d != first && slow(*d)).collect();
    let entry = scene.case.dependents(first).next().is_none();
    let fails = scene.heads.iter().any(|h| h.name == "errors" && h.gate(first, c.gate_z) > c.confirmed_gate);
    // An entry that is slow makes people wait; if it also fails, waiting is the lesser part.
    let holds = slow(first) && (!waiting.is_empty() || (entry && !fails));
    let mut why = Text::new();
    why.say("The first suspect ").name(scene.case.name(first)).say(format!(
        " is {}; of its direct callers, {} slower than normal too.",
        if slow(first) { "slower than normal" } else { "not slower than normal" },
        match waiting.len() {
            0 => "none is".to_owned(),
            1 => "1 is".to_owned(),
            n => format!("{n} are"),
        }
    ));
    let cites = latency.findings[first].iter().filter_map(|f| f.worst.clone()).collect();
    Some(Detection { kind: Verdict::CapacityBottleneck, holds, why, cites })
}
