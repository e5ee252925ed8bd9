//! The result as headings, lines and tables.

use super::sheet::{Cell, Section};
use crate::evaluate::bootstrap::{Mean, RESAMPLES};
use crate::evaluate::model::{Evaluation, FolderReport};
use crate::evaluate::paths::PathScores;
use crate::evaluate::reliability::Reliability;
use crate::evaluate::scored::{CaseRow, Kind, Means, Scored};
use crate::evaluate::verdicts::Verdicts;
use crate::evaluate::wilson::Share;
use crate::evaluate::windows::{Quiet, QuietScores};
use crate::ranking::confidence::Level;

/// Cases told one by one.
const MOST_CASES: usize = 40;

/// The whole result.
pub(super) fn all(evaluation: &Evaluation) -> Vec<Section> {
    let mut out = Vec::new();
    for folder in &evaluation.folders {
        folder_sections(&mut out, folder);
    }
    if let Some(together) = &evaluation.together {
        out.push(Section::Heading("all folders together".into()));
        scored_sections(&mut out, &together.scored, false);
        out.extend(together.normal_windows.iter().map(normal));
    }
    out.push(Section::Heading("how to read this".into()));
    let line = |text: String| Section::Line(vec![text.into()]);
    out.push(line(format!(
        "Intervals are 95 %: of means by {RESAMPLES} resamples of the cases (seed {}), of counts after Wilson. Ties are broken by name, in every method. A case that failed counts as wrong; where no incident was found, what the little evidence leans to is scored, and no confidence is given. Services on which a method says nothing come last, by name.",
        evaluation.provenance.seed
    )));
    for constant in &evaluation.provenance.constants {
        out.push(line(format!("{} = {} instead of {}", constant.name, constant.value, constant.default)));
    }
    out
}

fn folder_sections(out: &mut Vec<Section>, folder: &FolderReport) {
    out.push(Section::Heading(Cell::Name(folder.name.clone())));
    for note in &folder.notes {
        out.push(Section::Line(vec!["note: ".into(), Cell::Name(note.clone())]));
    }
    for failed in &folder.failed {
        let (case, error) = (Cell::Name(failed.case.clone()), Cell::Name(failed.error.clone()));
        out.push(Section::Line(vec!["failed: ".into(), case, ": ".into(), error]));
    }
    match &folder.scored {
        Some(scored) => scored_sections(out, scored, true),
        None => out.push(Section::Line(vec![format!("{} cases ranked, not scored", folder.ranked).into()])),
    }
    out.extend(folder.normal_windows.iter().map(normal));
}

fn scored_sections(out: &mut Vec<Section>, scored: &Scored, each_case: bool) {
    out.push(Section::Line(vec![format!("{} cases", scored.cases).into()]));
    let rows = scored.methods.iter().map(|m| {
        let mark = match m.kind {
            Kind::Full => "",
            Kind::Baseline => "baseline: ",
            Kind::Ablation => "ablation: ",
        };
        line_of(format!("{mark}{}", m.name).into(), None, &m.scores)
    });
    out.push(Section::Sheet("Methods", vec!["method", "top-1", "top-3", "top-5", "MRR"], rows.collect()));
    if !scored.groups.is_empty() {
        let rows = scored.groups.iter().map(|g| {
            let mut row = vec![Cell::from(g.by)];
            row.extend(line_of(Cell::Name(g.value.clone()), Some(g.cases), &g.scores));
            row
        });
        let header = vec!["by", "value", "cases", "top-1", "top-3", "top-5", "MRR"];
        out.push(Section::Sheet("The full method by group", header, rows.collect()));
    }
    out.push(paths(&scored.paths));
    out.extend(confidence(&scored.confidence));
    out.extend(scored.verdicts.as_ref().map(verdicts));
    if let Some(healthy) = scored.healthy {
        out.push(Section::Line(vec![
            format!("no incident found where nothing failed: {}", share(healthy)).into(),
        ]));
    }
    if each_case {
        out.extend(misses(&scored.answers));
    }
}

fn line_of(name: Cell, cases: Option<usize>, scores: &Means) -> Vec<Cell> {
    let mut row = vec![name];
    row.extend(cases.map(|n| Cell::from(n.to_string())));
    row.extend([scores.top1, scores.top3, scores.top5, scores.mrr].map(|m| Cell::from(mean(m))));
    row
}

fn paths(paths: &PathScores) -> Section {
    let mut rows = vec![
        vec!["first path from a true origin to the symptom".into(), share(paths.first_right).into()],
        vec!["every hop of every path an edge of the graph".into(), share(paths.on_graph).into()],
    ];
    if let Some(precision) = paths.spread_true {
        rows.push(vec!["told steps of failure that are true (precision)".into(), share(precision).into()]);
    }
    if let Some(recall) = paths.spread_found {
        rows.push(vec!["true steps of failure that are told (recall)".into(), share(recall).into()]);
    }
    Section::Sheet("Paths", vec!["paths", "share"], rows)
}

fn confidence(reliability: &Reliability) -> Vec<Section> {
    let mut levels: Vec<Vec<Cell>> = reliability
        .levels
        .iter()
        .map(|l| vec![level(l.level).into(), share(l.of_all).into(), share(l.right).into()])
        .collect();
    if reliability.without > 0 {
        levels.push(vec!["none given".into(), reliability.without.to_string().into(), "".into()]);
    }
    let bins = reliability.bins.iter().map(|b| {
        let edges = format!("agreement {:.1}-{:.1}", b.from, b.to);
        vec![edges.into(), format!("{:.3}", b.agreement).into(), share(b.right).into()]
    });
    let error = format!("expected calibration error: {:.3}", reliability.calibration_error);
    vec![
        Section::Sheet("Confidence", vec!["confidence", "of all cases", "right at top-1"], levels),
        Section::Sheet(
            "Calibration",
            vec!["calibration", "mean agreement", "right at top-1"],
            bins.collect(),
        ),
        Section::Line(vec![error.into()]),
    ]
}

fn verdicts(verdicts: &Verdicts) -> Section {
    let mut rows: Vec<Vec<Cell>> =
        vec![vec!["(right)".into(), "(right)".into(), share(verdicts.right).into()]];
    rows.extend(verdicts.confusion.iter().map(|c| {
        let said = if c.said.is_empty() { "(failed)".into() } else { Cell::from(c.said.clone()) };
        vec![Cell::Name(c.truth.clone()), said, c.cases.to_string().into()]
    }));
    Section::Sheet("Verdicts", vec!["true verdict", "verdict given", "cases"], rows)
}

fn misses(answers: &[CaseRow]) -> Option<Section> {
    let wrong: Vec<&CaseRow> =
        answers.iter().filter(|a| a.rank != Some(1) && !a.root_causes.is_empty()).collect();
    let rows: Vec<Vec<Cell>> = wrong
        .iter()
        .take(MOST_CASES)
        .map(|a| {
            vec![
                Cell::Name(a.case.clone()),
                Cell::Name(a.root_causes.join(" or ")),
                a.rank.map_or_else(|| "-".to_owned(), |r| r.to_string()).into(),
                a.first.clone().map_or_else(|| "no incident found".into(), Cell::Name),
                a.level.map_or("", level).into(),
            ]
        })
        .collect();
    let header = vec!["not in the first place", "true origin", "rank", "first suspect", "confidence"];
    (!rows.is_empty()).then_some(Section::Sheet("Cases whose true origin is not first", header, rows))
}

fn normal(scores: &QuietScores) -> Section {
    let row = |name: &str, quiet: &Quiet| -> Vec<Cell> {
        let mut fired: Vec<String> = quiet.fired.iter().map(|(head, n)| format!("{head} {n}")).collect();
        if quiet.failed > 0 {
            fired.push(format!("failed {}", quiet.failed));
        }
        let fired = if fired.is_empty() { "-".to_owned() } else { fired.join(", ") };
        vec![name.into(), share(quiet.none_found).into(), quiet.confident.to_string().into(), fired.into()]
    };
    let declared = scores.declared.iter().map(|q| row("with a declared symptom", q));
    let rows = declared.chain([row("without a symptom", &scores.undeclared)]).collect();
    let header = vec!["normal windows", "no incident found", "found with high confidence", "what fired"];
    Section::Sheet("Normal time", header, rows)
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::High => "high",
        Level::Medium => "medium",
        Level::Low => "low",
    }
}

fn mean(mean: Mean) -> String {
    format!("{:.3} ({:.2}-{:.2})", mean.mean, mean.low, mean.high)
}

fn share(share: Share) -> String {
    format!("{}/{} {:.3} ({:.2}-{:.2})", share.hits, share.of, share.share, share.low, share.high)
}
