//! Rules that no golden case of the repository shows to their end.

use infra_simulate::mesh::{
    Blueprint, CascadeHop, Difficulty, Episode, Extra, FaultKind, FaultRule, FaultState, FaultStep, Graph,
    HopOutcome, Ignore, Mesh, Observer, Op, Script, Service, Status, StatusChange, Threshold, run_mesh,
};
use serde_json::json;

/// Services `s0` to `sN` in a chain of calls, the fault on the last.
fn chain(services: usize, kind: FaultKind, start_tick: i64) -> Blueprint {
    let names: Vec<String> = (0..services).map(|i| format!("s{i}")).collect();
    let calls: Vec<Vec<usize>> =
        (0..services).map(|i| if i + 1 < services { vec![i + 1] } else { Vec::new() }).collect();
    let mut blueprint = Episode::blueprint(Difficulty::Easy, 1, None).unwrap();
    let root = names.last().unwrap().clone();
    blueprint.services = names.iter().map(|name| Service::new(name)).collect();
    blueprint.graph = Graph::new(&calls).unwrap();
    blueprint.config.root_cause_service = root.clone();
    blueprint.config.fault_type = kind;
    blueprint.faults = vec![FaultState { start_tick, ..FaultState::new(kind, &root, 1.0) }];
    blueprint
}

fn set(service: &str, field: &str, value: Extra) -> Op {
    Op::Set { service: service.to_owned(), field: field.to_owned(), value }
}

#[derive(Default)]
struct Seen {
    rules: Vec<FaultRule>,
    hops: Vec<(usize, usize, u32, HopOutcome, f64)>,
    statuses: Vec<(usize, Status, Threshold)>,
}

impl Observer for Seen {
    fn fault(&mut self, step: &FaultStep) {
        self.rules.push(step.rule);
    }

    fn hop(&mut self, hop: &CascadeHop) {
        self.hops.push((hop.parent, hop.victim, hop.hop, hop.outcome, hop.contribution));
    }

    fn status(&mut self, change: &StatusChange) {
        self.statuses.push((change.service, change.new, change.threshold));
    }
}

#[test]
fn a_cascade_ends_after_three_hops() {
    let mut mesh = Mesh::new(chain(6, FaultKind::NetworkPartition, 0)).unwrap();
    mesh.apply(&set("s5", "http_server_error_rate", Extra::Real(0.8)), &mut Ignore);
    let mut seen = Seen::default();
    mesh.tick(&mut seen);
    let applied = HopOutcome::Applied;
    let expected = [
        (5, 4, 1, applied, 0.25),
        (4, 3, 2, applied, 0.25 * 0.4),
        (3, 2, 3, applied, 0.25 * 0.4 * 0.4),
        (2, 1, 4, HopOutcome::Depth, 0.25 * 0.4 * 0.4 * 0.4),
    ];
    assert_eq!(seen.hops, expected);
    assert_eq!(mesh.services()[1].error, 0.0);
    assert_eq!((mesh.blast_static(), mesh.affected_closure()), (4, 6));
    assert_eq!(seen.statuses[0], (3, Status::Degraded, Threshold::ErrorDegraded));
    assert_eq!((mesh.impacted(), mesh.at_risk()), (3, 1));
}

#[test]
fn a_decoy_blocks_the_path_of_a_cascade() {
    let mut blueprint = chain(4, FaultKind::NetworkPartition, 0);
    blueprint.config.red_herring_services = vec!["s2".to_owned(), "absent".to_owned()];
    let mut mesh = Mesh::new(blueprint).unwrap();
    let mut seen = Seen::default();
    for _ in 0..5 {
        mesh.tick(&mut seen);
    }
    assert!(seen.hops.iter().all(|hop| hop.3 == HopOutcome::RedHerring && hop.1 == 2), "{:?}", seen.hops);
    assert!(mesh.services()[..3].iter().all(|service| service.error == 0.0));
    assert!(mesh.is_decoy(2) && !mesh.is_decoy(3));
}

#[test]
fn a_late_fault_does_nothing_before_its_start() {
    let mut mesh = Mesh::new(chain(3, FaultKind::ConfigDrift, 12)).unwrap();
    for _ in 0..12 {
        assert_eq!(mesh.tick(&mut Ignore), 0.0);
    }
    assert!(mesh.services().iter().all(|service| service.levels() == Service::new("x").levels()));
    assert_eq!(mesh.faults()[0].progression_tick, 0);
    assert!(mesh.tick(&mut Ignore) > 0.0);
    assert_eq!(mesh.faults()[0].progression_tick, 1);
}

#[test]
fn a_metastable_loop_breaks_only_when_its_queue_is_short_and_relapses() {
    let mut mesh = Mesh::new(chain(2, FaultKind::ConfigDrift, 0)).unwrap();
    mesh.apply(&set("s1", "metastable_feedback_loop_active", Extra::Flag(true)), &mut Ignore);
    let mut seen = Seen::default();
    mesh.tick(&mut seen);
    let root = |mesh: &Mesh| mesh.services()[1].clone();
    assert_eq!(root(&mesh).extras.integer("http_server_request_queue_depth"), Some(900));
    assert_eq!(root(&mesh).extras.number("http_server_queue_drain_rate"), Some(45.0));
    assert_eq!((root(&mesh).error, root(&mesh).latency), (0.22 * 0.5, 0.6));
    mesh.apply(&set("s1", "http_server_request_queue_depth", Extra::Integer(299)), &mut Ignore);
    for service in ["s0", "s1"] {
        mesh.apply(&set(service, "effective_rps_multiplier", Extra::Real(1.8)), &mut Ignore);
    }
    mesh.tick(&mut seen);
    mesh.apply(&set("s1", "http_server_request_queue_depth", Extra::Integer(299)), &mut Ignore);
    mesh.apply(&set("s0", "effective_rps_multiplier", Extra::Real(1.1)), &mut Ignore);
    mesh.tick(&mut seen);
    assert_eq!(root(&mesh).extras.integer("http_server_request_queue_depth"), Some(99));
    mesh.tick(&mut seen);
    use FaultRule::{Break, Metastable, Plain};
    assert_eq!(seen.rules, [Metastable, Metastable, Break, Plain]);
}

#[test]
fn backoff_runs_down_after_the_fault_is_halted() {
    let script = Script::new(
        serde_json::from_value(json!([
            {"after_tick": 0, "op": "set", "service": "s1", "field": "runtime_crashloop_backoff_seconds", "value": 80},
            {"after_tick": 0, "op": "set", "service": "s1", "field": "restart_count", "value": 4},
            {"after_tick": 0, "op": "set", "service": "s1", "field": "http_server_error_rate", "value": 0.98},
            {"after_tick": 1, "op": "halt_fault", "index": 0}
        ]))
        .unwrap(),
    );
    let mut mesh = Mesh::new(chain(2, FaultKind::BadDeploy, 0)).unwrap();
    run_mesh(&mut mesh, &script, 3, &mut Ignore);
    let root = &mesh.services()[1];
    assert_eq!(root.extras.integer("runtime_crashloop_backoff_seconds"), Some(20));
    assert_eq!(root.restarts, 4);
    mesh.tick(&mut Ignore);
    let root = &mesh.services()[1];
    assert_eq!(root.extras.integer("runtime_crashloop_backoff_seconds"), Some(0));
    assert_eq!((root.restarts, root.error), (0, 0.01));
}

#[test]
fn an_image_that_cannot_be_pulled_never_counts_restarts() {
    let mut mesh = Mesh::new(chain(2, FaultKind::Oom, 0)).unwrap();
    mesh.apply(&set("s1", "image_pull_error", Extra::Text("ImagePullBackOff".to_owned())), &mut Ignore);
    let mut seen = Seen::default();
    for _ in 0..8 {
        mesh.tick(&mut seen);
    }
    assert!(seen.rules.contains(&FaultRule::Kill));
    assert_eq!(mesh.services()[1].restarts, 0);
}

#[test]
fn absurd_speeds_do_not_break_the_arithmetic() {
    for kind in FaultKind::ALL {
        let mut blueprint = chain(3, kind, 0);
        blueprint.faults[0].fault_speed = 1e308;
        blueprint.services[2].restarts = i64::MAX;
        blueprint.services[2].uptime_s = i64::MAX;
        blueprint.services[2].config_revision = i64::MAX;
        let mut mesh = Mesh::new(blueprint).unwrap();
        for _ in 0..3 {
            mesh.tick(&mut Ignore);
        }
        assert!(mesh.services().iter().all(|service| (0.0..=1.0).contains(&service.error)));
    }
}

#[test]
fn every_task_of_the_catalogue_plays() {
    for task in infra_simulate::mesh::Catalogue::get().tasks() {
        let mut mesh = Episode::generate(task.difficulty, task.seed, Some(&task.task_id)).unwrap();
        assert_eq!(mesh.services().len(), task.services.len());
        run_mesh(&mut mesh, &Script::default(), 30, &mut Ignore);
        assert_eq!(mesh.tick_count(), 30);
        // A pure leak in the pipeline shows as stale data; everywhere else somebody suffers.
        assert!(mesh.impact().bcm_total > 0.0, "{}", task.task_id);
    }
    assert!(Episode::generate(Difficulty::Easy, 1, Some("task_unknown")).is_err());
}
