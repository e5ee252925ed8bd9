//! The story of the built-in scenarios: facts, not layout.

use crate::support::{Folder, metrics_bundle};

/// Every citation in a text.
fn citations(text: &str) -> Vec<&str> {
    let starts = ["[row ", "[rows ", "[metrics "];
    text.split_inclusive(']')
        .filter_map(|piece| starts.iter().filter_map(|s| piece.rfind(s)).max().map(|at| &piece[at..]))
        .filter(|c| c.ends_with(']') && c.contains(|d: char| d.is_ascii_digit()))
        .collect()
}

#[test]
fn the_reference_flood_is_a_local_overload_of_emergency() {
    let folder = Folder::new();
    folder.simulate("reference");
    let said = folder.run("report run.parquet").expect_code(0).says(&[
        "localized overload",
        "`emergency`",
        "t=2",
        "load reached 4 over its declared capacity of 3",
        "no contagion",
        "`policy:central`",
        "threshold was not crossed",
    ]);
    assert!(said.err.is_empty(), "{}", said.err);
    assert!(said.out.ends_with('\n'));
    let rank = folder.run("rank run.parquet --format csv").expect_code(0).out;
    assert!(rank.lines().nth(1).unwrap().starts_with("1,\"emergency\","), "{rank}");
    folder.run("rank run.parquet --why power").expect_code(0).says(&["why:", "power"]);
}

#[test]
fn every_citation_leads_to_rows() {
    let folder = Folder::new();
    for scenario in ["reference", "late-policy"] {
        folder.simulate(scenario);
        let report = folder.run("report run.parquet").expect_code(0).out;
        let mut cited = citations(&report);
        // The report explains its brackets with an example, which need not exist.
        cited.retain(|c| !["[rows 9-14]", "[metrics 9-14]"].contains(c));
        cited.sort_unstable();
        cited.dedup();
        assert!(cited.len() >= 4, "{cited:?}");
        for citation in cited {
            let said = folder.run_with(&["inspect", "run.parquet", "--rows", citation], &[]);
            said.expect_code(0).says(&[citation, "event_type"]);
        }
    }
}

#[test]
fn inspect_prints_exactly_the_cited_rows() {
    let folder = Folder::new();
    folder.simulate("reference");
    let said = folder.run("inspect run.parquet --rows 9-14").expect_code(0);
    let rows: Vec<&str> = said.out.lines().skip(2).collect();
    let numbers: Vec<&str> = rows.iter().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(numbers, ["9", "10", "11", "12", "13", "14"]);
    assert!(rows[5].contains("overloaded") && rows[3].contains("citizen:1 demands"), "{}", said.out);
    let json = folder.run("inspect run.parquet --rows 18,[row_2] --format json".replace('_', " ").as_str());
    // `[row 2]` was split at its blank: an argument too many is wrong usage.
    json.expect_code(2);
    let said = folder.run_with(&["inspect", "run.parquet", "--rows", "18, [row 2]", "--format", "json"], &[]);
    let sets: serde_json::Value = serde_json::from_str(&said.expect_code(0).out).unwrap();
    assert_eq!(sets[0]["rows"][0]["service"], "emergency");
    assert_eq!(sets[0]["rows"][0]["stress"], 1.0 / 3.0);
    assert_eq!(sets[1]["rows"][0]["seq"], 2);
    folder.run("inspect run.parquet --rows 99").expect_code(2).complains(&["no such row", "20 rows"]);
    folder.run("inspect run.parquet --rows metrics:1").expect_code(2).complains(&["no table `metrics`"]);
}

#[test]
fn contagion_tells_the_path_and_late_policy_the_interventions() {
    let folder = Folder::new();
    folder.simulate("contagion");
    folder.run("report run.parquet").expect_code(0).says(&["cascade", "`power`", "`water`", "confirmed"]);
    let rank = folder.run("rank run.parquet").expect_code(0).says(&["path confirmed"]).out;
    assert!(rank.contains("power -> water"), "{rank}");
    folder.simulate("late-policy");
    let said = folder.run("report run.parquet").expect_code(0);
    said.says(&["cascade", "POLICY_INTERVENTION", "`policy:council`", "recovered"]);
}

#[test]
fn metrics_are_cited_and_shown_by_row_number() {
    let folder = Folder::new();
    metrics_bundle(&folder, "bundle");
    let report = folder.run("report bundle --incident slow").expect_code(0).says(&["`alpha`"]).out;
    let cited = citations(&report);
    let metrics: Vec<&&str> =
        cited.iter().filter(|c| c.starts_with("[metrics") && !c.contains(" 9-14")).collect();
    assert!(!metrics.is_empty(), "{report}");
    for citation in metrics {
        folder
            .run_with(&["inspect", "bundle", "--rows", citation], &[])
            .expect_code(0)
            .says(&[citation, "latency"]);
    }
    let said = folder.run("inspect bundle --rows metrics:90-92 --format json").expect_code(0);
    let sets: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(sets[0]["rows"].as_array().unwrap().len(), 3);
    assert_eq!(sets[0]["rows"][0]["row"], 90);
    assert_eq!(sets[0]["rows"][0]["service"], "alpha");
    assert_eq!(sets[0]["rows"][0]["time_ns"], 31 * 60_000_000_000_i64);
    let rank = folder.run("rank bundle --format csv").expect_code(0).out;
    assert!(rank.lines().nth(1).unwrap().starts_with("1,\"alpha\""), "{rank}");
}
