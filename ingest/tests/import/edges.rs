//! Dependencies as lists and matrices.

use crate::support::{Folder, LONG, Table, float, int, series, text};

fn with_edges(name: &str, edges: &Table, section: &str) -> crate::support::Imported {
    Folder::new()
        .metrics("m.csv", &series(&[1_000]))
        .edges(name, edges)
        .import(&format!("{LONG}[edges]\n{section}"))
}

#[test]
fn a_list_and_a_matrix_give_the_same_edges() {
    let list: Table =
        vec![("caller", text(&["web", "web", "cart"])), ("callee", text(&["db", "cart", "db"]))];
    let list = with_edges("e.csv", &list, "layout = \"list\"\nfrom = \"caller\"\nto = \"callee\"");
    let matrix: Table = vec![
        ("", text(&["web", "cart", "db"])),
        ("web", int(&[1, 0, 0])),
        ("cart", int(&[1, 0, 0])),
        ("db", int(&[1, 1, 0])),
    ];
    let section = "layout = \"matrix\"\ndirection = \"row_depends_on_column\"";
    for name in ["e.csv", "e.parquet"] {
        let matrix = with_edges(name, &matrix, section);
        assert_eq!(list.metadata.edges, matrix.metadata.edges);
        assert!(
            matrix.report.notes[0].starts_with("edges from a service to itself, left out: 1"),
            "{:?}",
            matrix.report.notes
        );
    }
    assert_eq!(list.edges(), [("cart", "db"), ("web", "cart"), ("web", "db")]);
}

#[test]
fn the_other_direction_turns_every_edge() {
    let matrix: Table = vec![
        ("name", text(&["web", "db"])),
        ("web", float(&[None, Some(2.5)])),
        ("db", float(&[Some(0.0), None])),
    ];
    let imported = with_edges("e.csv", &matrix, "layout = \"matrix\"\ndirection = \"column_depends_on_row\"");
    assert_eq!(imported.edges(), [("web", "db")]);
    assert_eq!(imported.metadata.edges[0].weight, Some(2.5));
}

#[test]
fn repeated_and_nameless_edges_are_left_out_and_missing_rows_told() {
    let list: Table = vec![
        ("a", text(&["web", "web", "web", ""])),
        ("b", text(&["db", "db", "", "db"])),
        ("k", text(&["calls", "calls", "", ""])),
    ];
    let imported = with_edges("e.csv", &list, "layout = \"list\"\nfrom = \"a\"\nto = \"b\"\nkind = \"k\"");
    assert_eq!(imported.edges(), [("web", "db")]);
    assert_eq!(imported.metadata.edges[0].kind.as_deref(), Some("calls"));
    assert_eq!(
        imported.report.notes,
        [
            "edges with an end that has no name, left out: 2 (first: e.csv row 2)",
            "services that edges name but no metric row: 1 (first: `db`)",
        ]
    );
    assert_eq!(imported.services(), ["web"], "an edge alone declares no service");
}
