//! What was changed before onset, in sentences.

use crate::analyse::Analysis;
use crate::changes::Change;
use crate::text::Text;
use infra_report::Clock;

/// Changes told of one service.
const TOLD: usize = 5;
/// Changes listed of the run.
const LISTED: usize = 40;

/// Changes of one service, the latest first.
pub(super) fn of_service(analysis: &Analysis<'_>, service: usize, clock: &Clock) -> Vec<Text> {
    let mut changes: Vec<&Change> = analysis.changes.of(service).collect();
    changes.reverse();
    changes.into_iter().take(TOLD).map(|change| sentence(analysis, change, clock, false)).collect()
}

/// All changes, in the order of the log, and how many are not listed.
pub(super) fn all(analysis: &Analysis<'_>, clock: &Clock) -> Vec<Text> {
    let list = &analysis.changes.list;
    let mut lines: Vec<Text> = list
        .iter()
        .skip(list.len().saturating_sub(LISTED))
        .map(|change| sentence(analysis, change, clock, true))
        .collect();
    if list.len() > LISTED {
        lines.push(Text::words(format!("earlier changes that are not listed: {}", list.len() - LISTED)));
    }
    lines
}

/// `deploy: `ROLLOUT` from `ci` on `db` at t=3, 2 ticks before its onset; it raises ... [row 7]`.
fn sentence(analysis: &Analysis<'_>, change: &Change, clock: &Clock, with_service: bool) -> Text {
    let role = match change.role.as_str() {
        "config" => "configuration",
        "remediation" => "operation",
        _ => "deploy",
    };
    let mut text = Text::words(format!("{role}: "));
    text.name(&change.event_type).say(" from ").name(&change.source);
    match change.service {
        Some(service) if with_service => {
            text.say(" on ").name(analysis.case.name(service));
        },
        None => {
            text.say(" on no single service");
        },
        Some(_) => {},
    }
    let what = if change.own_onset { "its onset" } else { "the incident began" };
    text.say(format!(" at {}, ", clock.at(change.time_ns)));
    text.say(if change.lag_ns > 0 {
        format!("{} before {what}", clock.span(change.lag_ns))
    } else {
        "in the window of its onset".to_owned()
    });
    if let Some(service) = change.service {
        let raised = (analysis.changes.boost[service] - 1.0) * 100.0;
        text.say(if raised >= 0.5 {
            format!("; raises its evidence by {raised:.0} %, as it deviates by itself")
        } else {
            "; raises nothing, as it does not deviate by itself".to_owned()
        });
    }
    if let Some(message) = change.message.as_deref().filter(|m| !m.is_empty()) {
        text.say("; log line: ").name(message);
    }
    text.cite(&change.cite);
    text
}
