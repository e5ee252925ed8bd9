//! Suspects, their evidence, and what explains it away.

use super::model::Cause;
use crate::analyse::Analysis;
use crate::heads::Composition;
use crate::text::{Text, count, number};

/// Dependencies named per suspect and head.
const EXPLAINERS: usize = 3;

/// The first `top` suspects.
pub(super) fn causes(analysis: &Analysis<'_>, top: usize) -> Vec<Cause> {
    analysis.suspects().take(top).enumerate().map(|(i, service)| cause(analysis, i + 1, service)).collect()
}

/// One service, whether or not it is a suspect.
pub(super) fn cause(analysis: &Analysis<'_>, rank: usize, service: usize) -> Cause {
    let case = &analysis.case;
    let mut evidence = Vec::new();
    let mut explained_by = Vec::new();
    let mut cites = Vec::new();
    for (h, head) in analysis.heads.iter().enumerate() {
        let Some(finding) = head.findings[service].as_ref().filter(|f| f.z > 0.0) else { continue };
        let explained = analysis.explained.get(h);
        let mut text = super::effects::effect(head, finding);
        if head.composition == Composition::Additive {
            text.say(format!(", {} {} over the incident", number(finding.excess), head.excess_unit));
        }
        if let Some(explained) = explained.filter(|_| head.composition != Composition::Local) {
            text.say(format!("; {} of it its own", percent(explained.own[service])));
        }
        text.say(if finding.normal_windows > 0 {
            format!(
                "; {} against {} normal",
                count(finding.incident_windows, "incident window", "incident windows"),
                finding.normal_windows
            )
        } else {
            format!(
                "; {} against the declared threshold",
                count(finding.incident_windows, "incident window", "incident windows")
            )
        });
        if let Some(onset) = &finding.onset {
            text.say(", onset").cite(onset);
        }
        cites.extend(finding.worst.iter().cloned());
        cites.extend(finding.onset.iter().cloned());
        evidence.push(text);
        let Some(explained) = explained else { continue };
        let mut by: Vec<(f64, usize)> = case
            .graph
            .edges()
            .enumerate()
            .filter(|(_, e)| e.depends_on.dependent.index() == service)
            .map(|(e, edge)| (explained.by_edge[e], edge.depends_on.dependency.index()))
            .filter(|(x, _)| *x >= 0.01)
            .collect();
        by.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| case.name(a.1).cmp(case.name(b.1))));
        for (x, dependency) in by.into_iter().take(EXPLAINERS) {
            let mut text =
                Text::words(format!("up to {} of its {} is explained by ", percent(x), head.signal));
            text.name(case.name(dependency));
            explained_by.push(text);
        }
    }
    cites.sort();
    cites.dedup();
    let score = analysis.ranking.as_ref().map_or(0.0, |r| r.scores[service]);
    let rank_interval = analysis.confidence.as_ref().map_or((rank, rank), |c| c.rank_interval[service]);
    Cause {
        rank,
        service: Text::untrusted(case.name(service)),
        score,
        rank_interval,
        evidence,
        explained_by,
        cites,
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
