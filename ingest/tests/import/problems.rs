//! What does not stop an import is counted; what stops it leaves nothing behind.

use crate::support::{Folder, LONG, Table, float, int, row, series, text};

#[test]
fn bad_cells_are_null_and_bad_rows_are_left_out() {
    let table: Table = vec![
        ("t", text(&["1000", "", "soon", "1060", "1120", "1180", "1240"])),
        ("service", text(&["web", "web", "web", " ", "web", "web", "web"])),
        ("metric", text(&["latency", "latency", "latency", "latency", "", "latency", "latency"])),
        ("agg", text(&["p50"; 7])),
        ("value", text(&["fast", "1", "1", "1", "1", "NaN", ""])),
    ];
    let imported = Folder::new().metrics("m.csv", &table).import(LONG);
    let expected = [
        row(60, "web", "latency", "p50", None),
        row(240, "web", "latency", "p50", None),
        row(300, "web", "latency", "p50", None),
    ];
    assert_eq!(imported.rows, expected);
    assert_eq!(
        imported.report.notes,
        [
            "metric rows without a time, left out: 1 (first: m.csv row 1)",
            "metric rows with an unreadable time, left out: 1 (first: m.csv row 2: `soon` is not seconds)",
            "metric rows without a service, left out: 1 (first: m.csv row 3)",
            "metric rows without a signal or statistic, left out: 1 (first: m.csv row 4)",
            "texts in number columns, read as null: 1 (first: m.csv row 0, column `value`: `fast`)",
            "NaN or infinite values, read as null: 1 (first: m.csv row 5, column `value`: NaN)",
        ]
    );
}

#[test]
fn negative_and_unreadable_intervals_are_left_out() {
    let mut table = series(&[1_000, 1_060, 1_120]);
    table.push(("length", text(&["-60", "long", "60"])));
    let map = LONG.replace("interval = \"60s\"", "interval = { column = \"length\", unit = \"s\" }");
    let imported = Folder::new().metrics("m.csv", &table).import(&map);
    assert_eq!(imported.rows, [row(60, "web", "latency", "p50", 3.0)]);
    assert_eq!(
        imported.report.notes,
        [
            "metric rows without a readable interval, left out: 1 (first: m.csv row 1: `long`)",
            "metric rows with a negative interval, left out: 1 (first: m.csv row 0: -60)",
        ]
    );
}

#[test]
fn repeated_rows_are_left_out_and_contradictions_counted_apart() {
    let mut table = series(&[1_000, 1_000, 1_000, 1_060, 1_060]);
    table[4].1 = float(&[Some(1.0), Some(1.0), Some(2.0), None, None]);
    let imported = Folder::new().metrics("m.parquet", &table).import(LONG);
    assert_eq!(
        imported.rows,
        [row(60, "web", "latency", "p50", 1.0), row(120, "web", "latency", "p50", None)]
    );
    assert_eq!(
        imported.report.notes,
        [
            "repeated metric rows, left out: 2 (first: p50 of `latency` on `web` ending at 1970-01-01T00:16:40Z)",
            "metric rows that contradict an earlier one, left out: 1 (first: p50 of `latency` on `web` ending at 1970-01-01T00:16:40Z)",
        ]
    );
}

#[test]
fn nothing_usable_is_an_error_that_says_why() {
    let table: Table = vec![
        ("t", text(&["soon", "later"])),
        ("service", text(&["web", "web"])),
        ("metric", text(&["latency", "latency"])),
        ("agg", text(&["p50", "p50"])),
        ("value", float(&[Some(1.0), Some(1.0)])),
    ];
    assert_eq!(
        Folder::new().metrics("m.csv", &table).refused(LONG),
        "no row could be used\n\
         m.csv: no row was used\n\
         metric rows with an unreadable time, left out: 2 (first: m.csv row 0: `soon` is not seconds)"
    );
}

#[test]
fn all_missing_columns_are_told_at_once() {
    let table: Table = vec![("t", int(&[1])), ("servce", text(&["web"])), ("val", int(&[1]))];
    let mut folder = Folder::new().metrics("m.csv", &table).edges("e.csv", &vec![("from", text(&["a"]))]);
    folder.inputs.incidents = vec![folder.write("c.json", r#"[{"id": 1, "target": {"nod": "x"}}]"#)];
    let map = format!(
        "{LONG}incident = \"case\"\n[edges]\nlayout = \"list\"\nfrom = \"from\"\nto = \"to\"\n\
         [incidents]\nid = \"id\"\nservice = \"target.node\"\n"
    );
    assert_eq!(
        folder.refused(&map),
        "m.csv: no column `service`, which [metrics] service names (found t, servce, val; did you mean `servce`?)\n\
         m.csv: no column `metric`, which [metrics] signal names (found t, servce, val)\n\
         m.csv: no column `value`, which [metrics] value names (found t, servce, val; did you mean `val`?)\n\
         m.csv: no column `agg`, which [metrics] statistic names (found t, servce, val)\n\
         m.csv: no column `case`, which [metrics] incident names (found t, servce, val)\n\
         e.csv: no column `to`, which [edges] to names (found from)\n\
         c.json: no column `target.node`, which [incidents] service names (found id, target.nod; did you mean `target.nod`?)"
    );
}

#[test]
fn an_input_needs_its_section() {
    let folder = Folder::new().edges("e.csv", &vec![("from", text(&["a"]))]);
    assert_eq!(
        folder.refused(LONG),
        "no table of metrics, spans or logs given (hint: --metrics FILE, --spans FILE or --logs FILE)\n\
         --edges is given, but the map has no section [edges]"
    );
}

#[test]
fn broken_json_tells_where() {
    let folder = Folder::new().metrics("m.csv", &series(&[60])).incidents("c.json", "[{\n  \"id\": }]");
    let map = format!("{LONG}[incidents]\nid = \"id\"\nstart = \"a\"\nend = \"b\"\n");
    assert_eq!(folder.refused(&map), "c.json: broken JSON: expected value at line 2 column 9");
    let folder = Folder::new().metrics("m.csv", &series(&[60])).incidents("c.json", "{\"id\": 1}");
    assert_eq!(folder.refused(&map), "c.json: expected an array of objects");
}
