//! The rounds (section 4).

use std::collections::BTreeMap;

use infra_eventlog::RunError;

use super::held::{self, Held};
use super::spread::Dependencies;
use super::{
    Alert, Diagnose, Draws, Engineer, Observer, Runbook, Seen, Server, Snapshot, Step, Streams,
    SystemsScenario, apply_chaos, defaults,
};

mod duty;

/// A remediation that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// Position in the round's list of commands.
    pub(crate) number: usize,
    pub(crate) sre: usize,
    pub(crate) server: usize,
    pub(crate) action: usize,
}

/// Plays all rounds of a scenario.
pub(crate) fn run<D: Draws>(
    scenario: &SystemsScenario,
    streams: &mut Streams<D>,
    diagnose: &mut dyn Diagnose,
    observer: &mut impl Observer,
) -> Result<(), RunError> {
    let mut engine = Engine::new(scenario, streams, observer);
    for round in 1..=scenario.rounds {
        engine.round = round;
        engine.begin_round()?;
        engine.live()?;
        engine.raise_alerts()?;
        engine.respond(diagnose)?;
        engine.obey()?;
        engine.check()?;
    }
    Ok(())
}

struct Engine<'a, D, O> {
    scenario: &'a SystemsScenario,
    streams: &'a mut Streams<D>,
    observer: &'a mut O,
    runbook: Runbook,
    dependencies: Dependencies,
    /// (scenario, server) by round.
    scripted: BTreeMap<u64, Vec<(usize, usize)>>,
    servers: Vec<Server>,
    snapshots: Vec<Snapshot>,
    engineers: Vec<Engineer>,
    round: u64,
    /// Requests of each server in this round.
    traffic: f64,
    /// (scenario, server) in this round, servers in order.
    injections: Vec<(usize, usize)>,
    /// Injections so far.
    injected: usize,
    alerts: Vec<Alert>,
    commands: Vec<Command>,
}

impl<'a, D: Draws, O: Observer> Engine<'a, D, O> {
    fn new(scenario: &'a SystemsScenario, streams: &'a mut Streams<D>, observer: &'a mut O) -> Self {
        let servers: Vec<Server> = streams.servers.iter_mut().map(Server::new).collect();
        let snapshots = vec![Snapshot::default(); servers.len()];
        let skill = |name: &str| scenario.skills.get(name).copied().unwrap_or_else(|| defaults::skill(name));
        let engineers = scenario.sres.iter().map(|sre| Engineer::new(skill(&sre.skill))).collect();
        Self {
            scenario,
            streams,
            observer,
            runbook: Runbook::new(scenario),
            dependencies: Dependencies::new(scenario),
            scripted: scripted(scenario),
            servers,
            snapshots,
            engineers,
            round: 0,
            traffic: 0.0,
            injections: Vec::new(),
            injected: 0,
            alerts: Vec::new(),
            commands: Vec::new(),
        }
    }

    fn saw(&mut self, step: &Step<'_>) -> Result<(), RunError> {
        let seen = Seen {
            round: self.round,
            scenario: self.scenario,
            runbook: &self.runbook,
            servers: &self.servers,
            snapshots: &self.snapshots,
            engineers: &self.engineers,
        };
        self.observer.saw(step, &seen)
    }

    /// Steps 1 and 2: traffic and chaos are drawn.
    fn begin_round(&mut self) -> Result<(), RunError> {
        let n = self.servers.len();
        let total = (self.scenario.base_traffic * self.streams.runner.uniform(0.8, 1.5)).trunc();
        self.traffic = (total / n as f64).floor();
        self.injections.clear();
        if self.round > self.scenario.warmup {
            let factor = self.scenario.chaos_factor();
            for (i, chaos) in self.scenario.chaos_scenarios.iter().enumerate() {
                if self.streams.runner.plain() < chaos.probability * factor {
                    self.injections.push((i, self.streams.runner.choice(n)));
                }
            }
        }
        if let Some(scripted) = self.scripted.get(&self.round) {
            self.injections.extend(scripted);
        }
        self.injections.sort_by_key(|(_, server)| *server);
        self.saw(&Step::Traffic { total, each: self.traffic })
    }

    /// Step 3: servers live through the round, chaos strikes, metrics are published.
    fn live(&mut self) -> Result<(), RunError> {
        let is_coupled = self.scenario.switches.coupling > 0.0;
        for server in 0..self.servers.len() {
            self.simulate(server)?;
            self.inject(server)?;
            if !is_coupled {
                self.publish(server)?;
            }
        }
        if is_coupled {
            self.spread()?;
            for server in 0..self.servers.len() {
                self.publish(server)?;
            }
        }
        Ok(())
    }

    fn simulate(&mut self, server: usize) -> Result<(), RunError> {
        for (injection, scenario, touched) in held::expire(&mut self.servers[server], self.round) {
            self.saw(&Step::Lifted { injection, server, scenario, touched })?;
        }
        let (state, draws) = (&mut self.servers[server], &mut self.streams.servers[server]);
        state.drift(self.traffic, draws);
        held::hold_use(state);
        state.suffer(draws);
        held::hold_requests(state);
        Ok(())
    }

    fn inject(&mut self, server: usize) -> Result<(), RunError> {
        let first = self.injections.partition_point(|(_, target)| *target < server);
        let end = self.injections.partition_point(|(_, target)| *target <= server);
        for i in first..end {
            let (scenario, _) = self.injections[i];
            let injection = self.injected;
            self.injected += 1;
            let chaos = &self.scenario.chaos_scenarios[scenario];
            let (state, draws) = (&mut self.servers[server], &mut self.streams.servers[server]);
            let before = (state.cpu_usage, state.disk_usage);
            let applied = apply_chaos(state, &self.scenario.servers[server], scenario, &chaos.effect, draws);
            if self.scenario.switches.durations {
                let until = self.round.saturating_add(chaos.duration);
                let number = (injection, scenario);
                let held = Held::new(number, &chaos.effect, applied, until, before);
                state.held.extend(held.holds_something().then_some(held));
            }
            self.saw(&Step::Injected { server, scenario, applied })?;
        }
        Ok(())
    }

    fn spread(&mut self) -> Result<(), RunError> {
        let Self { dependencies, servers, observer, scenario, runbook, snapshots, engineers, round, .. } =
            self;
        dependencies.spread(servers, scenario.switches.coupling, |servers, loss| {
            let seen = Seen { round: *round, scenario, runbook, servers, snapshots, engineers };
            let step = Step::Spread {
                server: loss.server,
                service: loss.service,
                from: loss.from,
                hosts: loss.hosts,
                lost: loss.health,
            };
            observer.saw(&step, &seen)
        })
    }

    fn publish(&mut self, server: usize) -> Result<(), RunError> {
        let state = &self.servers[server];
        if self.scenario.switches.isolation && state.isolated {
            self.snapshots[server].missing = true;
            return Ok(());
        }
        self.snapshots[server].publish(state);
        self.saw(&Step::Published { server })
    }

    /// Step 6: who is up.
    fn check(&mut self) -> Result<(), RunError> {
        for server in 0..self.servers.len() {
            let up = self.servers[server].is_up();
            self.saw(&Step::Checked { server, up })?;
        }
        self.saw(&Step::Closed)
    }
}

fn scripted(scenario: &SystemsScenario) -> BTreeMap<u64, Vec<(usize, usize)>> {
    let mut by_round: BTreeMap<u64, Vec<(usize, usize)>> = BTreeMap::new();
    for entry in &scenario.schedule {
        let chaos = scenario.chaos_scenarios.iter().position(|chaos| chaos.name == entry.scenario);
        if let (Some(chaos), Some(server)) = (chaos, scenario.server(&entry.server)) {
            by_round.entry(entry.round).or_default().push((chaos, server));
        }
    }
    by_round
}
