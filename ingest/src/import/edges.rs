//! Dependency tables to edges: lists and adjacency matrices.

use std::collections::{BTreeMap, BTreeSet};

use infra_eventlog::batch::Rows;
use infra_eventlog::metadata::EdgeInfo;

use super::cells::{Number, NumberColumn, text_column};
use super::collect::SpanSet;
use super::filters::{Filters, RowFilter};
use super::map::{EdgeLayout, EdgesMap};
use super::sheet::Sheet;
use super::tally::{Kind, Tally, shown};
use crate::error::IngestError;

/// Edges met so far, without repetition: by ends and kind.
#[derive(Default)]
struct Edges {
    weights: BTreeMap<(String, String, Option<String>), Option<f64>>,
    scopes: BTreeSet<String>,
}

impl Edges {
    fn add(
        &mut self,
        (from, to): (Option<&str>, Option<&str>),
        kind: Option<&str>,
        weight: Option<f64>,
        place: impl Fn() -> String,
        tally: &mut Tally,
    ) {
        let named = |end: Option<&str>| end.filter(|e| !e.trim().is_empty()).map(str::to_owned);
        let (Some(from), Some(to)) = (named(from), named(to)) else {
            tally.add(Kind::EdgeWithoutEnd, place);
            return;
        };
        if from == to {
            tally.add(Kind::EdgeToItself, || format!("{} in {}", shown(&from), place()));
            return;
        }
        self.weights.entry((from, to, kind.map(str::to_owned))).or_insert(weight);
    }
}

/// Reads all dependency tables; edges come out sorted.
pub(super) fn read(
    sheets: &[Sheet],
    map: &EdgesMap,
    filters: &mut Filters<'_>,
    tally: &mut Tally,
) -> Result<Vec<EdgeInfo>, IngestError> {
    let mut edges = Edges::default();
    for sheet in sheets {
        // A matrix has services for columns: nothing there to filter by.
        let filter = match &map.layout {
            EdgeLayout::List { .. } => filters.applying(sheet.names()),
            EdgeLayout::Matrix { .. } => RowFilter::default(),
        };
        let columns: Vec<&str> = sheet.names().iter().map(String::as_str).collect();
        if matches!(map.layout, EdgeLayout::Matrix { .. }) && columns.len() < 2 {
            let what = "a matrix has a column of row names and one for each service";
            return Err(IngestError::Import(vec![format!("{}: {what}", sheet.label())]));
        }
        sheet.visit(&columns, |rows| match &map.layout {
            EdgeLayout::List { .. } => list(&map.layout, rows, &filter, &mut edges, tally),
            EdgeLayout::Matrix { row_names, row_depends_on_column } => {
                let row_names = row_names.as_deref().or(columns.first().copied()).unwrap_or("");
                matrix(row_names, *row_depends_on_column, rows, &columns, &mut edges, tally)
            },
        })?;
    }
    if edges.scopes.len() > 1 {
        let scopes: Vec<String> = edges.scopes.iter().map(|s| shown(s)).collect();
        tally.note(format!("edges of {} scopes are united: {}", scopes.len(), scopes.join(", ")));
    }
    let edge = |((from, to, kind), weight)| EdgeInfo { from, to, kind, weight };
    Ok(edges.weights.into_iter().map(edge).collect())
}

/// Adds a dependency for every pair of services of which one calls the other in a span, unless
/// the input lists it, and sorts all. Returns how many were added.
pub(super) fn add_calls_of(spans: &SpanSet, edges: &mut Vec<EdgeInfo>) -> usize {
    let listed: BTreeSet<(String, String)> =
        edges.iter().map(|edge| (edge.from.clone(), edge.to.clone())).collect();
    let before = edges.len();
    for (caller, callee, _) in spans.calls() {
        let ends = (caller.to_owned(), callee.to_owned());
        if !listed.contains(&ends) {
            let (from, to) = ends;
            edges.push(EdgeInfo { from, to, kind: Some("calls".to_owned()), weight: None });
        }
    }
    let added = edges.len() - before;
    edges.sort_by(|a, b| (&a.from, &a.to, &a.kind).cmp(&(&b.from, &b.to, &b.kind)));
    added
}

fn list(
    layout: &EdgeLayout,
    rows: &Rows,
    filter: &RowFilter<'_>,
    edges: &mut Edges,
    tally: &mut Tally,
) -> Result<(), IngestError> {
    let EdgeLayout::List { from, to, kind, weight, scope } = layout else { return Ok(()) };
    let kept = filter.mask(rows)?;
    let (from, to) = (text_column(rows, from)?, text_column(rows, to)?);
    let kinds = kind.as_ref().map(|c| text_column(rows, c)).transpose()?;
    let scopes = scope.as_ref().map(|c| text_column(rows, c)).transpose()?;
    let weights = weight.as_ref().map(|c| NumberColumn::new(rows, c)).transpose()?;
    for i in (0..rows.len()).filter(|i| kept[*i]) {
        let place = || format!("{} row {}", rows.file(), rows.first_row() + i as i64);
        let weight = weights.as_ref().and_then(|w| weight_of(w.get(i), place, tally));
        let kind = kinds.as_ref().and_then(|k| k.get(i)).filter(|k| !k.is_empty());
        if let Some(scope) = scopes.as_ref().and_then(|s| s.get(i)) {
            edges.scopes.insert(scope.to_owned());
        }
        edges.add((from.get(i), to.get(i)), kind, weight, place, tally);
    }
    Ok(())
}

fn matrix(
    row_names: &str,
    row_depends_on_column: bool,
    rows: &Rows,
    columns: &[&str],
    edges: &mut Edges,
    tally: &mut Tally,
) -> Result<(), IngestError> {
    let names = text_column(rows, row_names)?;
    for column in columns.iter().filter(|c| **c != row_names) {
        let cells = NumberColumn::new(rows, column)?;
        for i in 0..rows.len() {
            let place =
                || format!("{} row {}, column {}", rows.file(), rows.first_row() + i as i64, shown(column));
            let Some(weight) = weight_of(cells.get(i), place, tally).filter(|w| *w != 0.0) else { continue };
            let (row, column) = (names.get(i), Some(*column));
            let ends = if row_depends_on_column { (row, column) } else { (column, row) };
            // A plain 1 says that there is an edge, not how strong it is.
            edges.add(ends, None, Some(weight).filter(|w| *w != 1.0), place, tally);
        }
    }
    Ok(())
}

fn weight_of(cell: Number<'_>, place: impl Fn() -> String, tally: &mut Tally) -> Option<f64> {
    match cell {
        Number::Value(weight) if weight.is_finite() => Some(weight),
        Number::Missing => None,
        Number::Value(weight) => {
            tally.add(Kind::EdgeCell, || format!("{weight} in {}", place()));
            None
        },
        Number::Bad(text) => {
            tally.add(Kind::EdgeCell, || format!("{} in {}", shown(text), place()));
            None
        },
    }
}
