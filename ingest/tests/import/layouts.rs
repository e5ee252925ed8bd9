//! Long and wide tables, scales, stamps, intervals and service names.

use crate::support::{Folder, LONG, Table, float, int, long_without_signals, row, series, text};

fn long_table() -> Table {
    vec![
        ("t", int(&[1_000, 1_000, 1_000, 1_060])),
        ("service", text(&["web", "web", "db", "web"])),
        ("metric", text(&["rt", "up", "rt", "rt"])),
        ("agg", text(&["p50", "Average", "p50", "p50"])),
        ("value", float(&[Some(250.0), Some(50.0), Some(20.0), None])),
    ]
}

const LONG_SIGNALS: &str = r#"
[metrics.signals.rt]
as = "latency"
scale = 0.001
[metrics.signals.up]
as = "availability"
scale = 0.01
[metrics.statistics]
Average = "mean"
"#;

#[test]
fn a_long_table_is_renamed_scaled_and_sorted() {
    let imported =
        Folder::new().metrics("m.csv", &long_table()).import(&(long_without_signals() + LONG_SIGNALS));
    let expected = [
        row(60, "db", "latency", "p50", 0.02),
        row(60, "web", "availability", "mean", 0.5),
        row(60, "web", "latency", "p50", 0.25),
        row(120, "web", "latency", "p50", None),
    ];
    assert_eq!(imported.rows, expected);
    assert_eq!(imported.report.rows_written, 4);
    assert_eq!(imported.services(), ["db", "web"]);
    assert_eq!(imported.metadata.time.origin.as_deref(), Some("1970-01-01T00:15:40Z"));
    let signals: Vec<(&str, &str)> =
        imported.metadata.signals.iter().map(|s| (s.name.as_str(), s.unit.as_str())).collect();
    assert_eq!(signals, [("availability", "1"), ("latency", "s")]);
    assert_eq!(imported.metadata.run_id, "map");
    assert_eq!(imported.normal(), [(0, 120)]);
    assert!(imported.report.notes.is_empty(), "{:?}", imported.report.notes);
}

#[test]
fn a_wide_table_gives_the_same_rows() {
    let wide: Table = vec![
        ("t", int(&[1_000, 1_000, 1_060])),
        ("service", text(&["web", "db", "web"])),
        ("rt p50 (ms)", float(&[Some(250.0), Some(20.0), None])),
        ("up (%)", float(&[Some(50.0), None, None])),
    ];
    let map = r#"
        schema = "infra-map/1"
        [metrics]
        layout = "wide"
        time = "t"
        time_unit = "s"
        stamp = "end"
        interval = "1m"
        service = "service"
        [metrics.columns."rt p50 (ms)"]
        signal = "latency"
        statistic = "p50"
        scale = 0.001
        [metrics.columns."up (%)"]
        signal = "availability"
        scale = 0.01
    "#;
    let imported = Folder::new().metrics("m.parquet", &wide).import(map);
    let expected = [
        row(60, "db", "availability", "mean", None),
        row(60, "db", "latency", "p50", 0.02),
        row(60, "web", "availability", "mean", 0.5),
        row(60, "web", "latency", "p50", 0.25),
        row(120, "web", "availability", "mean", None),
        row(120, "web", "latency", "p50", None),
    ];
    assert_eq!(imported.rows, expected);
}

#[test]
fn stamps_at_the_start_are_moved_to_the_end() {
    let table = series(&[1_000]);
    let at_end = Folder::new().metrics("m.csv", &table).import(LONG);
    let at_start =
        Folder::new().metrics("m.csv", &table).import(&LONG.replace("stamp = \"end\"", "stamp = \"start\""));
    assert_eq!(at_end.rows, at_start.rows, "relative to the origin there is no difference");
    assert_eq!(at_end.metadata.time.origin.as_deref(), Some("1970-01-01T00:15:40Z"));
    assert_eq!(at_start.metadata.time.origin.as_deref(), Some("1970-01-01T00:16:40Z"));
}

#[test]
fn intervals_may_stand_in_a_column() {
    let mut table = series(&[1_000, 1_060]);
    table.push(("length", int(&[30_000, 60_000])));
    let map = LONG.replace("interval = \"60s\"", "interval = { column = \"length\", unit = \"ms\" }");
    let imported = Folder::new().metrics("m.parquet", &table).import(&map);
    assert_eq!(imported.metadata.time.origin.as_deref(), Some("1970-01-01T00:16:10Z"));
    assert_eq!(imported.rows.iter().map(|r| r.0).collect::<Vec<_>>(), [30, 90]);
}

#[test]
fn times_are_read_in_every_unit() {
    let spellings = [
        ("time_unit = \"ms\"", "1000000"),
        ("time_unit = \"us\"", "1000000000"),
        ("time_unit = \"ns\"", "1000000000000"),
        ("time_unit = \"s\"", "1000.0"),
        ("time_unit = \"rfc3339\"", "1970-01-01T00:16:40Z"),
        ("time_format = \"%d/%m/%Y %H:%M:%S\"", "01/01/1970 00:16:40"),
        (
            "time_format = \"%Y-%m-%d %H:%M:%S%.f %z\"\ntime_keep_before = \" UTC\"",
            "1970-01-01 00:16:40.0 +0000 UTC m=+9",
        ),
    ];
    for (unit, written) in spellings {
        let mut table = series(&[0]);
        table[0].1 = text(&[written]);
        let imported =
            Folder::new().metrics("m.csv", &table).import(&LONG.replace("time_unit = \"s\"", unit));
        assert_eq!(imported.metadata.time.origin.as_deref(), Some("1970-01-01T00:15:40Z"), "{unit}");
    }
}

#[test]
fn jittered_times_are_rounded() {
    let map = LONG.replace("stamp", "time_round = \"10s\"\nstamp");
    let imported = Folder::new().metrics("m.csv", &series(&[1_001, 1_058, 1_122])).import(&map);
    assert_eq!(imported.rows.iter().map(|r| r.0).collect::<Vec<_>>(), [60, 120, 180]);
}

#[test]
fn service_rules_apply_in_their_order() {
    let mut table = series(&[1_000, 1_060, 1_120, 1_180]);
    table[1].1 = text(&["web-svc-5f6585d649-fnmft", "shop/web", "db-0", "plain"]);
    let map = format!(
        "{LONG}service_rule = [{{ replicas = true }}, {{ strip_suffix = \"-svc\" }}, {{ strip_after = \"/\" }}]\n"
    );
    let imported = Folder::new().metrics("m.csv", &table).import(&map);
    assert_eq!(imported.services(), ["db", "plain", "shop", "web"]);
}

#[test]
fn replicas_of_one_interval_can_be_merged() {
    let mut table = series(&[1_000, 1_000, 1_000]);
    table[1].1 = text(&["web-0", "web-1", "web-2"]);
    let map = |how: &str| format!("{LONG}service_rule = [{{ replicas = true }}]\nduplicates = \"{how}\"\n");
    for (how, expected) in [("first", 1.0), ("mean", 2.0), ("max", 3.0), ("sum", 6.0)] {
        let imported = Folder::new().metrics("m.csv", &table).import(&map(how));
        assert_eq!(imported.rows, [row(60, "web", "latency", "p50", expected)], "{how}");
    }
    let notes = Folder::new().metrics("m.csv", &table).import(&map("mean")).report.notes;
    assert_eq!(
        notes,
        [
            "metric rows merged into another of the same interval: 2 (first: p50 of `latency` on `web` ending at 1970-01-01T00:16:40Z)"
        ]
    );
}

#[test]
fn unlisted_names_pass_through_with_a_note() {
    let mut table = series(&[1_000]);
    table[2].1 = text(&["widgets"]);
    table[3].1 = text(&["p75"]);
    table.push(("color", text(&["red"])));
    table.push(("shape", text(&["round"])));
    let imported = Folder::new().metrics("m.csv", &table).import(&format!("{LONG}ignore = [\"shape\"]\n"));
    assert_eq!(imported.rows, [row(60, "web", "widgets", "p75", 1.0)]);
    assert_eq!(
        imported.report.notes,
        [
            "m.csv: columns not used: `color`",
            "signals that the map does not list keep their names and values: `widgets`",
            "statistics that the format does not know keep their names: `p75`",
        ]
    );
    assert_eq!(imported.metadata.notes, imported.report.notes);
}
