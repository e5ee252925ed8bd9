//! The second half of a round: alerts, engineers, commands (section 4, steps 4 and 5).

use infra_eventlog::RunError;

use super::{Command, Engine};
use crate::systems::alert::alerts;
use crate::systems::facet::{Facet, Facets};
use crate::systems::held;
use crate::systems::sre::Handled;
use crate::systems::{Alert, Cure, Diagnose, Draws, Monitored, Observer, Step, applicable, apply_remedy};

impl<D: Draws, O: Observer> Engine<'_, D, O> {
    /// Step 4, first half.
    pub(super) fn raise_alerts(&mut self) -> Result<(), RunError> {
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
    pub(super) fn respond(&mut self, diagnose: &mut dyn Diagnose) -> Result<(), RunError> {
        self.commands.clear();
        let n = self.engineers.len();
        let (mut mine, mut handled): (Vec<Alert>, Vec<Handled>) = (Vec::new(), Vec::new());
        for sre in 0..n {
            mine.clear();
            mine.extend(self.alerts.iter().skip(sre).step_by(n));
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
    pub(super) fn obey(&mut self) -> Result<(), RunError> {
        self.commands.sort_by_key(|command| command.server);
        for i in 0..self.commands.len() {
            let command = self.commands[i];
            self.execute(&command)?;
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
}

/// Whether an isolated server obeys it under D4.
const fn reconnects(cure: &Cure) -> bool {
    match cure {
        Cure::Failover => true,
        Cure::Custom(effect) => effect.reconnect,
        _ => false,
    }
}
