//! A mesh at the start of a run with what a golden scenario does to it.

use serde::Deserialize;

use super::limits;
use crate::coordination::message::Bus;
use crate::coordination::modifiers::{Modifiers, entities};
use crate::coordination::registry::Registry;
use crate::coordination::target::Node;
use crate::coordination::{Action, ActionKind, Class, Population, PopulationPlan, Scope};
use crate::kernel::RandomSource;

/// Largest size of a modifier.
const MOST: f64 = 1e6;

/// An entry of `mods`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Modifier {
    kind: String,
    scope: String,
    #[serde(default)]
    ids: Vec<Id>,
    #[serde(alias = "factor", alias = "p", alias = "add", alias = "value")]
    size: Option<f64>,
}

/// A number, or the letter of a class.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Number(u32),
    Letter(String),
}

impl Modifier {
    /// The scenario action that does the same from the start on.
    fn action(&self) -> Result<Action, String> {
        let kind = ActionKind::ALL.iter().find(|(name, _)| *name == self.kind);
        let kind = kind.ok_or_else(|| format!("no kind is `{}`", self.kind.escape_debug()))?.1;
        let scope = Scope::ALL.iter().find(|(name, _)| *name == self.scope);
        let scope = scope.ok_or_else(|| format!("no scope is `{}`", self.scope.escape_debug()))?.1;
        let mut ids = self.ids.iter().map(Id::number).collect::<Result<Vec<u32>, String>>()?;
        ids.sort_unstable();
        limits::within("size of a modifier", self.size.unwrap_or(1.0), MOST)?;
        Ok(action(kind, scope, ids, self.size))
    }
}

impl Id {
    fn number(&self) -> Result<u32, String> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Letter(letter) => Class::named(letter)
                .map(|class| class as u32)
                .ok_or_else(|| format!("no class is named `{}`", letter.escape_debug())),
        }
    }
}

const fn action(kind: ActionKind, scope: Scope, ids: Vec<u32>, value: Option<f64>) -> Action {
    Action { t_ms: 0, kind, scope, ids, duration_ms: None, value, operation: None }
}

/// The specified population before its first heartbeat.
pub(super) struct Mesh {
    pub(super) population: Population,
    random: RandomSource,
    registry: Registry,
    modifiers: Modifiers,
}

impl Mesh {
    /// A mesh whose responses contradict with that probability, where no modifier says otherwise.
    pub(super) fn new(seed: u64, p_conflict: Option<f64>, modifiers: &[Modifier]) -> Result<Self, String> {
        let population = Population::new(PopulationPlan::default());
        let random = RandomSource::new(seed);
        let mut mesh = Self {
            population,
            random,
            registry: Registry::new(&population, random),
            modifiers: Modifiers::default(),
        };
        if p_conflict.is_some() {
            mesh.begin(&action(ActionKind::Byzantine, Scope::Mesh, Vec::new(), p_conflict));
        }
        for modifier in modifiers {
            mesh.begin(&modifier.action()?);
        }
        Ok(mesh)
    }

    fn begin(&mut self, action: &Action) {
        self.modifiers.begin(0, action);
        if action.kind == ActionKind::Queue {
            for entity in entities(action.scope, &action.ids, &self.population) {
                self.registry.shift_queue(self.population.node(entity), action.added_queue());
            }
        }
    }

    /// The bus for operation `op`.
    pub(super) const fn bus(&self, op: u64) -> Bus {
        Bus { random: self.random, op, backoff: 1.0 }
    }

    /// A node as an operation finds it; `None` if it is offline.
    pub(super) fn reach(&self, entity: u32) -> Option<Node> {
        let effect = self.modifiers.effect(entity, &self.population);
        let record = *self.registry.record(self.population.node(entity));
        (!effect.offline).then_some(Node { record, effect, beat_age_us: 0 })
    }
}
