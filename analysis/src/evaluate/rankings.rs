//! Every case of a data set ranked, before anybody looks at a label.

use std::path::PathBuf;

use infra_eventlog::guard::decoding;
use infra_graph::{DependsOn, NodeId};
use infra_ingest::summary::FocusOptions;
use infra_ingest::{OpenOptions, RunLog, summarise};

use super::ablation::{self, Ablation};
use super::baselines;
use super::dataset::{CaseSource, Dataset, Source};
use super::error::EvaluateError;
use super::json::label;
use crate::analyse::{Analysis, AnalysisOptions, analyse};
use crate::constants::Constants;
use crate::detectors::Verdict;
use crate::ranking::confidence::Level;
use crate::ranking::score::symptom_service;
use crate::workers::in_order;

/// How to rank.
#[derive(Clone, Debug)]
pub struct Options {
    /// Options of each analysis.
    pub analysis: AnalysisOptions,
    /// Constants in force.
    pub constants: Constants,
    /// Cases in work, and in memory, at once.
    pub jobs: usize,
    /// Whether to rank by the ablations as well.
    pub ablations: bool,
}

/// A way to rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// The product's own.
    Full,
    /// A simple one.
    Baseline(&'static str),
    /// The product's own, less a part.
    Ablation(Ablation),
}

/// All rankings of a data set; there is no other way to make one than [`rank`].
#[derive(Clone, Debug)]
pub struct Rankings {
    pub(super) cases: Vec<RankedCase>,
}

impl Rankings {
    /// The cases, by name.
    #[must_use]
    pub fn cases(&self) -> &[RankedCase] {
        &self.cases
    }
}

/// One case and what was said of it.
#[derive(Clone, Debug)]
pub struct RankedCase {
    /// Its name: of the incident, or of the run.
    pub id: String,
    /// The system that it comes from.
    pub system: String,
    /// Whether spans were recorded after the trigger.
    pub has_spans: bool,
    /// The run, if each case has its own.
    pub run: Option<PathBuf>,
    /// What was said, or why nothing could be.
    pub answer: Result<Answer, String>,
}

/// What was said of a case. Services are numbers in [`Answer::services`].
#[derive(Clone, Debug)]
pub struct Answer {
    /// Names; untrusted.
    pub services: Vec<String>,
    /// Signal of the declared symptom.
    pub symptom: Option<String>,
    /// Order by each method, best first; `None` if it names nobody. The full method comes first.
    pub orders: Vec<(Method, Option<Vec<usize>>)>,
    /// Paths told, origin first; a first suspect that is itself an end is a path of one.
    pub paths: Vec<Vec<usize>>,
    /// Where a path may end: the declared symptom, else the entry services.
    pub ends: Vec<usize>,
    /// Hops of the told paths that are no edge of the dependency graph.
    pub off_graph: usize,
    /// Hops over which the first suspect's failure spread, from the failing to the victim.
    pub spread: Vec<(usize, usize)>,
    /// What kind of failure it was said to be.
    pub verdict: Verdict,
    /// Confidence, if something was ranked: its level and the share of the ensemble that agrees.
    pub confidence: Option<(Level, f64)>,
}

impl Answer {
    /// The order of the full method, what the evidence leans to if no incident was found; `None`
    /// without any evidence.
    #[must_use]
    pub fn order(&self) -> Option<&[usize]> {
        self.orders.iter().find(|(m, _)| *m == Method::Full).and_then(|(_, order)| order.as_deref())
    }

    /// Name of a service.
    #[must_use]
    pub fn name(&self, service: usize) -> &str {
        self.services.get(service).map_or("", String::as_str)
    }
}

/// Ranks all cases. A case that fails keeps its reason instead of an answer.
#[must_use]
pub fn rank(dataset: &Dataset, options: &Options) -> Rankings {
    let cases = in_order(options.jobs, dataset.cases.len(), |i| {
        let case = &dataset.cases[i];
        RankedCase {
            id: case.id.clone(),
            system: case.system.clone(),
            has_spans: case.has_spans,
            run: case.run.clone(),
            answer: answer(&dataset.source, case, options).map_err(|e| e.to_string()),
        }
    });
    Rankings { cases }
}

fn answer(source: &Source, case: &CaseSource, options: &Options) -> Result<Answer, EvaluateError> {
    if let Some(why) = &case.missing {
        return Err(EvaluateError::Case(why.clone()));
    }
    let (opened, focus);
    let log = match (source, &case.run) {
        (Source::Bundle { log, .. }, _) => {
            focus = FocusOptions { incident: Some(case.id.clone()), ..FocusOptions::default() };
            log
        },
        (Source::Runs, run) => {
            let path = run.clone().unwrap_or_default();
            focus = FocusOptions::default();
            opened = decoding(&label(&path), || Ok(RunLog::open(&path, &OpenOptions::default())))??;
            &opened
        },
    };
    // A panic while one case is ranked must not cost the others.
    decoding(log.run().name(), || Ok(one(log, &focus, options)))?
}

fn one(log: &RunLog, focus: &FocusOptions, options: &Options) -> Result<Answer, EvaluateError> {
    let run = log.run();
    let summary = summarise(run, focus)?;
    let analysis = analyse(run.metadata(), &summary, &options.constants, options.analysis.clone())?;
    let mut orders = vec![(Method::Full, analysis.guess().map(|(r, _)| r.order.clone()))];
    for (name, order) in baselines::orders(&analysis)? {
        orders.push((Method::Baseline(name), Some(order)));
    }
    if options.ablations {
        let heads = analysis.heads.iter().map(|h| Ablation::OnlyHead(h.name));
        for ablation in Ablation::ALL.into_iter().chain(heads) {
            // Whether there is an incident at all is not the ablation's question.
            let order = match analysis.guess() {
                Some(_) => ablation::order(&analysis, ablation, options.analysis.seed)?,
                None => None,
            };
            orders.push((Method::Ablation(ablation), order));
        }
    }
    let case = &analysis.case;
    let ends = ends(&analysis);
    let paths = paths(&analysis, &ends);
    let hops = paths.iter().flat_map(|p| p.windows(2));
    let off_graph = hops.filter(|hop| !is_edge(&analysis, hop[0], hop[1])).count();
    let leaning = || analysis.leaning.as_ref().map_or(&[][..], |l| &l.spread);
    let spread = if analysis.ranking.is_some() { &analysis.spread } else { leaning() };
    Ok(Answer {
        services: (0..case.len()).map(|i| case.name(i).to_owned()).collect(),
        symptom: case.periods.symptom.as_ref().and_then(|s| s.signal.clone()),
        orders,
        paths,
        ends,
        off_graph,
        spread: spread.iter().map(|hop| (hop.from, hop.to)).collect(),
        verdict: analysis.verdict,
        confidence: analysis.confidence.as_ref().map(|c| (c.level, c.agreement)),
    })
}

/// The declared symptom, else every service that nobody depends on.
fn ends(analysis: &Analysis<'_>) -> Vec<usize> {
    let case = &analysis.case;
    match symptom_service(case, case.periods.symptom.as_ref()) {
        Some(symptom) => vec![symptom],
        None => case.graph.entries().into_iter().map(NodeId::index).collect(),
    }
}

/// The told paths. A first suspect at which its failure also ends is a path of its own: it
/// started and was noticed in one place.
fn paths(analysis: &Analysis<'_>, ends: &[usize]) -> Vec<Vec<usize>> {
    let Some((ranking, told)) = analysis.guess() else { return Vec::new() };
    let mut paths: Vec<Vec<usize>> =
        told.iter().map(|p| p.steps.iter().map(|s| s.service).collect()).collect();
    let first = ranking.order.first().copied().filter(|s| ranking.scores[*s] > 0.0 && ends.contains(s));
    if let Some(first) = first.filter(|s| !paths.iter().any(|p| p.first() == Some(s))) {
        paths.insert(0, vec![first]);
    }
    paths
}

/// Whether `victim` depends on `origin`, by the graph.
fn is_edge(analysis: &Analysis<'_>, origin: usize, victim: usize) -> bool {
    let node = |i: usize| NodeId::new(u32::try_from(i).unwrap_or(u32::MAX));
    let ends = DependsOn { dependent: node(victim), dependency: node(origin) };
    analysis.case.graph.find_edge(ends).is_some()
}
