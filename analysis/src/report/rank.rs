//! The ranking by itself: a table, CSV or JSON, and one service's evidence.

use std::fmt::Write as _;

use serde::Serialize;

use super::aside;
use super::causes::{cause, causes};
use crate::analyse::Analysis;
use crate::error::AnalysisError;
use crate::ranking::confidence::Level;
use crate::text::{Text, number};
use infra_report::json::without_marks;
use infra_report::markdown::is_invisible;
use infra_report::model::Aside;
use infra_report::model::{Cause, Provenance};

/// Version of the JSON form.
pub const RANK_SCHEMA: &str = "infra-rank/1";

/// A ranking.
#[derive(Clone, Debug, Serialize)]
pub struct RankModel {
    /// [`RANK_SCHEMA`].
    pub schema: &'static str,
    /// The run.
    pub run: Text,
    /// The incident, empty if none is declared.
    pub incident: Text,
    /// The verdict's name.
    pub verdict: crate::detectors::Verdict,
    /// Confidence in the first place.
    pub confidence: Option<Level>,
    /// Share of the ensemble that agrees with the first place.
    pub agreement: Option<f64>,
    /// Every service, best first; those without evidence last, by name.
    pub ranking: Vec<Place>,
    /// The first ones in full.
    pub causes: Vec<Cause>,
    /// The first three side by side, if confidence is low.
    pub aside: Option<Aside>,
    /// The service asked about.
    pub why: Option<Cause>,
    /// Paths: services from origin to symptom.
    pub paths: Vec<RankPath>,
    /// Simpler methods' first places.
    pub baselines: Vec<RankBaseline>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// One service's place.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    /// 1-based.
    pub rank: usize,
    /// Name.
    pub service: Text,
    /// Score, 0 without evidence.
    pub score: f64,
    /// Evidence of its own, before the walk.
    pub local: f64,
    /// Mass that came to rest, 0..1.
    pub absorbed: f64,
    /// Ranks over the ensemble.
    pub rank_interval: (usize, usize),
}

/// One path.
#[derive(Clone, Debug, Serialize)]
pub struct RankPath {
    /// Whether every hop is confirmed.
    pub confirmed: bool,
    /// Product of attentions.
    pub probability: f64,
    /// Services, origin first.
    pub services: Vec<Text>,
}

/// A simpler method's first places.
#[derive(Clone, Debug, Serialize)]
pub struct RankBaseline {
    /// Method.
    pub name: &'static str,
    /// Services, best first.
    pub services: Vec<Text>,
}

/// Builds the ranking of an analysis; `why` adds one service's evidence.
///
/// # Errors
/// [`AnalysisError::UnknownService`] if `why` names no service of the run.
pub fn build(
    analysis: &Analysis<'_>,
    top: usize,
    why: Option<&str>,
    provenance: Provenance,
) -> Result<RankModel, AnalysisError> {
    let case = &analysis.case;
    let name = |s: usize| Text::untrusted(case.name(s));
    let places: Vec<Place> = analysis
        .ranking
        .iter()
        .flat_map(|r| {
            r.order.iter().enumerate().map(|(i, &s)| Place {
                rank: i + 1,
                service: name(s),
                score: r.scores[s],
                local: r.local[s],
                absorbed: r.absorbed[s],
                rank_interval: analysis.confidence.as_ref().map_or((i + 1, i + 1), |c| c.rank_interval[s]),
            })
        })
        .collect();
    let why = why
        .map(|wanted| {
            let service = case.find(wanted).ok_or_else(|| {
                let names: Vec<&str> = (0..case.len()).map(|s| case.name(s)).collect();
                let nearest = infra_eventlog::error::nearest(wanted, names).map(str::to_owned);
                AnalysisError::UnknownService { name: wanted.to_owned(), nearest }
            })?;
            let rank = analysis.ranking.as_ref().and_then(|r| r.order.iter().position(|s| *s == service));
            Ok::<Cause, AnalysisError>(cause(analysis, rank.map_or(0, |r| r + 1), service))
        })
        .transpose()?;
    Ok(RankModel {
        schema: RANK_SCHEMA,
        run: Text::untrusted(&provenance.run),
        incident: Text::untrusted(&case.periods.id),
        verdict: analysis.verdict,
        confidence: analysis.confidence.as_ref().map(|c| c.level),
        agreement: analysis.confidence.as_ref().map(|c| c.agreement),
        ranking: places,
        causes: causes(analysis, top),
        aside: aside::build(analysis),
        why,
        paths: analysis
            .paths
            .iter()
            .map(|p| RankPath {
                confirmed: p.confirmed,
                probability: p.probability,
                services: p.steps.iter().map(|s| name(s.service)).collect(),
            })
            .collect(),
        baselines: analysis
            .baselines
            .iter()
            .map(|b| RankBaseline { name: b.name, services: b.order.iter().map(|s| name(*s)).collect() })
            .collect(),
        provenance,
    })
}

/// The ranking as JSON, `infra-rank/1`.
///
/// # Errors
/// [`AnalysisError::Render`] if a number cannot be written as JSON.
pub fn to_json(model: &RankModel) -> Result<String, AnalysisError> {
    Ok(without_marks(model)?)
}

/// The ranking as CSV with a header, names quoted.
#[must_use]
pub fn to_csv(model: &RankModel) -> String {
    let mut out = String::from("rank,service,score,local,absorbed,rank_low,rank_high\n");
    for p in &model.ranking {
        let name = visible(&p.service.plain()).replace('"', "\"\"");
        // A spreadsheet must not take a name for a formula.
        let guard = if name.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
        let _ = writeln!(
            out,
            "{},\"{guard}{name}\",{},{},{},{},{}",
            p.rank, p.score, p.local, p.absorbed, p.rank_interval.0, p.rank_interval.1
        );
    }
    out
}

/// The ranking for a terminal: the first `causes` with their evidence, then paths and baselines.
#[must_use]
pub fn to_table(model: &RankModel) -> String {
    let mut out = String::new();
    let incident = model.incident.plain();
    let _ = write!(out, "{}", visible(&model.run.plain()));
    if !incident.is_empty() {
        let _ = write!(out, ", incident {}", visible(&incident));
    }
    let _ = writeln!(out, ": {}", model.verdict.words());
    if let (Some(level), Some(agreement)) = (model.confidence, model.agreement) {
        let _ = writeln!(
            out,
            "confidence {}: {:.0} % of the ensemble put the same service first",
            level.words(),
            agreement * 100.0
        );
    }
    if let Some(aside) = &model.aside {
        compare(&mut out, aside);
    }
    if model.ranking.is_empty() {
        let _ = writeln!(out, "nothing to rank");
    }
    for c in &model.causes {
        describe(&mut out, c);
    }
    let more = model.ranking.iter().filter(|p| p.score > 0.0).count().saturating_sub(model.causes.len());
    if more > 0 {
        let _ = writeln!(out, "services with some evidence that are not listed: {more}");
    }
    for p in &model.paths {
        let names: Vec<String> = p.services.iter().map(|s| visible(&s.plain())).collect();
        let standing = if p.confirmed { "confirmed" } else { "inferred" };
        let _ = writeln!(out, "path {standing} {}: {}", number(p.probability), names.join(" -> "));
    }
    for b in &model.baselines {
        let names: Vec<String> = b.services.iter().take(3).map(|s| visible(&s.plain())).collect();
        let _ = writeln!(out, "{}: {}", b.name, names.join(", "));
    }
    if let Some(why) = &model.why {
        let _ = writeln!(out, "\nwhy:");
        describe(&mut out, why);
    }
    out
}

fn describe(out: &mut String, c: &Cause) {
    let _ = writeln!(
        out,
        "{:>3}  {}  score {}  rank {}-{}",
        c.rank,
        visible(&c.service.plain()),
        number(c.score),
        c.rank_interval.0,
        c.rank_interval.1
    );
    for line in &c.evidence {
        let _ = writeln!(out, "       {}", visible(&line.plain()));
    }
    if c.evidence.is_empty() {
        let _ = writeln!(out, "       no head sees it deviate clearly");
    }
    if let Some(line) = &c.faint {
        let _ = writeln!(out, "       {}", visible(&line.plain()));
    }
    for line in &c.explained_by {
        let _ = writeln!(out, "       explained away: {}", visible(&line.plain()));
    }
    for line in &c.changes {
        let _ = writeln!(out, "       changed before: {}", visible(&line.plain()));
    }
}

/// Suspects as columns, aligned.
fn compare(out: &mut String, aside: &Aside) {
    let _ = writeln!(out, "not sure of the first place; side by side:");
    let names: Vec<String> = aside.services.iter().map(|s| visible(&s.plain())).collect();
    let label = aside.rows.iter().map(|r| r.label.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = names.iter().map(|n| n.chars().count().max(8)).collect();
    let mut line = |first: &str, cells: &[String]| {
        let _ = write!(out, "    {first:label$}");
        for (cell, width) in cells.iter().zip(&widths) {
            let _ = write!(out, "  {cell:>width$}");
        }
        out.push('\n');
    };
    line("", &names);
    for row in &aside.rows {
        line(&row.label, &row.cells);
    }
}

/// Text that a terminal shows and does not obey.
fn visible(text: &str) -> String {
    text.chars().map(|c| if is_invisible(c) { '\u{FFFD}' } else { c }).collect()
}
