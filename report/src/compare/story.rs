//! A comparison in sentences: what changed, how many figures, what chance would do, what was left out.

use super::figure::Trend;
use super::measure::Measure;
use super::model::{ComparisonModel, Figure, Judgement, PairComparison, Siblings};
use super::spread::MIN_SIBLINGS;
use super::words;
use crate::text::{Text, count, number};
use crate::time::Clock;

/// Paths that are told in sentences, each way.
const MOST_PATHS: usize = 3;
/// Of pairs of siblings, about this share is called changed (measured, see `docs/compare.md`).
const FALSE_ALARMS: f64 = 0.05;

pub(super) fn over_all(model: &ComparisonModel) -> Vec<Text> {
    use super::Conclusion::{Better, Different, Same, WithinSpread, Worse};
    let said: Vec<String> = [Worse, Different, Better, WithinSpread, Same]
        .into_iter()
        .filter(|c| model.count(*c) > 0)
        .map(|c| format!("{} {}", model.count(c), c.words()))
        .collect();
    let mut lines =
        vec![Text::words(format!("{}: {}.", count(model.pairs.len(), "pair", "pairs"), said.join(", ")))];
    let judged = model.pairs.iter().filter(|p| p.chance.is_some()).count();
    if judged > 1 {
        let expected = number(judged as f64 * FALSE_ALARMS);
        lines.push(Text::words(format!(
            "Of {judged} pairs that are held against siblings, about {expected} would be called changed by chance."
        )));
    }
    lines
}

pub(super) fn story(pair: &PairComparison, clock: &Clock) -> Vec<Text> {
    let mut lines: Vec<Text> = pair
        .figures
        .iter()
        .filter(|f| f.judgement != Judgement::Same && f.id.measure.is_headline())
        .filter(|f| f.judgement != Judgement::Within || f.difference.is_none())
        .map(|f| sentence(f, clock))
        .collect();
    lines.extend(paths(pair));
    lines.push(tallied(pair));
    lines.extend(by_chance(pair));
    lines.extend(pair.siblings.as_ref().and_then(left_out));
    lines.extend(pair.caveats.iter().map(|c| Text::words(words::caveat(*c))));
    lines
}

/// `Time to recover: 3 ticks, was 1 tick; beyond the spread, worse.`
fn sentence(figure: &Figure, clock: &Clock) -> Text {
    let measure = figure.id.measure;
    let mut name: Vec<char> = measure.words().chars().collect();
    name.iter_mut().take(1).for_each(|c| *c = c.to_ascii_uppercase());
    let mut text = Text::words(format!("{}: ", name.into_iter().collect::<String>()));
    text.text(&words::value(measure, &figure.candidate, clock));
    text.say(", was ").text(&words::value(measure, &figure.base, clock));
    let judged = match figure.judgement {
        Judgement::Same | Judgement::Unknown => "",
        Judgement::Within => "; within the spread",
        Judgement::Beyond => "; beyond the spread",
    };
    text.say(judged);
    match figure.trend {
        Trend::Worse => text.say("; worse"),
        Trend::Better => text.say("; better"),
        Trend::Neutral => &mut text,
    };
    text.say(".");
    text
}

/// Paths that came and went, unless siblings differ as much.
fn paths(pair: &PairComparison) -> Vec<Text> {
    let is_loud = |f: &&Figure| {
        f.id.measure == Measure::Path && matches!(f.judgement, Judgement::Beyond | Judgement::Unknown)
    };
    let mut lines = Vec::new();
    for (is_gone, word) in [(false, "New path: "), (true, "Path that is gone: ")] {
        let found = pair.figures.iter().filter(is_loud).filter(|f| f.candidate.is_absent() == is_gone);
        lines.extend(found.take(MOST_PATHS).map(|figure| {
            let mut text = Text::words(word);
            text.text(&words::figure(&figure.id)).say(".");
            text
        }));
    }
    lines
}

fn tallied(pair: &PairComparison) -> Text {
    let tally = &pair.tally;
    let mut text = format!("Of {} {} changed", count(tally.compared, "figure", "figures"), tally.changed);
    if tally.changed == 0 {
        return Text::words(format!(
            "{} compared: none changed.",
            count(tally.compared, "figure", "figures")
        ));
    }
    match &pair.siblings {
        None => text.push_str(
            ". The spread is unknown: no runs with other seeds were given (--spread), so every change counts.",
        ),
        Some(siblings) if siblings.used < MIN_SIBLINGS => text.push_str(&format!(
            ". The spread is too small to tell: {}, at least {MIN_SIBLINGS} are needed, so every change counts.",
            count(siblings.used, "sibling", "siblings")
        )),
        Some(siblings) => {
            text.push_str(&format!(
                ": {} within the spread of {} siblings, {} beyond it",
                tally.within, siblings.used, tally.beyond
            ));
            if tally.unknown > 0 {
                text.push_str(&format!(", {} that too few siblings have", tally.unknown));
            }
            text.push('.');
        },
    }
    Text::words(text)
}

fn by_chance(pair: &PairComparison) -> Option<Text> {
    let chance = pair.chance.as_ref().filter(|_| pair.tally.changed > 0)?;
    if chance.alike == chance.pairs {
        return Some(Text::words(
            "Siblings do not differ at all: the seed decides nothing that is compared.",
        ));
    }
    let mut text = format!(
        "By chance: two siblings have {} figures beyond the spread of the others on average; {} of {} pairs have as many as these two",
        number(chance.expected),
        chance.as_many,
        chance.pairs
    );
    if chance.farthest.is_some_and(|far| far > 1.0) {
        text.push_str(&format!(", {} a figure as far beyond it", chance.as_far));
    }
    Some(Text::words(format!("{text}.")))
}

fn left_out(siblings: &Siblings) -> Option<Text> {
    let reasons = [
        (siblings.other_scenario, "of another world or scenario"),
        (siblings.repeated, "the base, the candidate or there twice"),
        (siblings.surplus, "more than are needed"),
    ];
    let said: Vec<String> =
        reasons.iter().filter(|(n, _)| *n > 0).map(|(n, why)| format!("{n} ({why})")).collect();
    (!said.is_empty())
        .then(|| Text::words(format!("Runs of the spread that were left out: {}.", said.join(", "))))
}

pub(super) fn unpaired(model: &ComparisonModel) -> Vec<Text> {
    let side = |word: &str, names: &[String]| {
        let mut text = Text::words(format!("In the {word} only: "));
        text.names(names.iter().map(String::as_str), 50).say(".");
        text
    };
    let sides = [("base", &model.unpaired.base), ("candidate", &model.unpaired.candidate)];
    sides.into_iter().filter(|(_, names)| !names.is_empty()).map(|(word, names)| side(word, names)).collect()
}
