//! Properties of any run, in either mode.

use infra_simulate::Scenario;
use infra_simulate::kernel::RandomSource;
use infra_simulate::queue::{
    Failure, Kind, Network, Observer, QueueScenario, Request, Results, Tick, run_queue,
};
use infra_simulate::scenario::Format;
use proptest::prelude::*;

use crate::played::play;

/// Everything that happened, in words, and what was wrong with it.
#[derive(Default)]
struct Seen {
    log: Vec<String>,
    now: f64,
    problems: Vec<String>,
    buffer: u32,
    answered: u32,
    open: i64,
    most_open: i64,
}

impl Seen {
    fn check(&mut self, holds: bool, what: &str) {
        if !holds {
            self.problems.push(format!("{what} at {}", self.now));
        }
    }

    fn at(&mut self, time: f64) {
        self.check(time >= self.now, "time decreases");
        self.now = time;
    }
}

impl Observer for Seen {
    fn request(&mut self, request: &Request) {
        self.at(request.time);
        self.check(request.depth <= self.buffer, "the queue is beyond its bound");
        self.check(request.latency >= 0.0, "a latency below 0");
        let failed = matches!(request.status, 500..=504);
        self.check(
            failed || request.failure == Failure::None || request.failure == Failure::Wasted,
            "a failure is well",
        );
        match request.kind {
            Kind::Created => self.open += 1,
            Kind::Completed | Kind::TimedOut if request.failure != Failure::Wasted => self.open -= 1,
            _ => {},
        }
        self.answered += u32::from(request.kind == Kind::Completed && request.failure == Failure::None);
        self.most_open = self.most_open.max(self.open);
        self.log.push(format!("{request:?}"));
    }

    fn tick(&mut self, tick: &Tick<'_>) {
        self.at(tick.time);
        self.check((0.0..=1.0).contains(&tick.error_rate), "an error rate beyond 0..1");
        self.check((0.0..=0.5).contains(&tick.error_clustering), "a deviation beyond 0..0.5");
        self.check(tick.depth <= self.buffer, "the queue is beyond its bound");
        self.log.push(format!("{tick:?}"));
    }
}

fn sized(agents: u32, workers: u32, buffer: u32, drop_rate: f64, seed: u64) -> QueueScenario {
    let mut scenario = Scenario::named("queue", "exp-001").unwrap().queue().unwrap();
    scenario.header.seed = seed;
    scenario.queue.agents = agents;
    scenario.queue.workers = workers;
    scenario.queue.buffer = buffer;
    scenario.queue.drop_rate = drop_rate;
    scenario
}

fn scenario() -> impl Strategy<Value = QueueScenario> {
    let network = (0.0_f64..0.05, 0.0_f64..0.3, 0_u32..20, 0.0_f64..0.2, 0_u32..4, any::<bool>());
    (1_u32..120, 1_u32..8, 1_u32..30, 0.0_f64..0.6, any::<u64>(), network).prop_map(
        |(
            agents,
            workers,
            buffer,
            drop_rate,
            seed,
            (jitter, socket_timeout, pool_size, wait, retries, on),
        )| {
            let mut scenario = sized(agents, workers, buffer, drop_rate, seed);
            if on {
                scenario.header.mode = infra_simulate::scenario::Mode::Coupled;
                scenario.network = Network {
                    jitter,
                    socket_timeout,
                    pool_size,
                    pool_timeout: wait,
                    retries,
                    retry_backoff: wait,
                };
            }
            scenario
        },
    )
}

fn seen(scenario: &QueueScenario, seed: u64) -> (Seen, Results) {
    let mut seen = Seen { buffer: scenario.queue.buffer, ..Seen::default() };
    let mut results = Results::new(scenario);
    let end = run_queue(scenario, &RandomSource::new(seed), &mut (&mut seen, &mut results)).unwrap();
    seen.check(end <= seen.now + scenario.queue.control_period, "the end is after the last event");
    (seen, results)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_run_keeps_its_bounds(scenario in scenario()) {
        let (seen, results) = seen(&scenario, scenario.header.seed);
        prop_assert!(seen.problems.is_empty(), "{:?}", seen.problems);
        let (queue, network) = (scenario.queue, scenario.network);
        prop_assert_eq!(seen.open, 0);
        if network.pool_size > 0 {
            prop_assert!(seen.most_open <= i64::from(network.pool_size), "{}", seen.most_open);
        }
        prop_assert!(u64::from(seen.answered) == results.completed_ok && seen.answered <= queue.agents);
        let attempts = u64::from(queue.agents) * u64::from(1 + network.retries);
        prop_assert!((u64::from(queue.agents)..=attempts).contains(&results.attempts));
        prop_assert!((0.0..=1.0).contains(&results.loss(&scenario)));
        // Everyone was answered, or failed as often as it may.
        let failed = results.attempts - results.completed_ok;
        prop_assert!(failed >= u64::from(queue.agents - seen.answered) * u64::from(1 + network.retries));
    }

    #[test]
    fn a_seed_is_a_run(scenario in scenario()) {
        let seed = scenario.header.seed;
        let first = seen(&scenario, seed).0.log;
        prop_assert_eq!(&first, &seen(&scenario, seed).0.log);
        prop_assert_ne!(&first, &seen(&scenario, seed ^ 1).0.log);
    }

    #[test]
    fn canonical_json_is_the_scenario(scenario in scenario()) {
        let again = Scenario::parse(&scenario.to_json(), Format::Json, "again").unwrap();
        prop_assert_eq!(again.queue().unwrap(), scenario);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_log_is_in_order_and_the_same_bytes_again(scenario in scenario()) {
        let parse = |s: &QueueScenario| Scenario::parse(&s.to_json(), Format::Json, "drawn").unwrap();
        let first = play(&parse(&scenario));
        first.check_order();
        prop_assert!(play(&parse(&scenario)).bytes == first.bytes);
        let mut other = scenario;
        other.header.seed ^= 1;
        prop_assert!(play(&parse(&other)).rows != first.rows);
    }
}

#[test]
fn fewer_places_never_mean_a_longer_queue() {
    for buffer in [1, 2, 5, 20, 80] {
        let scenario = sized(300, 2, buffer, 0.05, 3);
        let (seen, _) = seen(&scenario, 3);
        assert!(seen.problems.is_empty(), "{buffer}: {:?}", seen.problems);
    }
}
