//! How good the verdicts are: what was said of what is true.

use std::collections::BTreeMap;

use serde::Serialize;

use super::score::Judged;
use super::wilson::Share;

/// Verdicts over the cases whose true one is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdicts {
    /// Cases whose verdict is right.
    pub right: Share,
    /// The confusion matrix, by true verdict, then by the one given; empty cells are left out.
    pub confusion: Vec<Confusion>,
}

/// One cell of the confusion matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confusion {
    /// The true verdict; untrusted.
    pub truth: String,
    /// The verdict given; empty for a case that failed.
    pub said: String,
    /// How many.
    pub cases: usize,
}

/// Compares verdicts; `None` if no case's true verdict is known.
#[must_use]
pub fn verdicts(cases: &[Judged<'_>]) -> Option<Verdicts> {
    let mut cells: BTreeMap<(String, String), usize> = BTreeMap::new();
    let (mut right, mut of) = (0, 0);
    for case in cases {
        let Some(truth) = &case.label.verdict else { continue };
        let said = case.answer().map_or("", |a| a.verdict.words());
        of += 1;
        right += usize::from(truth == said);
        *cells.entry((truth.clone(), said.to_owned())).or_default() += 1;
    }
    let confusion =
        cells.into_iter().map(|((truth, said), cases)| Confusion { truth, said, cases }).collect();
    (of > 0).then(|| Verdicts { right: Share::new(right, of), confusion })
}
