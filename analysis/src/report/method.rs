//! How the report was made, what was missing, and what it cannot know.

use infra_eventlog::signal::{Role, role};

use crate::analyse::Analysis;
use crate::heads::NAMES;
use crate::text::{Text, number};
use infra_report::model::{Method, Provenance};

pub(super) fn build(analysis: &Analysis<'_>, provenance: Provenance) -> Method {
    let case = &analysis.case;
    let present: Vec<&str> = analysis.heads.iter().map(|h| h.name).collect();
    let mut text = Vec::new();
    text.push(Text::words(format!(
        "Evidence: {}. Each head compares the incident with the service's own normal behaviour, in scales calibrated on normal windows or on declared thresholds. What a dependency explains is subtracted from its dependents; a graph attention network with analytic weights (nothing is trained) carries the rest, and a walk from the symptom along its attention gives the ranking.",
        if present.is_empty() { "none".to_owned() } else { present.join(", ") }
    )));
    if case.summary.mechanism_rows > 0 {
        text.push(Text::words(format!(
            "{} rows of a simulator's inner truth were kept from all evidence.",
            case.summary.mechanism_rows
        )));
    }
    let missing = NAMES
        .iter()
        .filter(|n| !present.contains(n))
        .map(|n| Text::words(format!("{n}: {}", why_absent(analysis, n))))
        .collect();
    Method {
        text,
        constants: case
            .constants
            .entries()
            .iter()
            .map(|e| format!("{} = {}", e.name, number(e.value)))
            .collect(),
        missing,
        notes: case.summary.notes.iter().map(|n| Text::untrusted(n)).collect(),
        limits: vec![
            "A ranking names where evidence comes to rest, not who is to blame; a cause that left no record cannot be named.",
            "Scores compare services within this report only.",
            "Onsets from metrics are as sharp as their windows.",
        ],
        provenance,
    }
}

/// Why a head has no say: what it needs, if the run has none of it.
fn why_absent(analysis: &Analysis<'_>, head: &str) -> String {
    let summary = analysis.case.summary;
    let has_table = |name: &str| summary.rows.iter().any(|(kind, n)| kind.to_string() == name && *n > 0);
    let has_role = |roles: &[Role]| summary.series.rows().iter().any(|s| roles.contains(&role(&s.signal)));
    let has_signal = |name: &str| summary.series.rows().iter().any(|s| s.signal == name);
    let (needs, there) = match head {
        "latency" => ("spans or latencies", has_table("spans") || has_role(&[Role::Latency])),
        "errors" => (
            "spans or counts of failures",
            has_table("spans") || has_role(&[Role::Errors, Role::FailedRequests]),
        ),
        "network" => ("spans, or calls timed on both sides", has_table("spans") || has_table("calls")),
        "order" => ("spans", has_table("spans")),
        "logs" => ("log lines", has_table("logs")),
        "shortfall" => ("counts of requests", has_role(&[Role::Requests])),
        "queue" => ("queue depths", has_signal("queue_depth")),
        "stress" => ("stress signal", has_signal("stress")),
        "resource" => ("resource signal", has_signal("resource")),
        "cpu" => ("cpu signal", has_signal("cpu")),
        "memory" => ("memory signal", has_signal("memory")),
        _ => ("disk signal", has_signal("disk")),
    };
    if there {
        format!("there is not enough ({needs}) in both normal time and the incident")
    } else {
        format!("the run has no {needs}")
    }
}
