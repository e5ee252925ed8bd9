//! What counts as evidence, and that what is printed is what the cited rows hold.

use std::path::Path;

use infra_eventlog::metadata::{
    ControllerSpec, EdgeInfo, EventTypeSpec, RunMetadata, SignalSpec, TimeUnit, Visibility,
};
use infra_eventlog::writer::{EventRow, EventWriter};
use infra_ingest::summary::FocusOptions;

use crate::{Told, tell};

const TICK: i64 = 1_000_000_000;

fn metadata() -> RunMetadata {
    let mut metadata = RunMetadata::new("evidence");
    metadata.time.unit = TimeUnit::Tick;
    metadata.time.tick_ns = TICK;
    metadata.signals.push(SignalSpec {
        baseline: Some(0.0),
        warning: Some(0.3),
        ..SignalSpec::named("stress")
    });
    metadata.edges.push(EdgeInfo { from: "web".into(), to: "db".into(), ..EdgeInfo::default() });
    metadata.controllers.push(ControllerSpec {
        id: "ctl".into(),
        signal: "stress".into(),
        threshold: 1.0,
        ..ControllerSpec::default()
    });
    let hidden = EventTypeSpec {
        name: "HIDDEN".into(),
        visibility: Visibility::Mechanism,
        ..EventTypeSpec::default()
    };
    metadata.event_types.push(hidden);
    metadata
}

/// Rows of (event, tick, type, service, stress).
fn write(path: &Path, rows: &[(i64, i64, &str, &str, f64)]) {
    let mut writer = EventWriter::single_file(path, &metadata()).unwrap();
    for (event_id, tick, event_type, service, stress) in rows {
        let row = EventRow {
            event_id: *event_id,
            time_ns: tick * TICK,
            event_type,
            source: "probe",
            service: Some(service),
            signals: &[Some(*stress)],
            ..EventRow::default()
        };
        writer.push(&row).unwrap();
    }
    writer.finish().unwrap();
}

fn told(rows: &[(i64, i64, &str, &str, f64)]) -> Told {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("run.parquet");
    write(&run, rows);
    tell(&run, &FocusOptions::default())
}

/// db fails at tick 12, web at tick 14; both were well before.
fn story() -> Vec<(i64, i64, &'static str, &'static str, f64)> {
    (0..30)
        .flat_map(|t| {
            let stress = |from: i64| if t >= from { 0.9 } else { 0.0 };
            [(t, t, "SAMPLE", "db", stress(12)), (t, t, "SAMPLE", "web", stress(14))]
        })
        .collect()
}

#[test]
fn mechanism_rows_move_nothing_wherever_they_stand() {
    let plain = told(&story());
    assert_eq!(plain.first(), "db");
    let mut hidden = story();
    // Extreme values in a well service, inside the story and far behind its end.
    hidden.push((30, 29, "HIDDEN", "web", 1e12));
    hidden.push((31, 1_000_000, "HIDDEN", "ghost", 1e12));
    let hidden = told(&hidden);
    let known = |t: &Told| t.order().into_iter().filter(|(name, _)| name != "ghost").collect::<Vec<_>>();
    assert_eq!(known(&plain), known(&hidden));
    let onset = |t: &Told| t.markdown.lines().find(|l| l.starts_with("| Onset")).map(str::to_owned);
    assert_eq!(onset(&plain), onset(&hidden));
    assert!(onset(&plain).unwrap().contains("t=12 [row 24]"), "{:?}", onset(&plain));
}

#[test]
fn a_total_that_peaks_inside_a_tick_is_seen() {
    let mut rows = story();
    rows.retain(|r| r.1 < 20);
    let next = 20;
    for (event, stress) in [(next, 2.0), (next + 1, 0.4)] {
        rows.push((event, 20, "SAMPLE", "db", stress));
        rows.push((event, 20, "SAMPLE", "web", stress));
    }
    let told = told(&rows);
    assert!(told.markdown.contains("peaked at 4 at t=20"), "{}", told.markdown);
    assert!(told.markdown.contains("the threshold was crossed"));
}

#[test]
fn a_long_log_keeps_the_times_of_its_rows() {
    // 20,000 ticks are more than the grid's windows; the story stands in the first thirty.
    let mut rows = story();
    for t in 30..20_000 {
        rows.push((t, t, "SAMPLE", "db", 0.9));
        rows.push((t, t, "SAMPLE", "web", 0.9));
    }
    let told = told(&rows);
    assert_eq!(told.first(), "db");
    assert!(told.markdown.contains("left its band at t=12 (stress) [row 24]"), "{}", told.markdown);
    assert!(told.markdown.contains("longer than 4096 windows"));
    assert!(!told.markdown.contains("no normal time was recorded"));
}

#[test]
fn failing_together_is_not_failing_in_order() {
    let rows: Vec<_> =
        story().into_iter().map(|(e, t, k, s, _)| (e, t, k, s, if t >= 12 { 0.9 } else { 0.0 })).collect();
    let told = told(&rows);
    assert!(!told.markdown.contains("failed in order"), "{}", told.markdown);
    assert!(told.markdown.contains("their order cannot be seen"));
}

#[test]
fn statuses_alone_tell_a_story() {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("run.parquet");
    let mut metadata = metadata();
    metadata.signals.clear();
    metadata.statuses = [("fine", 0), ("bad", 2)]
        .map(|(name, severity)| infra_eventlog::metadata::StatusSpec { name: name.into(), severity })
        .into();
    let mut writer = EventWriter::single_file(&run, &metadata).unwrap();
    for t in 0..30 {
        for (service, from) in [("db", 12), ("web", 14)] {
            let row = EventRow {
                event_id: t,
                time_ns: t * TICK,
                event_type: "SAMPLE",
                source: "probe",
                service: Some(service),
                status: Some(if t >= from { "bad" } else { "fine" }),
                ..EventRow::default()
            };
            writer.push(&row).unwrap();
        }
    }
    writer.finish().unwrap();
    let told = tell(&run, &FocusOptions::default());
    assert_eq!(told.first(), "db", "{}", told.markdown);
    assert_eq!(told.ranking.verdict, infra_analysis::detectors::Verdict::Cascade);
    assert!(told.markdown.contains("t=12 [row 24]"), "{}", told.markdown);
}
