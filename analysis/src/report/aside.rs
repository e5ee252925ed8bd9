//! The first three suspects side by side, where the ranking is not sure of the first.

use infra_report::model::{Aside, AsideRow};

use super::observed::brief;
use crate::analyse::Analysis;
use crate::ranking::confidence::Level;
use crate::text::Text;

/// Suspects compared.
const COMPARED: usize = 3;

/// `None` unless confidence is low and there is more than one suspect.
pub(super) fn build(analysis: &Analysis<'_>) -> Option<Aside> {
    let (ranking, confidence) = (analysis.ranking.as_ref()?, analysis.confidence.as_ref()?);
    let suspects: Vec<usize> = analysis.suspects().take(COMPARED).collect();
    if confidence.level != Level::Low || suspects.len() < 2 {
        return None;
    }
    let row = |label: &str, cell: &dyn Fn(usize) -> String| AsideRow {
        label: label.to_owned(),
        cells: suspects.iter().map(|s| cell(*s)).collect(),
    };
    let mut rows = vec![
        row("score", &|s| brief(ranking.scores[s])),
        row("rank over the ensemble", &|s| {
            let (low, high) = confidence.rank_interval[s];
            format!("{low} to {high}")
        }),
        row("evidence of its own", &|s| brief(ranking.local[s])),
        row("mass from the symptom", &|s| brief(ranking.absorbed[s])),
    ];
    for head in &analysis.heads {
        if suspects.iter().all(|s| head.z(*s) < analysis.case.constants.entry_z) {
            continue;
        }
        let cell = |s: usize| head.findings[s].as_ref().map_or_else(|| "–".to_owned(), |f| brief(f.z));
        rows.push(row(&format!("{}, in scales", head.name), &cell));
    }
    Some(Aside { services: suspects.iter().map(|s| Text::untrusted(analysis.case.name(*s))).collect(), rows })
}
