//! The built-in scenarios tell the stories that their texts promise.

use infra_simulate::kernel::RandomSource;
use infra_simulate::queue::{QueueScenario, Results, State, run_queue};
use infra_simulate::scenario::Format;
use infra_simulate::{Scenario, builtins};

use crate::played::{Played, play};
use crate::support::toml;

fn named(name: &str) -> Played {
    play(&Scenario::named("queue", name).unwrap())
}

fn scenario(name: &str) -> QueueScenario {
    Scenario::named("queue", name).unwrap().queue().unwrap()
}

fn results(scenario: &QueueScenario, seed: u64) -> Results {
    let mut results = Results::new(scenario);
    run_queue(scenario, &RandomSource::new(seed), &mut results).unwrap();
    results
}

#[test]
fn descriptions_are_those_of_the_scenarios() {
    let all = builtins("queue");
    assert_eq!(all.len(), 6);
    for builtin in all {
        let scenario = Scenario::named("queue", builtin.name).unwrap();
        let queue = scenario.queue().unwrap();
        assert_eq!(
            (queue.header.name.as_str(), queue.header.description.as_str()),
            (builtin.name, builtin.description)
        );
        let again = Scenario::parse(&queue.to_json(), Format::Json, "again").unwrap();
        assert_eq!(again.queue().unwrap(), queue);
        assert_eq!(again.scenario_json().unwrap(), scenario.scenario_json().unwrap());
    }
}

#[test]
fn profiles_resolve_to_their_states_whatever_the_seed() {
    for (name, state, rates) in [
        ("exp-001", State::Stable, [0.05, 0.0]),
        ("exp-002", State::Degraded, [0.05, 0.2]),
        ("exp-003", State::Collapsed, [0.05, 0.4]),
    ] {
        let mut profile = scenario(name);
        for rate in rates {
            profile.queue.drop_rate = rate;
            for seed in 0..20 {
                let found = results(&profile, seed).resolved(&profile);
                assert_eq!(found, state, "{name} at {rate}, seed {seed}");
            }
        }
    }
}

#[test]
fn the_control_profile_has_no_incident() {
    let played = named("exp-001");
    assert_eq!(played.verdict(), "no incident");
    assert_eq!(played.truth.extra["resolved_state"], "STABLE");
    let truth = &played.truth;
    assert!(truth.faults.is_empty() && truth.root_causes.is_empty() && truth.propagation.is_empty());
    // A tick may well call it COLLAPSED for latency alone; pressure stays low.
    assert!(played.extra("peak_tick_pressure") < 0.40);
}

#[test]
fn congestion_is_a_bottleneck_and_saturation_a_collapse() {
    for (name, state, verdict) in [
        ("exp-002", "DEGRADED", "capacity bottleneck"),
        ("exp-003", "COLLAPSED", "congestion collapse"),
        ("reference", "COLLAPSED", "congestion collapse"),
    ] {
        let played = named(name);
        assert_eq!(played.truth.extra["resolved_state"], state, "{name}");
        assert_eq!(played.verdict(), verdict, "{name}");
        assert_eq!(played.truth.root_causes, ["workers"], "{name}");
        let hops: Vec<_> =
            played.truth.propagation.iter().map(|h| (h.from.as_str(), h.to.as_str())).collect();
        assert_eq!(hops, [("workers", "queue"), ("queue", "clients")], "{name}");
        assert_eq!(played.truth.faults[0].kind, "saturation", "{name}");
        let start = played.events("QUEUE_COLLAPSED").next().unwrap().time_ns;
        assert_eq!(played.truth.faults[0].start_ns, start, "{name}");
    }
    // The reference is the saturated profile.
    assert_eq!(results(&scenario("reference"), 42), results(&scenario("exp-003"), 42));
}

#[test]
fn retries_multiply_attempts_and_waste_work() {
    let played = named("retry-storm");
    assert_eq!(played.verdict(), "retry storm");
    let clients = f64::from(scenario("retry-storm").queue.agents);
    assert!(played.extra("attempts") >= 2.0 * clients, "{}", played.extra("attempts"));
    let wasted =
        played.events("REQUEST_COMPLETED").filter(|r| r.text("failure_mode") == "WASTED_WORK").count();
    let given_up = played.events("REQUEST_TIMEOUT").count();
    assert!(wasted > 100 && wasted == given_up, "{wasted} of {given_up}");
    // The same clients with patience and one attempt each fare no worse, with far less work.
    let mut calm = scenario("retry-storm");
    calm.network = infra_simulate::queue::Network::default();
    let calm = results(&calm, 7);
    assert!(calm.attempts < played.extra("attempts") as u64 / 2);
    assert!(calm.completed_ok as f64 / calm.completed as f64 > 0.9);
}

#[test]
fn connections_run_out_before_places_do() {
    let played = named("pool-exhaustion");
    assert_eq!(played.verdict(), "capacity bottleneck");
    let (pool, refused) = (played.extra("pool_503"), played.extra("congestion_503"));
    assert!(pool > 100.0 && pool > 3.0 * refused, "{pool} {refused}");
    // Nobody gives up on an answer here, so connections in use are requests inside.
    let (mut inside, mut most) = (0, 0);
    for row in &played.rows {
        match row.event_type.as_str() {
            "REQUEST_CREATED" => inside += 1,
            "REQUEST_COMPLETED" => inside -= 1,
            _ => {},
        }
        most = most.max(inside);
    }
    assert_eq!(most, 40);
}

#[test]
fn a_network_that_is_off_is_the_reference() {
    let text = |mode: &str| {
        format!(
            "world = \"queue\"\nname = \"n\"\nseed = 5\nmode = \"{mode}\"\n[queue]\nagents = 200\nworkers = 3\nbuffer = 40\n"
        )
    };
    let [reference, coupled] = ["reference", "coupled"].map(|m| play(&toml(&text(m)).unwrap()));
    assert_eq!(reference.rows, coupled.rows);
    let jittered = toml(&(text("coupled") + "[network]\njitter = 0.02\n")).unwrap();
    let jittered = play(&jittered);
    assert_ne!(jittered.rows, reference.rows);
    // Later by less than the jitter, every one of the first attempts.
    assert_eq!(jittered.extra("attempts"), 200.0);
}
