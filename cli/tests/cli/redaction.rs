//! `--redact`: what log lines and attributes say leaves the program nowhere.

use crate::support::{Folder, floats, ints, texts, write_parquet};

const SECRET: &str = "swordfish";

/// A bundle in which `alpha` logs the same line every five seconds, and in the incident another one
/// that tells the secret. So do messages and attributes of events.
fn bundle(folder: &Folder) {
    let second = 1_000_000_000_i64;
    let metadata = serde_json::json!({
        "schema": "infra-run/1",
        "time": { "origin": "2023-08-21T09:00:00Z" },
        "services": [{ "id": "alpha" }, { "id": "beta" }],
        "edges": [{ "from": "beta", "to": "alpha" }],
        "event_types": [{ "name": "DEPLOY", "role": "deploy" }, { "name": "ALERT", "role": "alert" }],
        "incidents": [{ "id": "down", "start_ns": 2_400 * second, "end_ns": 2_700 * second,
                        "symptom": { "service": "beta" } }],
    });
    folder.write("bundle/run.json", metadata.to_string().as_bytes());
    let times: Vec<i64> = (1..540).map(|i| i * 5 * second).collect();
    let line = |t: i64| if t >= 2_400 * second { "login failed for swordfish today" } else { "pool is well" };
    let columns = vec![
        ints("time_ns", times.iter().copied()),
        texts("service", times.iter().map(|_| Some("alpha"))),
        texts("severity", times.iter().map(|_| Some("INFO"))),
        texts("trace_id", times.iter().map(|_| None)),
        texts("span_id", times.iter().map(|_| None)),
        texts("message", times.iter().map(|t| Some(line(*t)))),
        texts("attributes", times.iter().map(|_| Some(r#"{"password":"swordfish"}"#))),
    ];
    write_parquet(&folder.path("bundle/logs.parquet"), &columns, None);
    let events = vec![
        ints("seq", 0..2),
        ints("event_id", 0..2),
        ints("time_ns", [2_390 * second, 2_420 * second]),
        texts("event_type", [Some("DEPLOY"), Some("ALERT")]),
        texts("source", [Some("pipeline"), Some("alerts")]),
        texts("service", [Some("alpha"), Some("alpha")]),
        floats("load", [1.0, 2.0]),
        texts("message", [Some("deployed by swordfish"), Some("swordfish is locked out")]),
        texts("attributes", [Some(r#"{"by":"swordfish"}"#), Some("swordfish")]),
    ];
    write_parquet(&folder.path("bundle/events.parquet"), &events, None);
}

#[test]
fn redacted_log_lines_appear_in_no_output() {
    let folder = Folder::new();
    bundle(&folder);
    for (command, tells) in [
        ("report bundle", true),
        ("report bundle --format json", true),
        ("report bundle --format html", true),
        ("compare bundle bundle", false),
        ("rank bundle --why alpha", true),
        ("rank bundle --format json --why alpha", true),
        ("rank bundle --format csv", false),
        ("inspect bundle", false),
        ("inspect bundle --format json", false),
        ("inspect bundle --statistics", false),
        ("inspect bundle --rows logs:500-501,0-1", true),
        ("inspect bundle --rows logs:500-501,0-1 --format json", true),
    ] {
        let open = folder.run(command).expect_code(0).out;
        assert_eq!(open.contains(SECRET), tells, "{command}: {open}");
        let hidden = folder.run(&format!("{command} --redact")).expect_code(0).out;
        assert!(!hidden.contains(SECRET), "{command}: {hidden}");
    }
    folder
        .run("export bundle -o frames --format csv,arrow,parquet,graphml,dot,mermaid --redact")
        .expect_code(0);
    folder.run("export bundle -o otlp --format otlp --redact").expect_code(0);
    folder.run("batch bundle -o all --redact").expect_code(0);
    let mut files = 0;
    for entry in
        ["frames", "otlp", "all", "all/runs"].iter().flat_map(|f| std::fs::read_dir(folder.path(f)).unwrap())
    {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes()), "{}", path.display());
        files += 1;
    }
    assert!(files > 30, "{files}");
}

#[test]
fn a_redacted_ranking_is_the_same() {
    let folder = Folder::new();
    bundle(&folder);
    let open = folder.run("rank bundle --format csv").expect_code(0).out;
    assert_eq!(folder.run("rank bundle --format csv --redact").expect_code(0).out, open);
}
