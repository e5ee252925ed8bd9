//! The map file, format `infra-map/1`: how the columns of somebody's tables become a run.
//!
//! The text is checked as a whole; a [`TableMap`] that exists is one that makes sense, apart
//! from the columns that it names, which only the inputs can confirm.

mod builtin;
mod calls;
mod claims;
mod clock;
mod events;
mod incidents;
mod logs;
mod metrics;
mod others;
mod rules;
mod section;
mod source;
mod spans;

use std::path::Path;

use infra_eventlog::RunError;
use infra_eventlog::metadata::{Period, SloSpec};
use toml::de::DeTable;

use super::sheet::label;
use crate::error::IngestError;
use section::{Problems, Section};

pub use builtin::builtin_maps;
pub(super) use calls::{CallEnds, CallNumber, CallsMap};
pub(super) use claims::{Claim, Form, InputKind};
pub(super) use clock::{Clock, Interval, Stamp};
pub(super) use events::EventsMap;
pub(super) use incidents::{ExcludedMap, IncidentsMap};
pub(super) use logs::{LogsMap, Wrapping};
pub(super) use metrics::{Duplicates, Layout, MetricsMap, SignalMap, is_statistic};
pub(super) use others::{EdgeLayout, EdgesMap, ServicesMap};
pub(super) use source::Source;
pub(super) use spans::{SpanLength, SpansMap};

/// The version that this importer reads.
pub const MAP_SCHEMA: &str = "infra-map/1";

/// Larger map files are refused \[bytes\].
const MAX_MAP_BYTES: u64 = 4 << 20;

/// A checked map file.
#[derive(Clone, Debug)]
pub struct TableMap {
    /// The run's name, in its metadata.
    pub(super) run_name: String,
    pub(super) metrics: Vec<MetricsMap>,
    pub(super) spans: Vec<SpansMap>,
    pub(super) logs: Vec<LogsMap>,
    pub(super) calls: Vec<CallsMap>,
    pub(super) events: Vec<EventsMap>,
    pub(super) edges: Option<EdgesMap>,
    pub(super) services: Option<ServicesMap>,
    pub(super) incidents: Option<IncidentsMap>,
    pub(super) excluded: Vec<ExcludedMap>,
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

    /// The map of that name that comes with the program, if there is one (see [`builtin_maps`]).
    ///
    /// # Errors
    /// As for [`TableMap::parse`]; a built-in map that does not parse is a bug here.
    pub fn builtin(name: &str) -> Option<Result<Self, IngestError>> {
        let (name, text) = builtin_maps().iter().find(|(known, _)| *known == name)?;
        Some(Self::parse(text, &format!("{name}.toml")))
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
        Ok(map)
    }

    fn read(mut root: Section<'_>, name: &str, problems: &mut Problems) -> Self {
        read_schema(&mut root, problems);
        let run_name = read_run_name(&mut root, problems);
        let normal = root.choice("normal", &[("rows_without_incident", true)], problems);
        if !["metrics", "spans", "logs"].iter().any(|section| root.has(section)) {
            problems.add(root.offset(), "[metrics], [spans] or [logs] is missing".to_owned());
        }
        let mut sections = |key, problems: &mut Problems| root.one_or_list(key, problems);
        let metrics = read_all(sections("metrics", problems), metrics::read, problems);
        let spans = read_all(sections("spans", problems), spans::read, problems);
        let logs = read_all(sections("logs", problems), logs::read, problems);
        let calls = read_all(sections("calls", problems), calls::read, problems);
        let events = read_all(sections("events", problems), events::read, problems);
        let excluded = read_all(sections("excluded", problems), incidents::read_excluded, problems);
        let edges = root.section("edges", problems).map(|s| others::read_edges(s, problems));
        let services = root.section("services", problems).map(|s| others::read_services(s, problems));
        let incidents = root.section("incidents", problems);
        let incidents = incidents.map(|s| incidents::read_incidents(s, &metrics, problems));
        let periods = root.list("periods", problems);
        let periods =
            periods.into_iter().filter_map(|s| incidents::read_period(s, &metrics, problems)).collect();
        let slos = read_all(root.list("slos", problems), others::read_slo, problems);
        root.finish(problems);
        Self {
            run_name: run_name.unwrap_or_else(|| stem(name)),
            metrics,
            spans,
            logs,
            calls,
            events,
            edges,
            services,
            incidents,
            excluded,
            periods,
            normal_from_rows: normal.unwrap_or(false),
            slos,
        }
    }
}

/// Reads sections of one kind.
fn read_all<'t, T>(
    sections: Vec<Section<'t>>,
    read: fn(Section<'t>, &mut Problems) -> T,
    problems: &mut Problems,
) -> Vec<T> {
    sections.into_iter().map(|section| read(section, problems)).collect()
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
