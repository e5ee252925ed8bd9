//! The flood world as the crate knows it: its entry, its built-in scenarios, and a run of it.

use std::path::Path;

use infra_eventlog::truth::sidecar;

use super::{FloodScenario, RunLog, Story, metadata, read, run_flood, slot, truth};
use crate::builtin::{Builtin, WorldInfo};
use crate::error::SimulateError;
use crate::run::{PlayOptions, RunSummary, prepare_truth};
use crate::scenario::{Scenario, ScenarioError};
use crate::world::{Play, World};

pub(crate) static WORLD: World = World {
    info: WorldInfo {
        name: "flood",
        description: "public services under a flood: load, overload, stress, slow policy; deterministic, in ticks",
    },
    default_scenario: "reference",
    builtins: || &BUILTINS,
    read: |document, name, flaws| {
        read(document, name, flaws).map(|scenario| Box::new(scenario) as Box<dyn Play>)
    },
    slot,
    resembles: |keys| keys.contains_key("agents"),
    verify: crate::verify::verify_world_flood,
};

static BUILTINS: [Builtin; 3] = [
    Builtin {
        name: "reference",
        description: "The reference flood scenario: three services, one citizen, one policy, three flood impacts and one demand tick, all at delay 1.",
        text: include_str!("../../../datasets/scenarios/flood/reference.toml"),
    },
    Builtin {
        name: "contagion",
        description: "Ten city services whose dependencies carry load, a river in flood, and a council without means of relief.",
        text: include_str!("../../../datasets/scenarios/flood/contagion.toml"),
    },
    Builtin {
        name: "late-policy",
        description: "The same ten city services and river as in contagion, with a council that can relieve services, slowly.",
        text: include_str!("../../../datasets/scenarios/flood/late-policy.toml"),
    },
];

impl Scenario {
    /// The checked scenario of the flood world.
    ///
    /// # Errors
    /// [`ScenarioError::Invalid`] with every problem found.
    pub fn flood(&self) -> Result<FloodScenario, ScenarioError> {
        self.read_as(read)
    }
}

impl Play for FloodScenario {
    fn to_json(&self) -> String {
        Self::to_json(self)
    }

    fn play(&self, path: &Path, _: &PlayOptions) -> Result<RunSummary, SimulateError> {
        let json = self.to_json();
        let metadata = metadata(self, &json);
        let mut observers = (RunLog::create(path, &metadata)?, Story::default());
        let outcome = match run_flood(self, &mut observers) {
            Ok(outcome) => outcome,
            Err(error) => return Err(observers.0.take_failure().map_or(error.into(), Into::into)),
        };
        let (log, story) = observers;
        let truth = truth(&metadata.run_id, self, &json, &story, &outcome);
        let truth_file = prepare_truth(&sidecar(path), &truth)?;
        let rows = log.finish()?;
        truth_file.commit()?;
        let end_ns = outcome.time.saturating_mul(self.header.tick_ns);
        let mut summary = RunSummary::new(path, &truth, outcome.events, rows, end_ns);
        summary.warnings.clone_from(&self.warnings);
        if !outcome.left_over.is_empty() {
            let left = outcome.left_over.len();
            summary.notes.push(format!("{left} scheduled events lie beyond the horizon"));
        }
        Ok(summary)
    }
}
