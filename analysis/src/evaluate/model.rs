//! The result of an evaluation, `infra-evaluate/1`.

use serde::Serialize;

use super::dataset::Dataset;
use super::error::EvaluateError;
use super::labels::Labels;
use super::rankings::{Options, Rankings};
use super::score::Judged;
use super::scored::{Scored, score};
use super::windows::{QuietScores, WindowAnswer, count};
use crate::constants::Constants;
use crate::error::AnalysisError;

/// Version of the JSON form.
pub const EVALUATE_SCHEMA: &str = "infra-evaluate/1";

/// What is told of a folder without labels.
const NO_LABELS: &str = "no labels: nothing is scored";

/// The result of an evaluation.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
    /// [`EVALUATE_SCHEMA`].
    pub schema: &'static str,
    /// Each folder by itself.
    pub folders: Vec<FolderReport>,
    /// All folders together, if there are several.
    pub together: Option<Together>,
    /// Where the numbers come from.
    pub provenance: Provenance,
}

/// One folder.
#[derive(Clone, Debug, Serialize)]
pub struct FolderReport {
    /// Its name.
    pub name: String,
    /// BLAKE3 of its runs.
    pub digest: String,
    /// Cases ranked, failed ones included.
    pub ranked: usize,
    /// Cases that failed; they count as wrong.
    pub failed: Vec<FailedCase>,
    /// What was inferred, left out or counted.
    pub notes: Vec<String>,
    /// Scores, if labels could be read.
    pub scored: Option<Scored>,
    /// Normal time.
    pub normal_windows: Option<QuietScores>,
}

/// Several folders together.
#[derive(Clone, Debug, Serialize)]
pub struct Together {
    /// Scores over all cases.
    pub scored: Scored,
    /// Normal time of all folders.
    pub normal_windows: Option<QuietScores>,
}

/// A case that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailedCase {
    /// The case.
    pub case: String,
    /// Why.
    pub error: String,
}

/// Where the numbers come from.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Provenance {
    /// Version of this program.
    pub version: String,
    /// Options that change the result.
    pub options: Vec<String>,
    /// Where the network ran.
    pub device: String,
    /// Seed of ensembles and resamples.
    pub seed: u64,
    /// Constants that are not at their default.
    pub constants: Vec<ChangedConstant>,
}

/// A constant that is not at its default.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChangedConstant {
    /// Name.
    pub name: &'static str,
    /// Value in force.
    pub value: f64,
    /// Default value.
    pub default: f64,
}

impl Provenance {
    /// Provenance of an evaluation with these options; `given` are the options as given.
    #[must_use]
    pub fn new(version: &str, options: &Options, given: Vec<String>) -> Self {
        Self {
            version: version.to_owned(),
            options: given,
            device: options.analysis.device_name.to_owned(),
            seed: options.analysis.seed,
            constants: changed(&options.constants),
        }
    }
}

fn changed(constants: &Constants) -> Vec<ChangedConstant> {
    let entries = constants.entries().into_iter().filter(|e| e.value != e.default);
    entries.map(|e| ChangedConstant { name: e.name, value: e.value, default: e.default }).collect()
}

/// All that was computed of one folder.
#[derive(Debug)]
pub struct Outcome {
    name: String,
    digest: String,
    notes: Vec<String>,
    /// Its rankings.
    pub rankings: Rankings,
    windows: Vec<WindowAnswer>,
    labels: Option<Labels>,
}

impl Outcome {
    /// The rankings of a data set and its normal windows; nothing is scored yet.
    #[must_use]
    pub fn new(dataset: &Dataset, rankings: Rankings, windows: Vec<WindowAnswer>) -> Self {
        let (name, digest, notes) = (dataset.name.clone(), dataset.digest.clone(), dataset.notes.clone());
        Self { name, digest, notes, rankings, windows, labels: None }
    }

    /// The folder's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Adds what is true. Without it, the reason stands in the notes.
    pub fn judge(&mut self, labels: Result<Option<Labels>, EvaluateError>) {
        match labels {
            Ok(Some(labels)) => {
                self.notes.extend(labels.notes.iter().cloned());
                self.labels = Some(labels);
            },
            Ok(None) => self.notes.push(NO_LABELS.to_owned()),
            Err(error) => self.notes.push(format!("nothing is scored: {error}")),
        }
    }

    /// Why the folder's result is not whole, one line a reason: cases that failed, and labels
    /// that are `wanted` and not there.
    #[must_use]
    pub fn problems(&self, wanted: bool) -> Vec<String> {
        let mut problems: Vec<String> = Vec::new();
        let unscored = self.labels.is_none().then(|| self.notes.last()).flatten();
        if let Some(why) = unscored.filter(|why| wanted || *why != NO_LABELS) {
            problems.push(format!("{}: {why}", self.name));
        }
        problems.extend(self.failed().map(|f| format!("{}: case {} failed: {}", self.name, f.case, f.error)));
        problems
    }

    fn failed(&self) -> impl Iterator<Item = FailedCase> + '_ {
        self.rankings.cases.iter().filter_map(|c| {
            let error = c.answer.as_ref().err()?.clone();
            Some(FailedCase { case: c.id.clone(), error })
        })
    }

    fn judged(&self) -> Vec<Judged<'_>> {
        let Some(labels) = &self.labels else { return Vec::new() };
        let known = self.rankings.cases.iter().filter_map(|c| Some((c, labels.of(&c.id)?)));
        known.map(|(case, label)| Judged { folder: &self.name, case, label }).collect()
    }

    fn report(&self, seed: u64) -> FolderReport {
        FolderReport {
            name: self.name.clone(),
            digest: self.digest.clone(),
            ranked: self.rankings.cases.len(),
            failed: self.failed().collect(),
            notes: self.notes.clone(),
            scored: self.labels.as_ref().map(|_| score(&self.judged(), seed)),
            normal_windows: count(&self.windows.iter().collect::<Vec<_>>()),
        }
    }
}

impl Evaluation {
    /// Scores all folders, each by itself and together.
    #[must_use]
    pub fn new(outcomes: &[Outcome], provenance: Provenance) -> Self {
        let seed = provenance.seed;
        let scored = outcomes.iter().filter(|o| o.labels.is_some()).count();
        let together = (scored > 1).then(|| Together {
            scored: score(&outcomes.iter().flat_map(Outcome::judged).collect::<Vec<_>>(), seed),
            normal_windows: count(&outcomes.iter().flat_map(|o| &o.windows).collect::<Vec<_>>()),
        });
        let folders = outcomes.iter().map(|o| o.report(seed)).collect();
        Self { schema: EVALUATE_SCHEMA, folders, together, provenance }
    }

    /// The result as JSON.
    ///
    /// # Errors
    /// [`AnalysisError::Render`] if a number cannot be written as JSON.
    pub fn to_json(&self) -> Result<String, AnalysisError> {
        let text = serde_json::to_string_pretty(self).map_err(infra_report::RenderError::from)?;
        Ok(text + "\n")
    }
}
