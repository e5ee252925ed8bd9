//! How far runs of one scenario lie apart: the yardstick for a change.
//!
//! A number is held against the differences between pairs of siblings, a category against the share
//! of siblings that show it. For what no sibling shows there is the share of things seen only once,
//! which estimates how often something new comes up (Good 1953, after Turing): where every seed has
//! paths of its own, a new path is nothing new.

use std::collections::BTreeMap;

use super::measure::Measure;
use super::model::{Evidence, Judgement, Rate};
use super::table::{Cell, Column, Table};

/// Fewer siblings tell nothing.
pub(super) const MIN_SIBLINGS: usize = 5;
/// Fewer are few: their largest difference counts instead of a percentile, and any appearance.
const MANY_SIBLINGS: usize = 20;
/// Share of pairs of siblings that may lie further apart.
const TAIL: f64 = 0.05;

/// The rule for a number of siblings, kept when some of them are left out in turn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    least: usize,
    /// Share of pairs that may lie further apart than the limit.
    tail: f64,
    /// Rarer values are rare.
    rate: f64,
}

impl Rule {
    /// The rule for so many siblings.
    pub(super) fn new(siblings: usize) -> Self {
        let tail = if siblings >= MANY_SIBLINGS { TAIL } else { 0.0 };
        Self { least: MIN_SIBLINGS, tail, rate: tail }
    }

    /// The same with two siblings less.
    pub(super) const fn without_two(self) -> Self {
        Self { least: self.least - 2, ..self }
    }
}

/// Siblings, and what they tell.
pub(super) struct Spread<'a> {
    /// Their rows.
    siblings: &'a [usize],
    rule: Rule,
    /// By measure, how often a member comes up that was not seen before.
    new_members: BTreeMap<Measure, f64>,
}

/// A judgement, why, and how far beyond: the difference in units of the limit, where it has one.
pub(super) struct Judged {
    pub(super) judgement: Judgement,
    pub(super) evidence: Evidence,
    pub(super) excess: Option<f64>,
}

impl<'a> Spread<'a> {
    /// The spread of those rows of a table.
    pub(super) fn new(table: &Table, siblings: &'a [usize], rule: Rule) -> Self {
        Self { siblings, rule, new_members: new_members(table, siblings) }
    }

    /// Whether the change from one row to another is one that siblings show too.
    pub(super) fn judge(&self, column: &Column, base: usize, candidate: usize) -> Judged {
        match column.difference(base, candidate) {
            Some(difference) => self.judge_size(column, difference.abs()),
            None => self.judge_rate(column, base, candidate),
        }
    }

    fn judge_size(&self, column: &Column, size: f64) -> Judged {
        let is_there = |row: &&usize| column.cells[**row] != Cell::Absent;
        let rows: Vec<usize> = self.siblings.iter().filter(is_there).copied().collect();
        let mut differences = Vec::with_capacity(rows.len() * rows.len() / 2);
        for (k, i) in rows.iter().enumerate() {
            differences.extend(rows[..k].iter().filter_map(|j| column.difference(*i, *j)).map(f64::abs));
        }
        if rows.len() < self.rule.least || differences.is_empty() {
            return too_few(rows.len());
        }
        let limit = upper(&mut differences, self.rule.tail);
        let median = upper(&mut differences, 0.5);
        let is_beyond = size > limit * (1.0 + 1e-9);
        Judged {
            judgement: if is_beyond { Judgement::Beyond } else { Judgement::Within },
            evidence: Evidence::Differences { siblings: rows.len(), pairs: differences.len(), limit, median },
            excess: (limit > 0.0).then(|| size / limit),
        }
    }

    fn judge_rate(&self, column: &Column, base: usize, candidate: usize) -> Judged {
        let n = self.siblings.len();
        if n < self.rule.least {
            return too_few(n);
        }
        let [base, candidate] = [base, candidate].map(|row| self.rate(column, column.cells[row]));
        let is_common = |rate: &Rate| {
            let share = rate.share(n);
            if self.rule.rate > 0.0 { share >= self.rule.rate } else { share > 0.0 }
        };
        let is_within = is_common(&base) && is_common(&candidate);
        Judged {
            judgement: if is_within { Judgement::Within } else { Judgement::Beyond },
            evidence: Evidence::Shares { siblings: n, base, candidate },
            excess: None,
        }
    }

    /// How often siblings show a value; numbers count as there or not.
    fn rate(&self, column: &Column, cell: Cell) -> Rate {
        let alike = |other: Cell| match cell {
            Cell::Number(_) => other != Cell::Absent,
            _ => other == cell,
        };
        let seen = self.siblings.iter().filter(|row| alike(column.cells[**row])).count();
        let measure = column.id.measure;
        let new = match cell {
            _ if seen > 0 => None,
            Cell::Absent => Some(0.0),
            _ if measure.is_membership() => Some(self.new_members.get(&measure).copied().unwrap_or(0.0)),
            Cell::Category(_) => Some(self.seen_once(column)),
            _ => Some(0.0),
        };
        Rate { seen, new }
    }

    /// Share of siblings whose value no other sibling has.
    fn seen_once(&self, column: &Column) -> f64 {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for row in self.siblings {
            if let Cell::Category(category) = column.cells[*row] {
                *counts.entry(category).or_default() += 1;
            }
        }
        share_new(counts.values().filter(|n| **n == 1).count(), self.siblings.len())
    }
}

/// The value that a share `tail` of all is larger than; the largest for a tail of 0.
fn upper(values: &mut [f64], tail: f64) -> f64 {
    let n = values.len();
    let above = (n as f64 * tail) as usize;
    let at = n.saturating_sub(1 + above);
    *values.select_nth_unstable_by(at, f64::total_cmp).1
}

fn too_few(siblings: usize) -> Judged {
    Judged { judgement: Judgement::Unknown, evidence: Evidence::TooFew { siblings }, excess: None }
}

/// How often something new comes up, from what was seen once among all. One odd sibling does not
/// vouch for another oddity.
fn share_new(once: usize, all: usize) -> f64 {
    if once < 2 { 0.0 } else { once as f64 / all.max(1) as f64 }
}

/// By measure, the share of members that only one sibling has among all members of all siblings.
fn new_members(table: &Table, siblings: &[usize]) -> BTreeMap<Measure, f64> {
    let mut sums: BTreeMap<Measure, (usize, usize)> = BTreeMap::new();
    for column in table.columns.iter().filter(|c| c.id.measure.is_membership()) {
        let count = siblings.iter().filter(|row| column.cells[**row] != Cell::Absent).count();
        let (once, all) = sums.entry(column.id.measure).or_default();
        *once += usize::from(count == 1);
        *all += count;
    }
    sums.into_iter().map(|(measure, (once, all))| (measure, share_new(once, all))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::facts::Facts;
    use super::super::figure::FigureId;
    use super::super::testing::{findings, with_recovery, with_suspect};
    use super::*;
    use crate::Findings;

    /// What is made of a figure of two runs, by siblings.
    fn judge(siblings: &[Findings], measure: Measure, base: Findings, candidate: Findings) -> Judgement {
        of(siblings, &FigureId::of_run(measure), base, candidate)
    }

    fn of(siblings: &[Findings], id: &FigureId, base: Findings, candidate: Findings) -> Judgement {
        let facts: Vec<Facts> = siblings.iter().chain([&base, &candidate]).map(Facts::new).collect();
        let table = Table::new(&facts.iter().collect::<Vec<_>>());
        let (n, rows) = (siblings.len(), (0..siblings.len()).collect::<Vec<_>>());
        let column = table.columns.iter().find(|c| c.id == *id).unwrap();
        Spread::new(&table, &rows, Rule::new(n)).judge(column, n, n + 1).judgement
    }

    fn recoveries(ns: impl IntoIterator<Item = i64>) -> Vec<Findings> {
        ns.into_iter().map(with_recovery).collect()
    }

    const RECOVER: Measure = Measure::TimeToRecover;
    const SUSPECT: Measure = Measure::FirstSuspect;

    #[test]
    fn a_number_is_held_against_differences_between_siblings() {
        // Recovery after 0, 10, .. 90 ns: no two lie further apart than 90 ns.
        let siblings = recoveries((0..10).map(|s| s * 10));
        let by = |ns: i64| judge(&siblings, RECOVER, with_recovery(400), with_recovery(400 + ns));
        assert_eq!(by(90), Judgement::Within);
        assert_eq!(by(-90), Judgement::Within);
        assert_eq!(by(91), Judgement::Beyond);
        let few = judge(&siblings[..4], RECOVER, with_recovery(0), with_recovery(1));
        assert_eq!(few, Judgement::Unknown);
    }

    #[test]
    fn of_many_siblings_the_95th_percentile_counts() {
        // One of twenty recovers late: 19 of 190 pairs lie far apart, one in ten.
        let late = |n: i64| recoveries((1..n).map(|s| s % 3).chain([1_000]));
        let judge = |siblings: &[_]| judge(siblings, RECOVER, with_recovery(0), with_recovery(900));
        assert_eq!(judge(&late(20)), Judgement::Within);
        // One of sixty: 59 of 1,770 pairs, one in thirty.
        assert_eq!(judge(&late(60)), Judgement::Beyond);
    }

    #[test]
    fn a_category_is_held_against_how_often_siblings_show_it() {
        let mut siblings = vec![with_suspect("db"); 19];
        siblings.push(with_suspect("cache"));
        let judge = |siblings: &[_], a, b| judge(siblings, SUSPECT, with_suspect(a), with_suspect(b));
        assert_eq!(judge(&siblings, "db", "cache"), Judgement::Within);
        // One odd sibling does not vouch for another oddity; two do.
        assert_eq!(judge(&siblings, "db", "web"), Judgement::Beyond);
        siblings[0] = with_suspect("queue");
        assert_eq!(judge(&siblings, "db", "web"), Judgement::Within);
        let same = vec![with_suspect("db"); 20];
        assert_eq!(judge(&same, "db", "web"), Judgement::Beyond);
        assert_eq!(judge(&same, "web", "db"), Judgement::Beyond);
    }

    #[test]
    fn where_every_seed_has_its_own_suspect_another_one_is_nothing_new() {
        let siblings: Vec<_> = (0..20).map(|i| with_suspect(&format!("service-{i}"))).collect();
        assert_eq!(judge(&siblings, SUSPECT, with_suspect("x"), with_suspect("y")), Judgement::Within);
        let place = FigureId::of(Measure::Place, vec!["y".to_owned()]);
        assert_eq!(of(&siblings, &place, findings(), with_suspect("y")), Judgement::Within);
    }
}
