//! The report's figures for machines.

use infra_graph::{NodeId, blast_radius};
use infra_report::findings::{
    CauseFinding, DetectorFinding, FINDINGS_SCHEMA, HopFinding, ImpactFindings, OnsetFinding, PathFinding,
    SloFinding,
};
use infra_report::model::Provenance;
use infra_report::{Findings, TimeScale};

use crate::analyse::Analysis;
use crate::impact::Moment;
use crate::slo;

/// The figures of an analysis.
#[must_use]
pub fn findings(analysis: &Analysis<'_>, scale: &TimeScale, provenance: Provenance) -> Findings {
    let case = &analysis.case;
    let metadata = case.metadata;
    let name = |s: usize| case.name(s).to_owned();
    let severities = case.summary.services.rows();
    let paths = analysis.paths.iter().map(|path| PathFinding {
        confirmed: path.confirmed,
        probability: path.probability,
        hops: path
            .steps
            .iter()
            .map(|step| HopFinding {
                service: name(step.service),
                onset_ns: step.onset_ns,
                attention: step.attention,
                deviation: step.gate,
                cite: step.evidence.clone(),
            })
            .collect(),
    });
    let affected = if analysis.ranking.is_some() { analysis.affected() } else { Vec::new() };
    let onsets = affected.iter().filter_map(|&s| {
        let onset = analysis.onsets[s].as_ref()?;
        Some(OnsetFinding {
            service: name(s),
            time_ns: onset.time_ns,
            within_ns: onset.within_ns,
            head: onset.head.to_owned(),
            cite: onset.cite.clone(),
            worst_severity: severities.get(s).and_then(|row| row.worst_severity),
        })
    });
    let slos = slo::measure(case).into_iter().map(|state| SloFinding {
        service: name(state.service),
        signal: state.signal,
        objective: state.objective,
        measured: state.measured,
        budget: state.budget,
    });
    let detectors = analysis.detections.iter().map(|d| DetectorFinding {
        kind: d.kind,
        holds: d.holds,
        why: d.why.plain(),
        cites: d.cites.clone(),
    });
    Findings {
        schema: FINDINGS_SCHEMA.to_owned(),
        incident: case.periods.id.clone(),
        world: metadata.world.clone(),
        scenario: metadata.scenario.name.clone(),
        run_seed: metadata.seed,
        time: scale.clone(),
        recorded_ns: case.summary.time_range,
        verdict: analysis.verdict,
        confidence: analysis.confidence.as_ref().map(|c| c.level),
        agreement: analysis.confidence.as_ref().map(|c| c.agreement),
        causes: causes(analysis),
        paths: paths.collect(),
        onsets: onsets.collect(),
        affected: affected.len(),
        reachable: analysis.suspects().next().and_then(|first| reachable(analysis, first)),
        observed: analysis.impact.observed,
        impact: impact(analysis),
        slos: slos.collect(),
        detectors: detectors.collect(),
        provenance,
    }
}

fn causes(analysis: &Analysis<'_>) -> Vec<CauseFinding> {
    let Some(ranking) = &analysis.ranking else { return Vec::new() };
    let interval =
        |place: usize, s: usize| analysis.confidence.as_ref().map_or((place, place), |c| c.rank_interval[s]);
    super::causes::causes(analysis, analysis.options.top)
        .into_iter()
        .zip(analysis.suspects())
        .map(|(cause, service)| CauseFinding {
            rank: cause.rank,
            service: analysis.case.name(service).to_owned(),
            score: ranking.scores[service],
            rank_interval: interval(cause.rank, service),
            cites: cause.cites,
        })
        .collect()
}

fn reachable(analysis: &Analysis<'_>, first: usize) -> Option<usize> {
    let id = NodeId::new(u32::try_from(first).ok()?);
    Some(blast_radius(&analysis.case.graph, id, |_| false).ok()?.potential.len())
}

/// What the report's impact section says; nothing where no incident was found.
fn impact(analysis: &Analysis<'_>) -> ImpactFindings {
    let impact = &analysis.impact;
    if analysis.ranking.is_none() {
        return ImpactFindings::default();
    }
    let at = |moment: &Option<Moment>| moment.as_ref().map(|m| m.time_ns);
    let after = |moment: &Option<Moment>| impact.since_onset(moment.as_ref());
    ImpactFindings {
        onset_ns: at(&impact.onset),
        detected_ns: at(&impact.detected),
        mitigated_ns: at(&impact.mitigated),
        recovered_ns: at(&impact.recovered),
        mttd_ns: after(&impact.detected),
        mttm_ns: after(&impact.mitigated),
        mttr_ns: after(&impact.recovered),
        bad_customer_minutes: impact.onset.as_ref().and(impact.bad_customer_minutes),
        failed_requests: impact.onset.as_ref().and(impact.failed_requests),
        waiting_s: impact.onset.as_ref().and(impact.waiting_s),
    }
}
