//! What each command prints when all is well.

use crate::support::{Folder, metrics_bundle};

#[test]
fn simulate_prints_one_line_and_writes_two_files() {
    let folder = Folder::new();
    let said = folder.run("simulate flood -o results/run.parquet").expect_code(0);
    assert_eq!(said.out, "5 events, 20 rows: results/run.parquet\n");
    assert!(said.err.is_empty(), "{}", said.err);
    assert!(folder.path("results/run.truth.json").exists());
    folder.run("simulate --list").expect_code(0).says(&["flood", "reference", "contagion", "late-policy"]);
    let line = "simulate flood --seed 7 --set agents.emergency.capacity=5 --set until=20 -o other.parquet";
    folder.run(line).expect_code(0).says(&["4 events"]);
    folder.run("simulate --list flood").expect_code(2);
    folder.run("simulate flood").expect_code(2);
}

#[test]
fn a_scenario_file_is_played_like_a_built_in_one() {
    let folder = Folder::new();
    folder.simulate("reference");
    let text = include_str!("../../../datasets/scenarios/flood/reference.toml");
    folder.write("mine.toml", text.as_bytes());
    folder.run("simulate flood --scenario mine.toml -o mine.parquet").expect_code(0);
    let ids = ["run.parquet", "mine.parquet"].map(|run| {
        let json = folder.run(&format!("inspect {run} --format json")).expect_code(0).out;
        serde_json::from_str::<serde_json::Value>(&json).unwrap()["metadata"]["run_id"].clone()
    });
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn a_focus_moves_the_analysis() {
    let folder = Folder::new();
    metrics_bundle(&folder, "bundle");
    let by_name = folder.run("rank bundle --incident slow --format csv").expect_code(0).out;
    let calendar = "--incident-window 2023-08-21T09:30:00Z..2023-08-21T09:40:00Z --symptom gamma/latency";
    let by_window = folder.run(&format!("rank bundle {calendar} --format csv")).expect_code(0).out;
    assert_eq!(by_name, by_window);
    let seconds = "--incident-window 1800..2400 --symptom gamma/latency/mean --baseline 0..1800";
    folder.run(&format!("rank bundle {seconds}")).expect_code(0).says(&["alpha"]);
    let calm = folder.run("report bundle --incident-window 600..1200 --baseline 0..600").expect_code(0);
    calm.says(&["no incident", "--baseline 0..600"]);
}

#[test]
fn constants_are_shown_and_set() {
    let folder = Folder::new();
    folder.simulate("reference");
    folder.run("config show").expect_code(0).says(&["constant", "tau", "temperature"]);
    let json = folder.run("config show --format json").expect_code(0).out;
    let entries: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(entries.as_array().unwrap().iter().any(|e| e["name"] == "tau" && e["value"] == 0.5));
    let report = folder.run("report run.parquet --constant tau=0.25 --seed 7").expect_code(0);
    report.says(&["tau = 0.25", "--constant tau=0.25", "| seed | 7 |"]);
}

#[test]
fn tables_are_imported_and_reported() {
    let folder = Folder::new();
    let mut csv = String::from("t,service,metric,value\n");
    for minute in 0..60 {
        for (service, base) in [("web", 0.2), ("db", 0.1)] {
            let slow = if minute >= 50 { 1.0 } else { 0.0 };
            csv.push_str(&format!(
                "{},{service},latency,{}\n",
                minute * 60,
                base + slow + 0.001 * f64::from(minute % 5)
            ));
        }
    }
    folder.write("metrics.csv", csv.as_bytes());
    folder.write("edges.csv", b"from,to\nweb,db\n");
    let map = r#"
schema = "infra-map/1"
[metrics]
layout = "long"
time = "t"
time_unit = "s"
stamp = "start"
interval = "60s"
service = "service"
signal = "metric"
value = "value"
[metrics.signals.latency]
[edges]
layout = "list"
from = "from"
to = "to"
"#;
    folder.write("map.toml", map.as_bytes());
    let line = "import tables --metrics metrics.csv --edges edges.csv --config map.toml -o bundle";
    let said = folder.run(line).expect_code(0);
    assert_eq!(said.out, "2 services, 1 dependencies, 0 incidents, 120 rows: bundle\n");
    folder.run("validate bundle").expect_code(0).says(&["ok", "metrics 120"]);
    let rank = folder.run("rank bundle --incident-window 3000..3600 --symptom web/latency --format csv");
    assert!(rank.expect_code(0).out.lines().nth(1).unwrap().starts_with("1,\"db\""));
    // An older bundle of the same name gives way; anything else does not.
    folder.run(line).expect_code(0);
    folder.write("other/mine.txt", b"precious");
    folder.run(&line.replace("-o bundle", "-o other")).expect_code(4);
    assert_eq!(folder.read("other/mine.txt"), b"precious");
}

#[test]
fn exports_can_be_read_back() {
    let folder = Folder::new();
    folder.simulate("late-policy");
    folder
        .run("export run.parquet -o x --format arrow,parquet,csv,graphml,dot,mermaid")
        .expect_code(0)
        .says(&["51 files"]);
    for name in [
        "services",
        "series",
        "windows",
        "excursions",
        "transitions",
        "happenings",
        "timeline",
        "calls",
        "clock",
        "operations",
        "edge_windows",
        "edge_metrics",
        "follows",
        "edges",
        "ranking",
        "events",
    ] {
        assert!(folder.read(&format!("x/{name}.arrow")).starts_with(b"ARROW1"), "{name}");
        assert!(folder.read(&format!("x/{name}.parquet")).starts_with(b"PAR1"), "{name}");
    }
    let events = String::from_utf8(folder.read("x/events.csv")).unwrap();
    assert_eq!(events.lines().count(), 2179);
    let ranking = String::from_utf8(folder.read("x/ranking.csv")).unwrap();
    assert!(ranking.lines().nth(1).unwrap().starts_with("1,power,"), "{ranking}");
    let windows = String::from_utf8(folder.read("x/windows.csv")).unwrap();
    assert!(
        windows.starts_with("service,signal,statistic,table,segment,start_ns,end_ns,mean,window,"),
        "{windows}"
    );
    let graph = String::from_utf8(folder.read("x/graph.graphml")).unwrap();
    assert!(graph.contains("attr.name=\"weight\"") && graph.contains(">power<"), "{graph}");
}

#[test]
fn golden_data_is_verified() {
    let folder = Folder::new();
    folder.run("verify world flood nowhere").expect_code(3).complains(&["nowhere"]);
    folder.run("verify gat .").expect_code(3).complains(&["no *.in.safetensors"]);
    folder.run("verify world flood .").expect_code(3).complains(&["holds no golden data of this world"]);
}

#[test]
fn tasks_and_diagnosers_are_for_worlds_that_have_them() {
    let folder = Folder::new();
    let refused = [
        ("simulate flood --task t -o x.parquet", "task"),
        ("simulate flood --scenario contagion --difficulty hard -o x.parquet", "difficulty"),
        ("simulate mesh --task t --difficulty hard -o x.parquet", "--difficulty"),
        ("simulate flood --diagnoser cat -o x.parquet", "systems"),
        ("simulate flood --diagnoser-replay y.parquet -o x.parquet", "systems"),
        ("simulate systems --diagnoser cat --diagnoser-replay y.parquet -o x.parquet", "--diagnoser-replay"),
    ];
    for (line, told) in refused {
        folder.run(line).expect_code(2).complains(&[told]);
    }
    let unclosed = ["simulate", "systems", "--diagnoser", "cat 'x", "-o", "x.parquet"];
    folder.run_with(&unclosed, &[]).expect_code(2).complains(&["quote"]);
    let nothing = ["simulate", "systems", "--diagnoser", " ", "-o", "x.parquet"];
    folder.run_with(&nothing, &[]).expect_code(2).complains(&["names no program"]);
    assert!(folder.names().is_empty());
}
