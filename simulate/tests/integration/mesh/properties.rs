//! Properties of every episode, under any script.

use infra_simulate::mesh::{
    Action, CascadeHop, Difficulty, Episode, Extra, FaultStep, HopOutcome, Ignore, Levels, Mesh, Observer,
    Op, Operation, Phase, RecoveryStep, RuleStep, ScheduledOp, Script, Status, TickSummary, run_mesh,
};
use proptest::prelude::*;

/// Follows every service by the facts alone and compares with the state.
#[derive(Default)]
struct Ledger {
    levels: Vec<(f64, f64, f64)>,
    statuses: Vec<Status>,
    reached: Vec<usize>,
    bcm: f64,
    budget: f64,
    problems: Vec<String>,
}

impl Ledger {
    fn book(&mut self, service: usize, before: &Levels, after: &Levels) {
        let kept = &mut self.levels[service];
        kept.0 += after.error - before.error;
        kept.1 += after.latency - before.latency;
        kept.2 += after.memory - before.memory;
    }

    fn check(&mut self, holds: bool, what: &str) {
        if !holds {
            self.problems.push(what.to_owned());
        }
    }
}

impl Observer for Ledger {
    fn fault(&mut self, step: &FaultStep) {
        self.book(step.service, &step.before, &step.after);
    }

    fn hop(&mut self, hop: &CascadeHop) {
        let known = if hop.hop == 1 { hop.parent == hop.source } else { self.reached.contains(&hop.parent) };
        self.check(known, "a hop comes from a service that was not reached");
        self.check(
            hop.before == hop.after || hop.outcome == HopOutcome::Applied,
            "a stopped hop changed something",
        );
        if hop.outcome == HopOutcome::Applied {
            self.reached.push(hop.victim);
        }
        self.book(hop.victim, &hop.before, &hop.after);
    }

    fn recovery(&mut self, step: &RecoveryStep) {
        self.check(step.before != step.after, "a recovery that changes nothing");
        self.book(step.service, &step.before, &step.after);
    }

    fn rule(&mut self, step: &RuleStep<'_>) {
        self.book(step.service, &step.before, &step.after);
    }

    fn operation(&mut self, operation: &Operation<'_>) {
        for change in operation.changes {
            let (Some(before), Some(after)) = (&change.before, change.after.number()) else { continue };
            let Some(before) = before.number() else { continue };
            let kept = &mut self.levels[change.service];
            match change.field.as_str() {
                "http_server_error_rate" => kept.0 += after - before,
                "http_server_request_duration_p99" => kept.1 += after - before,
                "process_memory_utilization" => kept.2 += after - before,
                _ => {},
            }
        }
    }

    fn tick(&mut self, summary: &TickSummary<'_>) {
        self.reached.clear();
        self.bcm += summary.bcm_delta;
        let shares: f64 = summary.bcm_shares.iter().sum();
        self.check((shares - summary.bcm_delta).abs() < 1e-12, "shares do not add up");
        self.check((self.bcm - summary.bcm_total).abs() < 1e-9, "the total is not the sum of the ticks");
        self.check(summary.slo_budget >= 0.0 && summary.slo_shielded >= 0.0, "a budget is negative");
        self.check(summary.slo_budget <= self.budget, "the engine's budget grows");
        self.budget = summary.slo_budget;
    }

    fn state(&mut self, mesh: &Mesh, phase: Phase) {
        if mesh.tick_count() == 0 && phase == Phase::Ticked {
            self.levels = mesh.services().iter().map(|s| (s.error, s.latency, s.memory)).collect();
            self.budget = mesh.budget().engine();
        }
        self.statuses = mesh.services().iter().map(|service| service.status).collect();
        for (service, kept) in mesh.services().iter().zip(self.levels.clone()) {
            let levels = (service.error, service.latency, service.memory);
            let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
            let equal = near(levels.0, kept.0) && near(levels.1, kept.1) && near(levels.2, kept.2);
            self.check(equal, "the facts do not add up to the state");
            self.check((0.0..=1.0).contains(&service.error), "an error ratio beyond 0..1");
            if phase == Phase::Ticked && mesh.tick_count() > 0 {
                self.check(service.judged().0 == service.status, "a status does not follow from the numbers");
            }
        }
    }
}

fn op(services: usize) -> impl Strategy<Value = (i64, u8, usize, f64)> {
    (0_i64..25, 0_u8..10, 0..services, 0.0_f64..1.0)
}

/// An operation from drawn numbers.
fn scheduled(mesh: &Mesh, (after_tick, what, place, value): (i64, u8, usize, f64)) -> ScheduledOp {
    let target = mesh.services()[place % mesh.services().len()].name.clone();
    let act = |action| Op::Action { action, target: target.clone() };
    let set = |field: &str, value| Op::Set { service: target.clone(), field: field.to_owned(), value };
    let op = match what {
        0 => Op::HaltFault { index: place % 2 },
        1 => Op::HaltLegacy,
        2 => act(Action::RestartService),
        3 => act(Action::RollbackDeploy),
        4 => act(Action::RevertConfig),
        5 => act(Action::ScaleReplicas { memory_limit_mb: None }),
        6 => act(Action::CircuitBreak),
        7 => act(Action::TrafficShift { drain: Some(value) }),
        8 => set("process_cpu_throttle_rate", Extra::Real(value)),
        _ => set("cert_expiry_bomb_tick", Extra::Integer(after_tick + 2)),
    };
    ScheduledOp { after_tick, op, expect_wrong: None }
}

fn played(difficulty: Difficulty, seed: u64, script: &Script, ledger: &mut Ledger) -> Mesh {
    let mut mesh = Episode::generate(difficulty, seed, None).unwrap();
    run_mesh(&mut mesh, script, 25, ledger);
    mesh
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_facts_account_for_every_change(
        level in 0_usize..3,
        seed in any::<u64>(),
        operations in prop::collection::vec(op(7), 0..8),
    ) {
        let difficulty = Difficulty::ALL[level];
        let mesh = Episode::generate(difficulty, seed, None).unwrap();
        let script = Script::new(operations.into_iter().map(|drawn| scheduled(&mesh, drawn)).collect());
        let mut ledger = Ledger::default();
        let first = played(difficulty, seed, &script, &mut ledger);
        prop_assert!(ledger.problems.is_empty(), "{:?}", ledger.problems);
        let again = played(difficulty, seed, &script, &mut Ledger::default());
        prop_assert_eq!(first.services(), again.services());
        let text = serde_json::to_string(&script).unwrap();
        prop_assert_eq!(serde_json::from_str::<Script>(&text).unwrap(), script);
    }

    #[test]
    fn another_seed_is_another_episode(seed in any::<u64>()) {
        let one = Episode::generate(Difficulty::Hard, seed, None).unwrap();
        let other = Episode::generate(Difficulty::Hard, seed ^ 1, None).unwrap();
        prop_assert_ne!(one.services(), other.services());
    }
}

#[test]
fn the_facts_of_every_task_account_for_every_change() {
    for task in infra_simulate::mesh::Catalogue::get().tasks() {
        let mut mesh = Episode::generate(task.difficulty, task.seed, Some(&task.task_id)).unwrap();
        let mut ledger = Ledger::default();
        run_mesh(&mut mesh, &Script::default(), 40, &mut ledger);
        assert!(ledger.problems.is_empty(), "{}: {:?}", task.task_id, ledger.problems);
    }
}

/// The engine alone, without a log. Limits are far above what a release build needs.
#[test]
fn ten_thousand_services_are_played_quickly() {
    let mut blueprint = Episode::blueprint(Difficulty::Easy, 1, None).unwrap();
    let services = 10_000;
    let calls: Vec<Vec<usize>> =
        (0..services).map(|i| (1..=3).map(|k| i * 2 + k).filter(|&j| j < services).collect()).collect();
    blueprint.services =
        (0..services).map(|i| infra_simulate::mesh::Service::new(&format!("s{i}"))).collect();
    blueprint.graph = infra_simulate::mesh::Graph::new(&calls).unwrap();
    blueprint.config.root_cause_service = "s9000".to_owned();
    blueprint.faults[0].fault_service = "s9000".to_owned();
    let mut mesh = Mesh::new(blueprint).unwrap();
    run_mesh(&mut mesh, &Script::default(), 100, &mut Ignore);
    assert_eq!(mesh.tick_count(), 100);
    assert!(mesh.impacted() > 1);
}
