//! Four faults of one service, two hops below the entry: who is named, by which evidence, and how
//! it spread.

use crate::telemetry::{Fault, INJECTED, Shop, TimeUnit};
use crate::traced::{Answer, Folder, answer, ranked, ranked_by, tables_of};

#[track_caller]
fn expect_injected(fault: Fault, told: &Answer) {
    assert_eq!(told.names()[0], INJECTED, "{fault:?}: {:?}", told.order);
    if let Some(path) = told.paths.first() {
        assert_eq!(path[0], INJECTED, "{fault:?}: {:?}", told.paths);
        assert!(path.len() >= 2, "{fault:?}: {path:?}");
    }
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
                Fault::EarlyReturn => &["order", "logs", "shortfall"],
                Fault::Exception => &["errors", "order", "logs", "shortfall"],
            };
            assert_eq!(told.heads, expected, "{fault:?}, seed {seed}");
            // A given incident was noticed by somebody: how the first suspect gets there is told,
            // inferred where nobody in between deviates.
            assert!(!told.paths.is_empty(), "{fault:?}, seed {seed}");
        }
    }
}

#[test]
fn with_a_symptom_the_first_path_leads_to_it() {
    for fault in Fault::ALL {
        let folder = Folder::new();
        let tables = tables_of(&Shop::new(fault).telemetry(), TimeUnit::Nanoseconds);
        let (bundle, _) = folder.tables(TimeUnit::Nanoseconds, &tables);
        let told = ranked_by(&bundle, Some("web"));
        expect_injected(fault, &told);
        let ends = told.paths.first().map(|p| (p[0].as_str(), p[p.len() - 1].as_str()));
        assert_eq!(ends, Some((INJECTED, "web")), "{fault:?}: {:?}", told.paths);
        assert_eq!(ranked(&bundle).names()[0], INJECTED);
    }
}
