//! Four faults of one service, two hops below the entry: who is named, by which evidence.

use crate::telemetry::{Fault, INJECTED, Shop};
use crate::traced::{Answer, answer};

#[track_caller]
fn expect_injected(fault: Fault, told: &Answer) {
    assert_eq!(told.names()[0], INJECTED, "{fault:?}: {:?}", told.order);
    let path = &told.paths[0];
    assert_eq!(path[0], INJECTED, "{fault:?}: {:?}", told.paths);
    assert!(path.len() >= 2, "{fault:?}: {path:?}");
    for path in &told.paths {
        for hop in path.windows(2) {
            // What fails hurts who depends on it.
            let edge = (hop[1].clone(), hop[0].clone());
            assert!(told.edges.contains(&edge), "{fault:?}: {edge:?} is no call");
        }
    }
}

#[test]
fn the_injected_service_is_first_whatever_its_fault() {
    for fault in Fault::ALL {
        for seed in [7, 8, 9] {
            let told = answer(&Shop { seed, ..Shop::new(fault) }.telemetry());
            expect_injected(fault, &told);
            let expected: &[&str] = match fault {
                Fault::SlowWork => &["latency", "waiting"],
                Fault::SlowNetwork => &["network"],
                Fault::EarlyReturn => &["order", "logs"],
                Fault::Exception => &["errors", "order", "logs"],
            };
            assert_eq!(told.heads, expected, "{fault:?}, seed {seed}");
        }
    }
}
