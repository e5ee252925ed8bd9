//! Renderers on one batch with everything in it, and on hostile text.

use super::*;
use crate::findings::Findings;
use crate::gate::fixture;
use crate::gate::{Expr, Gate, Severity};

pub(crate) fn gates() -> Vec<Gate> {
    let mut gates = Gate::parse_all(["verdict=cascade", "slo_budget<0", "failed"]).unwrap();
    gates.push(Gate::parse("agreement<90%").unwrap().as_warning());
    gates.push(Gate {
        name: "slow".into(),
        severity: Severity::Error,
        expr: "mttr>5min".parse::<Expr>().unwrap(),
    });
    gates
}

/// A cascade, a run cut off, a quiet one, and a file that is no run.
pub(crate) fn batch() -> Batch {
    let mut batch = Batch::new(gates(), "0.1.0");
    batch.add("runs/shop.parquet", Ok(fixture::cascade()), None, Some("shop.md".into()));
    batch.add("runs/cut off.parquet", Ok(fixture::unrecovered()), None, None);
    batch.add("runs/quiet.parquet", Ok(fixture::quiet()), None, None);
    batch.add("runs/broken.parquet", Err(Broken::new("runs/broken.parquet: not a Parquet file")), None, None);
    batch
}

/// Names as an attacker would choose them.
pub(crate) fn hostile() -> Batch {
    let evil = "x\n::error::pwned\r\n##[error]a %0A::set-output]]> <b>&\"'|`[l](http://e) \u{1b}[31m\u{0}\u{202e}\u{FFFE}\u{FFFF}";
    let mut found: Findings = fixture::cascade();
    found.causes[0].service = evil.into();
    found.onsets[0].service = evil.into();
    found.paths[0].hops[0].service = evil.into();
    found.incident = evil.into();
    let mut gates = gates();
    gates.push(Gate::parse("root_cause~'*'").unwrap());
    let mut batch = Batch::new(gates, "0.1.0");
    batch.add(evil, Ok(found), None, None);
    batch.add(format!("{evil}2"), Err(Broken::new(evil)), None, None);
    batch
}

#[test]
fn totals_count_every_kind() {
    let batch = batch();
    let totals = batch.totals();
    assert_eq!((totals.runs, totals.broken, totals.incidents, totals.failed_runs), (4, 1, 2, 4));
    // shop: cascade, budget, slow; cut off: cascade, slow; quiet: budget; broken: failed.
    assert_eq!((totals.tripped, totals.warned), (7, 1));
    // cut off: budget, agreement; broken: all but `failed`.
    assert_eq!((totals.undecided, totals.passed), (6, 6));
    assert!(batch.fails() && batch.is_broken());
    assert!(!Batch::new(vec![], "0").fails());
}

#[test]
fn snapshots() {
    let batch = batch();
    insta::assert_snapshot!("junit", to_junit(&batch));
    insta::assert_snapshot!("summary", to_summary(&batch, SUMMARY_BYTES));
    insta::assert_snapshot!("annotations_github", to_annotations(&batch, Style::GitHub));
    insta::assert_snapshot!("annotations_plain", to_annotations(&batch, Style::Plain));
    let sarif: serde_json::Value = serde_json::from_str(&to_sarif(&batch).unwrap()).unwrap();
    insta::assert_snapshot!("sarif", serde_json::to_string_pretty(&sarif).unwrap());
    insta::assert_snapshot!("json", to_json(&batch).unwrap());
}

/// .ci/schemas.py holds these, and those above, against the published schemas.
#[test]
fn snapshots_of_hostile_names() {
    insta::assert_snapshot!("hostile_junit", to_junit(&hostile()));
    insta::assert_snapshot!("hostile_sarif", to_sarif(&hostile()).unwrap());
    insta::assert_snapshot!("hostile_json", to_json(&hostile()).unwrap());
}

#[test]
fn log_text_cannot_carry_commands() {
    for style in [Style::GitHub, Style::Plain] {
        let text = to_annotations(&hostile(), style);
        for line in text.lines() {
            assert!(
                line.starts_with("::error title=")
                    || line.starts_with("::warning title=")
                    || !line.starts_with(':')
            );
            assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line:?}");
            assert!(style == Style::GitHub || !line.contains("##["), "{line}");
            assert!(
                style == Style::Plain
                    || line.matches("::").count() == 2
                    || line.contains(":: ")
                    || line.contains("x ::")
            );
        }
        // The name's own `%0A` stays text.
        assert!(style == Style::Plain || text.contains("%250A"));
    }
}

#[test]
fn at_most_ten_errors_and_ten_warnings_are_written() {
    let mut batch = Batch::new(Gate::parse_all(["cascade", "partition"]).unwrap(), "0");
    for i in 0..25 {
        batch.add(format!("r{i}"), Ok(fixture::cascade()), None, None);
    }
    let text = to_annotations(&batch, Style::GitHub);
    assert_eq!(text.lines().filter(|l| l.starts_with("::error ")).count(), 10);
    assert_eq!(text.lines().filter(|l| l.starts_with("::warning ")).count(), 10);
    assert!(text.ends_with(
        "::15 more errors and 15 more warnings not listed here; the batch's JSON and JUnit files have all\n"
    ));
}

#[test]
fn a_summary_never_exceeds_its_budget() {
    let mut batch = Batch::new(Gate::parse_all(["cascade", "slo_budget<0"]).unwrap(), "0");
    for i in 0..300 {
        let found = if i % 3 == 0 { fixture::unrecovered() } else { fixture::quiet() };
        let mut found: Findings = found;
        found.slos = Vec::new();
        found.incident = String::new();
        batch.add(format!("runs/{i}.parquet"), Ok(found), None, None);
    }
    let full = to_summary(&batch, usize::MAX);
    assert_eq!(full.matches("| `runs/").count(), 300);
    assert_eq!(to_summary(&batch, full.len()), full);
    let short = to_summary(&batch, full.len() - 1);
    assert_eq!(short.matches("| `runs/").count(), 100);
    assert!(short.contains("200 runs without trouble not listed"));
    let mut shown_before = 101;
    for budget in (0..short.len()).rev().step_by(97) {
        let text = to_summary(&batch, budget);
        assert!(text.len() <= budget, "{budget}");
        let shown = text.matches("| `runs/").count();
        assert!(shown <= shown_before);
        shown_before = shown;
        if shown > 0 {
            assert!(
                text.contains(&format!(
                    "{} failed runs and 200 runs without trouble not listed",
                    100 - shown
                )) || shown == 99
            );
        }
        // Whole rows only, and nothing else that starts as one.
        assert!(text.lines().all(|l| !l.starts_with('|') || l.ends_with('|')), "{text}");
    }
    assert_eq!(to_summary(&batch, 3), "");
}

#[test]
fn summaries_show_names_as_text() {
    let text = to_summary(&hostile(), SUMMARY_BYTES);
    for bad in ["<b>", "](http", "\u{1b}", "\u{202e}", "\n::", "`\\`"] {
        assert!(!text.contains(bad), "{bad:?}\n{text}");
    }
    // Every row of the table has its six cells, whatever the names hold.
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    assert!(text.lines().filter(|l| l.starts_with('|')).all(|l| cells(l) == 7), "{text}");
}

#[test]
fn junit_has_only_what_xml_allows() {
    let text = to_junit(&hostile());
    let legal =
        |c: char| matches!(c, '\t' | '\n' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    assert!(text.chars().all(legal));
    assert!(!text.contains("<b>") && !text.contains("]]>"));
}

#[test]
fn fingerprints_are_stable_and_tell_results_apart() {
    let prints = |batch: &Batch| -> Vec<String> {
        let sarif: serde_json::Value = serde_json::from_str(&to_sarif(batch).unwrap()).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        results
            .iter()
            .map(|r| r["partialFingerprints"]["infraFinding/v1"].as_str().unwrap().to_owned())
            .collect()
    };
    let before = prints(&batch());
    let mut later = batch();
    let mut found = fixture::cascade();
    found.impact.mttr_ns = Some(900_000_000_000);
    found.causes[0].score = 1.0;
    later.runs.clear();
    later.add("runs/shop.parquet", Ok(found), None, None);
    let after = prints(&later);
    assert!(after.iter().all(|print| before.contains(print)), "figures are no part of it");
    let mut unique = before.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), before.len());
}

#[test]
fn sarif_keeps_the_limits_of_github() {
    let mut batch = Batch::new(Gate::parse_all(["cascade"]).unwrap(), "0");
    let mut long = fixture::cascade();
    let hop = long.paths[0].hops[1].clone();
    long.paths[0].hops = vec![hop; 1500];
    for i in 0..3000 {
        let found = if i < 40 { long.clone() } else { fixture::cascade() };
        batch.add(format!("runs/{i}.parquet"), Ok(found), None, None);
    }
    let text = to_sarif(&batch).unwrap();
    assert!(text.len() <= 10_000_000, "{}", text.len());
    let sarif: serde_json::Value = serde_json::from_str(&text).unwrap();
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert!(results.len() <= sarif::MAX_RESULTS);
    assert_eq!(results.iter().filter(|r| r["level"] == "error").count(), 3000, "gates come first");
    let steps = |r: &serde_json::Value| {
        r["codeFlows"][0]["threadFlows"][0]["locations"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(results.iter().map(steps).max(), Some(1000));
    let notes = run["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(notes.contains("left out") && notes.contains("without paths"), "{notes}");
}
