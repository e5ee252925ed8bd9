//! How far runs of one scenario lie apart: the yardstick for a change.
//!
//! A number is held against the differences between pairs of siblings, a category against the share
//! of siblings that show it. For what no sibling shows there is the share of things seen only once,
//! which estimates how often something new comes up (Good 1953, after Turing): where every seed has
//! paths of its own, a new path is nothing new.

use std::collections::BTreeMap;

use super::facts::Facts;
use super::figure::FigureId;
use super::measure::Measure;
use super::model::{Evidence, Judgement, Rate};
use super::value::Value;

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
    siblings: Vec<&'a Facts>,
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
    pub(super) fn new(siblings: Vec<&'a Facts>, rule: Rule) -> Self {
        let new_members = new_members(&siblings);
        Self { siblings, rule, new_members }
    }

    /// Whether a change is one that siblings show too.
    pub(super) fn judge(&self, id: &FigureId, base: &Value, candidate: &Value) -> Judged {
        match (base, candidate) {
            (Value::Number(_), Value::Number(_)) | (Value::Set(_), Value::Set(_)) => {
                self.judge_size(id, base.difference(candidate).unwrap_or(0.0).abs())
            },
            _ => self.judge_rate(id, base, candidate),
        }
    }

    fn judge_size(&self, id: &FigureId, size: f64) -> Judged {
        let values: Vec<Value> =
            self.siblings.iter().map(|s| s.value(id)).filter(|v| !v.is_absent()).collect();
        let mut differences = Vec::with_capacity(values.len() * values.len() / 2);
        for (i, a) in values.iter().enumerate() {
            differences.extend(values[..i].iter().filter_map(|b| a.difference(b)).map(f64::abs));
        }
        if values.len() < self.rule.least || differences.is_empty() {
            return too_few(values.len());
        }
        let limit = upper(&mut differences, self.rule.tail);
        let median = upper(&mut differences, 0.5);
        let is_beyond = size > limit * (1.0 + 1e-9);
        Judged {
            judgement: if is_beyond { Judgement::Beyond } else { Judgement::Within },
            evidence: Evidence::Differences {
                siblings: values.len(),
                pairs: differences.len(),
                limit,
                median,
            },
            excess: (limit > 0.0).then(|| size / limit),
        }
    }

    fn judge_rate(&self, id: &FigureId, base: &Value, candidate: &Value) -> Judged {
        if self.siblings.len() < self.rule.least {
            return too_few(self.siblings.len());
        }
        let values: Vec<Value> = self.siblings.iter().map(|s| s.value(id)).collect();
        let [base, candidate] = [base, candidate].map(|value| self.rate(id.measure, &values, value));
        let is_common = |rate: &Rate| {
            let share = rate.share(values.len());
            if self.rule.rate > 0.0 { share >= self.rule.rate } else { share > 0.0 }
        };
        let is_within = is_common(&base) && is_common(&candidate);
        Judged {
            judgement: if is_within { Judgement::Within } else { Judgement::Beyond },
            evidence: Evidence::Shares { siblings: values.len(), base, candidate },
            excess: None,
        }
    }

    /// How often siblings show a value; numbers count as there or not.
    fn rate(&self, measure: Measure, values: &[Value], value: &Value) -> Rate {
        let alike = |other: &Value| match value {
            Value::Number(_) => !other.is_absent(),
            _ => other.same(value),
        };
        let seen = values.iter().filter(|v| alike(v)).count();
        let new = match value {
            _ if seen > 0 => None,
            Value::Absent(_) => Some(0.0),
            _ if measure.is_membership() => Some(self.new_members.get(&measure).copied().unwrap_or(0.0)),
            Value::Label(_) | Value::Names(_) => Some(seen_once(values)),
            _ => Some(0.0),
        };
        Rate { seen, new }
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

/// Share of siblings whose value no other sibling has.
fn seen_once(values: &[Value]) -> f64 {
    let is_alone = |v: &&Value| !v.is_absent() && values.iter().filter(|o| o.same(v)).count() == 1;
    share_new(values.iter().filter(is_alone).count(), values.len())
}

/// How often something new comes up, from what was seen once among all. One odd sibling does not
/// vouch for another oddity.
fn share_new(once: usize, all: usize) -> f64 {
    if once < 2 { 0.0 } else { once as f64 / all.max(1) as f64 }
}

/// By measure, the share of members that only one sibling has among all members of all siblings.
fn new_members(siblings: &[&Facts]) -> BTreeMap<Measure, f64> {
    let mut counts: BTreeMap<&FigureId, usize> = BTreeMap::new();
    for id in siblings.iter().flat_map(|s| s.ids()).filter(|id| id.measure.is_membership()) {
        *counts.entry(id).or_default() += 1;
    }
    let mut sums: BTreeMap<Measure, (usize, usize)> = BTreeMap::new();
    for (id, count) in counts {
        let (once, all) = sums.entry(id.measure).or_default();
        *once += usize::from(count == 1);
        *all += count;
    }
    sums.into_iter().map(|(measure, (once, all))| (measure, share_new(once, all))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, with_recovery, with_suspect};
    use super::*;

    fn facts(runs: &[crate::Findings]) -> Vec<Facts> {
        runs.iter().map(Facts::new).collect()
    }

    fn judge(siblings: &[Facts], id: &FigureId, base: &Value, candidate: &Value) -> Judgement {
        let rule = Rule::new(siblings.len());
        Spread::new(siblings.iter().collect(), rule).judge(id, base, candidate).judgement
    }

    #[test]
    fn a_number_is_held_against_differences_between_siblings() {
        // Recovery after 0, 1, .. 9 s: no two lie further apart than 9 s.
        let siblings = facts(&(0..10).map(|s| with_recovery(s * 1_000_000_000)).collect::<Vec<_>>());
        let id = FigureId::of_run(Measure::TimeToRecover);
        let by = |ns: f64| judge(&siblings, &id, &Value::Number(4e9), &Value::Number(4e9 + ns));
        assert_eq!(by(9e9), Judgement::Within);
        assert_eq!(by(-9e9), Judgement::Within);
        assert_eq!(by(9.1e9), Judgement::Beyond);
        assert_eq!(judge(&siblings[..4], &id, &Value::Number(0.0), &Value::Number(1.0)), Judgement::Unknown);
    }

    #[test]
    fn of_many_siblings_the_95th_percentile_counts() {
        // One of twenty recovers late: 19 of 190 pairs lie far apart, one in ten.
        let mut runs: Vec<_> = (0..19).map(|s| with_recovery(s % 3)).collect();
        runs.push(with_recovery(1_000));
        let id = FigureId::of_run(Measure::TimeToRecover);
        assert_eq!(judge(&facts(&runs), &id, &Value::Number(0.0), &Value::Number(900.0)), Judgement::Within);
        // One of sixty: 59 of 1,770 pairs, one in thirty.
        runs = (0..59).map(|s| with_recovery(s % 3)).collect();
        runs.push(with_recovery(1_000));
        assert_eq!(judge(&facts(&runs), &id, &Value::Number(0.0), &Value::Number(900.0)), Judgement::Beyond);
    }

    #[test]
    fn a_category_is_held_against_how_often_siblings_show_it() {
        let mut runs = vec![with_suspect("db"); 19];
        runs.push(with_suspect("cache"));
        let siblings = facts(&runs);
        let id = FigureId::of_run(Measure::FirstSuspect);
        let label = |name: &str| Value::Label(name.to_owned());
        assert_eq!(judge(&siblings, &id, &label("db"), &label("cache")), Judgement::Within);
        // One odd sibling does not vouch for another oddity; two do.
        assert_eq!(judge(&siblings, &id, &label("db"), &label("web")), Judgement::Beyond);
        runs[0] = with_suspect("queue");
        assert_eq!(judge(&facts(&runs), &id, &label("db"), &label("web")), Judgement::Within);
        let same = facts(&vec![with_suspect("db"); 20]);
        assert_eq!(judge(&same, &id, &label("db"), &label("web")), Judgement::Beyond);
        assert_eq!(judge(&same, &id, &label("web"), &label("db")), Judgement::Beyond);
    }

    #[test]
    fn where_every_seed_has_its_own_suspect_another_one_is_nothing_new() {
        let runs: Vec<_> = (0..20).map(|i| with_suspect(&format!("service-{i}"))).collect();
        let siblings = facts(&runs);
        let id = FigureId::of_run(Measure::FirstSuspect);
        let label = |name: &str| Value::Label(name.to_owned());
        assert_eq!(judge(&siblings, &id, &label("x"), &label("y")), Judgement::Within);
        let place = FigureId::of(Measure::Place, vec!["y".to_owned()]);
        let absent = Facts::new(&findings()).value(&place);
        assert_eq!(judge(&siblings, &place, &absent, &Value::Number(1.0)), Judgement::Within);
    }
}
