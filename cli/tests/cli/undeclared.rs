//! Spans alone, with no word of when anything happened: `rank` finds the incident or says none.

use serde_json::Value;

use crate::support::Folder;
use crate::telemetry::{Fault, INJECTED, Shop};

/// `rank` of the shop's spans.
fn ranking(shop: &Shop) -> Value {
    let folder = Folder::new();
    folder.write("spans.jsonl", shop.telemetry().otlp_traces().as_bytes());
    folder.run("import otlp spans.jsonl -o bundle").expect_code(0);
    let said = folder.run("rank bundle --format json").expect_code(0);
    serde_json::from_str(&said.out).unwrap()
}

#[test]
fn an_incident_that_costs_time_or_requests_is_found_by_itself() {
    for fault in [Fault::SlowWork, Fault::SlowNetwork, Fault::Exception] {
        let found = ranking(&Shop::new(fault));
        assert_ne!(found["verdict"], "no_incident", "{fault:?}");
        assert_eq!(found["ranking"][0]["service"], INJECTED, "{fault:?}: {}", found["ranking"]);
        assert_eq!(found["paths"][0]["services"][0], INJECTED, "{fault:?}: {}", found["paths"]);
    }
}

/// An incident is looked for where series leave their band. An early return makes nothing slower
/// and fails nothing, so without a window nobody looks at what followed what.
#[test]
fn an_early_return_is_not_found_without_a_window() {
    assert_eq!(ranking(&Shop::new(Fault::EarlyReturn))["verdict"], "no_incident");
}

#[test]
fn a_healthy_shop_has_no_incident() {
    for seed in [7, 8, 9] {
        let found = ranking(&Shop { seed, fault: None, healthy_leaf: false });
        assert_eq!(found["verdict"], "no_incident", "{}", found["ranking"]);
        assert_eq!(found["ranking"].as_array().map(Vec::len), Some(0));
    }
}
