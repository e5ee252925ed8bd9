//! Two runs, figure by figure.

use super::conclusion::{chance, conclude};
use super::facts::Facts;
use super::figure::{FigureId, Trend};
use super::measure::Measure;
use super::model::{Caveat, Evidence, Figure, Judgement, PairComparison, RunRef, Tally};
use super::siblings::Family;
use super::spread::{Judged, Rule, Spread};
use super::table::{Column, Table};
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
    let chosen = family.map(|family| family.siblings_of(&base.findings, &candidate.findings));
    let (used, siblings) = chosen.unzip();
    let mut runs: Vec<&Facts> = used.unwrap_or_default();
    let n = runs.len();
    runs.extend(&facts);
    let mut table = Table::new(&runs);
    if !has_one_clock(&base.findings, &candidate.findings) {
        table.columns.retain(|column| column.id.measure != Measure::FirstOnset);
    }
    let (rows, rule) = ((0..n).collect::<Vec<_>>(), Rule::new(n));
    let spread = family.map(|_| Spread::new(&table, &rows, rule));
    let mut figures = Vec::new();
    let mut tally = Tally::default();
    let mut counted = Counted::default();
    for column in table.columns.iter().filter(|column| column.is_compared(n, n + 1)) {
        let judged = spread.as_ref().filter(|_| !column.is_same(n, n + 1));
        let judged = judged.map(|spread| spread.judge(column, n, n + 1));
        judged.iter().for_each(|judged| counted.add(judged));
        let figure = figure(&column.id, &facts, judged);
        tally_one(&mut tally, &figure);
        if figure.judgement != Judgement::Same || figure.id.measure.is_headline() {
            figures.push(figure);
        }
    }
    figures.sort_by(|a, b| (a.group, &a.id).cmp(&(b.group, &b.id)));
    let chance = chance(&table, &rows, rule, &counted);
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

/// Counts what lies beyond the spread between two rows, without telling it.
pub(super) fn count(table: &Table, base: usize, candidate: usize, spread: &Spread<'_>) -> Counted {
    let mut counted = Counted::default();
    let is_changed = |c: &&Column| c.is_compared(base, candidate) && !c.is_same(base, candidate);
    for column in table.columns.iter().filter(is_changed) {
        counted.add(&spread.judge(column, base, candidate));
    }
    counted
}

impl Counted {
    fn add(&mut self, judged: &Judged) {
        self.changed += 1;
        self.beyond += usize::from(judged.judgement == Judgement::Beyond);
        if let Some(excess) = judged.excess {
            self.farthest = Some(self.farthest.map_or(excess, |f| f.max(excess)));
        }
    }
}

/// Whether instants of both runs can be compared: simulations of one scenario begin alike.
fn has_one_clock(base: &Findings, candidate: &Findings) -> bool {
    !base.world.is_empty() && siblings::is_kin(base, candidate) && base.time == candidate.time
}

fn figure(id: &FigureId, facts: &[Facts; 2], judged: Option<Judged>) -> Figure {
    let [base, candidate] = [facts[0].value(id), facts[1].value(id)];
    let is_same = base.same(&candidate);
    let (judgement, evidence) = match judged {
        Some(judged) => (judged.judgement, judged.evidence),
        None if is_same => (Judgement::Same, Evidence::None),
        None => (Judgement::Unknown, Evidence::None),
    };
    let trend = if is_same { Trend::Neutral } else { id.measure.trend(&base, &candidate) };
    Figure {
        group: id.measure.group(),
        unit: id.measure.unit(),
        difference: base.difference(&candidate),
        id: id.clone(),
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
