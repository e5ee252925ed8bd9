//! The order of rows of any table does not matter.

use proptest::prelude::*;

use crate::support::{Folder, LONG, Table, float, int, reordered, series, text};

const MAP: &str = r#"incident = "case"
[spans]
trace_id = "trace"
span_id = "span"
parent_span_id = "parent"
service = "pod"
operation = "name"
start = "start"
end = "end"
time_unit = "s"
[logs]
time = "at"
time_unit = "s"
service = "pod"
trace_id = "trace"
message = "line"
message_json = ["log"]
[calls]
time = "t"
time_unit = "s"
time_join = "10s"
stamp = "end"
interval = "60s"
caller = "from"
callee = "to"
latency = "p50"
[events]
time = "at"
time_unit = "s"
kind = "kind"
roles = { deploy = ["rollout"], alert = ["page"] }
service = "on"
"#;

const ROWS: usize = 6;

fn tables() -> [(&'static str, Table); 5] {
    let mut metrics = series(&[1_000, 1_003, 1_060, 1_062, 1_121, 1_122]);
    metrics[1].1 = text(&["a", "b", "a", "b", "a", "b"]);
    metrics.push(("case", text(&["", "", "", "", "c", "c"])));
    [
        ("metrics", metrics),
        (
            "spans",
            vec![
                // A repeated span, a cycle of two, an orphan.
                ("trace", text(&["t", "t", "t", "u", "u", "v"])),
                ("span", text(&["1", "2", "2", "1", "2", "1"])),
                ("parent", text(&["", "1", "1", "2", "1", "9"])),
                ("pod", text(&["a", "b", "b", "a", "b", "a"])),
                ("name", text(&["x", "y", "y", "x", "y", "x"])),
                ("start", int(&[1_000, 1_001, 1_001, 1_002, 1_002, 1_003])),
                ("end", int(&[1_010, 1_002, 1_002, 1_003, 1_003, 1_004])),
            ],
        ),
        (
            "logs",
            vec![
                ("at", int(&[1_000, 1_000, 1_000, 1_002, 1_001, 1_001])),
                ("pod", text(&["a", "a", "b", "a", "a", "a"])),
                ("trace", text(&["", "", "t", "t", "", ""])),
                ("line", text(&["{\"log\":\"m\"}", "m", "m", "n", "z", "y"])),
            ],
        ),
        (
            "calls",
            vec![
                ("t", int(&[1_001, 1_002, 1_061, 1_062, 1_063, 1_121])),
                ("from", text(&["a", "a", "a", "b", "a", "a"])),
                ("to", text(&["b", "c", "b", "c", "b", "b"])),
                ("p50", float(&[Some(1.0), Some(2.0), Some(3.0), None, Some(2.5), Some(4.0)])),
            ],
        ),
        (
            "events",
            vec![
                ("at", int(&[1_000, 1_000, 1_050, 1_050, 1_010, 1_000])),
                ("kind", text(&["page", "rollout", "page", "page", "rollout", "page"])),
                ("on", text(&["a", "a", "b", "a", "", "a"])),
            ],
        ),
    ]
}

fn imported(order: &[Vec<usize>], ending: &str) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut folder = Folder::new();
    for ((kind, table), order) in tables().iter().zip(order) {
        folder = folder.with(kind, &format!("{kind}.{ending}"), &reordered(table, order));
    }
    let map = format!("{}{MAP}", LONG.replace("stamp", "time_join = \"10s\"\nstamp"));
    folder.import_to(&map, "bundle").unwrap();
    folder.files("bundle")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shuffled_rows_of_all_tables_give_the_same_bytes(
        orders in prop::collection::vec(Just((0..ROWS).collect::<Vec<usize>>()).prop_shuffle(), 5),
        ending in prop_oneof![Just("csv"), Just("parquet")],
    ) {
        let plain: Vec<Vec<usize>> = vec![(0..ROWS).collect(); 5];
        let (plain, shuffled) = (imported(&plain, ending), imported(&orders, ending));
        prop_assert_eq!(plain.len(), 6, "run.json and five tables");
        prop_assert_eq!(plain, shuffled);
    }
}
