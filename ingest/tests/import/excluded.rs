//! Times that are not to be taken for normal.

use infra_eventlog::metadata::PeriodKind;

use crate::support::{Folder, LONG, SECOND, series};

fn minutes() -> Vec<i64> {
    (1..=20).map(|minute| minute * 60).collect()
}

#[test]
fn an_array_of_times_cuts_periods_out_of_normal() {
    let section = "[[excluded]]\ntime_unit = \"rfc3339\"\nbefore = \"30s\"\nafter = \"1m\"\n";
    let times = r#"["1970-01-01 00:05:00Z", "soon", "1999-01-01T00:00:00Z"]"#;
    let folder = Folder::new().metrics("m.csv", &series(&minutes())).with_text("excluded", "x.json", times);
    let imported = folder.import(&format!("{LONG}{section}"));
    let excluded = imported.metadata.periods.iter().filter(|p| p.kind == PeriodKind::Excluded);
    let excluded: Vec<(i64, i64)> = excluded.map(|p| (p.start_ns / SECOND, p.end_ns / SECOND)).collect();
    assert_eq!(excluded, [(270, 360)]);
    assert_eq!(imported.normal(), [(0, 240), (360, 1_200)], "whole intervals");
    assert_eq!(
        imported.report.notes,
        [
            "periods of the map without metric rows, left out: 1 (first: number 2 of the map and of excluded times)",
            "excluded times that cannot be read, left out: 1 (first: x.json record 1: `\\\"soon\\\"` is not RFC 3339)",
        ]
    );
}

#[test]
fn records_with_a_time_will_do_and_others_are_refused() {
    let section = "[[excluded]]\ntime = \"at\"\ntime_unit = \"s\"\nafter = \"60s\"\n";
    let records = r#"[{"at": 300}]"#;
    let folder = Folder::new().metrics("m.csv", &series(&minutes())).with_text("excluded", "x.json", records);
    assert_eq!(folder.import(&format!("{LONG}{section}")).normal(), [(0, 300), (360, 1_200)]);
    let plain = section.replace("time = \"at\"\n", "");
    assert_eq!(folder.refused(&format!("{LONG}{plain}")), "x.json: expected an array of times");
}
