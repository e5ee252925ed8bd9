//! An ensemble of rankings as frames.

use infra_ingest::polars::prelude::{DataFrame, NamedFrom, PolarsResult, Series};

use super::{int, text};
use crate::analyse::Analysis;
use crate::ranking::ensemble::{Ranked, rank_interval};

/// One row a service, best first by mean score (12 digits, ties by name): `rank`, `service`,
/// `score` (mean over the members), `rank_low` and `rank_high` (best and worst rank, the outer 5 %
/// cut off), `first` (share of members that put it first, 0..1). Empty without members.
///
/// # Errors
/// Polars', if columns do not fit together (a bug here).
pub fn places(analysis: &Analysis<'_>, members: &[Ranked]) -> PolarsResult<DataFrame> {
    let case = &analysis.case;
    let n = if members.is_empty() { 0 } else { case.len() };
    let mut scores = vec![0.0; n];
    let mut ranks: Vec<Vec<usize>> = vec![Vec::with_capacity(members.len()); n];
    for member in members {
        for (sum, score) in scores.iter_mut().zip(&member.scores) {
            *sum += score / members.len() as f64;
        }
        for (place, service) in member.order.iter().enumerate() {
            ranks[*service].push(place + 1);
        }
    }
    let rounded: Vec<f64> = scores.iter().map(|s| (s * 1e12).round() / 1e12).collect();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| rounded[b].total_cmp(&rounded[a]).then_with(|| case.name(a).cmp(case.name(b))));
    let share = |s: usize| ranks[s].iter().filter(|r| **r == 1).count() as f64 / members.len() as f64;
    let intervals: Vec<(usize, usize)> = order.iter().map(|&s| rank_interval(ranks[s].clone())).collect();
    let names: Vec<&str> = order.iter().map(|&s| case.name(s)).collect();
    DataFrame::new_infer_height(vec![
        Series::new("rank".into(), (1..).take(n).collect::<Vec<i64>>()).into(),
        text("service", &names),
        Series::new("score".into(), order.iter().map(|&s| rounded[s]).collect::<Vec<f64>>()).into(),
        Series::new("rank_low".into(), intervals.iter().map(|i| int(i.0)).collect::<Vec<i64>>()).into(),
        Series::new("rank_high".into(), intervals.iter().map(|i| int(i.1)).collect::<Vec<i64>>()).into(),
        Series::new("first".into(), order.iter().map(|&s| share(s)).collect::<Vec<f64>>()).into(),
    ])
}

/// One row a member and service, members in their order, services best first: `member` (from 0),
/// `rank`, `service`, `score`.
///
/// # Errors
/// Polars', if columns do not fit together (a bug here).
pub fn rankings(analysis: &Analysis<'_>, members: &[Ranked]) -> PolarsResult<DataFrame> {
    let rows = || {
        let members = members.iter().enumerate();
        members.flat_map(|(m, ranked)| ranked.order.iter().enumerate().map(move |(i, s)| (m, ranked, i, *s)))
    };
    let names: Vec<&str> = rows().map(|(.., s)| analysis.case.name(s)).collect();
    DataFrame::new_infer_height(vec![
        Series::new("member".into(), rows().map(|(m, ..)| int(m)).collect::<Vec<i64>>()).into(),
        Series::new("rank".into(), rows().map(|(_, _, i, _)| int(i + 1)).collect::<Vec<i64>>()).into(),
        text("service", &names),
        Series::new("score".into(), rows().map(|(_, r, _, s)| r.scores[s]).collect::<Vec<f64>>()).into(),
    ])
}

/// One row a member and dependency: `member` (from 0), `dependent`, `dependency`, `attention`
/// (0..1).
///
/// # Errors
/// Polars', if columns do not fit together (a bug here).
pub fn attention(analysis: &Analysis<'_>, members: &[Ranked]) -> PolarsResult<DataFrame> {
    let graph = &analysis.case.graph;
    let edges: Vec<_> = graph.edges().collect();
    let rows = || {
        let edges = edges.as_slice();
        members.iter().enumerate().flat_map(move |(m, r)| edges.iter().zip(&r.attention).map(move |e| (m, e)))
    };
    let dependents: Vec<&str> = rows().map(|(_, (e, _))| graph.name(e.depends_on.dependent)).collect();
    let dependencies: Vec<&str> = rows().map(|(_, (e, _))| graph.name(e.depends_on.dependency)).collect();
    DataFrame::new_infer_height(vec![
        Series::new("member".into(), rows().map(|(m, _)| int(m)).collect::<Vec<i64>>()).into(),
        text("dependent", &dependents),
        text("dependency", &dependencies),
        Series::new("attention".into(), rows().map(|(_, (_, a))| *a).collect::<Vec<f64>>()).into(),
    ])
}
