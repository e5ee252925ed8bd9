//! From alerts to actions (section 8, the table), and the definitions of actions (section 12).

use super::scenario::{RemediationSpec, SystemsScenario};
use super::{Cure, Metric};

/// One action.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    pub(crate) name: String,
    pub(crate) success_rate: f64,
    pub(crate) cooldown: u64,
    pub(crate) cure: Cure,
}

/// All actions that can come up: the defined ones, which a wrong diagnosis chooses among, then
/// those that the table names and the configuration lacks (without cooldown, always successful).
#[derive(Clone, Debug)]
pub(crate) struct Runbook {
    pub(crate) actions: Vec<Action>,
    /// How many are defined.
    pub(crate) defined: usize,
    /// The table's actions, by position in `TABLE`.
    table: [usize; TABLE.len()],
    /// The first action that says it handles the metric, by position in `Metric::ALL`.
    handled: [Option<usize>; Metric::ALL.len()],
    disk_alerts: bool,
}

/// Actions of the table, which are those with effects of their own.
const TABLE: [&str; 6] = ["restart_service", "scale_up", "failover", "clear_cache", "rate_limit", "rollback"];
const RESTART: usize = 0;
const SCALE_UP: usize = 1;
const FAILOVER: usize = 2;
const CLEAR_CACHE: usize = 3;
const RATE_LIMIT: usize = 4;
const ROLLBACK: usize = 5;

impl Runbook {
    pub(crate) fn new(scenario: &SystemsScenario) -> Self {
        Self::from_specs(&scenario.remediation_actions, scenario.switches.disk_alerts)
    }

    pub(crate) fn from_specs(specs: &[RemediationSpec], disk_alerts: bool) -> Self {
        let mut actions: Vec<Action> = specs
            .iter()
            .map(|spec| Action {
                name: spec.name.clone(),
                success_rate: spec.success_rate,
                cooldown: spec.cooldown,
                cure: Cure::new(&spec.name, spec.effects.as_ref()),
            })
            .collect();
        let table = TABLE.map(|name| {
            actions.iter().position(|action| action.name == name).unwrap_or_else(|| {
                let cure = Cure::new(name, None);
                actions.push(Action { name: name.to_owned(), success_rate: 1.0, cooldown: 0, cure });
                actions.len() - 1
            })
        });
        let handled = Metric::ALL
            .map(|metric| specs.iter().position(|spec| spec.handles.iter().any(|h| h == metric.name())));
        Self { actions, defined: specs.len(), table, handled, disk_alerts }
    }

    /// The position of an action.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.actions.iter().position(|action| action.name == name)
    }

    /// The right action for an alert.
    pub(crate) fn answer(&self, metric: Metric, value: Option<f64>, on_database: bool) -> usize {
        if let Some(action) = self.handled[metric as usize] {
            return action;
        }
        self.table[match metric {
            Metric::Cpu if value.is_some_and(|cpu| cpu > 90.0) => SCALE_UP,
            Metric::Cpu => RATE_LIMIT,
            Metric::Memory => CLEAR_CACHE,
            Metric::Errors => ROLLBACK,
            Metric::Latency if on_database => SCALE_UP,
            Metric::Disk if self.disk_alerts => CLEAR_CACHE,
            Metric::Network => FAILOVER,
            Metric::Latency | Metric::ServiceDown | Metric::Health | Metric::Disk => RESTART,
        }]
    }
}
