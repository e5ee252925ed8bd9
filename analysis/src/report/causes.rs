//! Suspects: the heads that speak, what explains them away, and what was changed.

use super::changed;
use super::observed::{brief, observed};
use crate::analyse::Analysis;
use crate::heads::{Composition, Finding, HeadResult};
use crate::text::{Text, count};
use infra_report::Clock;
use infra_report::model::Cause;

/// Dependencies or callers named per suspect and head.
const EXPLAINERS: usize = 3;
/// Less than this share is not worth a line.
const LEAST_SHARE: f64 = 0.01;

/// The first `top` suspects.
pub(super) fn causes(analysis: &Analysis<'_>, top: usize) -> Vec<Cause> {
    analysis.suspects().take(top).enumerate().map(|(i, service)| cause(analysis, i + 1, service)).collect()
}

/// One service, whether or not it is a suspect.
pub(super) fn cause(analysis: &Analysis<'_>, rank: usize, service: usize) -> Cause {
    let case = &analysis.case;
    let entry_z = case.constants.entry_z;
    let found = |(h, head): (usize, &'_ HeadResult)| Some((h, head.findings[service].as_ref()?.z));
    let mut seen: Vec<(usize, f64)> =
        analysis.heads.iter().enumerate().filter_map(found).filter(|(_, z)| *z > 0.0).collect();
    // Heads of equal strength keep their order.
    seen.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (mut evidence, mut explained_by, mut cites) = (Vec::new(), Vec::new(), Vec::new());
    let mut faint = 0;
    for (h, _) in seen {
        let head = &analysis.heads[h];
        let Some(finding) = &head.findings[service] else { continue };
        // A long incident with recovery is clear at its worst moment only.
        if finding.z.max(finding.peak_z) <= entry_z {
            faint += 1;
            continue;
        }
        evidence.push(line(analysis, h, head, finding, service));
        cites.extend(finding.worst.iter().cloned());
        cites.extend(finding.onset.iter().cloned());
        explained_by.extend(explainers(analysis, h, head, service));
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
        faint: (faint > 0).then(|| {
            Text::words(format!(
                "{} less than {} scales here",
                count(faint, "other head with data sees", "other heads with data see"),
                brief(entry_z)
            ))
        }),
        explained_by,
        changes: changed::of_service(analysis, service, &Clock::new(&super::scale_of(analysis))),
        cites,
    }
}

/// One head's sentence: what it saw, how far that is from normal, on how much data, where to look.
fn line(analysis: &Analysis<'_>, h: usize, head: &HeadResult, finding: &Finding, service: usize) -> Text {
    let mut text = Text::new();
    if !head.signal.starts_with(head.name) {
        text.say(format!("{}: ", head.name));
    }
    text.text(&observed(&analysis.case, head, finding));
    text.say(format!("; {} scales", brief(finding.z)));
    if finding.peak_z > 1.5 * finding.z {
        text.say(format!(", at worst {}", brief(finding.peak_z)));
    }
    if head.composition == Composition::Additive {
        text.say(format!(", {} {} over the incident", brief(finding.excess), head.excess_unit));
    }
    if let Some(explained) = analysis.explained.get(h).filter(|_| head.composition != Composition::Local) {
        text.say(format!("; {} of it its own", percent(explained.own[service])));
    }
    let windows = count(finding.incident_windows, "incident window", "incident windows");
    text.say(match finding.normal_windows {
        0 => format!("; {windows} against the declared threshold"),
        normal => format!("; {windows} against {normal} normal"),
    });
    text.cite_some(finding.worst.as_ref());
    if let Some(onset) = &finding.onset {
        text.say(", onset").cite(onset);
    }
    text
}

/// Who explains a head's evidence away, and how much of it at most.
fn explainers(analysis: &Analysis<'_>, h: usize, head: &HeadResult, service: usize) -> Vec<Text> {
    let case = &analysis.case;
    let Some(explained) = analysis.explained.get(h) else { return Vec::new() };
    let mut by: Vec<(f64, usize)> = case
        .graph
        .edges()
        .enumerate()
        .filter(|(_, e)| e.depends_on.dependent.index() == service)
        .map(|(e, edge)| (explained.by_edge[e], edge.depends_on.dependency.index()))
        .filter(|(x, other)| *x >= LEAST_SHARE && *other != service)
        .collect();
    by.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| case.name(a.1).cmp(case.name(b.1))));
    let most = by.first().map_or(0.0, |b| b.0);
    let mut lines: Vec<Text> = by
        .into_iter()
        .take(EXPLAINERS)
        .map(|(x, dependency)| {
            let mut text = Text::words(format!("up to {} of its {} by ", percent(x), head.name));
            text.name(case.name(dependency)).say(", which it depends on");
            text
        })
        .collect();
    // What no dependency explains was laid to callers: they asked for other things.
    let gone = 1.0 - explained.own[service];
    if head.composition == Composition::Climbing && gone > most + LEAST_SHARE {
        let z = |d: &usize| head.z(*d);
        let caller = case.dependents(service).filter(|d| *d != service && head.z(*d) > 0.0);
        if let Some(caller) =
            caller.max_by(|a, b| z(a).total_cmp(&z(b)).then_with(|| case.name(*b).cmp(case.name(*a))))
        {
            let mut text = Text::words(format!("{} of its {} by its caller ", percent(gone), head.name));
            text.name(case.name(caller)).say(", which asks for other things");
            lines.push(text);
        }
    }
    lines
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
