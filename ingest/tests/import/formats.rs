//! The same content in Parquet, CSV and TSV is the same bundle.

use crate::support::{Folder, LONG, Table, float, int, series, text};

fn fixture(ending: &str) -> Folder {
    let metrics: Table = vec![
        ("t", int(&[1_681_855_320, 1_681_855_380, 1_681_855_440])),
        ("service", text(&["web", "a \"b\", c", "ünï"])),
        ("metric", text(&["latency", "latency", "requests"])),
        ("agg", text(&["p50", "p99", "sum"])),
        ("value", float(&[Some(0.123_456_789_012_345_67), None, Some(1e-7)])),
        ("case", text(&["", "c1", "c1"])),
    ];
    let edges: Table = vec![("from", text(&["web"])), ("to", text(&["db"])), ("w", float(&[Some(0.5)]))];
    let services: Table = vec![("id", text(&["web", "cache"])), ("kind", text(&["frontend", ""]))];
    Folder::new()
        .metrics(&format!("metrics.{ending}"), &metrics)
        .edges(&format!("edges.{ending}"), &edges)
        .services(&format!("services.{ending}"), &services)
}

const MORE: &str = r#"incident = "case"
[edges]
layout = "list"
from = "from"
to = "to"
weight = "w"
[services]
id = "id"
kind = "kind"
"#;

#[test]
fn parquet_and_text_tables_give_the_same_bundle() {
    let map = format!("{LONG}{MORE}");
    let bundles = ["parquet", "csv"].map(|ending| {
        let folder = fixture(ending);
        let imported = folder.import(&map);
        assert_eq!(imported.services(), ["a \"b\", c", "cache", "web", "ünï"]);
        (folder.bytes("bundle"), imported.rows)
    });
    assert_eq!(bundles[0].1, bundles[1].1);
    assert_eq!(bundles[0].0.1, bundles[1].0.1, "metrics.parquet");
    assert_eq!(bundles[0].0.0, bundles[1].0.0, "run.json");
}

#[test]
fn tabs_and_windows_line_ends_are_read() {
    let plain = Folder::new().metrics("m.csv", &series(&[1_000, 1_060])).import(LONG);
    let tabs = Folder::new().metrics("m.tsv", &series(&[1_000, 1_060])).import(LONG);
    assert_eq!(plain.rows, tabs.rows);
    let mut folder = Folder::new();
    let path = folder
        .write("m.csv", "t,service,metric,agg,value\r\n1000,web,latency,p50,1\r\n1060,web,latency,p50,2\r\n");
    folder.inputs.metrics.push(path);
    assert_eq!(folder.import(LONG).rows, plain.rows);
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let mut folder = Folder::new();
    folder.inputs.metrics = vec![folder.write("m.xlsx", "PK\u{3}\u{4}")];
    assert_eq!(
        folder.refused(LONG),
        "m.xlsx: neither Parquet nor a text table (hint: text tables end in .csv or .tsv)"
    );
}

#[test]
fn a_text_table_beyond_the_cap_is_refused_unread() {
    let mut folder = Folder::new();
    let path = folder.write("m.csv", "t,service,metric,agg,value\n");
    // A sparse file: nothing is written.
    std::fs::File::options().write(true).open(&path).unwrap().set_len(5 << 30).unwrap();
    folder.inputs.metrics = vec![path];
    assert_eq!(
        folder.refused(LONG),
        "m.csv: refused: the text table is 5368709120 bytes, the cap is 4294967296 (hint: convert it to Parquet, which is read piece by piece)"
    );
}
