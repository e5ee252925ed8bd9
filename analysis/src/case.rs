//! One incident, ready to be reasoned about: frames indexed, graph built, periods chosen.

use std::collections::BTreeMap;

use infra_eventlog::metadata::RunMetadata;
use infra_eventlog::signal::{self, Role};
use infra_graph::{DependencyGraph, EdgeAttributes, EdgeKind, EdgeOrigin, GraphBuilder, NodeId};
use infra_ingest::Summary;
use infra_ingest::frames::{SeriesRow, WindowRow};

use crate::constants::Constants;
use crate::error::AnalysisError;
use crate::periods::Periods;

/// One incident. Node `i` of the graph is row `i` of the services frame; services that only an
/// edge names come after them.
#[derive(Debug)]
pub struct Case<'a> {
    /// The run's metadata.
    pub metadata: &'a RunMetadata,
    /// The run's frames.
    pub summary: &'a Summary,
    /// Constants in force.
    pub constants: &'a Constants,
    /// Who depends on whom.
    pub graph: DependencyGraph,
    /// What is normal, what is incident.
    pub periods: Periods,
    /// Windows of each series, as ranges of the windows frame.
    ranges: Vec<std::ops::Range<usize>>,
    /// Series of each service.
    of_service: BTreeMap<u32, Vec<usize>>,
    /// Calls by (caller, callee), where they were counted.
    calls: BTreeMap<(usize, usize), f64>,
}

/// Most and fewest stretches of normal time that an incident is held against, if there are any.
const MAX_STRETCHES: usize = 256;
const LEAST_STRETCHES: usize = 16;
/// Most deviations of normal stretches kept by a head.
const MAX_HELD: usize = 1_000_000;

/// One series of a case.
#[derive(Clone, Copy, Debug)]
pub struct SeriesView<'a> {
    /// What it is.
    pub row: &'a SeriesRow,
    /// Its windows, ascending.
    pub windows: &'a [WindowRow],
}

impl<'a> SeriesView<'a> {
    /// The window's row, if the series has a value there.
    #[must_use]
    pub fn at(&self, window: u32) -> Option<&'a WindowRow> {
        self.windows.binary_search_by_key(&window, |w| w.window).ok().map(|i| &self.windows[i])
    }

    /// What the signal means.
    #[must_use]
    pub fn role(&self) -> Role {
        signal::role(&self.row.signal)
    }
}

impl<'a> Case<'a> {
    /// Prepares a case.
    ///
    /// # Errors
    /// [`AnalysisError::Graph`] for more services than a graph can hold.
    pub fn new(
        metadata: &'a RunMetadata,
        summary: &'a Summary,
        constants: &'a Constants,
    ) -> Result<Self, AnalysisError> {
        let graph = build_graph(summary, constants)?;
        let mut ranges = vec![0..0; summary.series.rows().len()];
        let rows = summary.windows.rows();
        let mut start = 0;
        while start < rows.len() {
            let series = rows[start].series_idx;
            let end = start + rows[start..].partition_point(|w| w.series_idx == series);
            if let Some(range) = ranges.get_mut(series as usize) {
                *range = start..end;
            }
            start = end;
        }
        let mut of_service: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (i, series) in summary.series.rows().iter().enumerate() {
            of_service.entry(series.service_idx).or_default().push(i);
        }
        let calls = summary
            .calls
            .rows()
            .iter()
            .map(|c| ((c.caller_idx as usize, c.callee_idx as usize), c.calls))
            .collect();
        let periods = Periods::find(summary, metadata, constants);
        Ok(Self { metadata, summary, constants, graph, periods, ranges, of_service, calls })
    }

    /// Number of services, unobserved ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.graph.node_count()
    }

    /// Whether the run names no service at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Name of a service; untrusted.
    #[must_use]
    pub fn name(&self, service: usize) -> &str {
        u32::try_from(service).map_or("", |i| self.graph.name(NodeId::new(i)))
    }

    /// Number of a service by name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.graph.find(name).map(NodeId::index)
    }

    /// Services that `service` depends on, by name.
    pub fn dependencies(&self, service: usize) -> impl Iterator<Item = usize> + '_ {
        self.neighbors(service, true)
    }

    /// Services that depend on `service`, by name.
    pub fn dependents(&self, service: usize) -> impl Iterator<Item = usize> + '_ {
        self.neighbors(service, false)
    }

    fn neighbors(&self, service: usize, dependencies: bool) -> impl Iterator<Item = usize> + '_ {
        let id = NodeId::new(u32::try_from(service).unwrap_or(u32::MAX));
        let list = if dependencies { self.graph.dependencies_of(id) } else { self.graph.dependents_of(id) };
        list.iter().map(|n| n.node.index())
    }

    /// Counted calls of a caller to a callee.
    #[must_use]
    pub fn calls(&self, caller: usize, callee: usize) -> Option<f64> {
        self.calls.get(&(caller, callee)).copied()
    }

    /// Whether calls were counted at all.
    #[must_use]
    pub fn has_calls(&self) -> bool {
        !self.calls.is_empty()
    }

    /// All series of a service.
    pub fn series_of(&self, service: usize) -> impl Iterator<Item = SeriesView<'a>> + '_ {
        let indices = u32::try_from(service).ok().and_then(|s| self.of_service.get(&s));
        indices.into_iter().flatten().map(|&i| self.series(i))
    }

    /// A service's series of that signal and, if given, statistic.
    #[must_use]
    pub fn find_series(
        &self,
        service: usize,
        signal: &str,
        statistic: Option<&str>,
    ) -> Option<SeriesView<'a>> {
        self.series_of(service)
            .find(|s| s.row.signal == signal && statistic.is_none_or(|wanted| s.row.statistic == wanted))
    }

    fn series(&self, index: usize) -> SeriesView<'a> {
        let row = &self.summary.series.rows()[index];
        SeriesView { row, windows: &self.summary.windows.rows()[self.ranges[index].clone()] }
    }

    /// Of so many normal stretches, those that an incident is held against: at most 256, fewer
    /// for very many services, evenly spread.
    #[must_use]
    pub fn spread(&self, stretches: usize) -> Vec<usize> {
        let kept = stretches.min((MAX_HELD / self.len().max(1)).clamp(LEAST_STRETCHES, MAX_STRETCHES));
        (0..kept).map(|i| i * stretches / kept).collect()
    }

    /// Normal time in stretches as long as the incident; see [`Case::spread`].
    #[must_use]
    pub fn stretches(&self) -> Vec<&[u32]> {
        let length = self.periods.incident.len().clamp(1, self.periods.normal.len().max(1));
        let all: Vec<&[u32]> = self.periods.normal.chunks(length).collect();
        self.spread(all.len()).into_iter().map(|i| all[i]).collect()
    }

    /// Start of a window \[ns\].
    #[must_use]
    pub fn window_start(&self, window: u32) -> i64 {
        self.summary.grid.bounds(window).map_or(0, |(_, start, _)| start)
    }

    /// End of a window \[ns\], exclusive.
    #[must_use]
    pub fn window_end(&self, window: u32) -> i64 {
        self.summary.grid.bounds(window).map_or(0, |(_, _, end)| end)
    }
}

/// Declared dependencies, and those that enough counted calls show.
fn build_graph(summary: &Summary, constants: &Constants) -> Result<DependencyGraph, AnalysisError> {
    let mut builder = GraphBuilder::new();
    for service in summary.services.rows() {
        let id = builder.add_service(&service.service)?;
        builder.describe(id, service.kind.as_deref(), None)?;
    }
    for edge in &summary.edges {
        let attributes = EdgeAttributes {
            kind: edge.kind.as_deref().map_or_else(EdgeKind::default, EdgeKind::new),
            weight: edge.weight.filter(|w| w.is_finite()),
            origin: EdgeOrigin::Declared,
        };
        builder.add_dependency(&edge.from, &edge.to, attributes)?;
    }
    let services = summary.services.rows();
    for call in summary.calls.rows() {
        if call.calls < constants.inferred_calls || call.caller_idx == call.callee_idx {
            continue;
        }
        let (caller, callee) = (&services[call.caller_idx as usize], &services[call.callee_idx as usize]);
        builder.add_dependency(
            &caller.service,
            &callee.service,
            EdgeAttributes::inferred(call.calls as u64),
        )?;
    }
    Ok(builder.build())
}
