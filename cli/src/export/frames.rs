//! The summary's frames with names in place of row numbers of other frames.

use infra_ingest::Summary;
use infra_ingest::grid::SegmentKind;
use infra_ingest::polars::prelude::{Column, DataFrame, DataType, NamedFrom, PolarsResult, Series};

/// Name and frame of everything that the summary holds, in reading order.
pub(crate) fn frames(summary: &Summary) -> PolarsResult<Vec<(&'static str, DataFrame)>> {
    let service = |idx: u32| summary.services.rows().get(idx as usize).map_or("", |s| s.service.as_str());
    let services_of = |ids: Vec<u32>| -> Vec<&str> { ids.into_iter().map(service).collect() };
    let series = summary.series.rows();
    let excursions = summary.excursions.rows();
    let transitions = summary.transitions.rows();
    let calls = summary.calls.rows();
    Ok(vec![
        ("services", summary.services.df().clone()),
        (
            "series",
            named(
                summary.series.df(),
                &[(
                    "service_idx",
                    text("service", &services_of(series.iter().map(|r| r.service_idx).collect())),
                )],
            )?,
        ),
        ("windows", windows(summary)?),
        (
            "excursions",
            named(
                summary.excursions.df(),
                &[(
                    "service_idx",
                    text("service", &services_of(excursions.iter().map(|r| r.service_idx).collect())),
                )],
            )?,
        ),
        (
            "transitions",
            named(
                summary.transitions.df(),
                &[(
                    "service_idx",
                    text("service", &services_of(transitions.iter().map(|r| r.service_idx).collect())),
                )],
            )?,
        ),
        ("happenings", summary.happenings.df().clone()),
        ("timeline", summary.timeline.df().clone()),
        (
            "calls",
            named(
                summary.calls.df(),
                &[
                    (
                        "caller_idx",
                        text("caller", &services_of(calls.iter().map(|r| r.caller_idx).collect())),
                    ),
                    (
                        "callee_idx",
                        text("callee", &services_of(calls.iter().map(|r| r.callee_idx).collect())),
                    ),
                ],
            )?,
        ),
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

/// A text column.
pub(super) fn text(name: &str, values: &[&str]) -> Column {
    Series::new(name.into(), values).into()
}
