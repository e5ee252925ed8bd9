//! `--where COLUMN=VALUE`.

use crate::support::{Folder, LONG, Table, series, text};

const MAP: &str = r#"scope = "scenario"
incident = "case"
[edges]
layout = "list"
from = "from"
to = "to"
scope = "scenario"
[services]
id = "id"
[incidents]
id = "id"
scope = "scenario"
"#;

fn folder() -> Folder {
    let mut normal = series(&[60, 120, 180]);
    normal.push(("scenario", text(&["quiet", "quiet", "quiet"])));
    let mut issues = series(&[6_000, 6_060]);
    issues.push(("scenario", text(&["quiet", "busy"])));
    issues.push(("case", text(&["q1", "b1"])));
    let edges: Table = vec![
        ("scenario", text(&["quiet", "busy"])),
        ("from", text(&["web", "web"])),
        ("to", text(&["db", "cache"])),
    ];
    Folder::new()
        .metrics("normal.csv", &normal)
        .metrics("issues.csv", &issues)
        .edges("e.csv", &edges)
        .services("s.csv", &vec![("id", text(&["web", "idle"]))])
        .incidents("c.json", r#"[{"id": "q1", "scenario": "quiet"}, {"id": "b1", "scenario": "busy"}]"#)
}

#[test]
fn without_filters_all_scopes_make_one_run() {
    let imported = folder().import(&format!("{LONG}{MAP}"));
    assert_eq!(imported.incidents(), [("q1", 5_940, 6_000), ("b1", 6_000, 6_060)]);
    assert_eq!(imported.edges(), [("web", "cache"), ("web", "db")]);
    assert_eq!(imported.services(), ["idle", "web"]);
    assert!(imported.report.notes.contains(
        &"scope `busy` has no normal rows of its own; the normal periods of `quiet` stand in".to_owned()
    ));
}

#[test]
fn a_filter_applies_to_every_input_that_has_the_column() {
    let imported = folder().only("scenario", "quiet").import(&format!("{LONG}{MAP}"));
    assert_eq!(imported.incidents(), [("q1", 5_940, 6_000)]);
    assert_eq!(imported.edges(), [("web", "db")]);
    assert_eq!(imported.rows.len(), 4);
    assert_eq!(
        imported.report.notes,
        [
            "only rows where `scenario` is `quiet` were imported, from inputs with such a column",
            "services that edges name but no metric row: 1 (first: `db`)",
        ]
    );
}

#[test]
fn a_table_that_no_row_of_matches_falls_back_only_if_the_map_says_so() {
    let strict = folder().only("scenario", "busy").import(&format!("{LONG}{MAP}"));
    assert_eq!((strict.rows.len(), strict.normal().len()), (1, 0));
    assert!(strict.report.notes.contains(&"normal.csv: no row was used".to_owned()));
    let kind = folder().only("scenario", "busy").import(&format!("{LONG}fallback_scope = true\n{MAP}"));
    assert_eq!((kind.rows.len(), kind.normal().len()), (4, 1));
    let note = "normal.csv: no row matches --where; all of it is used ([metrics] fallback_scope)";
    assert!(kind.report.notes.contains(&note.to_owned()), "{:?}", kind.report.notes);
}

#[test]
fn several_values_of_one_column_are_alternatives() {
    let both = folder().only("scenario", "busy").only("scenario", "quiet").import(&format!("{LONG}{MAP}"));
    assert_eq!(both.rows.len(), 5);
    let other = folder().only("scenario", "busy").only("case", "q1");
    assert!(other.refused(&format!("{LONG}{MAP}")).starts_with("no row could be used\n"));
}

#[test]
fn a_filter_on_a_column_that_no_input_has_is_refused() {
    assert_eq!(
        folder().only("scenary", "busy").refused(&format!("{LONG}{MAP}")),
        "all inputs: no column `scenary`, which --where names (found agg, case, from, id, metric, scenario, service, t, to, value; did you mean `scenario`?)"
    );
}
