//! Two runs, figure by figure.

use std::collections::BTreeSet;

use super::conclusion::{chance, conclude};
use super::facts::Facts;
use super::figure::{FigureId, Trend};
use super::measure::Measure;
use super::model::{Caveat, Evidence, Figure, Judgement, PairComparison, RunRef, Tally};
use super::siblings::Family;
use super::spread::{Rule, Spread};
use super::value::Value;
use super::{Input, siblings};
use crate::findings::Findings;

/// What the two tests of a pair need.
#[derive(Default)]
pub(super) struct Counted {
    /// Figures that changed.
    pub(super) changed: usize,
    /// Figures beyond the spread.
    pub(super) beyond: usize,
    /// The largest difference in units of its limit.
    pub(super) farthest: Option<f64>,
}

/// Compares two runs; `family` are the runs that show how far seeds differ.
pub(super) fn compare(base: &Input, candidate: &Input, family: Option<&Family>) -> PairComparison {
    let facts = [&base.findings, &candidate.findings].map(Facts::new);
    let one_clock = has_one_clock(&base.findings, &candidate.findings);
    let chosen = family.map(|family| family.siblings_of(&base.findings, &candidate.findings));
    let (used, siblings) = chosen.unzip();
    let used: Vec<&Facts> = used.unwrap_or_default();
    let rule = Rule::new(used.len());
    let spread = family.map(|_| Spread::new(used.clone(), rule));
    let mut figures = Vec::new();
    let mut tally = Tally::default();
    let mut counted = Counted::default();
    for id in ids(&facts[0], &facts[1], one_clock) {
        let figure = figure(id, &facts, spread.as_ref(), &mut counted);
        tally_one(&mut tally, &figure);
        if figure.judgement != Judgement::Same || figure.id.measure.is_headline() {
            figures.push(figure);
        }
    }
    figures.sort_by(|a, b| (a.group, &a.id).cmp(&(b.group, &b.id)));
    let chance = spread.as_ref().and_then(|_| chance(&used, rule, &counted, one_clock));
    let conclusion = conclude(&mut tally, &figures, chance.as_ref());
    PairComparison {
        name: base.name.clone(),
        base: run_ref(base),
        candidate: run_ref(candidate),
        conclusion,
        tally,
        siblings,
        chance,
        caveats: caveats(&base.findings, &candidate.findings),
        figures,
    }
}

/// Counts what lies beyond the spread between two runs, without telling it.
pub(super) fn count(base: &Facts, candidate: &Facts, spread: &Spread<'_>, one_clock: bool) -> Counted {
    let mut counted = Counted::default();
    for id in ids(base, candidate, one_clock) {
        let (a, b) = (base.value(&id), candidate.value(&id));
        if !a.same(&b) {
            counted.add(&spread.judge(&id, &a, &b));
        }
    }
    counted
}

impl Counted {
    fn add(&mut self, judged: &super::spread::Judged) {
        self.changed += 1;
        self.beyond += usize::from(judged.judgement == Judgement::Beyond);
        if let Some(excess) = judged.excess {
            self.farthest = Some(self.farthest.map_or(excess, |f| f.max(excess)));
        }
    }
}

/// Figures that at least one run has, and both where it takes both.
fn ids(base: &Facts, candidate: &Facts, one_clock: bool) -> BTreeSet<FigureId> {
    let is_comparable = |id: &&FigureId| {
        let absent = [base, candidate].map(|f| f.value(id).is_absent());
        let found = if id.measure.needs_both() { absent == [false; 2] } else { absent != [true; 2] };
        found && (one_clock || id.measure != Measure::FirstOnset)
    };
    base.ids().chain(candidate.ids()).filter(is_comparable).cloned().collect()
}

/// Whether instants of both runs can be compared: simulations of one scenario begin alike.
fn has_one_clock(base: &Findings, candidate: &Findings) -> bool {
    !base.world.is_empty() && siblings::is_kin(base, candidate) && base.time == candidate.time
}

fn figure(id: FigureId, facts: &[Facts; 2], spread: Option<&Spread<'_>>, counted: &mut Counted) -> Figure {
    let [base, candidate] = [facts[0].value(&id), facts[1].value(&id)];
    let (mut judgement, mut evidence, mut trend) = (Judgement::Same, Evidence::None, Trend::Neutral);
    if !base.same(&candidate) {
        judgement = Judgement::Unknown;
        trend = id.measure.trend(&base, &candidate);
        if let Some(spread) = spread {
            let judged = spread.judge(&id, &base, &candidate);
            counted.add(&judged);
            (judgement, evidence) = (judged.judgement, judged.evidence);
        }
    }
    Figure {
        group: id.measure.group(),
        unit: id.measure.unit(),
        difference: base.difference(&candidate),
        id,
        base,
        candidate,
        trend,
        judgement,
        evidence,
    }
}

fn tally_one(tally: &mut Tally, figure: &Figure) {
    tally.compared += 1;
    tally.changed += usize::from(figure.judgement != Judgement::Same);
    match figure.judgement {
        Judgement::Same => {},
        Judgement::Within => tally.within += 1,
        Judgement::Beyond => tally.beyond += 1,
        Judgement::Unknown => tally.unknown += 1,
    }
}

fn caveats(base: &Findings, candidate: &Findings) -> Vec<Caveat> {
    let (a, b) = (&base.provenance, &candidate.provenance);
    let all = [
        (Caveat::OtherScenario, !siblings::is_kin(base, candidate)),
        (
            Caveat::OtherOptions,
            (&a.options, &a.device, &a.weight_scheme, a.seed)
                != (&b.options, &b.device, &b.weight_scheme, b.seed),
        ),
        (Caveat::OtherVersion, a.version != b.version),
        (Caveat::OtherIncident, base.incident != candidate.incident),
    ];
    all.into_iter().filter(|(_, holds)| *holds).map(|(caveat, _)| caveat).collect()
}

fn run_ref(input: &Input) -> RunRef {
    let findings = &input.findings;
    RunRef {
        name: findings.provenance.run.clone(),
        run_id: findings.provenance.run_id.clone(),
        digest: findings.provenance.digest.clone(),
        world: findings.world.clone(),
        scenario: findings.scenario.clone(),
        seed: findings.run_seed,
        time: findings.time.clone(),
        verdict: findings.verdict,
    }
}

/// A number as the two runs have it; for the overview.
pub(super) fn numbers(figure: &Figure) -> Option<f64> {
    match (&figure.base, &figure.candidate) {
        (Value::Number(a), Value::Number(b)) => Some(b - a),
        _ => None,
    }
}
