//! An incident of the shop in [`crate::telemetry`], imported and ranked.

use std::path::{Path, PathBuf};

use infra_analysis::report::rank;
use infra_analysis::{AnalysisOptions, Constants, analyse};
use infra_eventlog::metadata::Symptom;
use infra_ingest::import::{
    ImportReport, TableInputs, TableMap, TelemetryFormat, TelemetryOptions, import_tables, import_telemetry,
};
use infra_ingest::summary::FocusOptions;
use infra_ingest::{OpenOptions, RunLog, summarise};
use infra_report::model::Provenance;

use crate::telemetry::{INCIDENT_MINUTES, MINUTE, NORMAL_MINUTES, T0, Telemetry, TimeUnit, map};

/// Deviation from which a head counts as speaking \[scales\].
const SPEAKS: f64 = 3.0;

/// What the program makes of an incident.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// Services with scores, best first.
    pub(crate) order: Vec<(String, f64)>,
    /// Paths, best first, each from its origin.
    pub(crate) paths: Vec<Vec<String>>,
    /// Agreement of the ensemble on the first place.
    pub(crate) agreement: f64,
    /// Heads that see the first suspect deviate.
    pub(crate) heads: Vec<&'static str>,
    /// Dependencies (dependent, dependency).
    pub(crate) edges: Vec<(String, String)>,
    /// `rank --format json`.
    pub(crate) json: String,
}

impl Answer {
    /// Names in ranking order.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.order.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Names of services with a score, in ranking order.
    pub(crate) fn suspects(&self) -> Vec<&str> {
        self.order.iter().filter(|(_, score)| *score > 0.0).map(|(name, _)| name.as_str()).collect()
    }

    /// Names of services whose score is at least this share of the first one's, in ranking order.
    pub(crate) fn above(&self, share: f64) -> Vec<&str> {
        let least = self.order.first().map_or(0.0, |(_, score)| share * score);
        self.order.iter().filter(|(_, score)| *score >= least).map(|(name, _)| name.as_str()).collect()
    }
}

/// A folder for files and bundles.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Writes files of a telemetry format and imports them.
    pub(crate) fn telemetry(&self, format: TelemetryFormat, files: &[(&str, &[u8])]) -> PathBuf {
        let inputs: Vec<PathBuf> = files.iter().map(|(name, bytes)| self.write(name, bytes)).collect();
        let out = self.0.path().join("bundle");
        import_telemetry(format, &inputs, &TelemetryOptions::default(), &out).unwrap();
        out
    }

    /// Writes tables (the first is the metrics', the last that of log lines, those between spans')
    /// and imports them.
    pub(crate) fn tables(&self, unit: TimeUnit, tables: &[String]) -> (PathBuf, ImportReport) {
        let mut files: Vec<PathBuf> =
            tables.iter().enumerate().map(|(k, text)| self.write(&format!("{k}.csv"), text)).collect();
        let logs = files.pop().into_iter().collect();
        let metrics = vec![files.remove(0)];
        let inputs = TableInputs { metrics, spans: files, logs, ..TableInputs::default() };
        let out = self.0.path().join("bundle");
        let map = TableMap::parse(&map(unit), "map.toml").unwrap();
        let report = import_tables(&inputs, &map, &out).unwrap();
        (out, report)
    }
}

/// The three tables of some telemetry.
pub(crate) fn tables_of(told: &Telemetry, unit: TimeUnit) -> [String; 3] {
    [told.metrics_csv(unit), told.spans_csv(unit), told.logs_csv(unit)]
}

/// Imports the tables and ranks.
pub(crate) fn answer(told: &Telemetry) -> Answer {
    answer_of_tables(TimeUnit::Nanoseconds, &tables_of(told, TimeUnit::Nanoseconds))
}

/// Imports tables of this unit and ranks.
pub(crate) fn answer_of_tables(unit: TimeUnit, tables: &[String]) -> Answer {
    let folder = Folder::new();
    ranked(&folder.tables(unit, tables).0)
}

/// Ranks the incident of a bundle, whose windows are told by hand: telemetry declares none.
pub(crate) fn ranked(bundle: &Path) -> Answer {
    ranked_by(bundle, None)
}

/// The same, with a service that showed a symptom.
pub(crate) fn ranked_by(bundle: &Path, symptom: Option<&str>) -> Answer {
    let log = RunLog::open(bundle, &OpenOptions::default()).unwrap();
    let metadata = log.run().metadata();
    let origin: jiff::Timestamp = metadata.time.origin.as_deref().unwrap().parse().unwrap();
    let start = T0 - i64::try_from(origin.as_nanosecond()).unwrap();
    let trigger = start + NORMAL_MINUTES * MINUTE;
    let focus = FocusOptions {
        baseline: Some((start, trigger)),
        incident_window: Some((trigger, trigger + INCIDENT_MINUTES * MINUTE)),
        symptom: symptom.map(|s| Symptom { service: s.to_owned(), ..Symptom::default() }),
        ..FocusOptions::default()
    };
    let summary = summarise(log.run(), &focus).unwrap();
    let constants = Constants::default();
    let analysis = analyse(metadata, &summary, &constants, AnalysisOptions::default()).unwrap();
    let model = rank::build(&analysis, 5, None, Provenance::default()).unwrap();
    let first = analysis.suspects().next();
    let speaks = |h: &&infra_analysis::heads::HeadResult| first.is_some_and(|s| h.z(s) >= SPEAKS);
    Answer {
        order: model.ranking.iter().map(|p| (p.service.plain(), p.score)).collect(),
        paths: model.paths.iter().map(|p| p.services.iter().map(|s| s.plain()).collect()).collect(),
        agreement: model.agreement.unwrap_or(0.0),
        heads: analysis.heads.iter().filter(speaks).map(|h| h.name).collect(),
        edges: summary.edges.iter().map(|e| (e.from.clone(), e.to.clone())).collect(),
        json: rank::to_json(&model).unwrap(),
    }
}
