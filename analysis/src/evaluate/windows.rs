//! The method on normal time: incidents that are none.
//!
//! Normal periods are cut into windows as long as the folder's incidents, with the same lead, and
//! each is analysed as if it were an incident: once with a symptom declared as its cases declare
//! theirs (the folder's symptoms in turn), once without. A window is never part of its own normal
//! time. The right answer is that no incident was found.

use infra_eventlog::guard::decoding;
use infra_eventlog::metadata::{PeriodKind, RunMetadata, Symptom};
use infra_ingest::summary::FocusOptions;
use infra_ingest::{RunLog, Summary, summarise};
use serde::Serialize;

use super::dataset::{Dataset, Source};
use super::error::EvaluateError;
use super::rankings::Options;
use super::wilson::Share;
use crate::analyse::{Analysis, analyse};
use crate::ranking::confidence::Level;
use crate::workers::in_order;

/// What was said of one normal window.
#[derive(Clone, Debug)]
pub struct WindowAnswer {
    /// With a declared symptom, if the folder's incidents declare any.
    pub declared: Option<Said>,
    /// Without one.
    pub undeclared: Said,
}

/// `None`: no incident was found, as it should be. An error is the reason why nothing was said.
pub type Said = Result<Option<Fired>, String>;

/// A false alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// Head that deviates most on the first suspect.
    pub head: &'static str,
    /// Whether confidence was high.
    pub is_confident: bool,
}

/// How often nothing was found where there was nothing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quiet {
    /// Windows without an incident found.
    pub none_found: Share,
    /// Windows in which one was found with high confidence.
    pub confident: usize,
    /// Windows that failed; they count as found.
    pub failed: usize,
    /// What fired in the others, most often first: head and windows.
    pub fired: Vec<(String, usize)>,
}

/// Normal windows of a folder or several.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuietScores {
    /// With a declared symptom.
    pub declared: Option<Quiet>,
    /// Without one.
    pub undeclared: Quiet,
}

/// Analyses at most `most` windows of the folder's normal periods, evenly spread; none for runs
/// and for folders without normal periods or incidents.
#[must_use]
pub fn answers(dataset: &Dataset, options: &Options, most: usize) -> Vec<WindowAnswer> {
    let Source::Bundle { log, .. } = &dataset.source else { return Vec::new() };
    let windows = cut(log.run().metadata(), most);
    let symptoms = symptoms(log.run().metadata());
    in_order(options.jobs, windows.len(), |i| {
        let symptom = symptoms.get(i % symptoms.len().max(1));
        let said = decoding(log.run().name(), || Ok(answer(log, windows[i], symptom, options)));
        let failed =
            |e: String| WindowAnswer { declared: symptom.map(|_| Err(e.clone())), undeclared: Err(e) };
        match said {
            Ok(Ok(answer)) => answer,
            Ok(Err(e)) => failed(e.to_string()),
            Err(e) => failed(e.to_string()),
        }
    })
}

/// A window: start, end of its lead, end \[ns\].
type Window = (i64, Option<i64>, i64);

fn answer(
    log: &RunLog,
    (start, lead_end, end): Window,
    symptom: Option<&Symptom>,
    options: &Options,
) -> Result<WindowAnswer, EvaluateError> {
    let focus = FocusOptions {
        incident_window: Some((start, end)),
        lead_end_ns: lead_end,
        ..FocusOptions::default()
    };
    let mut summary = summarise(log.run(), &focus)?;
    let said = |summary: &Summary| -> Result<Option<Fired>, EvaluateError> {
        let metadata = log.run().metadata();
        Ok(fired(&analyse(metadata, summary, &options.constants, options.analysis.clone())?))
    };
    let undeclared = said(&summary)?;
    let Some(symptom) = symptom else {
        return Ok(WindowAnswer { declared: None, undeclared: Ok(undeclared) });
    };
    let symptom = Symptom { time_ns: lead_end.or(Some(start)), ..symptom.clone() };
    if let Some(incident) = &mut summary.focus.incident {
        incident.symptom = Some(symptom.clone());
    }
    summary.focus.symptom = Some(symptom);
    Ok(WindowAnswer { declared: Some(Ok(said(&summary)?)), undeclared: Ok(undeclared) })
}

fn fired(analysis: &Analysis<'_>) -> Option<Fired> {
    analysis.ranking.as_ref()?;
    let mut loudest = ("nothing", 0.0);
    if let Some(suspect) = analysis.suspects().next() {
        for head in analysis.heads.iter().filter(|h| h.weight > 0.0) {
            let z = head.z(suspect);
            if z > loudest.1 {
                loudest = (head.name, z);
            }
        }
    }
    let is_confident = analysis.confidence.as_ref().is_some_and(|c| c.level == Level::High);
    Some(Fired { head: loudest.0, is_confident })
}

/// Windows of the median incident's length, with the median lead, in all normal periods.
fn cut(metadata: &RunMetadata, most: usize) -> Vec<Window> {
    let lengths = metadata.incidents.iter().map(|i| i.end_ns.saturating_sub(i.start_ns)).collect();
    let Some(length) = median(lengths).filter(|l| *l > 0) else { return Vec::new() };
    let leads: Vec<i64> = metadata
        .incidents
        .iter()
        .map(|i| i.lead_end_ns.map_or(0, |lead| lead.saturating_sub(i.start_ns)))
        .collect();
    let lead = median(leads).filter(|l| *l > 0 && *l < length);
    let mut all = Vec::new();
    for period in metadata.periods.iter().filter(|p| p.kind == PeriodKind::Normal) {
        let fits = period.end_ns.saturating_sub(period.start_ns) / length;
        all.extend((0..fits).map(|k| period.start_ns + k * length));
    }
    all.sort_unstable();
    all.dedup();
    let n = all.len();
    let kept = n.min(most);
    (0..kept)
        .map(|i| all[i * n / kept])
        .map(|start| (start, lead.map(|l| start + l), start + length))
        .collect()
}

/// The upper median.
fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

/// The symptoms that incidents declare, each once, in their order; without their time.
fn symptoms(metadata: &RunMetadata) -> Vec<Symptom> {
    let mut all: Vec<Symptom> = Vec::new();
    for symptom in metadata.incidents.iter().filter_map(|i| i.symptom.as_ref()) {
        let symptom = Symptom { time_ns: None, ..symptom.clone() };
        if !all.contains(&symptom) {
            all.push(symptom);
        }
    }
    all
}

/// Counts answers; `None` of none.
#[must_use]
pub fn count(answers: &[&WindowAnswer]) -> Option<QuietScores> {
    if answers.is_empty() {
        return None;
    }
    let declared: Vec<&Said> = answers.iter().filter_map(|a| a.declared.as_ref()).collect();
    let undeclared: Vec<&Said> = answers.iter().map(|a| &a.undeclared).collect();
    Some(QuietScores {
        declared: (!declared.is_empty()).then(|| quiet(&declared)),
        undeclared: quiet(&undeclared),
    })
}

fn quiet(said: &[&Said]) -> Quiet {
    let mut heads: Vec<(String, usize)> = Vec::new();
    for fired in said.iter().filter_map(|s| s.as_ref().ok()?.as_ref()) {
        match heads.iter_mut().find(|(head, _)| head == fired.head) {
            Some((_, n)) => *n += 1,
            None => heads.push((fired.head.to_owned(), 1)),
        }
    }
    heads.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let is = |test: &dyn Fn(&Said) -> bool| said.iter().filter(|s| test(s)).count();
    Quiet {
        none_found: Share::new(is(&|s| matches!(s, Ok(None))), said.len()),
        confident: is(&|s| matches!(s, Ok(Some(f)) if f.is_confident)),
        failed: is(&|s| s.is_err()),
        fired: heads,
    }
}

#[cfg(test)]
mod tests {
    use infra_eventlog::metadata::{Incident, Period};

    use super::*;

    fn metadata() -> RunMetadata {
        let mut metadata = RunMetadata::new("x");
        for (start_ns, end_ns, lead) in [(0, 10, 3), (20, 30, 4), (40, 70, 4)] {
            let lead_end_ns = Some(start_ns + lead);
            metadata.incidents.push(Incident { start_ns, end_ns, lead_end_ns, ..Incident::default() });
        }
        for (kind, start_ns, end_ns) in [(PeriodKind::Normal, 100, 145), (PeriodKind::Excluded, 200, 300)] {
            metadata.periods.push(Period { kind, start_ns, end_ns, lead_end_ns: None, scope: None });
        }
        metadata
    }

    #[test]
    fn windows_are_as_long_as_incidents_and_lie_in_normal_time() {
        let all =
            [(100, Some(104), 110), (110, Some(114), 120), (120, Some(124), 130), (130, Some(134), 140)];
        assert_eq!(cut(&metadata(), 200), all);
        assert_eq!(cut(&metadata(), 2), [all[0], all[2]]);
        assert!(cut(&metadata(), 0).is_empty());
        assert!(cut(&RunMetadata::new("x"), 200).is_empty());
    }

    #[test]
    fn false_alarms_are_counted_by_head() {
        let fired = |head, is_confident| Ok(Some(Fired { head, is_confident }));
        let said =
            [Ok(None), fired("cpu", true), fired("errors", false), fired("cpu", false), Err("x".into())];
        let answers: Vec<WindowAnswer> =
            said.into_iter().map(|undeclared| WindowAnswer { declared: None, undeclared }).collect();
        let scores = count(&answers.iter().collect::<Vec<_>>()).unwrap();
        assert!(scores.declared.is_none());
        let quiet = scores.undeclared;
        assert_eq!((quiet.none_found.hits, quiet.none_found.of, quiet.confident, quiet.failed), (1, 5, 1, 1));
        assert_eq!(quiet.fired, [("cpu".to_owned(), 2), ("errors".to_owned(), 1)]);
    }
}
