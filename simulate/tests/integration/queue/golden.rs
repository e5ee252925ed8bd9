//! The golden data of the queue specification: texts, states and counts exact, reals to 1e-9.

use std::fs;
use std::path::{Path, PathBuf};

use infra_simulate::verify::{VerifyError, VerifyReport, verify_world_queue};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/queue")
}

/// Replays some golden files, each text changed.
fn replayed(files: &[&str], change: impl Fn(&str, String) -> String) -> Result<VerifyReport, VerifyError> {
    let dir = tempfile::tempdir().unwrap();
    for file in files {
        let text = fs::read_to_string(golden().join(file)).unwrap();
        fs::write(dir.path().join(file), change(file, text)).unwrap();
    }
    verify_world_queue(dir.path())
}

/// The text with the cell in a column of a row (both from 0) changed.
fn with_cell(text: &str, row: usize, column: &str, value: &str) -> String {
    let at = text.lines().next().unwrap().split(',').position(|name| name == column).unwrap();
    let lines = text.lines().enumerate().map(|(i, line)| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if i == row + 1 {
            assert_ne!(cells[at], value);
            cells[at] = value;
        }
        cells.join(",")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn all_golden_data_are_reproduced() {
    let report = verify_world_queue(&golden()).unwrap();
    assert!(report.passed(), "{}", report.failures.join("\n"));
    assert!(report.max_error < 1e-9, "{}", report.max_error);
    assert!(report.cases >= 60 && report.values > 20_000, "{} {}", report.cases, report.values);
}

#[test]
fn a_changed_decision_is_noticed() {
    let rows: [(&str, usize, &str, &str, &str); 4] = [
        ("detector.csv", 0, "state", "DEGRADED", "detector.csv line 2: state is \"STABLE\""),
        ("detector.csv", 3, "previous_p95", "0.7", "detector.csv line 5: previous_p95 is"),
        ("rolling.csv", 4, "throughput_sec", "1.5", "rolling.csv line 6: throughput_sec is"),
        ("rolling.csv", 4, "events_in_window", "51", "rolling.csv line 6: events_in_window is"),
    ];
    for (file, row, column, value, expected) in rows {
        let report = replayed(&[file], |_, text| with_cell(&text, row, column, value)).unwrap();
        assert_eq!(report.failures.len(), 1, "{:#?}", report.failures);
        assert!(report.failures[0].starts_with(expected), "{}", report.failures[0]);
    }
}

#[test]
fn a_changed_seeded_run_is_noticed() {
    for (column, value) in
        [("completed_ok", "1"), ("loss", "0.5"), ("resolved_state", "LOST"), ("first_collapse_time", "9.25")]
    {
        let report = replayed(&["seeded_runs.csv"], |_, text| with_cell(&text, 2, column, value)).unwrap();
        assert!(!report.passed(), "{column}");
        let first = &report.failures[0];
        let named = first.contains(column) || first.contains("collapses");
        assert!(first.starts_with("seeded_runs.csv line 4: ") && named, "{first}");
    }
}

#[test]
fn a_changed_recorded_run_is_noticed_in_every_file() {
    let run = "virtual_EXP-001_pkg";
    let names = ["draws", "events", "ticks"].map(|part| format!("{run}.{part}.csv"));
    let files = ["virtual_summary.csv", &names[0], &names[1], &names[2]];
    let untouched = replayed(&files, |_, text| text).unwrap();
    assert!(untouched.passed(), "{:#?}", untouched.failures);
    for (file, column, value) in [
        (files[0], "peak_tick_pressure", "0.99"),
        (files[1], "u_delay", "0.999"),
        (files[2], "latency", "0.125"),
        (files[3], "dq_dt", "1234.5"),
        (files[3], "anomalies", "NONE"),
    ] {
        let report = replayed(
            &files,
            |name, text| if name == file { with_cell(&text, 0, column, value) } else { text },
        )
        .unwrap();
        assert!(!report.passed(), "{file} {column}");
    }
    // A row too few in the recording, of either kind.
    for file in [files[2], files[3]] {
        let report = replayed(&files, |name, text| {
            let end = text.trim_end().rfind('\n').unwrap();
            if name == file { text[..end].to_owned() } else { text }
        });
        let report = report.unwrap();
        assert!(report.failures.iter().any(|f| f.contains("number of rows")), "{:#?}", report.failures);
    }
}

#[test]
fn every_quantity_of_the_distribution_is_compared() {
    let text = fs::read_to_string(golden().join("virtual_distribution.csv")).unwrap();
    let quantities: Vec<&str> =
        text.lines().skip(1).take(18).map(|line| line.split(',').nth(4).unwrap()).collect();
    // The control profile's rows, with each mean off by more than chance can explain.
    for (row, quantity) in quantities.into_iter().enumerate() {
        let old: f64 = text.lines().nth(row + 1).unwrap().split(',').nth(10).unwrap().parse().unwrap();
        let new = match quantity {
            share if share.contains("_state_") => (old - 0.4).abs(),
            _ => old * 0.5,
        };
        let report = replayed(&["virtual_distribution.csv"], |_, text| {
            let own: Vec<&str> = text.lines().take(19).collect();
            with_cell(&own.join("\n"), row, "mean", &new.to_string())
        })
        .unwrap();
        assert_eq!(report.failures.len(), 1, "{quantity}: {:#?}", report.failures);
        assert!(report.failures[0].contains(quantity), "{quantity}: {}", report.failures[0]);
    }
}

#[test]
fn a_range_that_no_run_meets_is_noticed() {
    let report = replayed(&["virtual_distribution.csv"], |_, text| {
        let own: Vec<&str> = text.lines().take(19).collect();
        with_cell(&own.join("\n"), 5, "max", "0.5")
    });
    let report = report.unwrap();
    assert!(report.failures.iter().any(|f| f.contains("end_time_s")), "{:#?}", report.failures);
}

#[test]
fn an_empty_folder_a_broken_table_and_an_unknown_quantity_are_errors() {
    let error = |found: Result<VerifyReport, VerifyError>| found.unwrap_err().to_string();
    let dir = tempfile::tempdir().unwrap();
    let empty = error(verify_world_queue(dir.path()));
    assert!(empty.contains("holds no golden data") && empty.contains("detector.csv"), "{empty}");
    let absent = error(verify_world_queue(&dir.path().join("absent")));
    assert!(absent.contains("cannot be read"), "{absent}");
    let column = error(replayed(&["rolling.csv"], |_, text| text.replacen("status_code", "status", 1)));
    assert!(column.contains("no column `status_code`"), "{column}");
    let cell = error(replayed(&["detector.csv"], |_, text| with_cell(&text, 0, "queue_depth", "many")));
    assert!(cell.contains("line 2: `queue_depth` holds `many`"), "{cell}");
    let ragged = error(replayed(&["seeded_runs.csv"], |_, text| text + "one,two\n"));
    assert!(ragged.contains("not golden data"), "{ragged}");
    let unknown =
        error(replayed(&["virtual_distribution.csv"], |_, text| with_cell(&text, 0, "quantity", "luck")));
    assert!(unknown.contains("unknown quantity `luck`"), "{unknown}");
}
