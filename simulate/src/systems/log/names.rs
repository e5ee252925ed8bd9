//! Messages and attributes of rows. Names come from the scenario and are escaped once.

use std::fmt::Write as _;

use crate::systems::metadata::SIGNALS;
use crate::systems::payload::names as service_names;
use crate::systems::sre::{Diagnosed, Handled};
use crate::systems::{Alert, Metric, Runbook, Seen, Snapshot, Step, SystemsScenario};

/// Names as JSON texts.
pub(super) struct Names {
    actions: Vec<String>,
    chaos: Vec<String>,
    effects: Vec<String>,
}

/// The signals of a published snapshot of a server with so many services, in their units.
pub(super) fn signals(seen: &Snapshot, services: usize) -> [Option<f64>; SIGNALS.len()] {
    [
        seen.cpu_usage / 100.0,
        seen.memory_usage / 100.0,
        seen.disk_usage / 100.0,
        seen.error_rate / 100.0,
        seen.latency_p50 / 1000.0,
        seen.latency_p99 / 1000.0,
        seen.request_rate,
        availability(seen, services),
        seen.health,
    ]
    .map(Some)
}

/// Share of a server's services that can be reached, 0..1.
fn availability(seen: &Snapshot, services: usize) -> f64 {
    let down = seen.services_down.len().min(services);
    match services {
        _ if seen.isolated => 0.0,
        0 => 1.0,
        _ => (services - down) as f64 / services as f64,
    }
}

impl Names {
    pub(super) fn new(scenario: &SystemsScenario) -> Self {
        let chaos = &scenario.chaos_scenarios;
        Self {
            actions: Runbook::new(scenario).actions.iter().map(|action| quoted(&action.name)).collect(),
            chaos: chaos.iter().map(|chaos| quoted(&chaos.name)).collect(),
            effects: chaos
                .iter()
                .map(|chaos| serde_json::to_string(&chaos.effect).unwrap_or_default())
                .collect(),
        }
    }

    /// Tells a step, except for handled alerts, which are several rows.
    ///
    /// Writing to a String cannot fail, here and below.
    pub(super) fn tell(
        &self,
        step: &Step<'_>,
        seen: &Seen<'_>,
        message: &mut String,
        attributes: &mut String,
    ) {
        let name = |server: usize| seen.scenario.servers[server].name.as_str();
        let _ = match *step {
            Step::Traffic { total, each } => {
                let _ = write!(message, "traffic of {total} requests, {each} per server");
                write!(attributes, r#"{{"round":{},"total":{total},"per_server":{each}}}"#, seen.round)
            },
            Step::Injected { server, scenario, applied, .. } => {
                let chaos = &seen.scenario.chaos_scenarios[scenario].name;
                let _ = write!(message, "{chaos} injected into {}", name(server));
                let (scenario, effect) = (&self.chaos[scenario], &self.effects[scenario]);
                let _ = write!(attributes, r#"{{"scenario":{scenario},"effect":{effect}"#);
                let services = &seen.scenario.servers[server].services;
                if let Some(service) = applied.service.and_then(|service| services.get(service)) {
                    let _ = write!(message, ": {service} crashes");
                    let _ = write!(attributes, r#","service":{}"#, quoted(service));
                }
                write!(attributes, "}}")
            },
            Step::Lifted { server, scenario, .. } => {
                let chaos = &seen.scenario.chaos_scenarios[scenario].name;
                let _ = write!(message, "{chaos} on {} has run out", name(server));
                write!(attributes, r#"{{"scenario":{}}}"#, self.chaos[scenario])
            },
            Step::Spread { server, service, from, hosts, lost } => {
                let impaired = from.len();
                let _ = write!(message, "{} lacks {service}: {impaired} of {hosts} hosts fail", name(server));
                let _ = write!(
                    attributes,
                    r#"{{"service":{},"share":{},"health_lost":{lost},"from":["#,
                    quoted(service),
                    impaired as f64 / hosts as f64
                );
                list(attributes, from.iter().map(|host| name(*host)));
                write!(attributes, "]}}")
            },
            Step::Published { server } => self.state(server, seen, attributes),
            Step::Alerted { alert } => {
                self.alert(alert, seen, message, attributes);
                write!(attributes, "}}")
            },
            Step::Overwhelmed { overview, .. } => {
                let (critical, kept) = (overview.critical, overview.kept);
                let _ = write!(message, "overwhelmed by {critical} critical alerts; looks at {kept}");
                write!(attributes, r#"{{"critical":{critical},"kept":{kept}}}"#)
            },
            Step::Remedied { command, success, .. } => {
                let action = &seen.runbook.actions[command.action].name;
                let how = if success { "succeeded" } else { "failed" };
                let _ = write!(message, "{action} on {} {how}", name(command.server));
                let action = &self.actions[command.action];
                write!(attributes, r#"{{"action":{action},"success":{success}}}"#)
            },
            Step::Checked { up, .. } => write!(attributes, r#"{{"up":{up}}}"#),
            Step::Closed => {
                write!(attributes, r#"{{"round":{},"sla_target":{}}}"#, seen.round, seen.scenario.sla_target)
            },
            Step::Handled { .. } => Ok(()),
        };
    }

    /// What of a snapshot is no signal.
    fn state(&self, server: usize, seen: &Seen<'_>, attributes: &mut String) -> std::fmt::Result {
        let (snapshot, spec) = (&seen.snapshots[server], &seen.scenario.servers[server]);
        if snapshot.services_down.is_empty() && !snapshot.isolated {
            return Ok(());
        }
        write!(attributes, r#"{{"isolated":{},"services_down":["#, snapshot.isolated)?;
        list(attributes, service_names(spec, &snapshot.services_down));
        write!(attributes, "]}}")
    }

    /// Metric, level and value; the object stays open.
    fn alert(&self, alert: &Alert, seen: &Seen<'_>, message: &mut String, attributes: &mut String) {
        let (metric, level) = (alert.metric.name(), alert.level.name());
        let spec = &seen.scenario.servers[alert.server];
        let _ = write!(message, "{level} {metric}");
        let _ = write!(attributes, r#"{{"metric":"{metric}","level":"{level}","value":"#);
        let _ = match (alert.value, alert.metric) {
            (Some(value), _) => {
                let _ = write!(message, " {value}");
                write!(attributes, "{value}")
            },
            (None, Metric::ServiceDown) => {
                attributes.push('[');
                list(attributes, service_names(spec, &seen.snapshots[alert.server].services_down));
                write!(attributes, "]")
            },
            (None, _) => write!(attributes, r#""isolated""#),
        };
        let _ = write!(message, " on {}", spec.name);
    }

    /// Why the rules decide.
    pub(super) fn fallback(
        &self,
        alert: &Alert,
        reason: &str,
        seen: &Seen<'_>,
        message: &mut String,
        attributes: &mut String,
    ) {
        let server = &seen.scenario.servers[alert.server].name;
        let metric = alert.metric.name();
        let _ = write!(message, "the rules diagnose {metric} on {server}: {reason}");
        let _ = write!(attributes, r#"{{"metric":"{metric}","reason":{}}}"#, quoted(reason));
    }

    /// A diagnosis.
    pub(super) fn diagnosis(
        &self,
        handled: &Handled,
        seen: &Seen<'_>,
        message: &mut String,
        attributes: &mut String,
    ) {
        let server = &seen.scenario.servers[handled.alert.server].name;
        let metric = handled.alert.metric.name();
        let action = &seen.runbook.actions[handled.action].name;
        let by = if handled.diagnosed == Diagnosed::ByCommand { "command" } else { "rules" };
        let _ = write!(message, "{metric} on {server} calls for {action}");
        let _ = write!(
            attributes,
            r#"{{"metric":"{metric}","action":{},"misdiagnosed":{},"diagnoser":"{by}"}}"#,
            self.actions[handled.action], handled.misdiagnosed
        );
    }

    /// A command, or why there is none.
    pub(super) fn command(
        &self,
        handled: &Handled,
        seen: &Seen<'_>,
        message: &mut String,
        attributes: &mut String,
    ) {
        let server = &seen.scenario.servers[handled.alert.server].name;
        let action = &seen.runbook.actions[handled.action].name;
        let json = &self.actions[handled.action];
        let _ = match handled.blocked_until {
            None => {
                let _ = write!(message, "{action} sent to {server}");
                write!(attributes, r#"{{"action":{json}}}"#)
            },
            Some(round) => {
                let _ = write!(message, "{action} for {server} is blocked until round {round}");
                write!(attributes, r#"{{"action":{json},"until_round":{round}}}"#)
            },
        };
    }
}

fn list<'a>(json: &mut String, names: impl Iterator<Item = &'a str>) {
    for (i, name) in names.enumerate() {
        if i > 0 {
            json.push(',');
        }
        json.push_str(&quoted(name));
    }
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
