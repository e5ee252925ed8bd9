//! Names are data, and no bytes make the importer panic.

use infra_ingest::import::TableMap;
use proptest::prelude::*;

use crate::support::{Folder, LONG, long_without_signals, series, text};

#[test]
fn hostile_names_pass_through_verbatim() {
    let names = [
        "</script><script>alert(1)</script>",
        "two\nlines",
        "tab\there",
        "\u{202e}live",
        " padded ",
        "'; DROP",
    ];
    for ending in ["csv", "parquet"] {
        let mut table = series(&[60, 120, 180, 240, 300, 360]);
        table[1].1 = text(&names);
        table[2].1 = text(&names);
        let imported = Folder::new().metrics(&format!("m.{ending}"), &table).import(LONG);
        let got: Vec<(&str, &str)> = imported.rows.iter().map(|r| (r.1.as_str(), r.2.as_str())).collect();
        assert_eq!(got, names.map(|n| (n, n)), "{ending}");
        let notes = imported.report.notes.join("\n");
        assert!(notes.contains("two\\nlines") && !notes.contains("two\nlines"), "{notes}");
    }
}

const MAP_TAIL: &str = r#"incident = "case"
[edges]
layout = "matrix"
direction = "row_depends_on_column"
[incidents]
id = "id"
time = "at"
"#;

/// Imports these bytes; whatever comes of it, it must not be a panic.
fn import_anything(metrics: &[u8], edges: &[u8], incidents: &[u8], ending: &str) {
    let mut folder = Folder::new();
    folder.inputs.metrics = vec![folder.write(&format!("m.{ending}"), metrics)];
    folder.inputs.edges = vec![folder.write("e.csv", edges)];
    folder.inputs.incidents = vec![folder.write("c.json", incidents)];
    let _ = folder.import_to(&format!("{LONG}{MAP_TAIL}"), "bundle");
}

/// Overwrites a few bytes, then cuts the text.
fn mutated(text: &[u8], changes: &[(usize, u8)], keep: usize) -> Vec<u8> {
    let mut bytes = text.to_vec();
    for (at, byte) in changes {
        let n = bytes.len();
        bytes[at % n] = *byte;
    }
    bytes.truncate(bytes.len() - keep % (bytes.len() / 4));
    bytes
}

const METRICS: &[u8] =
    b"t,service,metric,agg,value,case\n60,web,latency,p50,1.5,\n120,\"a,b\",latency,p50,,c1\n";
const EDGES: &[u8] = b"name,web,db\nweb,0,1\ndb,,\n";
const INCIDENTS: &[u8] = br#"[{"id": "c1", "at": 100}, {"id": "c2", "at": "1970-01-01T00:02:00Z"}]"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(
        metrics in prop::collection::vec(any::<u8>(), 0..300),
        edges in prop::collection::vec(any::<u8>(), 0..100),
        incidents in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        import_anything(&metrics, &edges, &incidents, "csv");
    }

    #[test]
    fn mutated_tables_never_panic(
        changes in prop::collection::vec((any::<usize>(), any::<u8>()), 0..6),
        keep in any::<usize>(),
    ) {
        import_anything(&mutated(METRICS, &changes, keep), EDGES, INCIDENTS, "csv");
        import_anything(METRICS, &mutated(EDGES, &changes, keep), INCIDENTS, "csv");
        import_anything(METRICS, EDGES, &mutated(INCIDENTS, &changes, keep), "csv");
    }

    #[test]
    fn mutated_parquet_never_panics(changes in prop::collection::vec((any::<usize>(), any::<u8>()), 1..6)) {
        let mut table = series(&[60, 120, 180]);
        table.push(("case", text(&["", "", "c1"])));
        let folder = Folder::new();
        let bytes = std::fs::read(folder.table("m.parquet", &table)).unwrap();
        import_anything(&mutated(&bytes, &changes, 0), EDGES, INCIDENTS, "parquet");
    }

    #[test]
    fn random_and_mutated_maps_never_panic(
        noise in any::<String>(),
        changes in prop::collection::vec((any::<usize>(), 32_u8..127), 0..8),
        keep in any::<usize>(),
    ) {
        let _ = TableMap::parse(&noise, "map.toml");
        let map = mutated(format!("{LONG}{MAP_TAIL}").as_bytes(), &changes, keep);
        if let Ok(map) = std::str::from_utf8(&map) {
            let _ = Folder::new().metrics("m.csv", &series(&[60, 120])).import_to(map, "bundle");
        }
    }
}

#[test]
fn extreme_numbers_are_told_not_wrapped() {
    let mut table = series(&[i64::MAX, i64::MIN, 60, 4_499_999_999]);
    table[4].1 = crate::support::float(&[Some(1.0), Some(1.0), Some(f64::MAX), Some(f64::INFINITY)]);
    let map = long_without_signals() + "[metrics.signals.latency]\nscale = 1e300\n";
    let imported = Folder::new().metrics("m.parquet", &table).import(&map);
    assert_eq!(imported.rows.len(), 2);
    assert!(imported.rows.iter().all(|r| r.4.is_none()));
    assert_eq!(imported.report.notes.len(), 2, "{:?}", imported.report.notes);
}

const TELEMETRY: &str = r#"[spans]
trace_id = "t"
span_id = "s"
parent_span_id = "p"
service = "n"
operation = "o"
status = "c"
error_values = ["2"]
start = "a"
time_unit = "ns"
duration = "d"
duration_unit = "s"
attributes = ["c"]
[logs]
time = "a"
time_unit = "s"
service = "n"
message = "m"
message_json = ["log", "message"]
severity_json = ["severity"]
severity_words = ["ERROR"]
[calls]
time = "a"
time_unit = "s"
time_join = "10s"
stamp = "start"
interval = { column = "i", unit = "s" }
edge = "e"
edge_separator = "_"
calls = "k"
latency = "l"
[events]
time = "at"
kind = "kind"
roles = { alert = ["page"] }
time_unit = "s"
[[excluded]]
time_unit = "ms"
before = "1m"
after = "100000d"
"#;

const SPANS: &[u8] = b"t,s,p,n,o,c,a,d\nx,1,,web,get,2,1000,1.5\nx,2,1,db,q,,-9223372036854775808,1e300\nx,2,1,db,q,0,4e18,9e9\n";
const LOGS: &[u8] =
    b"a,n,m\n60,web,\"{\"\"log\"\":\"\"{\\\"\"message\\\"\":1}\"\"}\"\n61,web,ERROR x\n4500000000,db,{{\n";
const CALLS: &[u8] = b"a,i,e,k,l\n60,60,web_db,3,0.1\n65,4e9,web_db,-1,NaN\n-4400000000,0,a_b,,x\n";
const EVENTS: &[u8] =
    br#"[{"at": 100, "kind": "page"}, {"at": {}, "kind": []}, {"at": 1e300, "kind": "page"}]"#;
const EXCLUDED: &[u8] = br#"[100, "1970-01-01T00:02:00Z", 4e18, -1]"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_telemetry_never_panics(
        which in 0_usize..5,
        changes in prop::collection::vec((any::<usize>(), any::<u8>()), 0..6),
        keep in any::<usize>(),
    ) {
        let inputs = [("spans", SPANS), ("logs", LOGS), ("calls", CALLS), ("events", EVENTS), ("excluded", EXCLUDED)];
        let mut folder = Folder::new();
        let path = folder.write("m.csv", METRICS);
        folder.inputs.metrics = vec![path];
        for (i, (kind, bytes)) in inputs.into_iter().enumerate() {
            let bytes = if i == which { mutated(bytes, &changes, keep) } else { bytes.to_vec() };
            let ending = if i > 2 { "json" } else { "csv" };
            let path = folder.write(&format!("{kind}.{ending}"), bytes);
            folder = folder.input(kind, path);
        }
        let _ = folder.import_to(&format!("{LONG}{TELEMETRY}"), "bundle");
    }
}

#[test]
fn telemetry_at_the_limits_is_imported() {
    let inputs =
        [("spans", SPANS), ("logs", LOGS), ("calls", CALLS), ("events", EVENTS), ("excluded", EXCLUDED)];
    let mut folder = Folder::new();
    let path = folder.write("m.csv", METRICS);
    folder.inputs.metrics = vec![path];
    for (i, (kind, bytes)) in inputs.into_iter().enumerate() {
        let path = folder.write(&format!("{kind}.{}", if i > 2 { "json" } else { "csv" }), bytes);
        folder = folder.input(kind, path);
    }
    let report = folder.import(&format!("{LONG}{TELEMETRY}")).report;
    assert_eq!((report.spans, report.logs, report.calls, report.events), (1, 3, 3, 1), "{:?}", report.notes);
}
