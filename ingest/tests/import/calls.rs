//! Tables of calls, which may tell of one edge in several files.

use infra_eventlog::TableKind;

use crate::support::{Folder, LONG, Table, float, int, series, text};

const CLOCK: &str =
    "time = \"t\"\ntime_unit = \"s\"\ntime_join = \"10s\"\nstamp = \"end\"\ninterval = \"60s\"\n";
const COLUMNS: &[&str] =
    &["time_ns", "interval_ns", "caller", "callee", "calls", "failed", "latency", "callee_latency"];

fn map() -> String {
    let metrics = LONG.replace("stamp", "time_join = \"10s\"\nstamp");
    format!(
        "{metrics}[[calls]]\nfiles = [\"source*\"]\n{CLOCK}edge = \"edge\"\nedge_separator = \"_\"\nlatency = \"p50\"\nlatency_unit = \"ms\"\n\
         [[calls]]\nfiles = [\"dest*\"]\n{CLOCK}edge = \"edge\"\nedge_separator = \"_\"\ncallee_latency = \"p50\"\n\
         [[calls]]\n{CLOCK}caller = \"from\"\ncallee = \"to\"\ncalls = \"n\"\nfailed = \"bad\"\n"
    )
}

#[test]
fn tables_of_one_edge_are_joined_with_each_other_and_with_the_metrics() {
    let edge = |times: &[i64], values: &[Option<f64>]| -> Table {
        vec![("t", int(times)), ("edge", text(&["web_db", "web_db"])), ("p50", float(values))]
    };
    let counts: Table = vec![
        ("t", int(&[1_003])),
        ("from", text(&["web"])),
        ("to", text(&["db"])),
        ("n", int(&[9])),
        ("bad", int(&[1])),
    ];
    let folder = Folder::new()
        .metrics("m.csv", &series(&[1_000, 1_061]))
        .with("calls", "source.csv", &edge(&[1_001, 1_062], &[Some(4.0), None]))
        .with("calls", "dest.parquet", &edge(&[1_002, 1_060], &[Some(0.003), Some(0.002)]))
        .with("calls", "counts.csv", &counts);
    let imported = folder.import(&map());
    assert_eq!(
        folder.cells(TableKind::Calls, COLUMNS),
        ["60000000000|60000000000|web|db|9.0|1.0|0.004|0.003", "120000000000|60000000000|web|db|-|-|-|0.002",]
    );
    assert_eq!(imported.rows.iter().map(|r| r.0).collect::<Vec<_>>(), [60, 120], "one time for all");
    assert_eq!((imported.report.calls, imported.services()), (2, vec!["db", "web"]));
    assert!(imported.report.notes.is_empty(), "{:?}", imported.report.notes);
}

#[test]
fn problems_of_calls_are_counted() {
    let table: Table = vec![
        ("t", text(&["1000", "1000", "1000", "soon", "1000", "1000"])),
        ("edge", text(&["web_db", "web_db", "a_b_c", "web_db", "alone", "web_mq"])),
        ("p50", text(&["4", "5", "1", "1", "1", "-1"])),
    ];
    let folder = Folder::new().metrics("m.csv", &series(&[1_000])).with("calls", "source.csv", &table);
    let imported = folder.import(&map());
    assert_eq!(
        folder.cells(TableKind::Calls, &["caller", "callee", "latency"]),
        ["web|db|0.004", "web|mq|-"]
    );
    assert_eq!(
        imported.report.notes,
        [
            "rows of calls with a time that is missing, unreadable or out of range, left out: 1 (first: source.csv row 3: `soon` is not seconds)",
            "rows of calls that contradict another, left out: 1 (first: `web` to `db`)",
            "rows of calls whose edge does not name one caller and one callee, left out: 2 (first: source.csv row 2: `a_b_c`)",
            "negative numbers of calls, read as null: 1 (first: source.csv row 5, column `p50`: -0.001)",
        ]
    );
}
