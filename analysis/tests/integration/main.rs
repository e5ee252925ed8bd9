//! The analysis through its public face: stories of simulated runs, invariances of the ranking,
//! and the report's wording.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod changes;
mod ensembles;
mod evaluate;
mod evidence;
mod faults;
mod flood;
mod importers;
mod invariance;
mod observed_only;
mod periods;
mod shop;
mod telemetry;
mod traced;
mod traced_invariance;
mod worlds;

use std::path::Path;

use infra_analysis::report::{build, rank};
use infra_analysis::{AnalysisOptions, Constants, analyse};
use infra_ingest::summary::FocusOptions;
use infra_ingest::{OpenOptions, RunLog, summarise};
use infra_report::model::Provenance;
use infra_report::to_markdown;

/// The report and the ranking of a run, as a user gets them.
pub(crate) struct Told {
    pub(crate) markdown: String,
    pub(crate) ranking: rank::RankModel,
}

pub(crate) fn tell(run: &Path, focus: &FocusOptions) -> Told {
    let log = RunLog::open(run, &OpenOptions::default()).unwrap();
    let summary = summarise(log.run(), focus).unwrap();
    let constants = Constants::default();
    let analysis = analyse(log.run().metadata(), &summary, &constants, AnalysisOptions::default()).unwrap();
    let provenance = Provenance { run: "run.parquet".to_owned(), ..Provenance::default() };
    let terms = infra_analysis::terms::read(log.run()).unwrap();
    let markdown = to_markdown(&build(&analysis, terms, provenance.clone()), None).unwrap();
    let ranking = rank::build(&analysis, 5, None, provenance).unwrap();
    Told { markdown, ranking }
}

impl Told {
    /// Services in ranking order, with their scores.
    pub(crate) fn order(&self) -> Vec<(String, f64)> {
        self.ranking.ranking.iter().map(|p| (p.service.plain(), p.score)).collect()
    }

    pub(crate) fn first(&self) -> String {
        self.ranking.ranking.first().map(|p| p.service.plain()).unwrap_or_default()
    }
}
