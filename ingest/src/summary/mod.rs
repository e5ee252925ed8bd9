//! The one deterministic pass: everything that analysis needs to know of a run, in memory that
//! does not grow with the length of the log.
//!
//! Tables are read row group by row group and reduced in row order. What is unbounded in a log
//! (happenings by source, transitions, timeline entries) is kept up to a documented cap, the
//! rest is counted and the count is told in [`Summary::notes`].

mod calls;
mod clock;
mod events;
mod focus;
mod follow;
mod loglines;
mod metrics;
mod normal;
mod range;
mod series;
mod traces;

use infra_eventlog::batch::Interner;
use infra_eventlog::schema::TableKind;
use infra_eventlog::{Run, RunError};

use crate::error::IngestError;
use crate::frames::{
    CallFrame, EdgeMetricFrame, EdgeWindowFrame, ExcursionFrame, FollowFrame, HappeningFrame, OperationFrame,
    SeriesFrame, ServiceFrame, ServiceRow, TimelineFrame, TransitionFrame, WindowFrame,
};
use crate::grid::WindowGrid;

pub use clock::{Clock, ClockWindow, QuietOrNot};
pub use events::WatchedPeak;
pub use focus::{Focus, FocusOptions, FocusedIncident};
pub use range::time_range;
use series::MAX_CELLS;

/// Everything that analysis needs to know of a run.
#[derive(Debug)]
pub struct Summary {
    /// Which incident is looked at, and what counts as normal.
    pub focus: Focus,
    /// First and last instant of the log \[ns since the run's origin\]; `None` without rows.
    pub time_range: Option<(i64, i64)>,
    /// The windows.
    pub grid: WindowGrid,
    /// Services.
    pub services: ServiceFrame,
    /// Series.
    pub series: SeriesFrame,
    /// Series by window.
    pub windows: WindowFrame,
    /// Excursions beyond declared thresholds.
    pub excursions: ExcursionFrame,
    /// Status changes.
    pub transitions: TransitionFrame,
    /// Events by type and source.
    pub happenings: HappeningFrame,
    /// Single events.
    pub timeline: TimelineFrame,
    /// Calls.
    pub calls: CallFrame,
    /// Windows of what spans and log lines are counted by.
    pub clock: Clock,
    /// Spans by operation and clock window.
    pub operations: OperationFrame,
    /// Calls between services by clock window.
    pub edge_windows: EdgeWindowFrame,
    /// What metrics say of calls between services, by grid window.
    pub edge_metrics: EdgeMetricFrame,
    /// What followed what inside spans and among log lines, by clock window.
    pub follows: FollowFrame,
    /// Dependencies (dependent, dependency, kind, weight), declared in metadata or table.
    pub edges: Vec<infra_eventlog::metadata::EdgeInfo>,
    /// Rows read, by table.
    pub rows: Vec<(TableKind, i64)>,
    /// Peaks of the totals that controllers watch.
    pub watched_peaks: Vec<WatchedPeak>,
    /// Rows of the events table left out as a simulator's inner truth.
    pub mechanism_rows: i64,
    /// What was inferred, left out, or capped.
    pub notes: Vec<String>,
}

/// Services by code while a pass runs.
#[derive(Debug, Default)]
struct Services {
    names: Interner,
    rows: Vec<i64>,
    worst: Vec<Option<(i64, i64)>>,
}

impl Services {
    fn grow(&mut self) {
        self.rows.resize(self.names.len(), 0);
        self.worst.resize(self.names.len(), None);
    }
}

/// Summarises a run.
///
/// # Errors
/// [`IngestError`]: damaged tables, rows that break the format (all rule breaks listed), an
/// unknown incident, or more series than memory allows.
pub fn summarise(run: &Run, options: &FocusOptions) -> Result<Summary, IngestError> {
    summarise_within(run, options, None)
}

/// Bytes that a cell takes, in the pass and in the frames made of it.
const BYTES_PER_CELL: u64 = 256;
/// What a pass takes beside cells: decoded batches, dictionaries, kept events \[bytes\].
const BYTES_BESIDE: u64 = 96 << 20;
/// Least memory that a summary can be asked to keep to \[bytes\].
pub const LEAST_MEMORY: u64 = 128 << 20;

/// As [`summarise`], in about so many bytes of memory: windows become wider until they fit.
///
/// # Errors
/// Those of [`summarise`]; [`IngestError::Memory`] below [`LEAST_MEMORY`], or if the run's services
/// and signals need more even in the widest windows.
pub fn summarise_within(
    run: &Run,
    options: &FocusOptions,
    memory: Option<u64>,
) -> Result<Summary, IngestError> {
    let max_cells = match memory {
        None => MAX_CELLS,
        Some(limit) if limit < LEAST_MEMORY => {
            let (needed, what) = (LEAST_MEMORY, "a summary".to_owned());
            return Err(IngestError::Memory { limit, needed, what, hint: "raise --memory" });
        },
        Some(limit) => {
            usize::try_from((limit - BYTES_BESIDE) / BYTES_PER_CELL).unwrap_or(MAX_CELLS).min(MAX_CELLS)
        },
    };
    let summary = summarise_once(run, options, None, max_cells)?;
    // Coarse windows would mix the last of normal time with the first of trouble: lay the grid
    // anew, cut where trouble starts.
    let resolution = range::natural_resolution(run)?;
    let coarse = summary.grid.segments().iter().any(|s| s.width_ns > resolution);
    let trouble = summary.excursions.rows().iter().filter(|e| e.observations >= 2 || e.end_ns.is_none());
    match trouble.map(|e| e.start_ns).min() {
        Some(start) if coarse && summary.focus.incident.is_none() => {
            summarise_once(run, options, Some(start), max_cells)
        },
        _ => Ok(summary),
    }
}

fn summarise_once(
    run: &Run,
    options: &FocusOptions,
    cut_ns: Option<i64>,
    max_cells: usize,
) -> Result<Summary, IngestError> {
    let time_range = time_range(run)?;
    let mut focus = Focus::resolve(run.metadata(), options, time_range)?;
    if let Some(cut) = cut_ns {
        let pieces = |(kind, a, b): (_, i64, i64)| [(kind, a, b.min(cut)), (kind, a.max(cut), b)];
        focus.spans = focus.spans.into_iter().flat_map(pieces).filter(|(_, a, b)| a < b).collect();
    }
    let declared = declared_services(run)?;
    let mut services =
        Services { names: Interner::with(declared.iter().map(|s| s.id.clone())), ..Services::default() };
    services.grow();
    let mut notes = run.warnings().to_vec();
    notes.extend(run.metadata().notes.iter().cloned());
    notes.extend(focus.notes.iter().cloned());
    let grid = WindowGrid::new(&focus.spans, range::natural_resolution(run)?);
    let mut store = series::SeriesStore::new(grid, max_cells);
    let events = events::read(run, &mut services, &mut store, &mut notes)?;
    metrics::read(run, &mut services, &mut store, &mut notes)?;
    let (mut calls, edge_metrics) = calls::read(run, &mut services, store.grid())?;
    let clock = Clock::new(&focus, store.grid());
    let spans = traces::read(run, &mut services, &mut store, &clock, &mut notes)?;
    calls::merge(&mut calls, spans.calls);
    let mut follows = spans.follows;
    follows.extend(loglines::read(run, &mut services, &clock, &mut notes)?);
    let edges = edges(run)?;
    services.grow();
    let service_rows = services
        .names
        .names()
        .enumerate()
        .map(|(i, name)| {
            let info = declared.get(i).filter(|d| d.id == name);
            ServiceRow {
                service: name.to_owned(),
                kind: info.and_then(|d| d.kind.clone()),
                declared: info.is_some(),
                rows: services.rows[i],
                worst_severity: services.worst[i].map(|w| w.0),
                worst_seq: services.worst[i].map(|w| w.1),
            }
        })
        .collect();
    if store.is_beyond_cap() && max_cells < MAX_CELLS {
        let cells = store.len() as u64 * store.grid().segments().len() as u64;
        return Err(IngestError::Memory {
            limit: BYTES_BESIDE + max_cells as u64 * BYTES_PER_CELL,
            needed: BYTES_BESIDE + cells * BYTES_PER_CELL,
            what: format!("{} series", store.len()),
            hint: "raise --memory, or aggregate instances into services",
        });
    }
    let (grid, series, windows) = store.finish(run)?;
    let resolution = range::natural_resolution(run)?;
    if let Some(width) = grid.segments().iter().map(|s| s.width_ns).max().filter(|w| *w > resolution) {
        notes.push(format!(
            "the log is longer than {} windows of its own resolution: a window holds {} of them, and what is said of windows is as sharp as that",
            crate::grid::MAX_WINDOWS,
            width / resolution.max(1)
        ));
    }
    Ok(Summary {
        focus,
        time_range,
        grid,
        services: ServiceFrame::try_new(service_rows)?,
        series: SeriesFrame::try_new(series)?,
        windows: WindowFrame::try_new(windows)?,
        excursions: ExcursionFrame::try_new(events.excursions)?,
        transitions: TransitionFrame::try_new(events.transitions)?,
        happenings: HappeningFrame::try_new(events.happenings)?,
        timeline: TimelineFrame::try_new(events.timeline)?,
        calls: CallFrame::try_new(calls)?,
        clock,
        operations: OperationFrame::try_new(spans.operations)?,
        edge_windows: EdgeWindowFrame::try_new(spans.edges)?,
        edge_metrics: EdgeMetricFrame::try_new(edge_metrics)?,
        follows: FollowFrame::try_new(follows)?,
        edges,
        rows: run.tables().map(|t| (t.kind(), t.rows())).collect(),
        watched_peaks: events.peaks,
        mechanism_rows: events.mechanism_rows,
        notes,
    })
}

/// Services from the metadata, then from the `services` table.
fn declared_services(run: &Run) -> Result<Vec<infra_eventlog::metadata::ServiceInfo>, RunError> {
    let mut declared = run.metadata().services.clone();
    let Some(table) = run.table(TableKind::Services) else { return Ok(declared) };
    let mut seen: std::collections::BTreeSet<String> = declared.iter().map(|s| s.id.clone()).collect();
    for rows in table.read(&["id", "kind", "tier"]) {
        let rows = rows?;
        let (ids, kinds, tiers) = (rows.require_texts("id")?, rows.texts("kind")?, rows.texts("tier")?);
        for i in 0..rows.len() {
            let Some(id) = ids.get(i).filter(|id| seen.insert((*id).to_owned())) else { continue };
            declared.push(infra_eventlog::metadata::ServiceInfo {
                id: id.to_owned(),
                kind: kinds.as_ref().and_then(|k| k.get(i)).map(str::to_owned),
                tier: tiers.as_ref().and_then(|k| k.get(i)).map(str::to_owned),
                attributes: std::collections::BTreeMap::new(),
            });
        }
    }
    Ok(declared)
}

/// Dependencies from the metadata, then from the `edges` table.
fn edges(run: &Run) -> Result<Vec<infra_eventlog::metadata::EdgeInfo>, RunError> {
    let mut edges = run.metadata().edges.clone();
    let Some(table) = run.table(TableKind::Edges) else { return Ok(edges) };
    for rows in table.read(&["from", "to", "kind", "weight"]) {
        let rows = rows?;
        let (from, to, kind) = (rows.require_texts("from")?, rows.require_texts("to")?, rows.texts("kind")?);
        let weight = rows.floats("weight");
        for i in 0..rows.len() {
            let (Some(from), Some(to)) = (from.get(i), to.get(i)) else { continue };
            edges.push(infra_eventlog::metadata::EdgeInfo {
                from: from.to_owned(),
                to: to.to_owned(),
                kind: kind.as_ref().and_then(|k| k.get(i)).map(str::to_owned),
                weight: weight.filter(|w| !arrow::array::Array::is_null(*w, i)).map(|w| w.value(i)),
            });
        }
    }
    Ok(edges)
}
