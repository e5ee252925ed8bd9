//! A comparison in sentences and rows: what both renderers print.

use serde::Serialize;

use super::figure::{Group, Trend};
use super::model::{ComparisonModel, Evidence, Figure, Judgement, OverviewLine, PairComparison, RunRef};
use super::story::{over_all, story, unpaired};
use super::words;
use crate::text::Text;
use crate::time::Clock;

/// Most rows of one group that are shown; the JSON has all.
const MOST_ROWS: usize = 20;
/// Most pairs that are shown figure by figure; the JSON has all.
const MOST_PAIRS: usize = 20;

/// The whole comparison.
#[derive(Debug, Serialize)]
pub(super) struct View {
    base: Text,
    candidate: Text,
    conclusion: &'static str,
    class: &'static str,
    story: Vec<Text>,
    /// One line a pair, if there are several.
    index: Vec<IndexRow>,
    overview: Vec<OverviewRow>,
    unpaired: Vec<Text>,
    pairs: Vec<PairView>,
    omitted: usize,
    version: String,
}

/// One pair in the index.
#[derive(Debug, Serialize)]
struct IndexRow {
    name: Text,
    conclusion: &'static str,
    class: &'static str,
    verdicts: Text,
    changed: usize,
    beyond: usize,
    worse: usize,
    better: usize,
}

/// One figure over all pairs.
#[derive(Debug, Serialize)]
struct OverviewRow {
    figure: &'static str,
    changed: usize,
    beyond: usize,
    worse: usize,
    better: usize,
    median: String,
}

/// Two runs.
#[derive(Debug, Serialize)]
struct PairView {
    /// Empty where the comparison is of one pair.
    heading: Text,
    conclusion: &'static str,
    class: &'static str,
    story: Vec<Text>,
    runs: [RunRow; 2],
    headline: Vec<Row>,
    groups: Vec<GroupView>,
}

/// A run.
#[derive(Debug, Serialize)]
struct RunRow {
    side: &'static str,
    name: Text,
    scenario: Text,
    seed: String,
    run_id: Text,
    digest: Text,
}

/// Changes of one kind.
#[derive(Debug, Serialize)]
struct GroupView {
    title: &'static str,
    rows: Vec<Row>,
    omitted: usize,
}

/// A figure.
#[derive(Debug, Serialize)]
struct Row {
    figure: Text,
    base: Text,
    candidate: Text,
    change: Text,
    spread: Text,
    judged: &'static str,
    trend: &'static str,
    class: &'static str,
    /// The difference in units of the largest usual one, at most 2.
    ratio: Option<f64>,
}

impl View {
    pub(super) fn new(model: &ComparisonModel) -> Self {
        let is_alone = model.pairs.len() == 1 && model.unpaired == Default::default();
        // Folders show in full what changed; the rest stands in the index.
        let told = |pair: &&PairComparison| is_alone || pair.conclusion.is_change();
        let all: Vec<&PairComparison> = model.pairs.iter().filter(told).collect();
        Self {
            base: Text::untrusted(&model.base),
            candidate: Text::untrusted(&model.candidate),
            conclusion: model.conclusion.words(),
            class: class(model.conclusion.is_change(), model.conclusion.words()),
            story: if is_alone { Vec::new() } else { over_all(model) },
            index: if is_alone { Vec::new() } else { model.pairs.iter().map(index).collect() },
            overview: model.overview.iter().map(|line| overview(line, model)).collect(),
            unpaired: unpaired(model),
            omitted: all.len().saturating_sub(MOST_PAIRS),
            pairs: all.iter().take(MOST_PAIRS).map(|pair| PairView::new(pair, is_alone)).collect(),
            version: model.version.clone(),
        }
    }
}

impl PairView {
    fn new(pair: &PairComparison, is_alone: bool) -> Self {
        let clock = Clock::new(&pair.base.time);
        let (headline, rest): (Vec<&Figure>, Vec<&Figure>) =
            pair.figures.iter().partition(|f| f.id.measure.is_headline());
        let is_told = |f: &&&Figure| !(f.base.is_absent() && f.candidate.is_absent());
        let group = |group: Group| {
            let mut figures: Vec<&Figure> = rest.iter().filter(|f| f.group == group).copied().collect();
            // What siblings do not show comes first; the order of figures stays within each part.
            figures.sort_by_key(|f| std::cmp::Reverse(urgency(f.judgement)));
            GroupView {
                title: group.words(),
                omitted: figures.len().saturating_sub(MOST_ROWS),
                rows: figures.iter().take(MOST_ROWS).map(|f| row(f, &clock)).collect(),
            }
        };
        Self {
            heading: if is_alone { Text::new() } else { Text::untrusted(&pair.name) },
            conclusion: pair.conclusion.words(),
            class: class(pair.conclusion.is_change(), pair.conclusion.words()),
            story: story(pair, &clock),
            runs: [run("base", &pair.base), run("candidate", &pair.candidate)],
            headline: headline.iter().filter(is_told).map(|f| row(f, &clock)).collect(),
            groups: Group::ALL.into_iter().map(group).filter(|g| !g.rows.is_empty()).collect(),
        }
    }
}

fn index(pair: &PairComparison) -> IndexRow {
    let mut verdicts = Text::words(pair.base.verdict.words());
    if pair.base.verdict != pair.candidate.verdict {
        verdicts.say(format!(" → {}", pair.candidate.verdict.words()));
    }
    IndexRow {
        name: Text::untrusted(&pair.name),
        conclusion: pair.conclusion.words(),
        class: class(pair.conclusion.is_change(), pair.conclusion.words()),
        verdicts,
        changed: pair.tally.changed,
        beyond: pair.tally.beyond,
        worse: pair.tally.worse,
        better: pair.tally.better,
    }
}

fn overview(line: &OverviewLine, model: &ComparisonModel) -> OverviewRow {
    let scale = model.pairs.first().map(|p| p.base.time.clone()).unwrap_or_default();
    let clock = Clock::new(&scale);
    let signed = |n: f64| {
        let sign = if n < 0.0 {
            "−"
        } else if n > 0.0 {
            "+"
        } else {
            ""
        };
        format!("{sign}{}", words::amount(line.unit, n.abs(), &clock))
    };
    OverviewRow {
        figure: line.measure.words(),
        changed: line.changed,
        beyond: line.beyond,
        worse: line.worse,
        better: line.better,
        median: line.median.map_or_else(|| "–".to_owned(), signed),
    }
}

fn run(side: &'static str, run: &RunRef) -> RunRow {
    let mut scenario = Text::new();
    if run.world.is_empty() {
        scenario.say("–");
    } else {
        scenario.name(&run.world).say(", ").name(&run.scenario);
    }
    RunRow {
        side,
        name: Text::untrusted(&run.name),
        scenario,
        seed: run.seed.map_or_else(|| "–".to_owned(), |s| s.to_string()),
        run_id: Text::untrusted(&run.run_id),
        digest: Text::untrusted(&run.digest),
    }
}

fn row(figure: &Figure, clock: &Clock) -> Row {
    let measure = figure.id.measure;
    let is_same = figure.judgement == Judgement::Same;
    let limit = match &figure.evidence {
        Evidence::Differences { limit, .. } if *limit > 0.0 => Some(*limit),
        _ => None,
    };
    Row {
        figure: words::figure(&figure.id),
        base: words::value(measure, &figure.base, clock),
        candidate: words::value(measure, &figure.candidate, clock),
        change: if is_same { Text::words("–") } else { words::change(figure, clock) },
        spread: words::spread(figure, clock),
        judged: match figure.judgement {
            Judgement::Same => "same",
            Judgement::Within => "within",
            Judgement::Beyond => "beyond",
            Judgement::Unknown => "unknown",
        },
        trend: match figure.trend {
            Trend::Worse => "worse",
            Trend::Better => "better",
            Trend::Neutral => "",
        },
        class: class(
            figure.judgement == Judgement::Beyond,
            match figure.trend {
                Trend::Worse => "worse",
                Trend::Better => "better",
                Trend::Neutral => "different",
            },
        ),
        ratio: figure.difference.zip(limit).map(|(d, limit)| (d.abs() / limit).min(2.0)),
    }
}

const fn urgency(judgement: Judgement) -> u8 {
    match judgement {
        Judgement::Beyond => 3,
        Judgement::Unknown => 2,
        Judgement::Within => 1,
        Judgement::Same => 0,
    }
}

/// A class of the style sheet; quiet where nothing is claimed.
const fn class(is_loud: bool, word: &'static str) -> &'static str {
    if is_loud { word } else { "quiet" }
}
