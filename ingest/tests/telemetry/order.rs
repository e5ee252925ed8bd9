//! The order of lines and of files does not matter: bundles are the same to the byte.

use infra_ingest::import::TelemetryFormat::Otlp;
use proptest::prelude::*;
use serde_json::json;

use crate::support::{Folder, at, logs, metrics, span, traces};

fn lines() -> Vec<String> {
    let counter = |second: i64, value: i64| {
        json!({"name": "jobs", "sum": {"aggregationTemporality": 2, "isMonotonic": true, "dataPoints": [
            {"timeUnixNano": at(second), "asInt": value.to_string()}]}})
    };
    vec![
        traces("web", &[span(1, 0, 0, 50), span(9, 77, 3, 4)]),
        traces("db", &[span(2, 1, 10, 40)]),
        traces("db", &[span(2, 1, 11, 40)]),
        traces("db", &[span(2, 1, 10, 40)]),
        traces("cache", &[span(3, 4, 12, 20), span(4, 3, 12, 20)]),
        traces("cache", &[span(5, 2, -7_000, 20)]),
        metrics("web@1", &[counter(10, 1)]),
        metrics("web@1", &[counter(20, 4)]),
        metrics("web@2", &[counter(20, 5)]),
        metrics("web@2", &[counter(30, 2)]),
        logs("web", &[json!({"timeUnixNano": at(3), "body": {"stringValue": "a"}})]),
        logs(
            "db",
            &[json!({"timeUnixNano": at(3), "body": {"stringValue": "a"}, "eventName": "deployment"})],
        ),
        logs("web", &[json!({"timeUnixNano": at(3), "body": {"stringValue": "a"}})]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shuffled_lines_give_the_same_bytes(
        shuffled in Just(lines()).prop_shuffle(),
        cut in 1_usize..12,
    ) {
        let folder = Folder::new();
        let plain = folder.write("plain", lines().concat());
        let first = folder.write("first", shuffled[..cut].concat());
        let second = folder.write("second", shuffled[cut..].concat());
        folder.try_import(Otlp, &[plain], "plain-out").unwrap();
        folder.try_import(Otlp, &[first, second], "shuffled-out").unwrap();
        prop_assert_eq!(folder.bytes("plain-out"), folder.bytes("shuffled-out"));
    }
}
