//! `--redact`: what log lines and attributes say leaves the program nowhere.

use crate::support::{Folder, floats, ints, metrics_bundle, texts, write_parquet};

const SECRET: &str = "hunter2";

/// A bundle in which `alpha` logs the same line every ten seconds, and in the incident another one
/// that tells the secret; spans carry it in their attributes.
fn bundle(folder: &Folder) {
    metrics_bundle(folder, "bundle");
    let ten = 10_000_000_000_i64;
    let times: Vec<i64> = (1..240).map(|i| i * ten).collect();
    let in_incident = |t: i64| t >= 180 * ten;
    let line = |t: i64| if in_incident(t) { "login failed for hunter2 today" } else { "pool is well" };
    let columns = vec![
        ints("time_ns", times.iter().copied()),
        texts("service", times.iter().map(|_| Some("alpha"))),
        texts("severity", times.iter().map(|_| Some("INFO"))),
        texts("message", times.iter().map(|t| Some(line(*t)))),
        texts("attributes", times.iter().map(|_| Some(r#"{"password":"hunter2"}"#))),
    ];
    write_parquet(&folder.path("bundle/logs.parquet"), &columns, None);
    let events = vec![
        ints("seq", 0..2),
        ints("event_id", 0..2),
        ints("time_ns", [100 * ten, 182 * ten]),
        texts("event_type", [Some("DEPLOY"), Some("ALERT")]),
        texts("source", [Some("pipeline"), Some("alerts")]),
        texts("service", [Some("alpha"), Some("alpha")]),
        floats("load", [1.0, 2.0]),
        texts("message", [Some("deployed by hunter2"), Some("hunter2 is locked out")]),
        texts("attributes", [Some(r#"{"by":"hunter2"}"#), Some("hunter2")]),
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
        ("rank bundle --why alpha", true),
        ("rank bundle --format json --why alpha", true),
        ("rank bundle --format csv", false),
        ("inspect bundle", false),
        ("inspect bundle --format json", false),
        ("inspect bundle --statistics", false),
        ("inspect bundle --rows logs:200-201,0-1", true),
        ("inspect bundle --rows logs:200-201,0-1 --format json", true),
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
    let mut files = 0;
    for entry in ["frames", "otlp"].iter().flat_map(|f| std::fs::read_dir(folder.path(f)).unwrap()) {
        let path = entry.unwrap().path();
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
