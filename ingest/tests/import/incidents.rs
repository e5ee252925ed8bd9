//! Incident windows, symptoms and normal periods.

use crate::support::{Folder, Imported, LONG, SECOND, Table, long_without_signals, series, text};

const SECTION: &str = r#"incident = "case"
[metrics.signals.latency]
[metrics.signals.rt]
as = "latency"
[metrics.statistics]
Average = "mean"
[incidents]
id = "name"
service = "seen.node"
signal = "seen.metric"
statistic = "seen.agg"
time = "seen.at"
"#;

/// Minutes 1 to 5 are normal, minutes 11 to 13 belong to case `a`, 13 and 14 to case `b`.
fn table() -> Table {
    let minutes = [1, 2, 3, 4, 5, 11, 12, 13, 14];
    let mut table = series(&minutes.map(|m| m * 60));
    table.push(("case", text(&["", "", "", "", "", "a", "a", "a", "b"])));
    table
}

#[test]
fn a_window_is_what_the_incidents_rows_cover() {
    let cases = r#"[
        {"name": "b", "seen": {"node": "web", "metric": "rt", "agg": "Average", "at": 810}},
        {"name": "a", "seen": null}
    ]"#;
    let imported = Folder::new()
        .metrics("m.csv", &table())
        .incidents("c.json", cases)
        .import(&(long_without_signals() + SECTION));
    assert_eq!(imported.incidents(), [("a", 600, 780), ("b", 780, 840)]);
    assert_eq!(imported.normal(), [(0, 300)]);
    assert_eq!(imported.metadata.incidents[0].symptom, None);
    let symptom = imported.metadata.incidents[1].symptom.clone().unwrap();
    assert_eq!((symptom.service.as_str(), symptom.signal.as_deref()), ("web", Some("latency")));
    assert_eq!((symptom.statistic.as_deref(), symptom.time_ns), (Some("mean"), Some(810 * SECOND)));
}

#[test]
fn without_records_every_incident_of_a_row_counts() {
    let imported = Folder::new().metrics("m.csv", &table()).import(&format!("{LONG}incident = \"case\"\n"));
    assert_eq!(imported.incidents(), [("a", 600, 780), ("b", 780, 840)]);
}

#[test]
fn problems_of_records_are_counted() {
    let cases = r#"[
        {"name": "a", "seen": {"node": "web", "metric": "rt", "agg": "p50", "at": "soon"}},
        {"name": "a"}, {"name": null}, {"name": "ghost"}
    ]"#;
    let imported = Folder::new()
        .metrics("m.csv", &table())
        .incidents("c.json", cases)
        .import(&(long_without_signals() + SECTION));
    assert_eq!(imported.incidents(), [("a", 600, 780)]);
    assert_eq!(
        imported.report.notes,
        [
            "incidents without an id, left out: 1 (first: c.json record 2)",
            "incidents that repeat an id, left out: 1 (first: `a` in c.json record 1)",
            "incidents with an unreadable time: 1 (first: c.json record 0: `\\\"soon\\\"` is not seconds)",
            "incidents without metric rows: 1 (first: `ghost`)",
            "incidents of metric rows that no incidents input lists, their rows neither incident nor normal: 1 (first: `b`)",
        ]
    );
    assert_eq!(imported.normal(), [(0, 300)], "rows of b are not normal");
}

fn around(window: &str, cases: &str) -> Imported {
    let minutes: Vec<i64> = (1..=20).map(|m| m * 60).collect();
    let map = format!("{LONG}[incidents]\nid = \"id\"\ntime_unit = \"rfc3339\"\n{window}\n");
    Folder::new().metrics("m.csv", &series(&minutes)).incidents("c.json", cases).import(&map)
}

#[test]
fn a_window_around_a_time_covers_whole_intervals_and_is_not_normal() {
    let cases = r#"[{"id": "a", "at": "1970-01-01 00:05:30Z"}, {"id": "b", "at": "1970-01-01T00:06:30Z"}]"#;
    let imported = around("time = \"at\"\nbefore = \"60s\"\nafter = \"2m\"", cases);
    // The run's origin is 1970, so minutes are minutes; the two windows overlap.
    assert_eq!(imported.incidents(), [("a", 240, 480), ("b", 300, 540)]);
    assert_eq!(imported.normal(), [(0, 240), (540, 1_200)]);
}

#[test]
fn a_window_with_start_and_end_covers_whole_intervals() {
    let cases = r#"[{"id": "a", "from": "1970-01-01T00:05:00Z", "to": "1970-01-01T00:06:00Z"}]"#;
    assert_eq!(around("start = \"from\"\nend = \"to\"", cases).incidents(), [("a", 300, 360)]);
    let reversed = r#"[{"id": "a", "from": "1971-01-01T00:00:00Z", "to": "1970-12-31T00:00:00Z"}]"#;
    let imported = around("start = \"from\"\nend = \"to\"", reversed);
    assert_eq!(imported.incidents(), []);
    assert!(
        imported.report.notes.iter().any(|n| n.starts_with("incidents that end before they start")),
        "{:?}",
        imported.report.notes
    );
}

#[test]
fn records_may_stand_in_a_table() {
    let minutes: Vec<i64> = (1..=20).map(|m| m * 60).collect();
    let mut folder = Folder::new().metrics("m.csv", &series(&minutes));
    let cases: Table = vec![("id", text(&["a"])), ("seen.at", text(&["330"])), ("seen.node", text(&["web"]))];
    folder.inputs.incidents = vec![folder.table("c.parquet", &cases)];
    let map = format!(
        "{LONG}[incidents]\nid = \"id\"\ntime = \"seen.at\"\nservice = \"seen.node\"\nafter = \"60s\"\n"
    );
    let imported = folder.import(&map);
    assert_eq!(imported.incidents(), [("a", 300, 420)]);
    assert_eq!(imported.metadata.incidents[0].symptom.as_ref().unwrap().service, "web");
}

#[test]
fn a_gap_of_more_than_twenty_intervals_parts_normal_periods() {
    let minutes: Vec<i64> = (1..=3).chain(23..=25).chain(47..=48).map(|m| m * 60).collect();
    let imported = Folder::new().metrics("m.csv", &series(&minutes)).import(LONG);
    assert_eq!(imported.normal(), [(0, 1_500), (2_760, 2_880)]);
}

#[test]
fn declared_periods_are_kept_and_cut_out_of_normal() {
    let minutes: Vec<i64> = (1..=20).map(|m| m * 60).collect();
    let map = format!(
        "{LONG}[[periods]]\nkind = \"warmup\"\nstart = 0\nend = 90\n\
         [[periods]]\nkind = \"excluded\"\nstart = \"1970-01-01T00:10:00Z\"\nend = \"1970-01-01T00:11:00Z\"\n\
         [[periods]]\nkind = \"excluded\"\nstart = \"2020-01-01T00:10:00Z\"\nend = \"2020-01-01T00:11:00Z\"\n\
         [[slos]]\nsignal = \"latency\"\nobjective = 0.3\nwindow = \"30d\"\n"
    );
    let imported = Folder::new().metrics("m.csv", &series(&minutes)).import(&map);
    assert_eq!(imported.normal(), [(120, 600), (660, 1_200)]);
    assert_eq!(imported.metadata.periods.len(), 4);
    assert_eq!(
        imported.report.notes,
        [
            "periods of the map without metric rows, left out: 1 (first: number 3 of the map and of excluded times)"
        ]
    );
    assert_eq!((imported.metadata.slos[0].service.as_str(), imported.metadata.slos[0].objective), ("*", 0.3));
}

#[test]
fn the_same_id_in_two_scopes_is_two_incidents() {
    let mut table = series(&[60, 120, 6_000, 6_060]);
    table.push(("case", text(&["", "1", "", "1"])));
    table.push(("scope", text(&["north", "north", "south", "south"])));
    let map = format!(
        "{LONG}incident = \"case\"\nscope = \"scope\"\n[incidents]\nid = \"id\"\nscope = \"where\"\n"
    );
    let cases = r#"[{"id": 1, "where": "south"}, {"id": 1, "where": "north"}]"#;
    let imported = Folder::new().metrics("m.csv", &table).incidents("c.json", cases).import(&map);
    assert_eq!(imported.incidents(), [("north/1", 60, 120), ("south/1", 6_000, 6_060)]);
    assert_eq!(imported.normal(), [(0, 60), (5_940, 6_000)]);
    assert_eq!(
        imported.report.notes,
        [
            "normal periods come from 2 scopes; an incident is held against those of its own, if there are any: `north`, `south`"
        ]
    );
}
