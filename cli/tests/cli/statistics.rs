//! `inspect --statistics`, and the memory that commands keep to.

use crate::support::Folder;

#[test]
fn statistics_of_a_flood_as_table_and_json() {
    let folder = Folder::new();
    folder.run("simulate flood -o run.parquet").expect_code(0);
    let table = folder.run("inspect run.parquet --statistics").expect_code(0);
    let header: Vec<&str> = table.out.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(header, ["service", "signal", "count", "nulls", "mean", "std", "p95", "min", "max"]);
    let said = folder.run("inspect run.parquet --statistics --format json").expect_code(0);
    let value: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(value["schema"], "infra-statistics/1");
    let services = value["services"].as_array().unwrap();
    assert!(!services.is_empty());
    for signal in services.iter().flat_map(|s| s["signals"].as_array().unwrap()) {
        if signal["count"].as_u64().unwrap() == 0 {
            continue;
        }
        let [min, mean, p95, max] = ["min", "mean", "p95", "max"].map(|key| signal[key].as_f64().unwrap());
        assert!(min <= mean && mean <= max && min <= p95 && p95 <= max, "{signal}");
        assert_eq!(signal["p95_is_exact"], true);
    }
    // Rows by type are those of the log.
    let by_type = value["event_types"].as_object().unwrap().values();
    let rows = folder.run("inspect run.parquet --format json").expect_code(0);
    let overview: serde_json::Value = serde_json::from_str(&rows.out).unwrap();
    let events = overview["tables"].as_array().unwrap().iter().find(|t| t["name"] == "events");
    let counted: u64 = by_type.map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(Some(counted), events.and_then(|t| t["rows"].as_u64()), "{overview}");
}

#[test]
fn memory_that_is_too_little_is_a_clear_refusal() {
    let folder = Folder::new();
    folder.run("simulate flood -o run.parquet").expect_code(0);
    let said = folder.run("report run.parquet --memory 1MiB").expect_code(2);
    assert!(said.err.contains("128 MiB") && said.err.contains("--memory"), "{}", said.err);
    let said = folder.run("inspect run.parquet --statistics --memory 10KiB").expect_code(2);
    assert!(said.err.contains("--memory"), "{}", said.err);
    let said = folder.run("report run.parquet --memory lots").expect_code(2);
    assert!(said.err.contains("512MiB"), "{}", said.err);
    let free = folder.run("report run.parquet").expect_code(0);
    let bound = folder.run("report run.parquet --memory 200MiB").expect_code(0);
    let told = |text: &str| text.lines().filter(|l| !l.contains("--memory")).count();
    assert!(told(&free.out).abs_diff(told(&bound.out)) <= 1);
}
