//! Generated topologies: their size, their shape, their normal time.

use std::collections::{BTreeMap, BTreeSet};

use infra_simulate::mesh::{Mesh, Status};
use proptest::prelude::*;

use crate::played::{Played, play};
use crate::support::toml;

fn text(seed: u64, rest: &str) -> String {
    format!("world = \"mesh\"\nname = \"drawn\"\nseed = {seed}\n[connected]\n{rest}")
}

#[track_caller]
fn drawn(seed: u64, rest: &str) -> Mesh {
    toml(&text(seed, rest)).unwrap_or_else(|e| panic!("{e}")).mesh().unwrap().mesh().unwrap()
}

#[track_caller]
fn played(seed: u64, rest: &str) -> Played {
    play(&toml(&text(seed, rest)).unwrap_or_else(|e| panic!("{e}")))
}

/// Longest chain of calls, in services. Calls go to later services only, so there is no cycle.
fn depth(mesh: &Mesh) -> usize {
    let mut longest = vec![1; mesh.services().len()];
    for service in (0..longest.len()).rev() {
        for callee in mesh.graph().calls(service) {
            assert!(callee > service, "{service} calls {callee}");
            longest[service] = longest[service].max(longest[callee] + 1);
        }
    }
    longest.into_iter().max().unwrap()
}

/// Services in one piece with the first.
fn piece(mesh: &Mesh) -> usize {
    let mut seen = BTreeSet::from([0]);
    let mut front = vec![0];
    while let Some(service) = front.pop() {
        for other in mesh.graph().calls(service).chain(mesh.graph().callers(service)) {
            if seen.insert(other) {
                front.push(other);
            }
        }
    }
    seen.len()
}

#[track_caller]
fn check_shape(mesh: &Mesh, services: usize) {
    assert_eq!(mesh.services().len(), services);
    assert_eq!(piece(mesh), services);
    let names: BTreeSet<&str> = mesh.services().iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names.len(), services);
    assert!((3..=8).contains(&depth(mesh)), "{} layers of {services}", depth(mesh));
    let mut degrees: BTreeMap<usize, usize> = BTreeMap::new();
    for service in 0..services {
        let calls: BTreeSet<usize> = mesh.graph().calls(service).collect();
        assert_eq!(calls.len(), mesh.graph().calls(service).len(), "{service} calls one twice");
        *degrees.entry(calls.len()).or_default() += 1;
        assert_eq!(mesh.is_user_facing(service), mesh.graph().callers(service).len() == 0, "{service}");
        assert!((0.0..=0.1).contains(&mesh.services()[service].error));
        assert_eq!(mesh.services()[service].status, Status::Healthy);
    }
    assert!(*degrees.keys().last().unwrap() <= 5, "{degrees:?}");
    // Few calls are more common than many; those that call nobody are the last layer.
    let few: usize = degrees.range(1..=2).map(|(_, n)| n).sum();
    let many: usize = degrees.range(3..).map(|(_, n)| n).sum();
    assert!(services < 100 || few > many, "{degrees:?}");
    let decoys = (0..services).filter(|s| mesh.is_decoy(*s)).count();
    assert_eq!(decoys, (services as f64 * 0.05) as usize);
    for fault in mesh.faults() {
        let place = mesh.index_of(&fault.fault_service).unwrap();
        assert!(mesh.graph().callers(place).len() > 0 && !mesh.is_decoy(place), "{fault:?}");
    }
}

#[test]
fn ten_to_five_thousand_services_are_layered() {
    for (services, seeds) in [(10, 40), (60, 20), (200, 10), (5000, 2)] {
        for seed in 0..seeds {
            check_shape(&drawn(seed, &format!("services = {services}")), services);
        }
    }
}

#[test]
fn sizes_out_of_bounds_are_refused_with_one_message() {
    for services in [9, 100_001] {
        let error = toml(&text(1, &format!("services = {services}"))).unwrap_err().to_string();
        let expected =
            format!("test.toml: connected.services (line 5): {services} services; expected 10 to 100000");
        assert_eq!(error, expected);
    }
}

#[test]
fn normal_time_comes_first() {
    let run = played(5, "services = 30");
    let tick = 30_000_000_000;
    let normal = &run.metadata.periods[0];
    assert!(normal.end_ns >= 10 * tick, "{normal:?}");
    assert_eq!(run.truth.faults[0].start_ns, normal.end_ns);
    for row in run.rows.iter().filter(|row| row.time_ns < normal.end_ns) {
        assert!(["TICK", "LOG_LINE"].contains(&row.event_type.as_str()), "{row:?}");
        assert!(row.own || row.status.as_deref() == Some("healthy"), "{row:?}");
    }
    // What is observed is noisy, and stays a ratio.
    let errors: BTreeSet<u64> = run
        .rows
        .iter()
        .filter(|r| !r.own && r.service == run.rows[1].service && r.time_ns < normal.end_ns)
        .map(|r| run.signal(r, "error_rate").unwrap().to_bits())
        .collect();
    assert!(errors.len() > 5, "{errors:?}");
}

#[test]
fn without_faults_there_is_no_root_cause() {
    let run = played(5, "services = 30\nfaults = 0");
    assert_eq!(run.verdict(), "no incident");
    let truth = &run.truth;
    assert!(truth.root_causes.is_empty() && truth.faults.is_empty() && truth.propagation.is_empty());
    assert!(run.rows.iter().all(|row| row.own || row.status.as_deref() == Some("healthy")));
    assert_eq!((run.extra("bcm_total"), run.extra("impacted_at_end")), (0.0, 0.0));
    run.check_order();
}

#[test]
fn a_fault_can_be_put_where_one_wants_it() {
    let names: Vec<String> = drawn(5, "services = 30").services().iter().map(|s| s.name.clone()).collect();
    let wanted = names.last().unwrap();
    let rest = format!(
        "services = 30\nfaults = 2\nfault_service = \"{wanted}\"\nfault_type = \"network_partition\""
    );
    let run = played(5, &rest);
    let faults: Vec<&str> = run.truth.faults.iter().map(|f| f.service.as_str()).collect();
    assert!(faults.len() == 2 && faults.contains(&wanted.as_str()) && faults[0] != faults[1], "{faults:?}");
    assert!(run.truth.faults.iter().all(|f| f.kind == "network_partition"));
    assert!(run.truth.root_causes.contains(wanted));
}

#[test]
fn a_seed_is_a_graph() {
    let rest = "services = 200\nwarmup = 10";
    let (first, again, other) = (played(1, rest), played(1, rest), played(2, rest));
    assert!(first.bytes == again.bytes);
    assert_ne!(first.metadata.edges, other.metadata.edges);
    assert_ne!(first.metadata.services, other.metadata.services);
    first.check_order();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_service_is_reached_in_no_more_layers_than_wanted(
        seed in any::<u32>(),
        services in 10_usize..300,
        depth_wanted in 2_usize..=5,
        degree in 1_usize..=8,
        faults in 0_usize..=2,
    ) {
        let rest = format!(
            "services = {services}\ndepth = {depth_wanted}\nout_degree_max = {degree}\nfaults = {faults}"
        );
        let mesh = drawn(u64::from(seed), &rest);
        prop_assert_eq!(piece(&mesh), services);
        // A layer of a few services may be called from further up only.
        let found = depth(&mesh);
        prop_assert!(found <= depth_wanted && found >= depth_wanted.min(3), "{found}");
        for service in 0..services {
            prop_assert_eq!(mesh.is_user_facing(service), mesh.graph().callers(service).len() == 0);
        }
        let places: BTreeSet<&str> = mesh.faults().iter().map(|f| f.fault_service.as_str()).collect();
        prop_assert_eq!(places.len(), faults.max(1));
    }
}
