//! Which windows are normal, and what is said when there is nothing to compare.

use infra_eventlog::metadata::{RunMetadata, SignalSpec};
use infra_eventlog::writer::EventWriter;
use infra_ingest::summary::FocusOptions;

use crate::shop::Shop;
use crate::tell;

#[test]
fn a_log_without_rows_is_a_report_that_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("empty.parquet");
    let mut metadata = RunMetadata::new("empty");
    metadata.signals.push(SignalSpec::named("stress"));
    EventWriter::single_file(&run, &metadata).unwrap().finish().unwrap();
    let told = tell(&run, &FocusOptions::default());
    assert!(told.markdown.contains("The log holds no rows"), "{}", told.markdown);
    assert!(told.ranking.ranking.is_empty());
}

#[test]
fn windows_given_by_hand_replace_declared_ones() {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("shop");
    Shop { declared: false, ..Shop::default() }.write(&run);
    let minute = 60_000_000_000;
    let focus = FocusOptions {
        incident_window: Some((120 * minute, 125 * minute)),
        baseline: Some((0, 120 * minute)),
        ..FocusOptions::default()
    };
    assert_eq!(tell(&run, &focus).first(), "db");
    // A window of normal time is no incident.
    let focus = FocusOptions { incident_window: Some((60 * minute, 65 * minute)), ..focus };
    let told = tell(&run, &focus);
    assert_eq!(told.ranking.verdict, infra_analysis::detectors::Verdict::NoIncident, "{}", told.markdown);
}

#[test]
fn an_undeclared_incident_is_found_by_its_change() {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("shop");
    Shop { declared: false, ..Shop::default() }.write(&run);
    let told = tell(&run, &FocusOptions::default());
    assert_eq!(told.first(), "db", "{}", told.markdown);
    Shop { declared: false, slow_db: 0.0, ..Shop::default() }.write(&run);
    let told = tell(&run, &FocusOptions::default());
    assert_eq!(told.ranking.verdict, infra_analysis::detectors::Verdict::NoIncident);
}
