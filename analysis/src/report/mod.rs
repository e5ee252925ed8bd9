//! The report model, filled.
//!
//! [`build()`] turns an [`Analysis`] into a [`ReportModel`], section by section, each in its own
//! file; `infra_report` renders it. [`exhibits()`] is what its pictures are drawn from; [`rank`] is the short form behind the command of that name.

mod aside;
mod causes;
mod changed;
mod context;
mod counter;
mod effects;
mod exhibited_signals;
mod exhibits;
mod findings;
mod graph;
mod impact;
mod method;
mod observed;
pub mod rank;
mod summary;
mod timeline;

use infra_eventlog::metadata::{self, RunMetadata};
use infra_report::model::{DetectionView, Provenance, REPORT_SCHEMA, ReportModel, Terms};
use infra_report::time::TimeUnit;
use infra_report::{Clock, TimeScale};

use crate::analyse::Analysis;
use crate::text::Text;

pub use exhibits::exhibits;
pub use findings::findings;
pub use graph::{edge_weights, view as graph_view};

/// Builds the report of an analysis; `world` are the figures in the terms of a simulated world.
#[must_use]
pub fn build(analysis: &Analysis<'_>, world: Option<Terms>, provenance: Provenance) -> ReportModel {
    let scale = scale_of(analysis);
    let clock = Clock::new(&scale);
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
        findings: findings(analysis, &scale, provenance.clone()),
        method: method::build(analysis, provenance),
    }
}

/// What times of a run mean.
#[must_use]
pub fn time_scale(metadata: &RunMetadata) -> TimeScale {
    let unit = match metadata.time.unit {
        metadata::TimeUnit::Tick => TimeUnit::Tick,
        metadata::TimeUnit::Ns => TimeUnit::Ns,
    };
    TimeScale { unit, tick_ns: metadata.time.tick_ns, origin: metadata.time.origin.clone(), zone: None }
}

/// The same in the zone that the analysis was asked for.
fn scale_of(analysis: &Analysis<'_>) -> TimeScale {
    TimeScale { zone: analysis.options.zone.clone(), ..time_scale(analysis.case.metadata) }
}

/// The clock of a run in a zone; UTC if none is named.
#[must_use]
pub fn clock_in(metadata: &RunMetadata, zone: Option<&str>) -> Clock {
    Clock::new(&TimeScale { zone: zone.map(str::to_owned), ..time_scale(metadata) })
}

/// The clock of a run.
#[must_use]
pub fn clock(metadata: &RunMetadata) -> Clock {
    Clock::new(&time_scale(metadata))
}
