//! Records of deploys, configuration changes and alerts.

use infra_eventlog::TableKind;
use infra_eventlog::metadata::EventRole;

use crate::support::{Folder, LONG, Table, series, text};

const SECTION: &str = r#"
[events]
time = "at"
time_unit = "s"
kind = "what.kind"
roles = { deploy = ["rollout started"], alert = ["page"] }
service = "on"
service_rule = [{ lower_case = true }]
message = "text"
attributes = ["what.version"]
"#;
const COLUMNS: &[&str] = &["time_ns", "event_type", "source", "service", "message", "attributes"];

#[test]
fn records_become_observed_events_with_roles() {
    let records = r#"[
        {"at": 1010, "what": {"kind": "page"}, "text": "slow"},
        {"at": 1000, "what": {"kind": "rollout started", "version": 7}, "on": "Web", "text": "v7"},
        {"at": 1020, "what": {"kind": "lunch"}},
        {"at": "soon", "what": {"kind": "page"}},
        {"at": 1030}
    ]"#;
    let folder =
        Folder::new().metrics("m.csv", &series(&[1_000])).with_text("events", "changes.json", records);
    let imported = folder.import(&format!("{LONG}{SECTION}"));
    assert_eq!(
        folder.cells(TableKind::Events, COLUMNS),
        [
            "60000000000|ROLLOUT_STARTED|changes.json|web|v7|{\"what.version\":7}",
            "70000000000|PAGE|changes.json|-|slow|-",
        ]
    );
    let types: Vec<(&str, EventRole)> =
        imported.metadata.event_types.iter().map(|t| (t.name.as_str(), t.role)).collect();
    assert_eq!(types, [("PAGE", EventRole::Alert), ("ROLLOUT_STARTED", EventRole::Deploy)]);
    assert_eq!(
        imported.report.notes,
        [
            "events with a time that is missing, unreadable or out of range, left out: 1 (first: changes.json record 3: `\\\"soon\\\"` is not seconds)",
            "events without a type, left out: 1 (first: changes.json record 4)",
            "events of a kind that the map gives no role, left out: 1 (first: changes.json record 2: `lunch`)",
        ]
    );
}

#[test]
fn a_table_of_events_will_do() {
    let table: Table = vec![
        ("at", text(&["1000"])),
        ("what.kind", text(&["page"])),
        ("on", text(&["web"])),
        ("text", text(&["slow"])),
        ("what.version", text(&[""])),
    ];
    let folder = Folder::new().metrics("m.csv", &series(&[1_000])).with("events", "e.csv", &table);
    assert_eq!(folder.import(&format!("{LONG}{SECTION}")).report.events, 1);
}
