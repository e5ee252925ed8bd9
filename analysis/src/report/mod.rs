//! The report model and its rendering.
//!
//! [`build()`] turns an [`Analysis`] into a [`ReportModel`], section by section, each in its own
//! file; [`to_markdown`] and [`to_json`] render it. [`rank`] is the short form behind the
//! command of that name.

mod aside;
mod causes;
mod changed;
mod clock;
mod context;
mod counter;
mod effects;
mod graph;
mod impact;
pub mod markdown;
mod method;
mod model;
mod observed;
pub mod rank;
mod summary;
mod timeline;

use crate::analyse::Analysis;
use crate::error::AnalysisError;
use crate::terms::Terms;
use crate::text::{Text, unmarked};

pub use aside::{Aside, AsideRow};
pub use clock::Clock;
pub use graph::{edge_weights, view as graph_view};
pub use markdown::{TEMPLATE, to_markdown};
pub use model::*;

/// Builds the report of an analysis; `world` are the figures in the terms of a simulated world.
#[must_use]
pub fn build(analysis: &Analysis<'_>, world: Option<Terms>, provenance: Provenance) -> ReportModel {
    let clock = Clock::new(analysis.case.metadata);
    let (services, services_omitted) = effects::services(analysis, &clock);
    let mut title = Text::untrusted(&provenance.run);
    if analysis.case.periods.declared {
        title.say(", incident ").name(&analysis.case.periods.id);
    }
    ReportModel {
        schema: REPORT_SCHEMA,
        title,
        summary: summary::build(analysis, &clock),
        context: context::build(analysis, &clock),
        impact: impact::build(analysis, &clock),
        world,
        timeline: timeline::build(analysis, &clock),
        services,
        services_omitted,
        interventions: effects::interventions(analysis, &clock),
        before: timeline::before_onset(analysis, &clock),
        graph: graph::build(analysis, &clock),
        characterization: analysis
            .detections
            .iter()
            .map(|d| {
                let mut why = d.why.clone();
                d.cites.iter().for_each(|c| {
                    why.cite(c);
                });
                DetectionView { kind: d.kind.words(), holds: d.holds, why }
            })
            .collect(),
        counter_evidence: counter::build(analysis),
        lessons: vec![
            "Which alert should have fired at the onset, and did it? *(to be written by a person)*",
            "What would have stopped the spread at the first hop? *(to be written by a person)*",
            "Who checks that the suspected cause is the real one, and how? *(to be written by a person)*",
        ],
        method: method::build(analysis, provenance),
    }
}

/// The report as JSON, `infra-report/1`.
///
/// # Errors
/// [`AnalysisError::Template`] if a number cannot be written as JSON.
pub fn to_json(model: &ReportModel) -> Result<String, AnalysisError> {
    json_without_marks(model)
}

/// Any model as JSON, its texts plain.
pub(crate) fn json_without_marks(model: &impl serde::Serialize) -> Result<String, AnalysisError> {
    let failed = |e: serde_json::Error| AnalysisError::Template(e.to_string());
    let mut value = serde_json::to_value(model).map_err(failed)?;
    strip(&mut value);
    let mut text = serde_json::to_string_pretty(&value).map_err(failed)?;
    text.push('\n');
    Ok(text)
}

fn strip(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => *text = unmarked(text),
        serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(strip),
        _ => {},
    }
}
