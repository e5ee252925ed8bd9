//! An observer that writes the run (section 11).

use std::path::Path;

use infra_eventlog::RunError;
use infra_eventlog::metadata::{EventRole, RunMetadata, Visibility};
use infra_eventlog::truth::Truth;

use super::cause::ServerCauses;
use super::facet::{Facet, Facets};
use super::held::renewed;
use super::metadata::SIGNALS;
use super::server::status;
use super::sre::{Diagnosed, Handled};
use super::{Alert, Metric, Observer, Seen, Step, SystemsScenario};
use crate::journal::{Happening, Journal};

mod names;

use names::{Names, signals};

/// A diagnosis; its attributes keep what an external diagnoser said.
pub(crate) const DIAGNOSIS: &str = "DIAGNOSIS";
/// The rules decided in the place of an external diagnoser.
pub(crate) const DIAGNOSER_FALLBACK: &str = "DIAGNOSER_FALLBACK";

/// All event types.
pub(crate) const EVENT_TYPES: [(&str, Visibility, EventRole); 14] = {
    use EventRole::{Alert, Decision, Demand, Hazard, Remediation, State};
    use Visibility::{Mechanism, Observed};
    [
        ("TRAFFIC_UPDATE", Observed, Demand),
        ("CHAOS_INJECT", Mechanism, Hazard),
        ("CHAOS_END", Mechanism, State),
        ("DEPENDENCY_IMPACT", Mechanism, State),
        ("SERVER_METRICS", Observed, State),
        ("ALERT", Observed, Alert),
        ("SRE_OVERWHELMED", Observed, Alert),
        (DIAGNOSER_FALLBACK, Observed, State),
        (DIAGNOSIS, Observed, Decision),
        ("REMEDIATE", Observed, Remediation),
        ("COOLDOWN_BLOCKED", Observed, Decision),
        // The command is the action; its result tells how it went.
        ("REMEDIATION_RESULT", Observed, State),
        ("HEALTH_CHECK", Observed, State),
        ("SLA_REPORT", Observed, State),
    ]
};

const RUNNER: &str = "runner";

/// Writes the events table of a run.
pub(crate) struct RunLog {
    journal: Journal,
    tick_ns: i64,
    names: Names,
    traffic: i64,
    causes: Vec<ServerCauses>,
    /// Event of each injection, by its number.
    injections: Vec<i64>,
    /// Event of each alert of the round, by its number.
    alerts: Vec<i64>,
    /// Event of each command of the round, by its number.
    commands: Vec<i64>,
    message: String,
    attributes: String,
}

impl RunLog {
    /// Starts the file; it appears when it is finished.
    pub(crate) fn create(
        path: &Path,
        metadata: &RunMetadata,
        scenario: &SystemsScenario,
    ) -> Result<Self, RunError> {
        Ok(Self {
            journal: Journal::create(path, metadata)?,
            tick_ns: scenario.header.tick_ns,
            names: Names::new(scenario),
            traffic: 0,
            causes: vec![ServerCauses::default(); scenario.servers.len()],
            injections: Vec::new(),
            alerts: Vec::new(),
            commands: Vec::new(),
            message: String::new(),
            attributes: String::new(),
        })
    }

    /// Events so far.
    pub(crate) const fn events(&self) -> i64 {
        self.journal.events()
    }

    /// Puts the run and its truth in place and returns the rows.
    pub(crate) fn finish(self, path: &Path, truth: &Truth) -> Result<i64, RunError> {
        self.journal.finish(path, truth)
    }
}

impl Observer for RunLog {
    fn saw(&mut self, step: &Step<'_>, seen: &Seen<'_>) -> Result<(), RunError> {
        let time_ns = i64::try_from(seen.round).unwrap_or(i64::MAX).saturating_mul(self.tick_ns);
        self.message.clear();
        self.attributes.clear();
        self.names.tell(step, seen, &mut self.message, &mut self.attributes);
        match step {
            Step::Traffic { .. } => {
                self.traffic = self.write(None, time_ns, "TRAFFIC_UPDATE", RUNNER, &Row::default())?;
                for (causes, server) in self.causes.iter_mut().zip(seen.servers) {
                    causes.begin_round(renewed(server));
                }
                self.alerts.clear();
                self.commands.clear();
            },
            Step::Injected { server, applied, .. } => {
                self.causes[*server].judged(seen.servers[*server].burden);
                let id = self.write(None, time_ns, "CHAOS_INJECT", RUNNER, &Row::about(*server, seen))?;
                self.causes[*server].changed(applied.touched, id);
                self.injections.push(id);
            },
            Step::Lifted { injection, server, touched, .. } => {
                let cause = self.injections.get(*injection).copied();
                let id = self.write(cause, time_ns, "CHAOS_END", RUNNER, &Row::about(*server, seen))?;
                self.causes[*server].changed(*touched, id);
                self.causes[*server].let_pass(renewed(&seen.servers[*server]));
            },
            Step::Spread { server, from, .. } => {
                for host in *from {
                    self.causes[*host].judged(seen.servers[*host].burden);
                }
                let cause = self.impairment(from, seen);
                let source = from.first().map_or(RUNNER, |host| name(*host, seen));
                let row = Row::about(*server, seen);
                let id = self.write(Some(cause), time_ns, "DEPENDENCY_IMPACT", source, &row)?;
                let causes = &mut self.causes[*server];
                causes.changed(Facets::of(Facet::Dependencies), id);
                if let Some((Facet::Dependencies, _)) = seen.servers[*server].burden {
                    causes.burdened(id);
                }
            },
            Step::Published { server } => {
                self.causes[*server].judged(seen.servers[*server].burden);
                let cause = self.causes[*server].of_metrics().unwrap_or(self.traffic);
                let row = Row::state(*server, seen);
                let id = self.write(Some(cause), time_ns, "SERVER_METRICS", name(*server, seen), &row)?;
                self.causes[*server].published(id);
            },
            Step::Alerted { alert } => {
                let cause = self.causes[alert.server].of_alert(alert.metric).unwrap_or(self.traffic);
                let source = sre(alert.number % seen.engineers.len().max(1), seen);
                let row = Row::alert(alert, seen);
                let id = self.write(Some(cause), time_ns, "ALERT", source, &row)?;
                self.alerts.push(id);
            },
            Step::Overwhelmed { sre: who, .. } => {
                let cause = self.alerts.last().copied();
                self.write(cause, time_ns, "SRE_OVERWHELMED", sre(*who, seen), &Row::default())?;
            },
            Step::Handled { sre: who, handled } => self.handled(time_ns, sre(*who, seen), handled, seen)?,
            Step::Remedied { command, success, touched, published } => {
                let row = if *published {
                    Row::state(command.server, seen)
                } else {
                    Row::about(command.server, seen)
                };
                let cause = self.commands.get(command.number).copied();
                let id =
                    self.write(cause, time_ns, "REMEDIATION_RESULT", name(command.server, seen), &row)?;
                if *success {
                    let causes = &mut self.causes[command.server];
                    causes.judged(seen.servers[command.server].burden);
                    causes.changed(*touched, id);
                }
            },
            Step::Checked { server, .. } => {
                self.causes[*server].judged(seen.servers[*server].burden);
                let cause = self.causes[*server].of_health().unwrap_or(self.traffic);
                let row = Row::health(*server, seen);
                self.write(Some(cause), time_ns, "HEALTH_CHECK", RUNNER, &row)?;
            },
            Step::Closed => {
                if seen.round == seen.scenario.rounds {
                    // What it sums up ends with the last check.
                    let cause = self.journal.events().checked_sub(1);
                    self.write(cause, time_ns, "SLA_REPORT", RUNNER, &Row::default())?;
                }
            },
        }
        Ok(())
    }
}

impl RunLog {
    /// A diagnosis, with what came before and after it.
    fn handled(
        &mut self,
        time_ns: i64,
        sre: &str,
        handled: &Handled,
        seen: &Seen<'_>,
    ) -> Result<(), RunError> {
        let row = Row::about(handled.alert.server, seen);
        let alert = self.alerts.get(handled.alert.number).copied();
        if let Diagnosed::InItsPlace { reason } = &handled.diagnosed {
            self.retell(|names, message, attributes| {
                names.fallback(&handled.alert, reason, seen, message, attributes);
            });
            self.write(alert, time_ns, DIAGNOSER_FALLBACK, sre, &row)?;
        }
        self.retell(|names, message, attributes| names.diagnosis(handled, seen, message, attributes));
        let diagnosis = self.write(alert, time_ns, DIAGNOSIS, sre, &row)?;
        self.retell(|names, message, attributes| names.command(handled, seen, message, attributes));
        if handled.blocked_until.is_some() {
            self.write(Some(diagnosis), time_ns, "COOLDOWN_BLOCKED", sre, &row)?;
        } else {
            let id = self.write(Some(diagnosis), time_ns, "REMEDIATE", sre, &row)?;
            self.commands.push(id);
        }
        Ok(())
    }

    fn retell(&mut self, tell: impl FnOnce(&Names, &mut String, &mut String)) {
        self.message.clear();
        self.attributes.clear();
        tell(&self.names, &mut self.message, &mut self.attributes);
    }

    /// The event that impaired the first of these hosts.
    fn impairment(&self, from: &[usize], seen: &Seen<'_>) -> i64 {
        let of = |host: &usize| {
            let (causes, state) = (&self.causes[*host], &seen.servers[*host]);
            if state.isolated {
                causes.of(Facet::Isolation)
            } else if !state.services_down.is_empty() {
                causes.of(Facet::Services)
            } else {
                causes.of_health()
            }
        };
        from.first().and_then(of).unwrap_or(self.traffic)
    }

    fn write(
        &mut self,
        cause: Option<i64>,
        time_ns: i64,
        event_type: &str,
        source: &str,
        row: &Row<'_>,
    ) -> Result<i64, RunError> {
        self.journal.event(
            cause,
            &Happening {
                time_ns,
                event_type,
                source,
                service: row.service,
                status: row.status,
                signals: &row.signals,
                message: (!self.message.is_empty()).then_some(self.message.as_str()),
                attributes: (!self.attributes.is_empty()).then_some(self.attributes.as_str()),
            },
        )
    }
}

/// What a row shows of a server.
#[derive(Clone, Copy, Default)]
struct Row<'a> {
    service: Option<&'a str>,
    status: Option<&'static str>,
    signals: [Option<f64>; SIGNALS.len()],
}

impl<'a> Row<'a> {
    /// A happening about a server.
    fn about(server: usize, seen: &Seen<'a>) -> Self {
        Self { service: Some(name(server, seen)), ..Self::default() }
    }

    /// What an alert is about; that a server cannot be reached is seen by it alone.
    fn alert(alert: &Alert, seen: &Seen<'a>) -> Self {
        let mut row = Self::about(alert.server, seen);
        let [.., availability, _] = &mut row.signals;
        *availability = (alert.metric == Metric::Network).then_some(0.0);
        row
    }

    /// A server as it was last published.
    fn state(server: usize, seen: &Seen<'a>) -> Self {
        let snapshot = &seen.snapshots[server];
        let status = Some(status(snapshot.health));
        let services = seen.scenario.servers.get(server).map_or(0, |spec| spec.services.len());
        Self { service: Some(name(server, seen)), status, signals: signals(snapshot, services) }
    }

    /// What the runner sees of a server: its health, and that it cannot be reached if it is silent.
    fn health(server: usize, seen: &Seen<'a>) -> Self {
        let state = &seen.servers[server];
        let mut row = Self { status: Some(state.status()), ..Self::about(server, seen) };
        let [.., availability, health] = &mut row.signals;
        *availability = seen.snapshots[server].missing.then_some(0.0);
        *health = Some(state.health);
        row
    }
}

fn name<'a>(server: usize, seen: &Seen<'a>) -> &'a str {
    seen.scenario.servers.get(server).map_or("", |spec| spec.name.as_str())
}

fn sre<'a>(sre: usize, seen: &Seen<'a>) -> &'a str {
    seen.scenario.sres.get(sre).map_or("", |spec| spec.id.as_str())
}
