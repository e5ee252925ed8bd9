//! Tables of spans.

use infra_eventlog::TableKind;

use crate::support::{Folder, LONG, Table, float, int, series, text};

const SECTION: &str = r#"
[spans]
trace_id = "trace"
span_id = "span"
parent_span_id = "parent"
root_values = ["root", "0"]
service = "pod"
service_rule = [{ replicas = true }]
operation = "name"
kind = "kind"
status = "code"
error_values = ["2", "ERROR"]
start = "start"
time_unit = "us"
duration = "ms"
duration_unit = "ms"
attributes = ["path", "bytes"]
"#;

/// A root, its child on another service with an error, and a second trace.
fn table() -> Table {
    vec![
        ("trace", text(&["t1", "t1", "t2"])),
        ("span", text(&["a", "b", "a"])),
        ("parent", text(&["root", "a", ""])),
        ("pod", text(&["web-5f6585d649-fnmft", "db-0", "web-5f6585d649-zzzzz"])),
        ("name", text(&["GET /", "query", "GET /"])),
        ("kind", text(&["SPAN_KIND_SERVER", "Client", ""])),
        ("code", text(&["1", "2", ""])),
        ("start", int(&[1_000_000_000, 1_000_001_000, 940_000_000])),
        ("ms", float(&[Some(5.5), Some(2.0), Some(0.0)])),
        ("path", text(&["/", "", ""])),
        ("bytes", int(&[10, 20, 30])),
    ]
}

const COLUMNS: &[&str] = &[
    "trace_id",
    "span_id",
    "parent_span_id",
    "service",
    "operation",
    "span_kind",
    "start_ns",
    "duration_ns",
    "status",
    "attributes",
];

#[test]
fn spans_are_read_from_parquet_and_text() {
    for ending in ["parquet", "csv"] {
        let folder =
            Folder::new().metrics("m.csv", &series(&[1_000])).with("spans", &format!("s.{ending}"), &table());
        let imported = folder.import(&format!("{LONG}{SECTION}"));
        assert_eq!(imported.report.spans, 3, "{ending}");
        assert_eq!(imported.services(), ["db", "web"]);
        assert!(imported.report.notes.is_empty(), "{:?}", imported.report.notes);
        // The metric's interval and the second trace both begin at 940 s.
        let bytes = |n: i64| if ending == "csv" { format!("\"{n}\"") } else { n.to_string() };
        let expected = [
            format!("t2|a|-|web|GET /|-|0|0|-|{{\"bytes\":{}}}", bytes(30)),
            format!(
                "t1|a|-|web|GET /|server|60000000000|5500000|ok|{{\"bytes\":{},\"path\":\"/\"}}",
                bytes(10)
            ),
            format!("t1|b|a|db|query|client|60001000000|2000000|error|{{\"bytes\":{}}}", bytes(20)),
        ];
        assert_eq!(folder.cells(TableKind::Spans, COLUMNS), expected, "{ending}");
    }
}

#[test]
fn an_end_may_stand_in_place_of_a_duration() {
    let table: Table = vec![
        ("trace", text(&["t"])),
        ("span", text(&["a"])),
        ("pod", text(&["web"])),
        ("name", text(&["x"])),
        ("start", text(&["1970-01-01T00:16:40Z"])),
        ("end", text(&["1970-01-01T00:16:40.25Z"])),
    ];
    let section = "[spans]\ntrace_id = \"trace\"\nspan_id = \"span\"\nservice = \"pod\"\n\
        operation = \"name\"\nstart = \"start\"\nend = \"end\"\ntime_unit = \"rfc3339\"\n";
    let folder = Folder::new().metrics("m.csv", &series(&[1_000])).with("spans", "s.csv", &table);
    folder.import(&format!("{LONG}{section}"));
    assert_eq!(folder.cells(TableKind::Spans, &["start_ns", "duration_ns"]), ["60000000000|250000000"]);
}

#[test]
fn damaged_rows_are_counted_and_left_out() {
    let table: Table = vec![
        ("trace", text(&["t", "t", "t", "t", "t", "", "t", "t", "t", "t"])),
        ("span", text(&["a", "a", "a", "n", "x", "o", "o", "p", "q", "q"])),
        ("parent", text(&["root", "root", "root", "a", "a", "a", "lost", "q", "p", "p"])),
        ("pod", text(&["web", "web", "db", "web", "web", "web", "web", "db", "db", "db"])),
        ("name", text(&["x"; 10])),
        ("kind", text(&[""; 10])),
        ("code", text(&[""; 10])),
        (
            "start",
            text(&[
                "1000000000",
                "1000000000",
                "1000000000",
                "1000000000",
                "soon",
                "1",
                "1000000000",
                "1000000000",
                "1000000000",
                "1000000000",
            ]),
        ),
        ("ms", text(&["1", "1", "1", "-1", "1", "1", "1", "1", "1", "1"])),
        ("path", text(&[""; 10])),
        ("bytes", text(&[""; 10])),
    ];
    let folder = Folder::new().metrics("m.csv", &series(&[1_000])).with("spans", "s.csv", &table);
    let imported = folder.import(&format!("{LONG}{SECTION}"));
    assert_eq!(folder.cells(TableKind::Spans, &["span_id"]).len(), 4);
    let notes = imported.report.notes.join("\n");
    for part in [
        "spans with a time that is missing, unreadable or out of range, left out: 1 (first: s.csv row 4: `soon` is not microseconds)",
        "spans without a trace id or span id, left out: 1 (first: s.csv row 5)",
        "spans that end before they start, left out: 1 (first: s.csv row 3)",
        "repeated spans, left out: 1",
        "spans that contradict another with the same trace id and span id, left out: 2",
        "spans whose parent is not in their trace: 1",
        "cycles of parents",
    ] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
}

#[test]
fn all_missing_columns_of_a_span_table_are_told_at_once() {
    let table: Table = vec![("trce", text(&["t"])), ("span", text(&["a"])), ("pod", text(&["web"]))];
    let folder = Folder::new().metrics("m.csv", &series(&[1_000])).with("spans", "s.csv", &table);
    let told = folder.refused(&format!("{LONG}{SECTION}"));
    assert!(
        told.starts_with("s.csv: no column `trace`, which [spans] trace_id names (found trce, span, pod; did you mean `trce`?)\n"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 9, "{told}");
}

#[test]
fn spans_do_not_change_what_is_normal() {
    let cases = r#"[{"id": "a", "at": 1120}]"#;
    let map = format!("{LONG}[incidents]\nid = \"id\"\ntime = \"at\"\nafter = \"60s\"\n{SECTION}");
    let times = [1_000, 1_060, 1_120, 1_180, 1_240];
    let plain = Folder::new().metrics("m.csv", &series(&times)).incidents("c.json", cases);
    let traced =
        Folder::new().metrics("m.csv", &series(&times)).incidents("c.json", cases).with("spans", "s.csv", &{
            let mut table = table();
            table[7].1 = int(&[100_000_000, 1_000_001_000, 9_940_000_000]);
            table
        });
    let (plain, traced) = (plain.import(&map), traced.import(&map));
    let shift = |imported: &crate::support::Imported| {
        let incident = &imported.metadata.incidents[0];
        let normal = imported.metadata.periods.iter();
        let normal: Vec<i64> =
            normal.flat_map(|p| [p.start_ns - incident.start_ns, p.end_ns - incident.start_ns]).collect();
        (incident.end_ns - incident.start_ns, normal)
    };
    assert_eq!(shift(&plain), shift(&traced));
    assert_ne!(plain.metadata.incidents[0].start_ns, traced.metadata.incidents[0].start_ns, "another origin");
}
