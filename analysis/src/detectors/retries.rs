//! Retry storm: attempts multiply what is asked of a failing service.

use super::{Detection, Scene, Verdict};
use crate::cite::Cite;
use crate::text::Text;

pub(super) fn detect(scene: &Scene<'_>) -> Option<Detection> {
    let case = scene.case;
    let c = case.constants;
    let mut why = Text::new();
    let mut seen = false;
    // Measured: the share of requests that are retries.
    for service in 0..case.len() {
        let Some(series) = case.find_series(service, "retry_ratio", None) else { continue };
        let during: Vec<_> = case.periods.incident.iter().filter_map(|w| series.at(*w)).collect();
        let asked = case.find_series(service, "requests", None);
        let weight = |w: u32| asked.map_or(1.0, |s| s.at(w).map_or(0.0, |w| w.sum.max(0.0)));
        let total: f64 = during.iter().map(|w| weight(w.window)).sum();
        let Some(worst) =
            during.iter().max_by(|a, b| a.max.total_cmp(&b.max).then(b.max_row.cmp(&a.max_row)))
        else {
            continue;
        };
        seen = true;
        let share = during.iter().map(|w| weight(w.window) * w.mean()).sum::<f64>() / total;
        if share >= c.retry_share {
            why.say(format!("{:.0} % of what ", 100.0 * share))
                .name(case.name(service))
                .say(" asks for during the incident are retries.");
            let cites = vec![Cite::row(&series.row.table, worst.max_row)];
            return Some(Detection { kind: Verdict::RetryStorm, holds: true, why, cites });
        }
    }
    // Counted: calls per request of the caller, against normal time.
    let errors = scene.heads.iter().find(|h| h.name == "errors");
    for edge in case.graph.edges() {
        let (caller, callee) = (edge.depends_on.dependent.index(), edge.depends_on.dependency.index());
        let fails = errors.is_some_and(|h| h.gate(callee, c.gate_z) > c.confirmed_gate);
        let Some(factor) = fails.then(|| amplification(scene, caller, callee)).flatten() else { continue };
        seen = true;
        if factor >= 1.0 / (1.0 - c.retry_share) {
            why.name(case.name(caller)).say(" calls ").name(case.name(callee)).say(format!(
                ", which fails, {factor:.1} times as often for each of its requests as in normal time."
            ));
            return Some(Detection { kind: Verdict::RetryStorm, holds: true, why, cites: Vec::new() });
        }
    }
    why.say("Nobody asks a failing service more often than in normal time.");
    seen.then_some(Detection { kind: Verdict::RetryStorm, holds: false, why, cites: Vec::new() })
}

/// Calls of `callee` per request of `caller`, incident over normal time, from spans.
fn amplification(scene: &Scene<'_>, caller: usize, callee: usize) -> Option<f64> {
    let case = scene.case;
    let per_request = |windows: &[u32]| -> Option<f64> {
        let asked = |service: usize| -> f64 {
            let series = case.find_series(service, "requests", None);
            windows.iter().filter_map(|w| series?.at(*w)).map(|w| w.sum).sum()
        };
        let (of_caller, of_callee) = (asked(caller), asked(callee));
        (of_caller > 0.0 && of_callee > 0.0).then(|| of_callee / of_caller)
    };
    // Of several callers nobody knows who asks more.
    if case.dependents(callee).count() != 1 {
        return None;
    }
    // It is asked more often altogether, or less is asked of the caller.
    let rate = |windows: &[u32]| -> Option<f64> {
        let series = case.find_series(callee, "requests", None)?;
        let asked: Vec<f64> = windows.iter().filter_map(|w| series.at(*w)).map(|w| w.sum).collect();
        (!asked.is_empty()).then(|| asked.iter().sum::<f64>() / asked.len() as f64)
    };
    let (during, usual) = (rate(&case.periods.incident)?, rate(&case.periods.normal)?);
    if during <= case.constants.normal_demand * usual {
        return None;
    }
    Some(per_request(&case.periods.incident)? / per_request(&case.periods.normal)?)
}
