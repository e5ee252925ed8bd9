//! One engineer's round (section 8, steps 3 to 5).

use std::collections::BTreeMap;

use super::diagnoser::{Answer, Question};
use super::scenario::{ServerSpec, Skill};
use super::{Alert, Diagnose, Draws, Level, Runbook, Snapshot};

/// What engineers look at.
#[derive(Clone, Copy)]
pub(crate) struct Monitored<'a> {
    pub(crate) servers: &'a [ServerSpec],
    pub(crate) snapshots: &'a [Snapshot],
    pub(crate) runbook: &'a Runbook,
    /// Cooldowns count per server.
    pub(crate) server_cooldowns: bool,
    /// Only commands that succeed count as resolved incidents (D2).
    pub(crate) count_successes: bool,
}

/// What an engineer has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    pub(crate) alerts_handled: u64,
    /// Commands sent; under D2 those that succeeded.
    pub(crate) incidents_resolved: u64,
    /// Actions blocked by a cooldown, and commands that failed.
    pub(crate) failed_remediations: u64,
}

/// Cooldowns for the whole fleet have this scope; others that of a server.
const FLEET: usize = usize::MAX;

/// An engineer on call.
#[derive(Clone, Debug)]
pub(crate) struct Engineer {
    pub(crate) skill: Skill,
    pub(crate) round: u64,
    /// First allowed round by (action, scope).
    pub(crate) cooldowns: BTreeMap<(usize, usize), u64>,
    pub(crate) counters: Counters,
}

/// Who made a diagnosis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Diagnosed {
    /// The rules, with the engineer's accuracy.
    ByRules,
    /// The external diagnoser.
    ByCommand,
    /// The rules, since the external diagnoser gave no usable answer.
    InItsPlace {
        /// Why.
        reason: String,
    },
}

/// An alert that was handled.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Handled {
    pub(crate) alert: Alert,
    pub(crate) action: usize,
    /// The accuracy draw failed; for an external diagnoser: the action is not the rules' one.
    pub(crate) misdiagnosed: bool,
    pub(crate) diagnosed: Diagnosed,
    /// The round from which the action is allowed again, if a cooldown forbade it.
    pub(crate) blocked_until: Option<u64>,
}

/// How a round looked to an engineer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Overview {
    /// Critical alerts.
    pub(crate) critical: usize,
    pub(crate) overwhelmed: bool,
    /// Alerts left in the list after panic.
    pub(crate) kept: usize,
}

impl Engineer {
    pub(crate) const fn new(skill: Skill) -> Self {
        let counters = Counters { alerts_handled: 0, incidents_resolved: 0, failed_remediations: 0 };
        Self { skill, round: 0, cooldowns: BTreeMap::new(), counters }
    }

    /// The action is allowed again from `round` on, for the whole fleet.
    pub(crate) fn cool_down(&mut self, action: usize, round: u64) {
        self.cooldowns.insert((action, FLEET), round);
    }

    /// Handles this engineer's alerts of a round; `alerts` is reordered and cut by panic.
    pub(crate) fn round(
        &mut self,
        alerts: &mut Vec<Alert>,
        monitored: &Monitored<'_>,
        draws: &mut impl Draws,
        diagnose: &mut dyn Diagnose,
        handled: &mut Vec<Handled>,
    ) -> Overview {
        handled.clear();
        self.round += 1;
        let critical = alerts.iter().filter(|alert| alert.level == Level::Critical).count();
        let panic_threshold = usize::try_from(self.skill.panic_threshold).unwrap_or(usize::MAX);
        let overwhelmed = critical > panic_threshold;
        if overwhelmed {
            alerts.sort_by_key(|alert| alert.level != Level::Critical);
            alerts.truncate(panic_threshold);
        }
        for alert in alerts.iter().filter(|alert| alert.level == Level::Critical || critical == 0) {
            handled.push(self.handle(alert, monitored, draws, diagnose));
        }
        Overview { critical, overwhelmed, kept: alerts.len() }
    }

    fn handle(
        &mut self,
        alert: &Alert,
        monitored: &Monitored<'_>,
        draws: &mut impl Draws,
        diagnose: &mut dyn Diagnose,
    ) -> Handled {
        self.counters.alerts_handled += 1;
        let runbook = monitored.runbook;
        let server = &monitored.servers[alert.server];
        let right = runbook.answer(alert.metric, alert.value, server.is_database());
        let misdiagnosed = draws.plain() >= self.skill.diagnosis_accuracy;
        let by_rules = if misdiagnosed { draws.choice(runbook.defined) } else { right };
        let snapshot = &monitored.snapshots[alert.server];
        let question = Question { round: self.round, alert, server, snapshot, runbook };
        let (action, misdiagnosed, diagnosed) = match diagnose.ask(&question) {
            Answer::Rules => (by_rules, misdiagnosed, Diagnosed::ByRules),
            Answer::Action(action) => (action, action != right, Diagnosed::ByCommand),
            Answer::None { reason } => (by_rules, misdiagnosed, Diagnosed::InItsPlace { reason }),
        };
        let blocked_until = self.send(action, alert.server, monitored);
        Handled { alert: *alert, action, misdiagnosed, diagnosed, blocked_until }
    }

    /// Sends the action unless it cools down; then returns when it may be used again.
    fn send(&mut self, action: usize, server: usize, monitored: &Monitored<'_>) -> Option<u64> {
        let scope = if monitored.server_cooldowns { server } else { FLEET };
        let allowed = self.cooldowns.get(&(action, scope)).copied().unwrap_or(0);
        if self.round < allowed {
            self.counters.failed_remediations += 1;
            return Some(allowed);
        }
        let cooldown = monitored.runbook.actions[action].cooldown;
        self.cooldowns.insert((action, scope), self.round.saturating_add(cooldown));
        if !monitored.count_successes {
            self.counters.incidents_resolved += 1;
        }
        None
    }
}
