//! The rounds (section 4).

use std::collections::BTreeMap;

use infra_eventlog::RunError;

use super::alert::alerts;
use super::facet::{Facet, Facets};
use super::held::{self, Held};
use super::spread::Dependencies;
use super::sre::Handled;
use super::{
    Alert, Cure, Diagnose, Draws, Engineer, Monitored, Observer, Runbook, Seen, Server, Snapshot, Step,
    Streams, SystemsScenario, applicable, apply_chaos, apply_remedy, defaults,
};

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
    /// (scenario, server) in this round.
    injections: Vec<(usize, usize)>,
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
        let mut ended = Vec::new();
        held::expire(&mut self.servers[server], self.round, &mut ended);
        for (scenario, touched) in ended {
            self.saw(&Step::Lifted { server, scenario, touched })?;
        }
        let (state, draws) = (&mut self.servers[server], &mut self.streams.servers[server]);
        state.drift(self.traffic, draws);
        held::hold_use(state);
        state.suffer(draws);
        held::hold_requests(state);
        Ok(())
    }

    fn inject(&mut self, server: usize) -> Result<(), RunError> {
        for i in 0..self.injections.len() {
            let (scenario, target) = self.injections[i];
            if target != server {
                continue;
            }
            let chaos = &self.scenario.chaos_scenarios[scenario];
            let (state, draws) = (&mut self.servers[server], &mut self.streams.servers[server]);
            let before = (state.cpu_usage, state.disk_usage);
            let applied = apply_chaos(state, &self.scenario.servers[server], scenario, &chaos.effect, draws);
            if self.scenario.switches.durations {
                let until = self.round.saturating_add(chaos.duration);
                state.held.push(Held::new(scenario, &chaos.effect, applied, until, before));
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

    /// Step 4, first half.
    fn raise_alerts(&mut self) -> Result<(), RunError> {
        let mut list = std::mem::take(&mut self.alerts);
        let disk = self.scenario.switches.disk_alerts;
        alerts(&self.snapshots, &self.scenario.alert_thresholds, disk, &mut list);
        for alert in &list {
            self.saw(&Step::Alerted { alert })?;
        }
        self.alerts = list;
        Ok(())
    }

    /// Step 4, second half: each engineer takes every n-th alert.
    fn respond(&mut self, diagnose: &mut dyn Diagnose) -> Result<(), RunError> {
        self.commands.clear();
        let n = self.engineers.len();
        let (mut mine, mut handled): (Vec<Alert>, Vec<Handled>) = (Vec::new(), Vec::new());
        for sre in 0..n {
            mine.clear();
            mine.extend(self.alerts.iter().filter(|alert| alert.number % n == sre));
            let monitored = Monitored {
                servers: &self.scenario.servers,
                snapshots: &self.snapshots,
                runbook: &self.runbook,
                server_cooldowns: self.scenario.switches.server_cooldowns,
                count_successes: self.scenario.switches.success_rates,
            };
            let draws = &mut self.streams.sres[sre];
            let overview = self.engineers[sre].round(&mut mine, &monitored, draws, diagnose, &mut handled);
            if overview.overwhelmed {
                self.saw(&Step::Overwhelmed { sre, overview })?;
            }
            for one in &handled {
                self.saw(&Step::Handled { sre, handled: one })?;
                if one.blocked_until.is_none() {
                    let number = self.commands.len();
                    self.commands.push(Command { number, sre, server: one.alert.server, action: one.action });
                }
            }
        }
        Ok(())
    }

    /// Step 5: servers in order execute their commands in the order sent.
    fn obey(&mut self) -> Result<(), RunError> {
        for server in 0..self.servers.len() {
            for i in 0..self.commands.len() {
                let command = self.commands[i];
                if command.server == server {
                    self.execute(&command)?;
                }
            }
        }
        Ok(())
    }

    fn execute(&mut self, command: &Command) -> Result<(), RunError> {
        let switches = self.scenario.switches;
        let action = &self.runbook.actions[command.action];
        let engineer = &mut self.engineers[command.sre];
        let server = &mut self.servers[command.server];
        let obeys = !(switches.isolation && server.isolated && !reconnects(&action.cure));
        let mut success = obeys && applicable(server, &action.cure);
        if switches.success_rates {
            let u = self.streams.success[command.server].plain();
            success &= u < action.success_rate * engineer.skill.remediation_speed;
        }
        let mut touched = Facets::default();
        if success {
            let draws = &mut self.streams.servers[command.server];
            touched = apply_remedy(server, &action.cure, switches.disk_alerts, draws);
            // More machines also take the load that made a database slow.
            let relieved = if action.cure == Cure::ScaleUp { touched.with(Facet::Latency) } else { touched };
            held::cure(server, relieved);
            if switches.success_rates {
                engineer.counters.incidents_resolved += 1;
            }
        } else {
            engineer.counters.failed_remediations += 1;
        }
        let published = !(switches.isolation && server.isolated);
        if published {
            self.snapshots[command.server].publish(server);
        }
        self.saw(&Step::Remedied { command, success, touched, published })
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

/// Whether an isolated server obeys it under D4.
const fn reconnects(cure: &Cure) -> bool {
    match cure {
        Cure::Failover => true,
        Cure::Custom(effect) => effect.reconnect,
        _ => false,
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
