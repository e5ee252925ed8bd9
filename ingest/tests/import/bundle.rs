//! The bundle as a whole: repeatable, independent of row order, there entirely or not at all.

use std::fs;

use proptest::prelude::*;

use crate::support::{Folder, LONG, Table, float, int, reordered, series, text};

fn table() -> Table {
    vec![
        ("t", int(&[60, 60, 120, 120, 180, 180, 240, 240])),
        ("service", text(&["web", "db", "web", "db", "web", "db", "web", "db"])),
        ("metric", text(&["latency"; 8])),
        ("agg", text(&["p50"; 8])),
        ("value", float(&[Some(0.1), Some(0.2), None, Some(0.4), Some(0.5), Some(0.6), None, Some(0.7)])),
        ("case", text(&["", "", "", "", "", "", "c", "c"])),
    ]
}

fn map() -> String {
    format!("{LONG}incident = \"case\"\n")
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let folder = Folder::new().metrics("m.parquet", &table());
    folder.import_to(&map(), "one").unwrap();
    folder.import_to(&map(), "two").unwrap();
    assert_eq!(folder.bytes("one"), folder.bytes("two"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_does_not_matter(
        order in Just((0..8).collect::<Vec<usize>>()).prop_shuffle(),
        ending in prop_oneof![Just("csv"), Just("parquet")],
    ) {
        let name = format!("m.{ending}");
        let plain = Folder::new().metrics(&name, &table());
        let shuffled = Folder::new().metrics(&name, &reordered(&table(), &order));
        plain.import_to(&map(), "b").unwrap();
        shuffled.import_to(&map(), "b").unwrap();
        prop_assert_eq!(plain.bytes("b"), shuffled.bytes("b"));
    }
}

#[test]
fn rows_may_be_split_over_several_tables() {
    let whole = Folder::new().metrics("m.csv", &table());
    let parts = Folder::new()
        .metrics("b.csv", &reordered(&table(), &[6, 3, 1]))
        .metrics("a.csv", &reordered(&table(), &[0, 2, 4, 5, 7]));
    whole.import_to(&map(), "b").unwrap();
    parts.import_to(&map(), "b").unwrap();
    assert_eq!(whole.bytes("b"), parts.bytes("b"));
}

#[test]
fn a_failed_import_leaves_the_old_bundle() {
    let mut folder = Folder::new().metrics("m.csv", &series(&[60]));
    folder.import_to(LONG, "b").unwrap();
    let before = folder.bytes("b");
    let path = folder.write("m.csv", "t,service\n1,web\n");
    folder.inputs.metrics = vec![path];
    folder.import_to(LONG, "b").unwrap_err();
    assert_eq!(folder.bytes("b"), before);
    let left: Vec<String> = fs::read_dir(folder.path("."))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|n| n.starts_with('.'))
        .collect();
    assert!(left.is_empty(), "temporaries: {left:?}");
}

#[test]
fn a_folder_that_is_no_bundle_is_not_replaced() {
    let folder = Folder::new().metrics("m.csv", &series(&[60]));
    fs::create_dir(folder.path("mine")).unwrap();
    fs::write(folder.path("mine/notes.txt"), "precious").unwrap();
    assert!(folder.import_to(LONG, "mine").unwrap_err().contains("holds other things"));
    assert_eq!(fs::read(folder.path("mine/notes.txt")).unwrap(), b"precious");
}
