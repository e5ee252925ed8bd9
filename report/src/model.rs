//! The report model: one stream of facts, many renderers.
//!
//! Every [`Text`] keeps names from the log apart from our words; every fact names its rows.

use serde::{Deserialize, Serialize};

use crate::cite::Cite;
use crate::findings::Findings;
use crate::text::Text;
use crate::verdict::Verdict;

/// Version of the JSON form of this model.
pub const REPORT_SCHEMA: &str = "infra-report/1";

/// A failure-analysis report.
#[derive(Clone, Debug, Serialize)]
pub struct ReportModel {
    /// The version of this form: [`REPORT_SCHEMA`].
    pub schema: &'static str,
    /// What is reported on.
    pub title: Text,
    /// One screen.
    pub summary: Summary,
    /// The system.
    pub context: Context,
    /// What it cost.
    pub impact: Vec<Fact>,
    /// Figures in the terms of a simulated world.
    pub world: Option<Terms>,
    /// What happened, in order.
    pub timeline: Timeline,
    /// Each affected service.
    pub services: Vec<ServiceEffect>,
    /// Affected services that are not listed.
    pub services_omitted: usize,
    /// What was done about it.
    pub interventions: InterventionsView,
    /// What changed before onset.
    pub before: Vec<Text>,
    /// Causes and paths.
    pub graph: GraphView,
    /// What each detector saw.
    pub characterization: Vec<DetectionView>,
    /// What speaks against the verdict, and what would change it.
    pub counter_evidence: Vec<Text>,
    /// Places for people.
    pub lessons: Vec<&'static str>,
    /// How this was made.
    pub method: Method,
    /// The same for machines.
    pub findings: Findings,
}

/// One screen.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// The verdict in words.
    pub verdict: &'static str,
    /// The verdict's name in files.
    pub verdict_id: Verdict,
    /// What happened, in sentences.
    pub story: Vec<Text>,
    /// Verdict, cause, blast radius, impact, confidence.
    pub facts: Vec<Fact>,
}

/// A labelled fact.
#[derive(Clone, Debug, Serialize)]
pub struct Fact {
    /// What it is.
    pub label: &'static str,
    /// What is known.
    pub value: Text,
}

/// The system.
#[derive(Clone, Debug, Serialize)]
pub struct Context {
    /// Facts about the run.
    pub facts: Vec<Fact>,
}

/// A run's figures in its world's terms.
#[derive(Clone, Debug, Serialize)]
pub struct Terms {
    /// The world's name; untrusted.
    pub world: Text,
    /// The figures.
    pub facts: Vec<Fact>,
}

/// What happened, in order.
#[derive(Clone, Debug, Serialize)]
pub struct Timeline {
    /// Entries in row order.
    pub entries: Vec<TimelineEntry>,
    /// Events of the log that are not listed.
    pub omitted: i64,
}

/// One line of the timeline.
#[derive(Clone, Debug, Serialize)]
pub struct TimelineEntry {
    /// When.
    pub time: String,
    /// When \[ns since the run's origin\].
    pub time_ns: i64,
    /// What.
    pub what: Text,
    /// Log line, if there was one.
    pub message: Text,
    /// `evidence`, or `mechanism` for a simulator's inner truth.
    pub visibility: &'static str,
    /// Rows.
    pub cite: String,
}

/// What happened to one service.
#[derive(Clone, Debug, Serialize)]
pub struct ServiceEffect {
    /// Its name.
    pub service: Text,
    /// When it left its band.
    pub onset: String,
    /// What is off, in words.
    pub effects: Vec<Text>,
    /// Worst status seen.
    pub status: String,
}

/// What was done about it.
#[derive(Clone, Debug, Serialize)]
pub struct InterventionsView {
    /// In sentences.
    pub summary: Vec<Text>,
    /// One line each.
    pub entries: Vec<InterventionEntry>,
}

/// One remediation.
#[derive(Clone, Debug, Serialize)]
pub struct InterventionEntry {
    /// When.
    pub time: String,
    /// What and who.
    pub what: Text,
    /// What changed until the next one.
    pub effect: Text,
    /// Rows.
    pub cite: String,
}

/// Causes and paths.
#[derive(Clone, Debug, Serialize)]
pub struct GraphView {
    /// In words: nodes, edges, declared or inferred, cycles.
    pub caption: Text,
    /// Mermaid source; empty without services.
    pub mermaid: String,
    /// What the picture leaves out.
    pub omitted: String,
    /// Suspects, best first.
    pub causes: Vec<Cause>,
    /// Suspects with evidence that are not listed.
    pub causes_omitted: usize,
    /// Paths, in the order of their origins' rank.
    pub paths: Vec<PathView>,
    /// The first three side by side, if confidence is low.
    pub aside: Option<Aside>,
    /// Simpler methods.
    pub baselines: Vec<BaselineView>,
}

/// One suspect.
#[derive(Clone, Debug, Serialize)]
pub struct Cause {
    /// 1-based.
    pub rank: usize,
    /// Its name.
    pub service: Text,
    /// Score; comparable within one report only.
    pub score: f64,
    /// Ranks over the ensemble.
    pub rank_interval: (usize, usize),
    /// Evidence, one sentence per head.
    pub evidence: Vec<Text>,
    /// How many heads have data and see too little to speak.
    pub faint: Option<Text>,
    /// What explains it away.
    pub explained_by: Vec<Text>,
    /// What was changed there before its onset, the latest first.
    pub changes: Vec<Text>,
    /// All rows that its evidence rests on.
    pub cites: Vec<Cite>,
}

/// Suspects as columns, what speaks for each as rows.
#[derive(Clone, Debug, Serialize)]
pub struct Aside {
    /// Suspects, best first.
    pub services: Vec<Text>,
    /// What is compared.
    pub rows: Vec<AsideRow>,
}

/// One line of the comparison.
#[derive(Clone, Debug, Serialize)]
pub struct AsideRow {
    /// What it is.
    pub label: String,
    /// One entry per suspect; a dash where there is no data.
    pub cells: Vec<String>,
}

/// One path.
#[derive(Clone, Debug, Serialize)]
pub struct PathView {
    /// `confirmed` or `inferred`.
    pub standing: &'static str,
    /// Product of attentions.
    pub probability: f64,
    /// Services, origin first.
    pub hops: Vec<HopView>,
}

/// One service on a path.
#[derive(Clone, Debug, Serialize)]
pub struct HopView {
    /// Its name.
    pub service: Text,
    /// When it left its band, and how long after the one before.
    pub onset: String,
    /// How much of its distress the one before explains; empty at the origin.
    pub attention: String,
    /// How clearly it deviates, 0..1.
    pub deviation: f64,
    /// Rows.
    pub cite: String,
}

/// What a simpler method says.
#[derive(Clone, Debug, Serialize)]
pub struct BaselineView {
    /// Method.
    pub name: &'static str,
    /// Its first places.
    pub order: Text,
    /// Whether its first place is ours.
    pub agrees: bool,
}

/// What a detector saw.
#[derive(Clone, Debug, Serialize)]
pub struct DetectionView {
    /// Kind of failure.
    pub kind: &'static str,
    /// Whether it holds.
    pub holds: bool,
    /// Why.
    pub why: Text,
}

/// How this was made.
#[derive(Clone, Debug, Serialize)]
pub struct Method {
    /// In sentences.
    pub text: Vec<Text>,
    /// Constants of the ranking, `name = value`.
    pub constants: Vec<String>,
    /// Heads without data.
    pub missing: Vec<Text>,
    /// What was inferred, capped or left out while reading.
    pub notes: Vec<Text>,
    /// What this report cannot know.
    pub limits: Vec<&'static str>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Where a report comes from; nothing that varies between identical runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of this program.
    pub version: String,
    /// The run's file or folder name.
    pub run: String,
    /// The run's own id.
    pub run_id: String,
    /// BLAKE3 of the input.
    pub digest: String,
    /// Options that change the result.
    pub options: Vec<String>,
    /// Where the network ran.
    pub device: String,
    /// Weight scheme of the network.
    pub weight_scheme: String,
    /// Seed of the ensembles.
    pub seed: u64,
}
