//! The analysis of one incident, from frames to findings.

use candle_core::Device;
use infra_eventlog::metadata::RunMetadata;
use infra_ingest::Summary;

use crate::case::Case;
use crate::changes::{self, Changes};
use crate::constants::Constants;
use crate::detectors::{self, Detection, Verdict};
use crate::error::AnalysisError;
use crate::heads::{self, HeadResult};
use crate::impact::{self, Impact};
use crate::interventions::{self, Interventions};
use crate::onset::{Onset, onsets};
use crate::ranking::baselines::{Baseline, baselines};
use crate::ranking::confidence::{Confidence, confidence};
use crate::ranking::explain::Explained;
use crate::ranking::paths::{PropagationPath, paths};
use crate::ranking::score::{Grounds, Member, Ranking, rank, symptom_service};
use crate::ranking::spread::{Hop, spread};

/// Seed of the jitter and random-weight ensembles unless another is given.
pub const DEFAULT_SEED: u64 = 42;

/// What the user may choose.
#[derive(Clone, Debug)]
pub struct AnalysisOptions {
    /// Causes and paths told in full.
    pub top: usize,
    /// Seed of the ensembles.
    pub seed: u64,
    /// Where the network runs.
    pub device: Device,
    /// The device's name, for the provenance.
    pub device_name: &'static str,
    /// Zone that instants are shown in; UTC if none is named.
    pub zone: Option<String>,
}

impl Default for AnalysisOptions {
    fn default() -> Self {
        Self { top: 5, seed: DEFAULT_SEED, device: Device::Cpu, device_name: "cpu", zone: None }
    }
}

/// Everything that is known about one incident.
#[derive(Debug)]
pub struct Analysis<'a> {
    /// The incident and its data.
    pub case: Case<'a>,
    /// What was asked for.
    pub options: AnalysisOptions,
    /// Evidence.
    pub heads: Vec<HeadResult>,
    /// When each service left its band.
    pub onsets: Vec<Option<Onset>>,
    /// What was changed before the onsets.
    pub changes: Changes,
    /// The ranking; `None` if no incident was found or there is no evidence to rank.
    pub ranking: Option<Ranking>,
    /// Where no incident was found: what little evidence there is would say this.
    pub leaning: Option<Leaning>,
    /// What explains the evidence away, by head; empty if nothing was ranked.
    pub explained: Vec<Explained>,
    /// How sure it is.
    pub confidence: Option<Confidence>,
    /// How it spread.
    pub paths: Vec<PropagationPath>,
    /// All hops over which the suspects' failures spread.
    pub spread: Vec<Hop>,
    /// What simpler methods say.
    pub baselines: Vec<Baseline>,
    /// Who was hurt, for how long.
    pub impact: Impact,
    /// What was done about it, and what that changed.
    pub interventions: Interventions,
    /// What the detectors saw.
    pub detections: Vec<Detection>,
    /// What kind of failure it was.
    pub verdict: Verdict,
}

/// A ranking and paths that nobody should act on: nothing exceeds what normal time shows.
#[derive(Debug)]
pub struct Leaning {
    /// The ranking.
    pub ranking: Ranking,
    /// The paths.
    pub paths: Vec<PropagationPath>,
    /// All hops.
    pub spread: Vec<Hop>,
}

impl Analysis<'_> {
    /// The ranking and its paths, or what the evidence leans to if no incident was found.
    #[must_use]
    pub fn guess(&self) -> Option<(&Ranking, &[PropagationPath])> {
        let found = self.ranking.as_ref().map(|r| (r, self.paths.as_slice()));
        found.or_else(|| self.leaning.as_ref().map(|l| (&l.ranking, l.paths.as_slice())))
    }

    /// Services with evidence, best first.
    pub fn suspects(&self) -> impl Iterator<Item = usize> + '_ {
        self.ranking.iter().flat_map(|r| r.order.iter().copied().filter(move |s| r.scores[*s] > 0.0))
    }

    /// Services with an onset, earliest first, ties by name.
    #[must_use]
    pub fn affected(&self) -> Vec<usize> {
        affected(&self.case, &self.onsets)
    }
}

/// Services with an onset, earliest first, ties by name.
pub(crate) fn affected(case: &Case<'_>, onsets: &[Option<Onset>]) -> Vec<usize> {
    let mut all: Vec<(i64, usize)> =
        onsets.iter().enumerate().filter_map(|(i, o)| o.as_ref().map(|o| (o.time_ns, i))).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| case.name(a.1).cmp(case.name(b.1))));
    all.into_iter().map(|(_, i)| i).collect()
}

/// Analyses one incident.
///
/// # Errors
/// [`AnalysisError`]; a symptom that names no service of the run is one.
pub fn analyse<'a>(
    metadata: &'a RunMetadata,
    summary: &'a Summary,
    constants: &'a Constants,
    options: AnalysisOptions,
) -> Result<Analysis<'a>, AnalysisError> {
    let case = Case::new(metadata, summary, constants)?;
    let heads = heads::evaluate(&case);
    let onsets = onsets(&case, &heads);
    let mut changes = changes::review(&case, &onsets);
    let found = incident_found(&case, &heads);
    let mut ranking = None;
    let mut sure = None;
    let mut explained = Vec::new();
    let mut told = Vec::new();
    let mut hops = Vec::new();
    let mut simple = Vec::new();
    let mut leaning = None;
    let targets = symptom_targets(&case, &heads, &onsets);
    if !found && heads.iter().any(|h| (0..case.len()).any(|i| h.z(i) > 0.0)) {
        let grounds = Grounds::new(&case, &heads, options.device.clone())?;
        let weak = rank(&grounds, &Member { factors: vec![1.0; heads.len()], tau: constants.tau })?;
        let paths = paths(&case, &heads, &weak, &onsets, options.top, &targets)?;
        let spread = spread(&case, &heads, &weak, &onsets, options.top)?;
        leaning = Some(Leaning { ranking: weak, paths, spread });
    }
    if found {
        let mut grounds = Grounds::new(&case, &heads, options.device.clone())?;
        changes.weigh(&case, &heads, &grounds.explained);
        grounds.boost.clone_from(&changes.boost);
        let member = Member { factors: vec![1.0; heads.len()], tau: constants.tau };
        let first = rank(&grounds, &member)?;
        sure = Some(confidence(&grounds, &first, options.seed)?);
        explained = grounds.explained;
        told = paths(&case, &heads, &first, &onsets, options.top, &targets)?;
        hops = spread(&case, &heads, &first, &onsets, options.top)?;
        simple = baselines(&case, &heads, &onsets, options.seed, options.top)?;
        ranking = Some(first);
    }
    let impact = impact::measure(&case, &heads, &onsets);
    let interventions = interventions::review(&case, &onsets);
    let seen = detectors::Scene {
        case: &case,
        heads: &heads,
        onsets: &onsets,
        ranking: ranking.as_ref(),
        paths: &told,
        impact: &impact,
        found,
    };
    let (verdict, detections) = detectors::detect(&seen);
    Ok(Analysis {
        case,
        options,
        heads,
        onsets,
        changes,
        ranking,
        leaning,
        explained,
        confidence: sure,
        paths: told,
        spread: hops,
        baselines: simple,
        impact,
        interventions,
        detections,
        verdict,
    })
}

/// Whether anything deviates by more than it does in normal time.
///
/// With many services and heads something deviates all the time. So the largest deviation of each
/// head is held against the largest ones of normal stretches: an incident is found if it exceeds
/// `entry_z` and all of them but `false_alarms` in total. With a declared symptom only its
/// service and those that it depends on count.
fn incident_found(case: &Case<'_>, heads: &[HeadResult]) -> bool {
    let c = case.constants;
    let noticed: Vec<usize> = match symptom_service(case, case.periods.symptom.as_ref()) {
        Some(symptom) => below(case, symptom),
        None => (0..case.len()).collect(),
    };
    let speaking: Vec<&HeadResult> = heads.iter().filter(|h| h.weight > 0.0).collect();
    let share = c.false_alarms / speaking.len().max(1) as f64;
    speaking.iter().any(|head| {
        let quiet = quiet_maxima(head, &noticed);
        let usual = heads::quantile(&quiet, 1.0 - share);
        let most = noticed.iter().map(|i| head.z(*i)).fold(0.0, f64::max);
        most > c.entry_z.max(usual)
    })
}

/// The largest deviation among `services` in each normal stretch, ascending.
fn quiet_maxima(head: &HeadResult, services: &[usize]) -> Vec<f64> {
    let mut maxima: Vec<f64> = Vec::new();
    for finding in services.iter().filter_map(|i| head.findings[*i].as_ref()) {
        maxima.resize(maxima.len().max(finding.quiet.len()), 0.0);
        for (most, z) in maxima.iter_mut().zip(&finding.quiet) {
            *most = most.max(*z);
        }
    }
    maxima.sort_by(f64::total_cmp);
    maxima
}

/// A service and all that it depends on, directly or not.
fn below(case: &Case<'_>, service: usize) -> Vec<usize> {
    let mut seen = vec![false; case.len()];
    let mut list = vec![service];
    seen[service] = true;
    let mut next = 0;
    while next < list.len() {
        for dependency in case.dependencies(list[next]) {
            if !std::mem::replace(&mut seen[dependency], true) {
                list.push(dependency);
            }
        }
        next += 1;
    }
    list
}

/// Where paths end: the declared symptom, else every affected service that no other affected
/// service depends on.
fn symptom_targets(case: &Case<'_>, heads: &[HeadResult], onsets: &[Option<Onset>]) -> Vec<usize> {
    if let Some(symptom) = symptom_service(case, case.periods.symptom.as_ref()) {
        return vec![symptom];
    }
    let deviates = |i: usize| {
        onsets[i].is_some()
            || heads.iter().any(|h| h.gate(i, case.constants.gate_z) > case.constants.confirmed_gate)
    };
    let mut ends: Vec<usize> = affected(case, onsets)
        .into_iter()
        .filter(|i| !case.dependents(*i).any(|d| d != *i && deviates(d)))
        .collect();
    if ends.is_empty() {
        ends = affected(case, onsets);
    }
    ends.truncate(64);
    ends
}
