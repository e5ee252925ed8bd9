//! Tables of log lines.

use infra_eventlog::TableKind;

use crate::support::{Folder, LONG, Table, series, text};

const SECTION: &str = r#"
[logs]
time = "at"
time_unit = "rfc3339"
service = "pod"
trace_id = "trace"
span_id = "span"
message = "line"
message_json = ["log", "message"]
severity_json = ["severity"]
severity_words = ["ERROR"]
"#;

#[test]
fn lines_are_unwrapped_and_sorted() {
    let table: Table = vec![
        ("at", text(&["1970-01-01T00:16:41Z", "1970-01-01T00:16:40Z", "1970-01-01T00:16:40Z", "soon"])),
        ("pod", text(&["web", "web", "db", "db"])),
        ("trace", text(&["t", "", "t", ""])),
        ("span", text(&["a", "", "", ""])),
        (
            "line",
            text(&[
                r#"{"log":"{\"severity\":\"info\",\"message\":\"done\"}\n"}"#,
                "12:00 ERROR no such cart",
                "",
                "x",
            ]),
        ),
    ];
    for ending in ["csv", "parquet"] {
        let folder =
            Folder::new().metrics("m.csv", &series(&[1_000])).with("logs", &format!("l.{ending}"), &table);
        let imported = folder.import(&format!("{LONG}{SECTION}"));
        assert_eq!(imported.report.logs, 3);
        assert_eq!(
            folder.cells(
                TableKind::Logs,
                &["time_ns", "service", "severity", "trace_id", "span_id", "message"]
            ),
            [
                "60000000000|db|-|t|-|-",
                "60000000000|web|ERROR|-|-|12:00 ERROR no such cart",
                "61000000000|web|info|t|a|done",
            ]
        );
        let note = format!(
            "log lines with a time that is missing, unreadable or out of range, left out: 1 (first: l.{ending} row 3: `soon` is not RFC 3339)"
        );
        assert_eq!(imported.report.notes, [note]);
    }
}

#[test]
fn hostile_lines_pass_through_as_data() {
    let lines = ["</script>\u{1b}[2J", "{\"log\":", "\u{202e}live", "{{{{"];
    let table: Table = vec![
        ("at", text(&["1970-01-01T00:16:40Z"; 4])),
        ("pod", text(&["a", "b", "c", "d"])),
        ("trace", text(&[""; 4])),
        ("span", text(&[""; 4])),
        ("line", text(&lines)),
    ];
    let folder = Folder::new().metrics("m.csv", &series(&[1_000])).with("logs", "l.parquet", &table);
    folder.import(&format!("{LONG}{SECTION}"));
    assert_eq!(folder.cells(TableKind::Logs, &["message"]), lines);
}
