//! From many figures to one word.
//!
//! Of many figures some lie beyond their spread by chance, and they do so together. So the number of
//! figures beyond the spread, and how far the farthest is, are held against the same two of pairs of
//! siblings, each pair judged by the others (in the manner of Westfall and Young 1993).

use serde::{Deserialize, Serialize};

use super::figure::Trend;
use super::model::{Chance, Figure, Judgement, Tally};
use super::pair::{Counted, count};
use super::spread::{MIN_SIBLINGS, Rule, Spread};
use super::table::Table;

/// What to make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// No figure changed.
    Same,
    /// Figures changed as they do between siblings.
    WithinSpread,
    /// What changed for better or worse changed for the better.
    Better,
    /// What changed is neither better nor worse, or some of both.
    Different,
    /// What changed for better or worse changed for the worse.
    Worse,
}

impl Conclusion {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Same => "the same",
            Self::WithinSpread => "within the spread",
            Self::Better => "better",
            Self::Different => "different",
            Self::Worse => "worse",
        }
    }

    /// Whether something changed that siblings do not explain.
    #[must_use]
    pub const fn is_change(self) -> bool {
        matches!(self, Self::Better | Self::Different | Self::Worse)
    }

    /// Over several pairs.
    pub(super) fn over(all: impl IntoIterator<Item = Self>) -> Self {
        let all: Vec<Self> = all.into_iter().collect();
        let has = |which| all.contains(&which);
        match (has(Self::Better), has(Self::Different), has(Self::Worse)) {
            (false, false, false) if has(Self::WithinSpread) => Self::WithinSpread,
            (false, false, false) => Self::Same,
            (true, false, false) => Self::Better,
            (false, false, true) => Self::Worse,
            _ => Self::Different,
        }
    }
}

/// Share of pairs of siblings that may be as bad for a test to speak.
const TAIL: f64 = 0.01;
/// Most pairs of siblings that are looked at.
const MOST_PAIRS: usize = 200;
/// Fewer siblings cannot be held against each other.
const MIN_FOR_CHANCE: usize = MIN_SIBLINGS;

/// The conclusion of one pair.
pub(super) fn conclude(tally: &mut Tally, figures: &[Figure], chance: Option<&Chance>) -> Conclusion {
    if tally.changed == 0 {
        return Conclusion::Same;
    }
    let is_known = tally.within + tally.beyond > 0;
    let counts = |f: &&Figure| {
        if is_known { f.judgement == Judgement::Beyond } else { f.judgement != Judgement::Same }
    };
    let towards = |trend| figures.iter().filter(counts).filter(|f| f.trend == trend).count();
    (tally.worse, tally.better) = (towards(Trend::Worse), towards(Trend::Better));
    let is_by_chance = chance.is_some_and(|c| {
        let most = c.pairs as f64 * TAIL;
        c.as_many as f64 > most && c.as_far as f64 > most
    });
    match (tally.worse, tally.better) {
        _ if is_known && (tally.beyond == 0 || is_by_chance) => Conclusion::WithinSpread,
        (1.., 0) => Conclusion::Worse,
        (0, 1..) => Conclusion::Better,
        _ => Conclusion::Different,
    }
}

/// Holds pairs of siblings against the other siblings, and base and candidate against those pairs.
/// `siblings` are rows of the table.
pub(super) fn chance(table: &Table, siblings: &[usize], rule: Rule, found: &Counted) -> Option<Chance> {
    if siblings.len() < MIN_FOR_CHANCE {
        return None;
    }
    let pairs = pairs(siblings.len());
    let mut chance = Chance {
        pairs: pairs.len(),
        expected: 0.0,
        as_many: 0,
        alike: 0,
        as_far: 0,
        farthest: found.farthest,
    };
    let mut beyond = 0;
    for (i, j) in &pairs {
        let others: Vec<usize> = siblings.iter().filter(|k| *k != i && *k != j).copied().collect();
        let spread = Spread::new(table, &others, rule.without_two());
        let counted = count(table, *i, *j, &spread);
        beyond += counted.beyond;
        chance.alike += usize::from(counted.changed == 0);
        chance.as_many += usize::from(counted.beyond >= found.beyond);
        chance.as_far +=
            usize::from(found.farthest.is_none_or(|far| counted.farthest.is_some_and(|c| c >= far)));
    }
    chance.expected = beyond as f64 / pairs.len().max(1) as f64;
    Some(chance)
}

/// All pairs, or evenly chosen ones of very many.
fn pairs(n: usize) -> Vec<(usize, usize)> {
    let all: Vec<_> = (0..n).flat_map(|j| (0..j).map(move |i| (i, j))).collect();
    if all.len() <= MOST_PAIRS {
        return all;
    }
    (0..MOST_PAIRS).map(|k| all[k * all.len() / MOST_PAIRS]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_all_or_spread_evenly() {
        assert_eq!(pairs(20).len(), 190);
        assert_eq!(pairs(3), [(0, 1), (0, 2), (1, 2)]);
        let many = pairs(100);
        assert_eq!(many.len(), MOST_PAIRS);
        assert!(many.windows(2).all(|w| w[0] != w[1]) && many.last().unwrap().1 > 95);
    }

    #[test]
    fn several_pairs_agree_or_are_different() {
        use Conclusion::{Better, Different, Same, WithinSpread, Worse};
        for (all, over) in [
            (vec![Same, Same], Same),
            (vec![Same, WithinSpread], WithinSpread),
            (vec![Same, WithinSpread, Worse], Worse),
            (vec![Better, Same], Better),
            (vec![Better, Worse], Different),
            (vec![Different, Worse], Different),
        ] {
            assert_eq!(Conclusion::over(all), over);
        }
    }
}
