//! The coordination world as the crate knows it: its entry, its built-in scenarios, a run of it.

use std::path::Path;

use super::engine::Engine;
use super::log::{RunLog, ns};
use super::metadata::metadata;
use super::names::Names;
use super::population::Population;
use super::read::read;
use super::scenario::CoordinationScenario;
use super::truth::{Material, truth};
use crate::builtin::{Builtin, WorldInfo};
use crate::error::SimulateError;
use crate::run::{PlayOptions, RunSummary};
use crate::scenario::overrides::tree_slot;
use crate::scenario::{Scenario, ScenarioError};
use crate::verify::verify_world_coordination;
use crate::world::{Play, World};

pub(crate) static WORLD: World = World {
    info: WorldInfo {
        name: "coordination",
        description: "30,000 agents whose arrival an orchestrator predicts: scatter-gather, quorum, breakers, modes",
    },
    default_scenario: "reference",
    builtins: || &BUILTINS,
    read: |document, name, flaws| {
        read(document, name, flaws).map(|scenario| Box::new(scenario) as Box<dyn Play>)
    },
    slot: tree_slot,
    resembles: |keys| keys.contains_key("population"),
    verify: verify_world_coordination,
};

static BUILTINS: [Builtin; 5] = [
    Builtin {
        name: "reference",
        description: "30,000 agents for two minutes without a fault: one parallel, one priority-first and one wave cascade.",
        text: include_str!("../../../datasets/scenarios/coordination/reference.toml"),
    },
    Builtin {
        name: "sector-outage",
        description: "3,000 agents under steady operations; later a part of the mesh is out of reach for two minutes.",
        text: include_str!("../../../datasets/scenarios/coordination/sector-outage.toml"),
    },
    Builtin {
        name: "rogue-cluster",
        description: "3,000 agents under steady operations; from some time on a few of them contradict the rest.",
        text: include_str!("../../../datasets/scenarios/coordination/rogue-cluster.toml"),
    },
    Builtin {
        name: "conflicting-coordinator",
        description: "30,000 agents and a wave every fifteen seconds: most succeed, and those do not reach everybody.",
        text: include_str!("../../../datasets/scenarios/coordination/conflicting-coordinator.toml"),
    },
    Builtin {
        name: "message-flood",
        description: "3,000 agents under steady operations of all priorities; then far more messages than usual for a minute.",
        text: include_str!("../../../datasets/scenarios/coordination/message-flood.toml"),
    },
];

impl Scenario {
    /// The checked scenario of the coordination world.
    ///
    /// # Errors
    /// [`ScenarioError::Invalid`] with every problem found.
    pub fn coordination(&self) -> Result<CoordinationScenario, ScenarioError> {
        self.read_as(read)
    }
}

impl Play for CoordinationScenario {
    fn to_json(&self) -> String {
        Self::to_json(self)
    }

    fn play(&self, path: &Path, _: &PlayOptions) -> Result<RunSummary, SimulateError> {
        let json = self.to_json();
        let population = Population::new(self.population);
        let names = Names::new(&population);
        let metadata = metadata(self, &population, &names, &json);
        let log = RunLog::create(path, &metadata)?;
        let mut engine = Engine::new(self, population, &names, log);
        engine.run()?;
        let truth = truth(
            &metadata.run_id,
            &json,
            &Material {
                scenario: self,
                population: &population,
                names: &names,
                story: &engine.story,
                kpi: &engine.kpi.run,
                beats: engine.beats,
                messages: engine.messages,
                conflicts: engine.conflicts.total(),
                conflicts_open_at_once: engine.conflicts.longest(),
            },
        );
        let unfinished = engine.running.len();
        let log = engine.log;
        let events = log.events();
        let rows = log.finish(path, &truth)?;
        let mut summary = RunSummary::new(path, &truth, events, rows, ns(self.end_us()));
        if unfinished > 0 {
            summary.notes.push(format!("{unfinished} operations are under way at the end"));
        }
        Ok(summary)
    }
}
