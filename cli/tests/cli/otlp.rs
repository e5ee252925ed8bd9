//! `export --format otlp` and the way back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use infra_eventlog::TableKind;
use infra_eventlog::metadata::Visibility;
use infra_eventlog::run::Run;
use serde_json::Value;

use crate::support::Folder;

/// Values by service, signal and time since the first one.
type Values = BTreeMap<(String, String, i64), f64>;

/// What an operator saw last, at each time, of each signal.
fn observed(path: &Path) -> Values {
    let run = Run::open(path).unwrap();
    let hidden: BTreeSet<&str> = run
        .metadata()
        .event_types
        .iter()
        .filter(|t| t.visibility == Visibility::Mechanism)
        .map(|t| t.name.as_str())
        .collect();
    let events = run.table(TableKind::Events).unwrap();
    let signals = events.signal_columns();
    let mut names = vec!["time_ns", "event_type", "service"];
    names.extend(signals.iter().map(String::as_str));
    let mut values = Values::new();
    for rows in events.read(&names) {
        let rows = rows.unwrap();
        let (types, services) =
            (rows.require_texts("event_type").unwrap(), rows.require_texts("service").unwrap());
        for i in 0..rows.len() {
            let Some(service) = services.get(i).filter(|_| !hidden.contains(types.get(i).unwrap())) else {
                continue;
            };
            for signal in &signals {
                if let Some(value) = rows.floats(signal).unwrap().iter().nth(i).flatten() {
                    let time = rows.require_ints("time_ns").unwrap().value(i);
                    values.insert((service.to_owned(), signal.clone(), time), value);
                }
            }
        }
    }
    since_first(values)
}

/// The metrics table of a bundle.
fn imported(path: &Path) -> Values {
    let run = Run::open(path).unwrap();
    let mut values = Values::new();
    let metrics = run.table(TableKind::Metrics).unwrap();
    for rows in metrics.read(&["time_ns", "service", "signal", "statistic", "value"]) {
        let rows = rows.unwrap();
        let [services, signals, statistics] =
            ["service", "signal", "statistic"].map(|c| rows.require_texts(c).unwrap());
        for (i, value) in rows.floats("value").unwrap().iter().enumerate() {
            assert_eq!(statistics.get(i), Some("last"));
            let key = (services.get(i).unwrap().to_owned(), signals.get(i).unwrap().to_owned());
            let time = rows.require_ints("time_ns").unwrap().value(i);
            assert!(values.insert((key.0, key.1, time), value.unwrap()).is_none());
        }
    }
    since_first(values)
}

fn since_first(values: Values) -> Values {
    let first = values.keys().map(|(.., time)| *time).min().unwrap_or(0);
    values.into_iter().map(|((service, signal, time), v)| ((service, signal, time - first), v)).collect()
}

#[test]
fn a_run_comes_back_with_its_services_signals_and_values() {
    let folder = Folder::new();
    let run = folder.simulate("contagion");
    let said = folder.run("export run.parquet -o otlp --format otlp").expect_code(0).says(&["2 files"]);
    assert!(said.err.contains("2000-01-01"), "{}", said.err);
    folder.run("import otlp otlp/metrics.json --strict -o back").expect_code(0);
    let (expected, found) = (observed(&run), imported(&folder.path("back")));
    assert!(expected.len() > 100, "{}", expected.len());
    assert_eq!(found, expected);
    // All together, none damaged.
    folder.run("import otlp otlp --strict -o all").expect_code(0);
    folder.run("validate all").expect_code(0);
    // The same run, the same bytes.
    folder.run("export run.parquet -o again --format otlp").expect_code(0);
    for name in ["metrics.json", "logs.json"] {
        assert_eq!(folder.read(&format!("otlp/{name}")), folder.read(&format!("again/{name}")));
    }
}

#[test]
fn nobody_exports_what_nobody_saw() {
    let folder = Folder::new();
    folder.simulate("contagion");
    folder.run("export run.parquet -o otlp --format otlp").expect_code(0);
    let logs = String::from_utf8(folder.read("otlp/logs.json")).unwrap();
    assert!(logs.contains("service_overload") && !logs.to_ascii_lowercase().contains("dependency_impact"));
    for line in logs.lines() {
        let request: Value = serde_json::from_str(line).unwrap();
        for resource in request["resourceLogs"].as_array().unwrap() {
            for record in resource["scopeLogs"][0]["logRecords"].as_array().unwrap() {
                assert!(record["timeUnixNano"].as_str().unwrap().parse::<u64>().unwrap() > 0);
                assert!(record["severityNumber"].as_u64().unwrap() > 0);
            }
        }
    }
    folder.run("--redact export run.parquet -o hidden --format otlp").expect_code(0);
    let hidden = String::from_utf8(folder.read("hidden/logs.json")).unwrap();
    assert!(hidden.contains("[redacted]"), "{hidden}");
}
