//! Localized overload: services failed, and none that depends on them followed.

use super::{Detection, Scene, Verdict};
use crate::text::Text;

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    let affected = &scene.impact.affected;
    let followed =
        affected.iter().any(|a| scene.case.dependents(*a).any(|d| d != *a && affected.contains(&d)));
    let holds = !followed;
    let mut why = Text::new();
    match affected.as_slice() {
        [] => why
            .say("No service left its band for two observations in a row: the evidence is there, but weak."),
        [one] => why
            .say("Only ")
            .name(scene.case.name(*one))
            .say(format!(" of {} observed services is affected.", scene.impact.observed)),
        many => why.say(format!(
            "{} of {} observed services are affected; {}.",
            many.len(),
            scene.impact.observed,
            if followed { "some depend on others of them" } else { "none depends on another" }
        )),
    };
    let cites =
        affected.iter().take(3).filter_map(|a| scene.onsets[*a].as_ref()).map(|o| o.cite.clone()).collect();
    Some(Detection { kind: Verdict::LocalizedOverload, holds, why, cites })
}
