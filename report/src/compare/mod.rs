//! What changed between two runs, or two folders of runs, and whether other seeds differ as much.
//!
//! [`compare`] reduces the [`Findings`] of every run to figures, one value each, and holds figure
//! against figure. Siblings (runs of the base's scenario with other seeds) are the yardstick. The
//! method is told in `docs/compare.md`. Reading order:
//!
//! * [`value`], [`measure`], [`figure`]: what a figure says, its unit and which way is worse;
//! * `facts`: all figures of one run; `pairing`, `siblings`: which runs belong together;
//! * `table`: runs side by side; `pair`: two of them, figure by figure; `spread`: a change against
//!   siblings;
//! * [`conclusion`]: from many figures to one word; [`gate`]: when that fails a build;
//! * [`model`]: the result; `view`, [`markdown`], [`html`]: how it is shown; [`read`]: findings
//!   out of JSON.

pub mod conclusion;
mod facts;
pub mod figure;
pub mod gate;
pub mod html;
pub mod markdown;
pub mod measure;
pub mod model;
mod overview;
mod pair;
mod pairing;
pub mod read;
#[cfg(test)]
mod schema;
mod siblings;
mod spread;
mod story;
mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod value;
mod view;
mod words;

use crate::findings::Findings;
use model::{COMPARE_SCHEMA, ComparisonModel, PairComparison, SpreadInput, Unpaired};

pub use conclusion::Conclusion;
pub use gate::Gate;
pub use html::to_html;
pub use markdown::to_markdown;

/// One run under its name (the file stem), by which folders are paired.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Name; untrusted.
    pub name: String,
    /// What was found in it.
    pub findings: Findings,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Side {
    /// One run.
    Run(Box<Input>),
    /// A folder of runs, by name.
    Folder(Vec<Input>),
}

/// A side, or the spread, with the name that it was given by.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T> {
    /// Name of the file or folder; untrusted.
    pub name: String,
    /// What is there.
    pub what: T,
}

impl Side {
    fn runs(&self) -> &[Input] {
        match self {
            Self::Run(input) => std::slice::from_ref(&**input),
            Self::Folder(inputs) => inputs,
        }
    }
}

/// Compares a candidate with a base. Two single runs are a pair whatever their names; folders are
/// paired by name, else by scenario and seed, and what has no counterpart is listed.
///
/// # Determinism
/// The same findings give the same model; runs are taken in the order of their names.
#[must_use]
pub fn compare(
    base: &Named<Side>,
    candidate: &Named<Side>,
    spread: Option<&Named<Vec<Input>>>,
    version: &str,
) -> ComparisonModel {
    let (ours, theirs) = (base.what.runs(), candidate.what.runs());
    let pairing = match (&base.what, &candidate.what) {
        (Side::Run(_), Side::Run(_)) => pairing::Pairing { pairs: vec![(0, 0)], ..Default::default() },
        _ => pairing::pair(ours, theirs),
    };
    let family = spread.map(|spread| siblings::Family::new(&spread.what));
    let pairs: Vec<PairComparison> =
        pairing.pairs.iter().map(|(b, c)| pair::compare(&ours[*b], &theirs[*c], family.as_ref())).collect();
    let names = |inputs: &[Input], which: &[usize]| which.iter().map(|i| inputs[*i].name.clone()).collect();
    ComparisonModel {
        schema: COMPARE_SCHEMA.to_owned(),
        version: version.to_owned(),
        base: base.name.clone(),
        candidate: candidate.name.clone(),
        spread: spread.map(|s| SpreadInput { name: s.name.clone(), runs: s.what.len() }),
        conclusion: Conclusion::over(pairs.iter().map(|p| p.conclusion)),
        overview: overview::lines(&pairs),
        pairs,
        unpaired: Unpaired { base: names(ours, &pairing.base), candidate: names(theirs, &pairing.candidate) },
    }
}
