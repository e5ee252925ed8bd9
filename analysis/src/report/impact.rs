//! What the incident cost.

use crate::analyse::Analysis;
use crate::impact::Moment;
use crate::text::{Text, number};
use infra_report::Clock;
use infra_report::model::Fact;

pub(super) fn build(analysis: &Analysis<'_>, clock: &Clock) -> Vec<Fact> {
    let impact = &analysis.impact;
    let mut facts = Vec::new();
    if analysis.ranking.is_none() {
        return facts;
    }
    let mut services = Text::words(format!("{} of {} observed", impact.affected.len(), impact.observed));
    if !impact.affected.is_empty() {
        services.say(": ").names(impact.affected.iter().map(|s| analysis.case.name(*s)), 12);
    }
    facts.push(Fact { label: "Services affected", value: services });
    let after = |moment: Option<&Moment>, missing: &str| match (moment, impact.since_onset(moment)) {
        (Some(moment), Some(span)) => {
            let mut text =
                Text::words(format!("{} after onset, at {}", clock.span(span), clock.at(moment.time_ns)));
            text.cite_some(moment.cite.as_ref());
            text
        },
        _ => Text::words(missing),
    };
    if impact.onset.is_none() {
        return facts;
    }
    let end = if analysis.case.periods.declared { "the incident's window" } else { "the log" };
    facts.push(Fact {
        label: "Time to detect (MTTD)",
        value: after(impact.detected.as_ref(), "no alert and no critical status was recorded"),
    });
    facts.push(Fact {
        label: "Time to mitigate (MTTM)",
        value: after(impact.mitigated.as_ref(), "no two consecutive windows without impact followed"),
    });
    facts.push(Fact {
        label: "Time to recover (MTTR)",
        value: after(
            impact.recovered.as_ref(),
            &format!("not all affected services were well again when {end} ends"),
        ),
    });
    if let Some(waiting) = impact.waiting_s.filter(|w| *w > 0.0) {
        facts.push(Fact {
            label: "Extra waiting at the symptom",
            value: Text::words(format!("{} s in all", number(waiting))),
        });
    }
    if let Some(failed) = impact.failed_requests.filter(|f| *f > 0.0) {
        facts
            .push(Fact { label: "Extra failed requests at the symptom", value: Text::words(number(failed)) });
    }
    if let Some(minutes) = impact.bad_customer_minutes {
        facts.push(Fact {
            label: "Bad customer minutes",
            value: Text::words(format!("{} min over the affected services", number(minutes))),
        });
    }
    facts
}
