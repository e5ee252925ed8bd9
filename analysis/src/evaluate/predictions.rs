//! The rankings as others may score them: names only, no scores and no labels.

use serde::Serialize;

use super::rankings::{RankedCase, Rankings};

/// What is predicted for one case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Prediction {
    /// The case.
    pub case: String,
    /// All services of the run, best first, also if no incident was found; by name without any
    /// evidence.
    pub ranked: Vec<String>,
    /// Paths, origin first.
    pub paths: Vec<Vec<String>>,
    /// Share of the ensemble that agrees with the first place, 0..1; 0 if no incident was found.
    pub confidence: f64,
}

/// One prediction a case. A case that failed has no services.
#[must_use]
pub fn predictions<'a>(rankings: impl IntoIterator<Item = &'a Rankings>) -> Vec<Prediction> {
    rankings.into_iter().flat_map(|r| &r.cases).map(prediction).collect()
}

fn prediction(case: &RankedCase) -> Prediction {
    let Ok(answer) = &case.answer else {
        return Prediction { case: case.id.clone(), ranked: Vec::new(), paths: Vec::new(), confidence: 0.0 };
    };
    let names = |services: &[usize]| services.iter().map(|s| answer.name(*s).to_owned()).collect();
    let ranked = answer.order().map(names).unwrap_or_else(|| {
        let mut all = answer.services.clone();
        all.sort();
        all
    });
    Prediction {
        case: case.id.clone(),
        ranked,
        paths: answer.paths.iter().map(|p| names(p)).collect(),
        confidence: answer.confidence.map_or(0.0, |c| c.1),
    }
}
