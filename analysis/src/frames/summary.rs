//! The summary's frames with names in place of row numbers of other frames.

use infra_ingest::Summary;
use infra_ingest::grid::SegmentKind;
use infra_ingest::polars::prelude::{Column, DataFrame, DataType, NamedFrom, PolarsResult, Series};
use infra_ingest::summary::{ClockWindow, QuietOrNot};

use super::text;

/// Name and frame of everything that the summary holds, in reading order.
///
/// # Errors
/// Polars', if columns do not fit together (a bug here).
pub fn frames(summary: &Summary) -> PolarsResult<Vec<(&'static str, DataFrame)>> {
    let service = |idx: u32| summary.services.rows().get(idx as usize).map_or("", |s| s.service.as_str());
    let services_of = |ids: Vec<u32>| -> Vec<&str> { ids.into_iter().map(service).collect() };
    // Numbers of services become their names.
    let one =
        |df: &DataFrame, ids: Vec<u32>| named(df, &[("service_idx", text("service", &services_of(ids)))]);
    let two = |df: &DataFrame, callers: Vec<u32>, callees: Vec<u32>| {
        let (callers, callees) = (services_of(callers), services_of(callees));
        named(df, &[("caller_idx", text("caller", &callers)), ("callee_idx", text("callee", &callees))])
    };
    macro_rules! ids {
        ($frame:ident, $id:ident) => {
            summary.$frame.rows().iter().map(|r| r.$id).collect::<Vec<u32>>()
        };
    }
    let named_in: Vec<Option<&str>> =
        summary.timeline.rows().iter().map(|r| r.service_idx.map(service)).collect();
    let after: Vec<Option<&str>> =
        summary.follows.rows().iter().map(|r| r.after_callee_idx.map(service)).collect();
    let follows = one(summary.follows.df(), ids!(follows, service_idx))?;
    Ok(vec![
        ("services", signed(summary.services.df().clone())?),
        ("series", one(summary.series.df(), ids!(series, service_idx))?),
        ("windows", windows(summary)?),
        ("excursions", one(summary.excursions.df(), ids!(excursions, service_idx))?),
        ("transitions", one(summary.transitions.df(), ids!(transitions, service_idx))?),
        ("happenings", summary.happenings.df().clone()),
        (
            "timeline",
            named(summary.timeline.df(), &[("service_idx", Series::new("service".into(), named_in).into())])?,
        ),
        ("calls", two(summary.calls.df(), ids!(calls, caller_idx), ids!(calls, callee_idx))?),
        ("clock", clock(summary)?),
        ("operations", one(summary.operations.df(), ids!(operations, service_idx))?),
        (
            "edge_windows",
            two(summary.edge_windows.df(), ids!(edge_windows, caller_idx), ids!(edge_windows, callee_idx))?,
        ),
        (
            "edge_metrics",
            two(summary.edge_metrics.df(), ids!(edge_metrics, caller_idx), ids!(edge_metrics, callee_idx))?,
        ),
        (
            "follows",
            named(&follows, &[("after_callee_idx", Series::new("after_callee".into(), after).into())])?,
        ),
    ])
}

/// Windows that spans and log lines are counted by: what they cover, start and end.
fn clock(summary: &Summary) -> PolarsResult<DataFrame> {
    let windows = summary.clock.windows();
    let kind = |w: &ClockWindow| match w.kind {
        QuietOrNot::Normal => "normal",
        QuietOrNot::Lead => "lead",
        QuietOrNot::Incident => "incident",
        QuietOrNot::Open => "open",
    };
    let kinds: Vec<&str> = windows.iter().map(kind).collect();
    let numbers: Vec<i64> = (0_i64..).take(windows.len()).collect();
    let starts: Vec<i64> = windows.iter().map(|w| w.start_ns).collect();
    let ends: Vec<i64> = windows.iter().map(|w| w.end_ns).collect();
    DataFrame::new_infer_height(vec![
        Series::new("window".into(), numbers).into(),
        text("kind", &kinds),
        Series::new("start_ns".into(), starts).into(),
        Series::new("end_ns".into(), ends).into(),
    ])
}

/// Windows with service, signal, statistic, segment and bounds.
fn windows(summary: &Summary) -> PolarsResult<DataFrame> {
    let rows = summary.windows.rows();
    let series = |idx: u32| summary.series.rows().get(idx as usize);
    let of_series = |name: &str, get: fn(&infra_ingest::frames::SeriesRow) -> &str| -> Column {
        let values: Vec<&str> = rows.iter().map(|r| series(r.series_idx).map_or("", get)).collect();
        text(name, &values)
    };
    let services: Vec<&str> = rows
        .iter()
        .map(|r| series(r.series_idx).and_then(|s| summary.services.rows().get(s.service_idx as usize)))
        .map(|s| s.map_or("", |s| s.service.as_str()))
        .collect();
    let bounds: Vec<_> = rows.iter().map(|r| summary.grid.bounds(r.window)).collect();
    let segment = |kind: SegmentKind| match kind {
        SegmentKind::Normal => "normal",
        SegmentKind::Incident => "incident",
        SegmentKind::Whole => "whole",
    };
    let segments: Vec<&str> = bounds.iter().map(|b| b.map_or("", |(s, ..)| segment(s.kind))).collect();
    let starts: Vec<Option<i64>> = bounds.iter().map(|b| b.map(|(_, start, _)| start)).collect();
    let ends: Vec<Option<i64>> = bounds.iter().map(|b| b.map(|(_, _, end)| end)).collect();
    let mut columns = vec![
        text("service", &services),
        of_series("signal", |s| &s.signal),
        of_series("statistic", |s| &s.statistic),
        of_series("table", |s| &s.table),
        text("segment", &segments),
        Series::new("start_ns".into(), starts).into(),
        Series::new("end_ns".into(), ends).into(),
    ];
    let means: Vec<f64> = rows.iter().map(infra_ingest::frames::WindowRow::mean).collect();
    columns.push(Series::new("mean".into(), means).into());
    let rest = summary.windows.df().columns().iter().filter(|c| c.name() != "series_idx");
    columns.extend(rest.cloned());
    signed(DataFrame::new_infer_height(columns)?)
}

/// A frame with some of its columns replaced by named ones.
fn named(df: &DataFrame, replacements: &[(&str, Column)]) -> PolarsResult<DataFrame> {
    let columns = df
        .columns()
        .iter()
        .map(|column| {
            let replaced = replacements.iter().find(|(name, _)| column.name() == name);
            replaced.map_or_else(|| column.clone(), |(_, replacement)| replacement.clone())
        })
        .collect();
    signed(DataFrame::new_infer_height(columns)?)
}

/// All integers as Int64, as in runs.
fn signed(df: DataFrame) -> PolarsResult<DataFrame> {
    let columns = df
        .columns()
        .iter()
        .map(|column| match column.dtype() {
            DataType::UInt32 => column.cast(&DataType::Int64),
            _ => Ok(column.clone()),
        })
        .collect::<PolarsResult<Vec<Column>>>()?;
    DataFrame::new_infer_height(columns)
}
