//! `evaluate` on a folder of tables in the layout of a public data set, and on simulated runs.

use serde_json::{Value, json};

use crate::support::{Folder, floats, ints, texts, write_parquet};

/// A bin \[s\].
const BIN: i64 = 300;
/// Start of the first issue \[s\].
const ISSUES: i64 = 1_700_000_000;
/// Normal bins.
const NORMAL: i64 = 200;
/// Who is slow in each case.
const CASES: [(&str, &str); 3] = [("shop/one", "db"), ("shop/two", "api"), ("shop/three", "db")];
const SERVICES: [&str; 4] = ["api", "cache", "db", "front"];

struct Row {
    case: Option<&'static str>,
    start: i64,
    service: &'static str,
    metric: &'static str,
    statistic: &'static str,
    value: f64,
}

/// Rows of one bin: front calls api, api calls db and cache; `slow` needs 200 ms more.
fn bin(case: Option<&'static str>, start: i64, slow: Option<&str>) -> Vec<Row> {
    let noise = |k: i64| ((start / BIN * (7 + k) + 3 * k) % 11) as f64 * 0.0003;
    let own = |name: &str, base: f64, k: i64| base + noise(k) + if slow == Some(name) { 0.2 } else { 0.0 };
    let (db, cache) = (own("db", 0.01, 1), own("cache", 0.002, 2));
    let api = own("api", 0.02, 3) + db + cache;
    let latency = [api, cache, db, own("front", 0.03, 4) + api];
    let row = |service, metric, statistic, value| Row { case, start, service, metric, statistic, value };
    SERVICES
        .iter()
        .zip(latency)
        .flat_map(|(service, latency)| {
            [row(service, "latency", "Average", latency), row(service, "requests", "Sum", 100.0)]
        })
        .collect()
}

fn write_metrics(folder: &Folder, name: &str, rows: &[Row], with_case: bool) {
    let mut columns = vec![
        texts("scenario", rows.iter().map(|_| Some("busy"))),
        ints("timestamp", rows.iter().map(|r| r.start)),
        texts("component", rows.iter().map(|r| Some(r.service))),
        texts("metric", rows.iter().map(|r| Some(r.metric))),
        texts("statistic", rows.iter().map(|r| Some(r.statistic))),
        floats("value", rows.iter().map(|r| r.value)),
    ];
    if with_case {
        columns.push(texts("case", rows.iter().map(|r| r.case)));
    }
    write_parquet(&folder.path(name), &columns, None);
}

/// Three incidents of a small shop, with labels.
fn shop(folder: &Folder) {
    std::fs::create_dir(folder.path("shop")).unwrap();
    let normal: Vec<Row> =
        (0..NORMAL).flat_map(|k| bin(None, ISSUES + 1_000_000 / BIN * BIN + k * BIN, None)).collect();
    write_metrics(folder, "shop/normal_metrics.parquet", &normal, false);
    let mut issues = Vec::new();
    let mut cases = Vec::new();
    for (i, (case, slow)) in CASES.iter().enumerate() {
        let start = (ISSUES / BIN + 20 * i as i64) * BIN;
        issues.extend((0..5).flat_map(|k| bin(Some(case), start + k * BIN, (k > 0).then_some(*slow))));
        let target =
            json!({ "node": "front", "metric": "latency", "agg": "Average", "timestamp": start + BIN + 5 });
        cases.push(json!({ "case": case, "scenario": "busy", "target": target }));
    }
    write_metrics(folder, "shop/issue_metrics.parquet", &issues, true);
    let edges = [("front", "api"), ("api", "db"), ("api", "cache")];
    let columns = vec![
        texts("scenario", edges.iter().map(|_| Some("busy"))),
        texts("caller", edges.iter().map(|e| Some(e.0))),
        texts("callee", edges.iter().map(|e| Some(e.1))),
    ];
    write_parquet(&folder.path("shop/call_graph.parquet"), &columns, None);
    let columns = vec![
        texts("scenario", SERVICES.iter().map(|_| Some("busy"))),
        texts("component", SERVICES.iter().map(|s| Some(*s))),
    ];
    write_parquet(&folder.path("shop/components.parquet"), &columns, None);
    folder.write("shop/cases.json", Value::from(cases).to_string().as_bytes());
    write_labels(folder, &CASES);
}

fn write_labels(folder: &Folder, labels: &[(&str, &str)]) {
    let labels: Vec<Value> = labels
        .iter()
        .map(|(case, cause)| json!({ "case": case, "root_cause": cause, "fault": "delay 250" }))
        .collect();
    folder.write("shop/labels.json", Value::from(labels).to_string().as_bytes());
}

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn a_folder_of_tables_is_ranked_and_scored() {
    let folder = Folder::new();
    shop(&folder);
    folder.run("evaluate shop --predictions p.json").expect_code(0).says(&[
        "3 cases",
        "full method",
        "baseline: degree",
        "ablation: no graph",
        "no incident found",
        "Ties are broken by name",
    ]);
    let predictions = parsed(&folder.read("p.json"));
    for (case, slow) in CASES {
        let found = predictions.as_array().unwrap().iter().find(|p| p["case"] == case).unwrap();
        assert_eq!(found["ranked"][0], slow, "{found}");
        assert_eq!(found["ranked"].as_array().unwrap().len(), 4);
        assert_eq!(
            (&found["paths"][0][0], found["paths"][0].as_array().unwrap().last()),
            (&json!(slow), Some(&json!("front")))
        );
        let keys: Vec<&String> = found.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["case", "confidence", "paths", "ranked"]);
    }
    let by_name = "evaluate shop --config petshop --normal-windows 0 --predictions q.json -o q.txt";
    folder.run(by_name).expect_code(0);
    assert!(folder.read("p.json") == folder.read("q.json"));
    folder.run("evaluate shop --config nezha").expect_code(3).complains(&["inject_time"]);
    let result = parsed(folder.run("evaluate shop --format json").expect_code(0).out.as_bytes());
    assert_eq!(result["schema"], "infra-evaluate/1");
    let scored = &result["folders"][0]["scored"];
    assert_eq!(scored["methods"][0]["top1"]["mean"], 1.0);
    assert_eq!(scored["paths"]["first_right"]["share"], 1.0);
    assert!(result["folders"][0]["normal_windows"]["undeclared"]["none_found"]["of"].as_u64().unwrap() >= 30);
}

#[test]
fn labels_change_scores_and_no_prediction() {
    let folder = Folder::new();
    shop(&folder);
    let quick = "--normal-windows 0 --ablations=false --format json";
    folder.run(&format!("evaluate shop {quick} --predictions a.json -o a")).expect_code(0);
    write_labels(&folder, &CASES.map(|(case, _)| (case, "cache")));
    folder.run(&format!("evaluate shop {quick} --predictions b.json -o b")).expect_code(0);
    folder.write("shop/labels.json", b"[{\"case\": ");
    let broken = folder.run(&format!("evaluate shop {quick} --predictions c.json -o c"));
    broken.expect_code(3).complains(&["labels.json", "broken JSON"]);
    assert!(folder.read("a.json") == folder.read("b.json") && folder.read("a.json") == folder.read("c.json"));
    let top1 =
        |name: &str| parsed(&folder.read(name))["folders"][0]["scored"]["methods"][0]["top1"]["mean"].clone();
    assert_eq!((top1("a"), top1("b"), top1("c")), (json!(1.0), json!(0.0), Value::Null));
    std::fs::remove_file(folder.path("shop/labels.json")).unwrap();
    folder.run(&format!("evaluate shop {quick} --predictions d.json")).expect_code(0);
    folder.run(&format!("evaluate shop {quick}")).expect_code(3).complains(&["no labels"]);
    assert!(folder.read("a.json") == folder.read("d.json"));
}

#[test]
fn jobs_change_no_byte() {
    let folder = Folder::new();
    shop(&folder);
    for jobs in [1, 2, 8] {
        let line =
            format!("evaluate shop --jobs {jobs} --format markdown -o {jobs}.md --predictions {jobs}.json");
        folder.run(&line).expect_code(0);
    }
    for ending in ["md", "json"] {
        let [one, two, eight] = [1, 2, 8].map(|jobs| folder.read(&format!("{jobs}.{ending}")));
        assert!(one == two && one == eight, "{ending}");
    }
}

#[test]
fn a_case_that_is_not_there_counts_as_wrong() {
    let folder = Folder::new();
    shop(&folder);
    let mut cases = parsed(&folder.read("shop/cases.json"));
    let mut lost = cases[0].clone();
    lost["case"] = json!("shop/lost");
    cases.as_array_mut().unwrap().push(lost);
    folder.write("shop/cases.json", cases.to_string().as_bytes());
    let labels = [CASES.as_slice(), &[("shop/lost", "db")]].concat();
    write_labels(&folder, &labels);
    let said = folder.run("evaluate shop --normal-windows 0 --ablations=false --predictions p.json");
    let said =
        said.expect_code(3).says(&["4 cases", "0.750", "failed: shop/lost: the import made no incident"]);
    said.complains(&["shop/lost"]);
    assert_eq!(parsed(&folder.read("p.json")).as_array().unwrap().len(), 4);
}

#[test]
fn runs_and_tables_are_scored_together() {
    let folder = Folder::new();
    shop(&folder);
    folder.run("simulate flood --scenario contagion -o runs/a.parquet").expect_code(0);
    folder.run("simulate flood -o runs/b.parquet").expect_code(0);
    folder.run("evaluate shop runs --normal-windows 5 --format markdown").expect_code(0).says(&[
        "## `shop`",
        "## `runs`",
        "## all folders together",
        "5 cases",
        "true steps of failure",
    ]);
}

#[test]
fn folders_that_cannot_be_evaluated_are_refused() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("empty")).unwrap();
    folder.run("evaluate empty").expect_code(3).complains(&["empty", "cases.json", "truth.json"]);
    folder.run("evaluate missing").expect_code(3).complains(&["missing"]);
    folder.run("evaluate empty --constant tau=x").expect_code(2).complains(&["tau"]);
    folder.run("evaluate empty --jobs 0").expect_code(2);
    assert_eq!(folder.names(), ["empty"]);
}
