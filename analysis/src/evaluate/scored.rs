//! All scores over some cases: of one folder, or of several together.

use std::collections::BTreeMap;

use serde::Serialize;

use super::baselines::RANDOM;
use super::bootstrap::{Mean, means};
use super::paths::{PathScores, path_scores};
use super::rankings::Method;
use super::reliability::{Reliability, reliability};
use super::score::{Judged, Score};
use super::verdicts::{Verdicts, verdicts};
use super::wilson::Share;
use crate::ranking::confidence::Level;

/// All scores over some cases.
#[derive(Clone, Debug, Serialize)]
pub struct Scored {
    /// Cases in which something failed and which have a label; failed ones are among them.
    pub cases: usize,
    /// The full method, the baselines, the ablations.
    pub methods: Vec<MethodScore>,
    /// The full method by system, fault, symptom and telemetry.
    pub groups: Vec<GroupScore>,
    /// Its paths.
    pub paths: PathScores,
    /// Its confidence.
    pub confidence: Reliability,
    /// Cases in which nothing failed, and no incident was found.
    pub healthy: Option<Share>,
    /// Its verdicts, where the true ones are known.
    pub verdicts: Option<Verdicts>,
    /// Each case.
    pub answers: Vec<CaseRow>,
}

/// What a line of the table of methods is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The product's own method.
    Full,
    /// A simple method.
    Baseline,
    /// The product's own method less a part.
    Ablation,
}

/// Means over cases, with 95 % intervals.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Means {
    /// Share with a true origin in the first place.
    pub top1: Mean,
    /// Among the first three.
    pub top3: Mean,
    /// Among the first five.
    pub top5: Mean,
    /// Mean reciprocal rank.
    pub mrr: Mean,
}

/// One method's scores.
#[derive(Clone, Debug, Serialize)]
pub struct MethodScore {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its scores.
    #[serde(flatten)]
    pub scores: Means,
}

/// The full method's scores over cases that have something in common.
#[derive(Clone, Debug, Serialize)]
pub struct GroupScore {
    /// What they have in common.
    pub by: &'static str,
    /// Its value; untrusted.
    pub value: String,
    /// How many there are.
    pub cases: usize,
    /// Their scores.
    #[serde(flatten)]
    pub scores: Means,
}

/// One case's outcome.
#[derive(Clone, Debug, Serialize)]
pub struct CaseRow {
    /// The folder.
    pub folder: String,
    /// The case.
    pub case: String,
    /// Where it started.
    pub root_causes: Vec<String>,
    /// Best place of a true origin, from 1.
    pub rank: Option<usize>,
    /// The first suspect.
    pub first: Option<String>,
    /// The verdict given.
    pub verdict: Option<&'static str>,
    /// Confidence in it.
    pub level: Option<Level>,
    /// Share of the ensemble that agrees.
    pub agreement: Option<f64>,
}

/// Scores some cases. `seed` is that of the resamples.
#[must_use]
pub fn score(cases: &[Judged<'_>], seed: u64) -> Scored {
    let (failed, healthy): (Vec<Judged<'_>>, Vec<Judged<'_>>) =
        cases.iter().partition(|c| !c.label.root_causes.is_empty());
    let calm = healthy.iter().filter(|c| c.answer().is_some_and(|a| a.order().is_none())).count();
    Scored {
        cases: failed.len(),
        methods: methods(&failed)
            .into_iter()
            .map(|method| MethodScore {
                name: name(method),
                kind: kind(method),
                scores: over(&failed, method, seed),
            })
            .collect(),
        groups: groups(&failed, seed),
        paths: path_scores(&failed),
        confidence: reliability(&failed),
        healthy: (!healthy.is_empty()).then(|| Share::new(calm, healthy.len())),
        verdicts: verdicts(cases),
        answers: cases.iter().map(row).collect(),
    }
}

fn over(cases: &[Judged<'_>], method: Method, seed: u64) -> Means {
    let scores: Vec<Score> = cases.iter().map(|c| c.score(method)).collect();
    let [top1, top3, top5, mrr] = means(&scores, seed);
    Means { top1, top3, top5, mrr }
}

/// The full method, then baselines, then ablations, each in the order of first use.
fn methods(cases: &[Judged<'_>]) -> Vec<Method> {
    let mut all = vec![Method::Full];
    for (method, _) in cases.iter().filter_map(|c| c.answer()).flat_map(|a| &a.orders) {
        if !all.contains(method) {
            all.push(*method);
        }
    }
    all.push(Method::Baseline(RANDOM));
    all.sort_by_key(|m| match m {
        Method::Full => 0,
        Method::Baseline(_) => 1,
        Method::Ablation(_) => 2,
    });
    all
}

fn name(method: Method) -> String {
    match method {
        Method::Full => "full method".to_owned(),
        Method::Baseline(name) => name.to_owned(),
        Method::Ablation(ablation) => ablation.words(),
    }
}

const fn kind(method: Method) -> Kind {
    match method {
        Method::Full => Kind::Full,
        Method::Baseline(_) => Kind::Baseline,
        Method::Ablation(_) => Kind::Ablation,
    }
}

/// Names a case's place in one grouping; `None`: it has none.
type Grouping = (&'static str, fn(&Judged<'_>) -> Option<String>);

const GROUPINGS: [Grouping; 4] = [
    ("system", |c| Some(c.case.system.clone())),
    ("fault", |c| c.label.fault.clone()),
    ("symptom", |c| c.answer()?.symptom.clone()),
    ("telemetry", |c| c.case.has_spans.then(|| "spans after the trigger".to_owned())),
];

/// Groups that say something: those of a grouping that divides the cases.
fn groups(cases: &[Judged<'_>], seed: u64) -> Vec<GroupScore> {
    let mut all = Vec::new();
    for (by, value) in GROUPINGS {
        let mut grouped: BTreeMap<String, Vec<Judged<'_>>> = BTreeMap::new();
        for case in cases {
            if let Some(value) = value(case) {
                grouped.entry(value).or_default().push(*case);
            }
        }
        let divides = grouped.values().any(|g| g.len() < cases.len());
        if !divides && by != "telemetry" {
            continue;
        }
        all.extend(grouped.into_iter().map(|(value, group)| GroupScore {
            by,
            value,
            cases: group.len(),
            scores: over(&group, Method::Full, seed),
        }));
    }
    all
}

fn row(case: &Judged<'_>) -> CaseRow {
    let answer = case.answer();
    let confidence = answer.and_then(|a| a.confidence);
    CaseRow {
        folder: case.folder.to_owned(),
        case: case.case.id.clone(),
        root_causes: case.label.root_causes.iter().cloned().collect(),
        rank: case.rank(Method::Full),
        first: answer.and_then(|a| Some(a.name(*a.order()?.first()?).to_owned())),
        verdict: answer.map(|a| a.verdict.words()),
        level: confidence.map(|c| c.0),
        agreement: confidence.map(|c| c.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::fixture::{case, label, ranked};

    /// Right at once; third of two causes; no incident found; failed; nothing failed.
    fn cases() -> Vec<(crate::evaluate::rankings::RankedCase, crate::evaluate::labels::Label)> {
        vec![
            (case("x1", &[0, 1, 2, 3], 1.0), label(&["a"])),
            (case("x2", &[3, 1, 2, 0], 0.25), label(&["a", "c"])),
            (case("y1", &[], 0.0), label(&["a"])),
            (ranked("y2", Err("damaged".to_owned())), label(&["a"])),
            (case("y3", &[], 0.0), label(&[])),
        ]
    }

    #[test]
    fn scores_are_those_computed_by_hand() {
        let cases = cases();
        let judged: Vec<Judged<'_>> =
            cases.iter().map(|(case, label)| Judged { folder: "f", case, label }).collect();
        let scored = score(&judged, 42);
        assert_eq!(scored.cases, 4);
        let full = &scored.methods[0].scores;
        let means = [full.top1.mean, full.top3.mean, full.top5.mean, full.mrr.mean];
        assert_eq!(means, [0.25, 0.5, 0.5, (1.0 + 1.0 / 3.0) / 4.0]);
        assert_eq!(
            scored.answers.iter().map(|a| a.rank).collect::<Vec<_>>(),
            [Some(1), Some(3), None, None, None]
        );
        let healthy = scored.healthy.unwrap();
        assert_eq!((healthy.hits, healthy.of), (1, 1));
        // Random order of four services: 1/4, then 1/2 with two causes; no answer, no guess.
        let random = scored.methods.last().unwrap();
        assert_eq!(random.scores.top1.mean, (0.25 + 0.5 + 0.25) / 4.0);
    }

    #[test]
    fn groups_paths_and_confidence_are_counted() {
        let cases = cases();
        let judged: Vec<Judged<'_>> =
            cases.iter().map(|(case, label)| Judged { folder: "f", case, label }).collect();
        let scored = score(&judged, 42);
        let groups: Vec<_> =
            scored.groups.iter().map(|g| (g.by, g.value.as_str(), g.cases, g.scores.top1.mean)).collect();
        assert_eq!(
            groups,
            [("system", "x", 2, 0.5), ("system", "y", 2, 0.0), ("symptom", "latency", 3, 1.0 / 3.0)]
        );
        // a -> d is right; d -> d starts elsewhere; the others tell nothing.
        assert_eq!((scored.paths.first_right.hits, scored.paths.first_right.of), (1, 4));
        assert_eq!((scored.paths.on_graph.hits, scored.paths.on_graph.of), (2, 2));
        let [high, _, low] = scored.confidence.levels.as_slice() else { panic!("three levels") };
        assert_eq!((high.of_all.hits, high.right.hits, high.right.of), (1, 1, 1));
        assert_eq!((low.of_all.hits, low.right.hits, low.right.of), (1, 0, 1));
        assert_eq!(scored.confidence.without, 2);
        // |1 - 1| / 2 + |0.25 - 0| / 2.
        assert!((scored.confidence.calibration_error - 0.125).abs() < 1e-12);
    }

    #[test]
    fn the_order_of_cases_does_not_matter_to_means() {
        let cases = cases();
        let judge = |(case, label)| Judged { folder: "f", case, label };
        let forwards: Vec<Judged<'_>> = cases.iter().map(|(c, l)| judge((c, l))).collect();
        let backwards: Vec<Judged<'_>> = cases.iter().rev().map(|(c, l)| judge((c, l))).collect();
        let means = |judged: &[Judged<'_>]| {
            score(judged, 1).methods.iter().map(|m| m.scores.top3.mean).collect::<Vec<_>>()
        };
        assert_eq!(means(&forwards), means(&backwards));
    }
}
