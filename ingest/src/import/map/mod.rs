//! The map file, format `infra-map/1`: how the columns of somebody's tables become a run.
//!
//! The text is checked as a whole; a [`TableMap`] that exists is one that makes sense, apart
//! from the columns that it names, which only the inputs can confirm.

mod metrics;
mod others;
mod section;

use std::path::Path;

use infra_eventlog::RunError;
use infra_eventlog::metadata::{Period, SloSpec};
use toml::de::DeTable;

use super::sheet::label;
use crate::error::IngestError;
use section::{Problems, Section};

pub(super) use metrics::{Duplicates, Interval, Layout, MetricsMap, SignalMap, Stamp, is_statistic};
pub(super) use others::{EdgesMap, IncidentsMap, ServicesMap};

/// The version that this importer reads.
pub const MAP_SCHEMA: &str = "infra-map/1";

/// Larger map files are refused \[bytes\].
const MAX_MAP_BYTES: u64 = 4 << 20;

/// A checked map file.
#[derive(Clone, Debug)]
pub struct TableMap {
    /// The run's name, in its metadata.
    pub(super) run_name: String,
    pub(super) metrics: MetricsMap,
    pub(super) edges: Option<EdgesMap>,
    pub(super) services: Option<ServicesMap>,
    pub(super) incidents: Option<IncidentsMap>,
    /// Periods as declared; their times are still nanoseconds since 1970.
    pub(super) periods: Vec<Period>,
    /// Whether rows without an incident make normal periods.
    pub(super) normal_from_rows: bool,
    pub(super) slos: Vec<SloSpec>,
}

impl TableMap {
    /// Reads a map file.
    ///
    /// # Errors
    /// [`RunError`] if it cannot be read, else as for [`TableMap::parse`].
    pub fn load(path: &Path) -> Result<Self, IngestError> {
        let unreadable = |source| RunError::Unreadable { path: path.to_owned(), source };
        let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
        let file = label(path);
        if bytes > MAX_MAP_BYTES {
            let (what, hint) = ("the map".to_owned(), "a map is a small TOML file; is this one?");
            return Err(RunError::TooLarge { file, what, bytes, cap: MAX_MAP_BYTES, hint }.into());
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::parse(&text, &file)
    }

    /// Reads the text of a map; `name` stands for it in messages and, up to its first dot, names
    /// the run unless `[run] name` does.
    ///
    /// # Errors
    /// [`IngestError::Import`] with every problem, each with its line.
    pub fn parse(text: &str, name: &str) -> Result<Self, IngestError> {
        let mut problems = Problems::new(name, text);
        let document = DeTable::parse(text).map_err(|e| {
            let (line, column) = problems.position(e.span().map_or(0, |span| span.start));
            let why = e.message().lines().next().unwrap_or("syntax error").to_owned();
            IngestError::Import(vec![format!("{name}:{line}:{column}: not TOML: {why}")])
        })?;
        let map = Self::read(Section::root(document), name, &mut problems);
        problems.into_result()?;
        // Without problems there is a map: a missing [metrics] is one.
        map.ok_or_else(|| IngestError::Import(vec![format!("{name}: [metrics] is missing")]))
    }

    fn read(mut root: Section<'_>, name: &str, problems: &mut Problems) -> Option<Self> {
        read_schema(&mut root, problems);
        let run_name = read_run_name(&mut root, problems);
        let normal = root.choice("normal", &[("rows_without_incident", true)], problems);
        if !root.has("metrics") {
            problems.add(root.offset(), "[metrics] is missing".to_owned());
        }
        let metrics = root.section("metrics", problems).map(|s| metrics::read(s, problems));
        let edges = root.section("edges", problems).map(|s| others::read_edges(s, problems));
        let services = root.section("services", problems).map(|s| others::read_services(s, problems));
        let incidents = root.section("incidents", problems);
        let incidents = incidents.map(|s| others::read_incidents(s, metrics.as_ref(), problems));
        let periods = root.list("periods", problems);
        let periods =
            periods.into_iter().filter_map(|s| others::read_period(s, metrics.as_ref(), problems)).collect();
        let slos = root.list("slos", problems);
        let slos = slos.into_iter().map(|s| others::read_slo(s, problems)).collect();
        root.finish(problems);
        Some(Self {
            run_name: run_name.unwrap_or_else(|| stem(name)),
            metrics: metrics?,
            edges,
            services,
            incidents,
            periods,
            normal_from_rows: normal.unwrap_or(false),
            slos,
        })
    }
}

fn read_schema(root: &mut Section<'_>, problems: &mut Problems) {
    let offset = root.offset_of("schema");
    let schema = root.required("schema", problems);
    if !schema.is_empty() && schema != MAP_SCHEMA {
        let found = schema.escape_debug();
        problems.add(offset, format!("schema is \"{found}\"; this version reads \"{MAP_SCHEMA}\""));
    }
}

fn read_run_name(root: &mut Section<'_>, problems: &mut Problems) -> Option<String> {
    let mut run = root.section("run", problems)?;
    let name = run.text("name", problems);
    run.finish(problems);
    name
}

fn stem(name: &str) -> String {
    name.split('.').next().filter(|s| !s.is_empty()).unwrap_or("tables").to_owned()
}
