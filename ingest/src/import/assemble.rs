//! From opened inputs to everything that the bundle will hold.

use std::path::{Path, PathBuf};

use super::collect::Collected;
use super::filters::Filters;
use super::incidents::{self, Bins};
use super::map::TableMap;
use super::records::Records;
use super::sheet::Sheet;
use super::tally::Tally;
use super::{TableInputs, edges, metrics, periods, services};
use crate::error::IngestError;

/// Reads everything, checks and settles it; nothing is written yet.
pub(super) fn assemble(inputs: &TableInputs, map: &TableMap) -> Result<(Collected, Tally), IngestError> {
    check_sections(inputs, map)?;
    let opened = Opened::open(inputs)?;
    opened.check(map)?;

    let mut tally = Tally::default();
    let mut filters = Filters::new(&inputs.filters);
    let mut rows = metrics::read(&opened.metrics, &map.metrics, &mut filters, &mut tally)?;
    let edges = match &map.edges {
        Some(map) => edges::read(&opened.edges, map, &mut filters, &mut tally)?,
        None => Vec::new(),
    };
    let declared = match &map.services {
        Some(map) => services::read(&opened.services, map, &mut filters, &mut tally)?,
        None => Default::default(),
    };
    let listed = map.incidents.as_ref().filter(|_| !inputs.incidents.is_empty()).map(|incidents| {
        incidents::read(&opened.incidents, incidents, &map.metrics, &mut filters, &mut tally)
    });
    fail_if_any(filters.unused().collect())?;
    if let Some(words) = filters.words() {
        tally.note(format!("only rows where {words} were imported, from inputs with such a column"));
    }

    let Some(span) = rows.span() else {
        let mut problems = vec!["no metric row could be used".to_owned()];
        problems.extend(tally.into_notes());
        return Err(IngestError::Import(problems));
    };
    // Merging may leave out rows of one incident that repeat another's: windows come first.
    let covered = incidents::covered(&rows);
    rows.settle(&mut tally);
    let bins = Bins::of(&rows);
    let has_scopes = map.metrics.scope.is_some();
    let incidents = incidents::resolve(listed, &covered, &bins, has_scopes, &mut tally);
    let mut periods = periods::declared(&map.periods, span, &mut tally);
    if map.normal_from_rows {
        periods.extend(periods::normal(&rows, &bins, &incidents, &periods, &mut tally));
    }
    periods.sort_by_key(|p| (p.start_ns, p.kind, p.end_ns));
    periods.dedup();
    let collected = Collected {
        run_name: map.run_name.clone(),
        metrics: rows,
        services: declared,
        edges,
        slos: map.slos.clone(),
        periods,
        incidents,
        ..Collected::default()
    };
    Ok((collected, tally))
}

/// An input needs its section in the map.
fn check_sections(inputs: &TableInputs, map: &TableMap) -> Result<(), IngestError> {
    let mut problems = Vec::new();
    if inputs.metrics.is_empty() {
        problems.push("no metric table given (hint: --metrics FILE)".to_owned());
    }
    let sections = [
        (&inputs.edges, map.edges.is_some(), "edges"),
        (&inputs.services, map.services.is_some(), "services"),
        (&inputs.incidents, map.incidents.is_some(), "incidents"),
    ];
    for (paths, is_mapped, section) in sections {
        if !paths.is_empty() && !is_mapped {
            problems.push(format!("--{section} is given, but the map has no section [{section}]"));
        }
    }
    fail_if_any(problems)
}

fn fail_if_any(problems: Vec<String>) -> Result<(), IngestError> {
    if problems.is_empty() { Ok(()) } else { Err(IngestError::Import(problems)) }
}

/// All inputs, opened.
struct Opened {
    metrics: Vec<Sheet>,
    edges: Vec<Sheet>,
    services: Vec<Sheet>,
    incidents: Vec<Records>,
}

impl Opened {
    fn open(inputs: &TableInputs) -> Result<Self, IngestError> {
        let sheets = |paths: &[PathBuf]| paths.iter().map(|p| Sheet::open(p)).collect::<Result<Vec<_>, _>>();
        Ok(Self {
            metrics: sheets(&inputs.metrics)?,
            edges: sheets(&inputs.edges)?,
            services: sheets(&inputs.services)?,
            incidents: inputs
                .incidents
                .iter()
                .map(|p: &PathBuf| Records::open(p as &Path))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Every column that the map names must be there.
    fn check(&self, map: &TableMap) -> Result<(), IngestError> {
        let mut problems = Vec::new();
        metrics::check(&self.metrics, &map.metrics, &mut problems);
        map.edges.iter().for_each(|map| edges::check(&self.edges, map, &mut problems));
        map.services.iter().for_each(|map| services::check(&self.services, map, &mut problems));
        map.incidents.iter().for_each(|map| incidents::check(&self.incidents, map, &mut problems));
        fail_if_any(problems)
    }
}
