//! `time_join`, `known_services` and several `[[metrics]]` sections.

use crate::support::{Folder, LONG, Table, float, int, row, series, text};

fn joining() -> String {
    LONG.replace("stamp", "time_join = \"10s\"\nstamp")
}

#[test]
fn stamps_of_one_scrape_get_one_time_on_every_day() {
    // A scrape lasts 3 s and starts a little early or late; the second day has another second.
    let day = 86_400;
    let times = [1_000, 1_003, 1_059, 1_061, 1_122, day + 30, day + 33, day + 91];
    let imported = Folder::new().metrics("m.csv", &{
        let mut table = series(&times);
        table[1].1 = text(&["a", "b", "a", "b", "a", "a", "b", "a"]);
        table
    });
    let imported = imported.import(&joining());
    let ends: Vec<i64> = imported.rows.iter().map(|r| r.0).collect();
    let second = day + 30 - 940;
    assert_eq!(ends, [60, 60, 120, 120, 180, second, second, second + 60]);
    assert_eq!(imported.normal(), [(0, 180), (second - 60, second + 60)]);
}

#[test]
fn stamps_at_the_start_of_intervals_are_joined_too() {
    let map = joining().replace("stamp = \"end\"", "stamp = \"start\"");
    let imported = Folder::new().metrics("m.csv", &series(&[1_000, 1_062])).import(&map);
    assert_eq!(imported.metadata.time.origin.as_deref(), Some("1970-01-01T00:16:40Z"));
    assert_eq!(imported.rows.iter().map(|r| r.0).collect::<Vec<_>>(), [60, 120]);
}

const WIDE: &str = r#"
schema = "infra-map/1"
[[metrics]]
layout = "wide"
time = "t"
time_unit = "s"
time_join = "10s"
stamp = "end"
interval = "60s"
service = "pod"
[metrics.columns.cpu]
signal = "cpu"
[[metrics]]
layout = "wide"
time = "t"
time_unit = "s"
time_join = "10s"
stamp = "end"
interval = "60s"
service = "name"
service_rule = [{ lower_case = true }]
known_services = true
[metrics.columns.up]
signal = "availability"
scale = 0.01
"#;

#[test]
fn each_table_goes_to_the_section_that_knows_its_columns() {
    let pods: Table =
        vec![("t", int(&[1_000, 1_002])), ("pod", text(&["web", "db"])), ("cpu", float(&[Some(0.5), None]))];
    let entry: Table =
        vec![("t", int(&[1_004, 1_004])), ("name", text(&["Web", "Users"])), ("up", int(&[50, 50]))];
    let folder = Folder::new().metrics("entry.csv", &entry).metrics("pods.csv", &pods);
    let imported = folder.import(WIDE);
    assert_eq!(
        imported.rows,
        [
            row(60, "db", "cpu", "mean", None),
            row(60, "web", "availability", "mean", 0.5),
            row(60, "web", "cpu", "mean", 0.5)
        ]
    );
    assert_eq!(
        imported.report.notes,
        ["metric rows of a service that no other table names, left out: 1 (first: `users`)"]
    );
}

#[test]
fn a_table_that_no_section_knows_is_told_about_the_nearest() {
    let pods: Table = vec![("t", int(&[1_000])), ("pod", text(&["web"])), ("cpuu", int(&[1]))];
    let told = Folder::new().metrics("pods.csv", &pods).refused(WIDE);
    assert_eq!(
        told,
        "pods.csv: no column `cpu`, which [[metrics]] columns names (found t, pod, cpuu; did you mean `cpuu`?)"
    );
}

#[test]
fn joining_and_rounding_exclude_each_other() {
    let map = joining().replace("stamp", "time_round = \"5s\"\nstamp");
    let told = Folder::new().metrics("m.csv", &series(&[1_000])).refused(&map);
    assert!(told.contains("[metrics] time_join: time_round is given too"), "{told}");
    let map = LONG.replace("stamp", "time_join = \"40s\"\nstamp");
    let told = Folder::new().metrics("m.csv", &series(&[1_000])).refused(&map);
    assert!(told.contains("[metrics] time_join: at most half of the interval"), "{told}");
}
