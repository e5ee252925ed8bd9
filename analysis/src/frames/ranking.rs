//! The ranking as a frame.

use infra_ingest::polars::prelude::{Column, DataFrame, NamedFrom, PolarsResult, Series};

use super::{int, text};
use crate::analyse::Analysis;
use crate::ranking::score::Ranking;

/// One row a service, best first; empty if there was nothing to rank.
///
/// # Errors
/// Polars', if columns do not fit together (a bug here).
pub fn frame(analysis: &Analysis<'_>) -> PolarsResult<DataFrame> {
    let order: &[usize] = analysis.ranking.as_ref().map_or(&[], |r| &r.order);
    let of_ranking = |name: &str, get: fn(&Ranking) -> &[f64]| -> Column {
        let values: Vec<Option<f64>> =
            order.iter().map(|&s| analysis.ranking.as_ref().and_then(|r| get(r).get(s).copied())).collect();
        Series::new(name.into(), values).into()
    };
    let ranks: Vec<i64> = (1..).take(order.len()).collect();
    let names: Vec<&str> = order.iter().map(|&s| analysis.case.name(s)).collect();
    let interval = |s: usize| analysis.confidence.as_ref().and_then(|c| c.rank_interval.get(s)).copied();
    let low: Vec<Option<i64>> = order.iter().map(|&s| interval(s).map(|i| int(i.0))).collect();
    let high: Vec<Option<i64>> = order.iter().map(|&s| interval(s).map(|i| int(i.1))).collect();
    let onset: Vec<Option<i64>> =
        order.iter().map(|&s| analysis.onsets.get(s).and_then(Option::as_ref).map(|o| o.time_ns)).collect();
    DataFrame::new_infer_height(vec![
        Series::new("rank".into(), ranks).into(),
        text("service", &names),
        of_ranking("score", |r| &r.scores),
        of_ranking("local", |r| &r.local),
        of_ranking("absorbed", |r| &r.absorbed),
        Series::new("rank_low".into(), low).into(),
        Series::new("rank_high".into(), high).into(),
        Series::new("onset_ns".into(), onset).into(),
    ])
}
