//! Random logs, summarised twice.

use infra_eventlog::metadata::{EventTypeSpec, RunMetadata, SignalSpec, TimeUnit, Visibility};
use infra_eventlog::writer::{EventRow, EventWriter};
use proptest::prelude::*;

use crate::summary;

const TICK: i64 = 1_000_000_000;

#[derive(Clone, Debug)]
struct Row {
    step: i64,
    service: usize,
    value: Option<f64>,
    mechanism: bool,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let value =
        prop_oneof![3 => (-100.0..100.0_f64).prop_map(Some), 1 => Just(None), 1 => Just(Some(f64::NAN))];
    let row = (0..3_i64, 0..4_usize, value, prop::bool::weighted(0.2))
        .prop_map(|(step, service, value, mechanism)| Row { step, service, value, mechanism });
    prop::collection::vec(row, 1..300)
}

fn metadata() -> RunMetadata {
    let mut metadata = RunMetadata::new("random");
    metadata.time.unit = TimeUnit::Tick;
    metadata.time.tick_ns = TICK;
    metadata.signals.push(SignalSpec {
        warning: Some(50.0),
        baseline: Some(0.0),
        ..SignalSpec::named("stress")
    });
    metadata.event_types.push(EventTypeSpec {
        name: "HIDDEN".into(),
        visibility: Visibility::Mechanism,
        ..EventTypeSpec::default()
    });
    metadata
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn totals_windows_and_excursions_equal_the_naive_ones(rows in rows()) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run.parquet");
        let mut writer = EventWriter::single_file(&path, &metadata()).unwrap();
        let mut time = 0;
        let mut seen: Vec<(i64, i64, usize, Option<f64>)> = Vec::new();
        for (seq, row) in rows.iter().enumerate() {
            time += row.step * TICK;
            let name = format!("s{}", row.service);
            writer.push(&EventRow {
                event_id: seq as i64,
                time_ns: time,
                event_type: if row.mechanism { "HIDDEN" } else { "SAMPLE" },
                source: "probe",
                service: Some(&name),
                signals: &[row.value],
                ..EventRow::default()
            }).unwrap();
            if !row.mechanism {
                seen.push((seq as i64, time, row.service, row.value.filter(|v| v.is_finite())));
            }
        }
        writer.finish().unwrap();
        let summary = summary(&path);
        prop_assert_eq!(summary.mechanism_rows as usize, rows.len() - seen.len());
        for (s, service) in summary.services.rows().iter().enumerate() {
            let mine: Vec<_> = seen.iter().filter(|r| format!("s{}", r.2) == service.service).collect();
            prop_assert_eq!(service.rows as usize, mine.len());
            let Some(series) = summary.series.rows().iter().position(|x| x.service_idx as usize == s) else {
                prop_assert!(mine.is_empty());
                continue;
            };
            let cells: Vec<_> = summary.windows.rows().iter().filter(|w| w.series_idx as usize == series).collect();
            let values: Vec<_> = mine.iter().filter_map(|r| Some((r.0, r.1, r.3?))).collect();
            prop_assert_eq!(cells.iter().map(|c| c.count).sum::<i64>() as usize, values.len());
            for cell in cells {
                let (_, start, end) = summary.grid.bounds(cell.window).unwrap();
                let inside: Vec<_> = values.iter().filter(|v| start <= v.1 && v.1 < end).collect();
                prop_assert_eq!(inside.len() as i64, cell.count);
                prop_assert_eq!(inside.iter().map(|v| v.2).sum::<f64>(), cell.sum);
                let max = inside.iter().map(|v| v.2).fold(f64::NEG_INFINITY, f64::max);
                prop_assert_eq!(max, cell.max);
                prop_assert_eq!(inside.iter().find(|v| v.2 == max).unwrap().0, cell.max_row);
                prop_assert_eq!(inside.last().unwrap().2, cell.last);
            }
            // Excursions: runs of values at or beyond the threshold, nulls skipped.
            let mut runs: Vec<(i64, i64)> = Vec::new();
            let mut open = false;
            for (seq, _, value) in &values {
                if *value >= 50.0 {
                    if open { runs.last_mut().unwrap().1 += 1 } else { runs.push((*seq, 1)) }
                    open = true;
                } else {
                    open = false;
                }
            }
            let found: Vec<_> = summary.excursions.rows().iter()
                .filter(|e| e.service_idx as usize == s)
                .map(|e| (e.start_seq, e.observations)).collect();
            prop_assert_eq!(found, runs.into_iter().take(16).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_log_of_several_row_groups_is_one_log() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    let mut writer = EventWriter::single_file(&path, &metadata()).unwrap();
    let n = 300_000_i64;
    for i in 0..n {
        let service = if i % 2 == 0 { "even" } else { "odd" };
        writer
            .push(&EventRow {
                event_id: i,
                time_ns: i * TICK,
                event_type: "SAMPLE",
                source: "probe",
                service: Some(service),
                signals: &[Some(1.0)],
                ..EventRow::default()
            })
            .unwrap();
    }
    assert_eq!(writer.finish().unwrap(), n);
    let summary = summary(&path);
    assert!(summary.grid.windows() <= 4_096);
    assert_eq!(summary.windows.rows().iter().map(|w| w.count).sum::<i64>(), n);
    assert_eq!(summary.windows.rows().iter().map(|w| w.sum).sum::<f64>(), n as f64);
    let last = summary.windows.rows().iter().map(|w| w.last_row).max();
    assert_eq!(last, Some(n - 1));
}
