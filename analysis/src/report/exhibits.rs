//! What the report's pictures are drawn from, taken from an analysis within fixed bounds.
//!
//! A small graph is shown whole, a large one as far as it has to do with the incident, so that
//! the work beyond one pass over services and edges does not grow with the run.

use std::collections::BTreeMap;

use infra_graph::EdgeOrigin;
use infra_report::exhibits::{
    EdgeExhibit, Exhibits, HopExhibit, MAX_EDGES, MAX_MOMENTS, MAX_NODES, MAX_STATUSES, Moment, MomentKind,
    NodeExhibit, OnsetExhibit, Period, PeriodKind, StatusExhibit,
};

use super::exhibited_signals::signals;
use super::graph::pictured_scores;
use crate::analyse::Analysis;
use crate::case::Case;
use crate::ranking::paths::edge_attention;

/// Stretches of time out of band kept per service.
const MAX_OUT: usize = 24;
/// Runs longer than so many times the incident are shown around the incident only.
const LONG: i64 = 8;

/// The exhibits of an analysis, but for the cited rows, which whoever holds the run adds.
#[must_use]
pub fn exhibits(analysis: &Analysis<'_>) -> Exhibits {
    let case = &analysis.case;
    let scores = pictured_scores(analysis);
    let path = first_path(analysis);
    let chosen = chosen(analysis, &scores, &path);
    let place: BTreeMap<usize, usize> = chosen.iter().enumerate().map(|(i, s)| (*s, i)).collect();
    let edges = edges(analysis, &place, &path);
    let periods = periods(case);
    let view_ns = view(analysis, &periods);
    let nodes = nodes(analysis, &chosen, &scores);
    let hops = analysis.spread.iter().filter_map(|hop| {
        let (from, to) = (*place.get(&hop.from)?, *place.get(&hop.to)?);
        Some(HopExhibit { from, to, attention: hop.attention })
    });
    Exhibits {
        time: super::time_scale(case.metadata),
        found: analysis.ranking.is_some(),
        omitted_nodes: case.len() - chosen.len(),
        omitted_edges: case.graph.edge_count() - edges.len(),
        hops: hops.collect(),
        signals: signals(analysis, &chosen, view_ns),
        moments: moments(analysis),
        view_ns,
        periods,
        nodes,
        edges,
        ..Exhibits::default()
    }
}

/// Services of the path that is told first.
fn first_path(analysis: &Analysis<'_>) -> Vec<usize> {
    let path = analysis.paths.iter().find(|p| p.confirmed).or_else(|| analysis.paths.first());
    path.map(|p| p.steps.iter().map(|s| s.service).collect()).unwrap_or_default()
}

/// Services in the picture: of the first path, then by score, then by name.
fn chosen(analysis: &Analysis<'_>, scores: &[f64], path: &[usize]) -> Vec<usize> {
    let case = &analysis.case;
    let relevant = scores.iter().filter(|s| s.is_finite()).count();
    let most = if case.len() <= MAX_NODES { case.len() } else { relevant.clamp(2, MAX_NODES) };
    let mut order: Vec<usize> = (0..case.len()).collect();
    let known = |s: usize| if scores[s].is_finite() { scores[s] } else { f64::NEG_INFINITY };
    let standing = |s: usize| path.iter().position(|p| *p == s).unwrap_or(usize::MAX);
    order.sort_by(|&a, &b| {
        let by_score = known(b).total_cmp(&known(a));
        standing(a).cmp(&standing(b)).then(by_score).then_with(|| case.name(a).cmp(case.name(b)))
    });
    order.truncate(most);
    order
}

fn nodes(analysis: &Analysis<'_>, chosen: &[usize], scores: &[f64]) -> Vec<NodeExhibit> {
    let case = &analysis.case;
    let ranks: BTreeMap<usize, usize> =
        analysis.suspects().take(MAX_NODES).enumerate().map(|(i, s)| (s, i + 1)).collect();
    let mut statuses: BTreeMap<usize, Vec<StatusExhibit>> = BTreeMap::new();
    let mut wanted = vec![false; case.len()];
    chosen.iter().for_each(|s| wanted[*s] = true);
    for change in case.summary.transitions.rows() {
        let service = change.service_idx as usize;
        if !wanted.get(service).is_some_and(|w| *w) {
            continue;
        }
        let known = statuses.entry(service).or_default();
        if known.len() < MAX_STATUSES {
            known.push(StatusExhibit {
                time_ns: change.time_ns,
                name: change.to.clone(),
                severity: change.to_severity.and_then(|s| u8::try_from(s.clamp(0, 3)).ok()),
            });
        }
    }
    let services = case.summary.services.rows();
    chosen
        .iter()
        .map(|&s| {
            // Without an incident nobody is told to have left its band.
            let onset = analysis.onsets[s].as_ref().filter(|_| analysis.ranking.is_some());
            NodeExhibit {
                service: case.name(s).to_owned(),
                kind: services.get(s).and_then(|row| row.kind.clone()),
                observed: services.get(s).is_some_and(|row| row.rows > 0),
                score: Some(scores[s]).filter(|v| v.is_finite()),
                rank: ranks.get(&s).copied(),
                onset: onset.map(|o| OnsetExhibit {
                    time_ns: o.time_ns,
                    within_ns: o.within_ns,
                    head: o.head.to_owned(),
                }),
                out: onset.map_or_else(Vec::new, |o| out(analysis, s, o.time_ns, o.head)),
                statuses: statuses.remove(&s).unwrap_or_default(),
            }
        })
        .collect()
}

/// When a service was out of its band: by the windows of the signal that showed it, else from its
/// onset to the end of the incident.
fn out(analysis: &Analysis<'_>, service: usize, onset_ns: i64, head: &str) -> Vec<(i64, i64)> {
    let case = &analysis.case;
    let end = case.periods.incident.last().map_or(onset_ns, |w| case.window_end(*w)).max(onset_ns + 1);
    let head = analysis.heads.iter().find(|h| h.name == head);
    let measured = head.and_then(|h| {
        let finding = h.findings[service].as_ref().filter(|f| f.detail.is_none())?;
        let series = case.find_series(service, &h.signal, None)?;
        Some((finding, series))
    });
    let Some((finding, series)) = measured else { return vec![(onset_ns, end)] };
    let high = finding.band >= finding.normal;
    let mut stretches: Vec<(i64, i64)> = Vec::new();
    // What was beyond stays so until a window shows that it came back.
    let mut lasting = false;
    for window in case.periods.after_onset().iter().filter_map(|w| series.at(*w)) {
        let beyond = if high { window.max >= finding.band } else { window.min <= finding.band };
        let stop = case.window_end(window.window);
        let start = case.window_start(window.window).max(onset_ns);
        if stop <= onset_ns {
            continue;
        }
        if !lasting && beyond && stretches.len() >= MAX_OUT {
            break;
        }
        match stretches.last_mut() {
            Some(last) if lasting => last.1 = if beyond { stop } else { start },
            _ if beyond => stretches.push((start, stop)),
            _ => {},
        }
        lasting = beyond;
    }
    // It may last beyond the last window that shows it.
    if let Some(last) = stretches.last_mut().filter(|_| lasting) {
        last.1 = last.1.max(end);
    }
    match stretches.first_mut() {
        Some(first) => first.0 = first.0.min(onset_ns),
        None => stretches.push((onset_ns, end)),
    }
    stretches
}

/// Edges between chosen services, those of the path first, in its order, then by attention and
/// names.
fn edges(analysis: &Analysis<'_>, place: &BTreeMap<usize, usize>, path: &[usize]) -> Vec<EdgeExhibit> {
    let case = &analysis.case;
    let attention = analysis.ranking.as_ref().map(edge_attention);
    let mut found: Vec<(usize, f64, EdgeExhibit)> = Vec::new();
    for (e, edge) in case.graph.edges().enumerate() {
        let hop = edge.fails_toward();
        let (from, to) = (hop.origin.index(), hop.victim.index());
        let (Some(&a), Some(&b)) = (place.get(&from), place.get(&to)) else { continue };
        let step = path.windows(2).position(|pair| pair == [from, to]);
        let attention = attention.as_ref().and_then(|all| all.get(e)).copied().filter(|a| a.is_finite());
        found.push((
            step.unwrap_or(usize::MAX),
            attention.unwrap_or(0.0),
            EdgeExhibit {
                from: a,
                to: b,
                attention,
                on_path: step.is_some(),
                inferred: matches!(edge.attributes.origin, EdgeOrigin::Inferred { .. }),
            },
        ));
    }
    found.sort_by(|a, b| {
        a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then_with(|| (a.2.from, a.2.to).cmp(&(b.2.from, b.2.to)))
    });
    found.truncate(MAX_EDGES);
    found.into_iter().map(|f| f.2).collect()
}

/// Windows of one kind that follow each other, as stretches of time.
fn periods(case: &Case<'_>) -> Vec<Period> {
    let lists = [
        (PeriodKind::Normal, &case.periods.normal),
        (PeriodKind::Lead, &case.periods.lead),
        (PeriodKind::Incident, &case.periods.incident),
        (PeriodKind::After, &case.periods.after),
    ];
    let mut found: Vec<Period> = Vec::new();
    for (kind, windows) in lists {
        let mut last: Option<Period> = None;
        for window in windows {
            let (start_ns, end_ns) = (case.window_start(*window), case.window_end(*window));
            match &mut last {
                Some(period) if period.end_ns == start_ns => period.end_ns = end_ns,
                _ => found.extend(last.replace(Period { kind, start_ns, end_ns })),
            }
        }
        found.extend(last);
    }
    found.sort_by_key(|p| (p.start_ns, p.kind));
    found
}

/// What charts show: all that was recorded, or the incident and what lies around it.
fn view(analysis: &Analysis<'_>, periods: &[Period]) -> Option<(i64, i64)> {
    let case = &analysis.case;
    let (first, last) = case.summary.time_range?;
    // Windows may reach beyond the last row.
    let ends = periods.iter().map(|p| p.end_ns).max().unwrap_or(last);
    let last = last.max(ends.min(last.saturating_add(last.saturating_sub(first) / 50)));
    let incident = periods.iter().filter(|p| p.kind == PeriodKind::Incident);
    let bounds = incident.fold(None, |bounds: Option<(i64, i64)>, p| {
        Some(bounds.map_or((p.start_ns, p.end_ns), |(a, b)| (a.min(p.start_ns), b.max(p.end_ns))))
    });
    let Some((start, end)) = bounds else { return Some((first, last.max(first + 1))) };
    let onset = analysis.impact.onset.as_ref().map_or(start, |o| o.time_ns);
    let (start, end) = (start.min(onset), end.max(onset));
    let length = end.saturating_sub(start).max(1);
    if last.saturating_sub(first) <= length.saturating_mul(LONG) {
        return Some((first, last.max(first + 1)));
    }
    let from = start.saturating_sub(length.saturating_mul(3)).max(first);
    let to = end.saturating_add(length).min(last).max(from + 1);
    // Only where something was measured: normal time may lie elsewhere.
    let near = || periods.iter().filter(|p| p.start_ns < to && p.end_ns > from);
    let from = near().map(|p| p.start_ns).min().map_or(from, |s| s.max(from));
    let to = near().map(|p| p.end_ns).max().map_or(to, |e| e.min(to)).max(onset);
    Some((from.min(onset), to.max(from + 1)))
}

/// Milestones, then alerts, changes, actions and hazards while there is room; in time order.
fn moments(analysis: &Analysis<'_>) -> Vec<Moment> {
    let case = &analysis.case;
    let impact = &analysis.impact;
    let mut found: Vec<Moment> = Vec::new();
    if analysis.ranking.is_some() {
        let milestones = [
            ("detected", &impact.detected),
            ("mitigated", &impact.mitigated),
            ("recovered", &impact.recovered),
        ];
        for (what, moment) in milestones {
            found.extend(moment.iter().map(|m| Moment {
                time_ns: m.time_ns,
                kind: MomentKind::Milestone,
                what: what.to_owned(),
                source: String::new(),
            }));
        }
    }
    let kind = |role: &str| match role {
        "deploy" | "config" => Some(MomentKind::Change),
        "hazard" => Some(MomentKind::Hazard),
        "alert" => Some(MomentKind::Alert),
        "decision" | "remediation" => Some(MomentKind::Action),
        _ => None,
    };
    let room = MAX_MOMENTS - found.len();
    let lines = case.summary.timeline.rows().iter().filter(|line| line.observed);
    let told = lines.filter_map(|line| {
        Some(Moment {
            time_ns: line.time_ns,
            kind: kind(&line.role)?,
            what: line.event_type.clone(),
            source: line.source.clone(),
        })
    });
    found.extend(told.take(room));
    found.sort_by(|a, b| (a.time_ns, a.kind, &a.what).cmp(&(b.time_ns, b.kind, &b.what)));
    found
}
