//! The comparison model, `infra-compare/1`: what changed, by how much, and whether siblings differ
//! as much. Names come from logs and are untrusted; renderers escape them.

use serde::{Deserialize, Serialize};

use super::conclusion::Conclusion;
use super::figure::{FigureId, Group, Trend};
use super::measure::{Measure, Unit};
use super::value::Value;
use crate::time::TimeScale;
use crate::verdict::Verdict;

/// Version of the JSON form of this model.
pub const COMPARE_SCHEMA: &str = "infra-compare/1";

/// What changed between two runs, or two folders of runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonModel {
    /// [`COMPARE_SCHEMA`].
    pub schema: String,
    /// Version of this program.
    pub version: String,
    /// Name of the file or folder that is compared with.
    pub base: String,
    /// Name of the file or folder that is compared.
    pub candidate: String,
    /// Runs that show how far seeds differ, if any were given.
    pub spread: Option<SpreadInput>,
    /// Over all pairs.
    pub conclusion: Conclusion,
    /// One entry per pair, by name.
    pub pairs: Vec<PairComparison>,
    /// Runs without a counterpart.
    pub unpaired: Unpaired,
    /// Over all pairs, if there are several.
    pub overview: Vec<OverviewLine>,
}

/// Where the spread comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpreadInput {
    /// Name of the folder.
    pub name: String,
    /// Runs in it.
    pub runs: usize,
}

/// Runs without a counterpart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpaired {
    /// In the base only.
    pub base: Vec<String>,
    /// In the candidate only.
    pub candidate: Vec<String>,
}

/// Which run it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRef {
    /// Name of its file or folder.
    pub name: String,
    /// The run's own id.
    pub run_id: String,
    /// BLAKE3 of the run.
    pub digest: String,
    /// The simulated world; empty for telemetry.
    pub world: String,
    /// The scenario; empty for telemetry.
    pub scenario: String,
    /// Seed of the simulation, if there was one.
    pub seed: Option<u64>,
    /// What its times mean.
    pub time: TimeScale,
    /// What kind of failure it was.
    pub verdict: Verdict,
}

/// Two runs compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairComparison {
    /// What they have in common: the file stem, or the base's where the stems differ.
    pub name: String,
    /// The run compared with.
    pub base: RunRef,
    /// The run compared.
    pub candidate: RunRef,
    /// In one word.
    pub conclusion: Conclusion,
    /// How many figures did what.
    pub tally: Tally,
    /// Which siblings were used; `None` if no spread was given.
    pub siblings: Option<Siblings>,
    /// What chance alone would do; `None` without enough siblings.
    pub chance: Option<Chance>,
    /// What the reader must know about the two.
    pub caveats: Vec<Caveat>,
    /// Figures that changed, and those that always count; by group, then measure, then subject.
    pub figures: Vec<Figure>,
}

/// How many figures did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Figures that could be compared.
    pub compared: usize,
    /// Of those, changed.
    pub changed: usize,
    /// Of the changed: within the spread.
    pub within: usize,
    /// Of the changed: beyond the spread.
    pub beyond: usize,
    /// Of the changed: nothing to hold them against.
    pub unknown: usize,
    /// For the worse, of those beyond the spread; of the changed where the spread is unknown.
    pub worse: usize,
    /// For the better, likewise.
    pub better: usize,
}

/// Which siblings were used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Siblings {
    /// Runs of the base's world and scenario that were used.
    pub used: usize,
    /// Left out: of another world or scenario.
    pub other_scenario: usize,
    /// Left out: the base, the candidate, or a run that is there twice.
    pub repeated: usize,
    /// Left out: more than are needed.
    pub surplus: usize,
}

/// What chance alone does: pairs of siblings, each held against the other siblings as base and
/// candidate are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chance {
    /// Pairs of siblings.
    pub pairs: usize,
    /// Figures beyond the spread in such a pair, on average.
    pub expected: f64,
    /// Pairs with at least as many figures beyond the spread as base and candidate.
    pub as_many: usize,
    /// Pairs in which no figure differs; if that is all of them, the seed decides nothing here.
    pub alike: usize,
    /// Pairs with a figure at least as far beyond.
    pub as_far: usize,
    /// Largest difference of base and candidate in units of its limit, where a limit is not 0.
    pub farthest: Option<f64>,
}

/// What the reader must know about two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caveat {
    /// They are of different worlds or scenarios.
    OtherScenario,
    /// They were analysed with different options.
    OtherOptions,
    /// They were analysed by different versions of this program.
    OtherVersion,
    /// The incidents have different names.
    OtherIncident,
}

/// A figure of both runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What it is about.
    pub group: Group,
    /// Which one.
    #[serde(flatten)]
    pub id: FigureId,
    /// What its numbers count.
    pub unit: Unit,
    /// What it says in the base.
    pub base: Value,
    /// What it says in the candidate.
    pub candidate: Value,
    /// Candidate less base; for sets the share of members that they do not have in common.
    pub difference: Option<f64>,
    /// Which way it goes.
    pub trend: Trend,
    /// Whether siblings differ as much.
    pub judgement: Judgement,
    /// What that rests on.
    pub evidence: Evidence,
}

/// Whether a change exceeds the spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// No change.
    Same,
    /// Siblings differ as much.
    Within,
    /// They do not.
    Beyond,
    /// There are too few siblings to tell, or none.
    Unknown,
}

/// What a judgement rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// Nothing: no change, or no spread.
    None,
    /// So few siblings have this figure.
    TooFew {
        /// How many.
        siblings: usize,
    },
    /// Differences between pairs of siblings.
    Differences {
        /// Siblings that have this figure.
        siblings: usize,
        /// Pairs of them.
        pairs: usize,
        /// The 95th percentile of the differences; with fewer than 20 siblings the largest.
        limit: f64,
        /// The median of the differences.
        median: f64,
    },
    /// Shares of siblings that show the same.
    Shares {
        /// Siblings.
        siblings: usize,
        /// As the base.
        base: Rate,
        /// As the candidate.
        candidate: Rate,
    },
}

/// How often something is seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Siblings that show it.
    pub seen: usize,
    /// If none does: how often something comes up that was not seen before, 0..1.
    pub new: Option<f64>,
}

impl Rate {
    /// As a share of so many siblings.
    #[must_use]
    pub fn share(&self, siblings: usize) -> f64 {
        self.new.unwrap_or_else(|| self.seen as f64 / siblings.max(1) as f64)
    }
}

/// One figure over all pairs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverviewLine {
    /// Which one.
    pub measure: Measure,
    /// What its numbers count.
    pub unit: Unit,
    /// Pairs in which it changed.
    pub changed: usize,
    /// Pairs in which it changed beyond the spread.
    pub beyond: usize,
    /// Pairs in which it changed for the worse.
    pub worse: usize,
    /// Pairs in which it changed for the better.
    pub better: usize,
    /// Median of candidate less base over the pairs in which both are numbers.
    pub median: Option<f64>,
}
