//! What speaks against the verdict, and what would change it.

use crate::analyse::Analysis;
use crate::detectors::Verdict;
use crate::ranking::confidence::Level;
use crate::text::{Text, count, number};

pub(super) fn build(analysis: &Analysis<'_>) -> Vec<Text> {
    let case = &analysis.case;
    let mut lines = Vec::new();
    if analysis.verdict == Verdict::NoIncident {
        lines.push(Text::words(format!(
            "A deviation of more than {} scales where it would be noticed, or a declared threshold crossed for two observations, would make this an incident.",
            number(case.constants.entry_z)
        )));
    }
    let suspects: Vec<usize> = analysis.suspects().take(2).collect();
    if let ([first, second], Some(ranking)) = (suspects.as_slice(), &analysis.ranking) {
        let ratio = ranking.scores[*second] / ranking.scores[*first];
        let mut text = Text::untrusted(case.name(*second));
        text.say(format!(
            " scores {:.0} % of the first suspect. It would come first if the evidence on ",
            ratio * 100.0
        ));
        text.name(case.name(*first)).say(" turned out to be an effect rather than a cause.");
        lines.push(text);
    }
    if let Some(confidence) = analysis.confidence.as_ref().filter(|c| c.level != Level::High) {
        lines.push(Text::words(format!(
            "{:.0} % of the ensemble put another service first: the constants decide, not the evidence.",
            (1.0 - confidence.agreement) * 100.0
        )));
    }
    if analysis.verdict != Verdict::NoIncident && !analysis.detections.iter().any(|d| d.holds) {
        lines.push(Text::words(
            "No detector confirms its kind of failure: the verdict rests on services that depend on each other and deviate together.",
        ));
    }
    let disagreeing: Vec<&str> = analysis
        .baselines
        .iter()
        .filter(|b| b.order.first().is_some_and(|f| suspects.first() != Some(f)))
        .map(|b| b.name)
        .collect();
    if !disagreeing.is_empty() && !suspects.is_empty() {
        lines.push(Text::words(format!(
            "Simpler methods disagree on the first place: {}.",
            disagreeing.join(", ")
        )));
    }
    for detection in analysis.detections.iter().filter(|d| d.holds && d.kind != analysis.verdict) {
        lines.push(Text::words(format!("The log also fits “{}”.", detection.kind.words())));
    }
    if analysis.verdict == Verdict::LocalizedOverload {
        lines.push(Text::words(
            "A service that depends on an affected one and leaves its band after it would make this a cascade.",
        ));
    }
    let unobserved = case.graph.unobserved().len();
    if unobserved > 0 {
        lines.push(Text::words(format!(
            "{} named by dependencies but not observed: a cause there cannot be seen.",
            count(unobserved, "service is", "services are")
        )));
    }
    if analysis.paths.iter().all(|p| !p.confirmed) && !analysis.paths.is_empty() {
        lines.push(Text::words(
            "No path is confirmed: on each, some service does not deviate clearly or onsets run backwards.",
        ));
    }
    if lines.is_empty() {
        lines.push(Text::words("Nothing in the log speaks against the verdict."));
    }
    lines
}
