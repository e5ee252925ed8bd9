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
fn an_incident_is_found_by_itself() {
    for fault in Fault::ALL {
        let found = ranking(&Shop::new(fault));
        eprintln!("{fault:?} {} {} {} {}", found["verdict"], found["incident"], found["ranking"], found["paths"]);
        assert_eq!(found["ranking"][0]["service"], INJECTED, "{fault:?}: {found}");
    }
}

#[test]
fn a_healthy_shop_has_no_incident() {
    let mut wrong = 0;
    for seed in [7, 8, 9] {
        let found = ranking(&Shop { seed, fault: None, healthy_leaf: false });
        eprintln!("healthy {seed} {} {}", found["verdict"], found["ranking"]);
        wrong += usize::from(found["verdict"] != "no_incident");
    }
    assert_eq!(wrong, 0);
}
