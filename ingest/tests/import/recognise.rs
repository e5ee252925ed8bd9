//! Folders whose files are told apart by their columns.

use std::fs;
use std::path::Path;

use infra_ingest::import::{TableMap, import_tables};

use crate::support::{Folder, LONG, Table, int, series, text};

const MAP: &str = r#"
[spans]
trace_id = "trace"
span_id = "span"
service = "pod"
operation = "name"
start = "start"
end = "end"
time_unit = "s"
[services]
optional = true
id = "service"
[incidents]
id = "id"
time = "at"
after = "60s"
[[excluded]]
optional = true
files = ["other*"]
after = "60s"
"#;

fn map() -> TableMap {
    TableMap::parse(&format!("{LONG}{MAP}"), "map.toml").unwrap()
}

fn spans() -> Table {
    vec![
        ("trace", text(&["t"])),
        ("span", text(&["a"])),
        ("pod", text(&["web"])),
        ("name", text(&["x"])),
        ("start", int(&[1_000])),
        ("end", int(&[1_001])),
    ]
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.table("zz.parquet", &series(&[1_000, 1_060, 1_120]));
    folder.table("a.csv", &spans());
    folder.table("nodes.tsv", &vec![("service", text(&["web", "idle"]))]);
    folder.write("cases.json", r#"[{"id": "c", "at": 1100, "more": 1}]"#);
    folder.write("other.json", r#"["1970-01-01T00:00:10Z"]"#);
    folder.write("notes.json", r#"["1970-01-01T00:00:10Z"]"#);
    folder.write("readme.txt", "no input");
    folder.write("broken.parquet", "PAR1");
    // What an analysis must not know: none of these would be readable.
    folder.write("labels.json", "not even JSON");
    folder.write("labels-2.csv", [0xff, 0xfe]);
    folder.write("run.truth.json", "not even JSON");
    fs::create_dir(folder.path("sub.csv")).unwrap();
    folder
}

#[test]
fn every_file_goes_to_the_section_that_knows_its_columns() {
    let folder = folder();
    let found = map().recognise(&folder.path(".")).unwrap();
    assert!(found.fits(), "{:?}", found.problems);
    let sections: Vec<(&str, Option<&str>)> =
        found.files.iter().map(|file| (file.name.as_str(), file.section.as_deref())).collect();
    assert_eq!(
        sections,
        [
            ("a.csv", Some("[spans]")),
            ("broken.parquet", None),
            ("cases.json", Some("[incidents]")),
            ("nodes.tsv", Some("[services]")),
            ("notes.json", None),
            ("other.json", Some("[[excluded]]")),
            ("zz.parquet", Some("[metrics]")),
        ]
    );
    assert!(found.files[1].reason.contains("broken.parquet"), "{}", found.files[1].reason);
    assert_eq!(found.recognised(), 5);
    let report = import_tables(&found.inputs, &map(), &folder.path("bundle")).unwrap();
    assert_eq!((report.rows_written, report.spans, report.incidents, report.services), (3, 1, 1, 2));
}

#[test]
fn what_a_folder_lacks_is_told_with_the_nearest_file() {
    let folder = folder();
    fs::remove_file(folder.path("a.csv")).unwrap();
    folder.table("almost.csv", &spans().into_iter().filter(|(name, _)| *name != "pod").collect());
    let found = map().recognise(&folder.path(".")).unwrap();
    assert_eq!(
        found.problems,
        [
            "[spans]: no file has its columns; nearest: almost.csv: no column `pod`, which [spans] service names (found trace, span, name, start, end; did you mean `end`?)"
        ]
    );
    assert!(found.require().is_err());
}

#[test]
fn a_pattern_that_no_name_fits_is_told() {
    let map = format!("{LONG}files = [\"pods*\", \"*.pq\"]\n");
    let found = TableMap::parse(&map, "map.toml").unwrap().recognise(&folder().path(".")).unwrap();
    assert_eq!(found.problems, ["[metrics]: no file is named `pods*` or `*.pq`"]);
}

#[test]
fn a_folder_that_no_built_in_map_fits_is_told_what_each_lacks() {
    let folder = folder();
    let told = TableMap::builtin_for(&folder.path(".")).unwrap_err().to_string();
    assert!(told.contains("no built-in map fits"), "{told}");
    for name in ["nezha: [spans]: no file has its columns", "petshop: [edges]: no file has its columns"] {
        assert!(told.contains(name), "{name}: {told}");
    }
    assert!(TableMap::builtin_for(Path::new("no/such/folder")).is_err());
}

#[test]
fn petshop_is_recognised_by_its_columns() {
    let folder = Folder::new();
    let metrics: Table = vec![
        ("scenario", text(&["low"])),
        ("timestamp", int(&[300])),
        ("component", text(&["Site"])),
        ("metric", text(&["latency"])),
        ("statistic", text(&["p50"])),
        ("value", int(&[1])),
    ];
    folder.table("quiet.parquet", &metrics);
    let mut issues = metrics;
    issues.push(("case", text(&["low/1"])));
    folder.table("trouble.csv", &issues);
    folder.table(
        "graph.csv",
        &vec![("scenario", text(&["low"])), ("caller", text(&["Site"])), ("callee", text(&["Db"]))],
    );
    folder.table("nodes.csv", &vec![("scenario", text(&["low"])), ("component", text(&["Db"]))]);
    folder.write(
        "cases.json",
        r#"[{"case": "low/1", "scenario": "low",
            "target": {"node": "Site", "metric": "latency", "agg": "p50", "timestamp": 300}}]"#,
    );
    let (_, found) = TableMap::builtin_for(&folder.path(".")).unwrap();
    let sections: Vec<&str> = found.files.iter().filter_map(|file| file.section.as_deref()).collect();
    assert_eq!(sections, ["[incidents]", "[edges]", "[services]", "[metrics]", "[metrics]"]);
}
