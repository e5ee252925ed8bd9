//! The queue world as the crate knows it: its entry, its built-in scenarios, and a run of it.

use std::path::Path;

use super::log::QueueLog;
use super::metadata::metadata;
use super::read::read;
use super::results::Results;
use super::truth::truth;
use super::{QueueScenario, run_queue};
use crate::builtin::{Builtin, WorldInfo};
use crate::error::SimulateError;
use crate::kernel::{RandomSource, Seconds};
use crate::run::{PlayOptions, RunSummary};
use crate::scenario::overrides::tree_slot;
use crate::scenario::{Scenario, ScenarioError};
use crate::world::{Play, World};

pub(crate) static WORLD: World = World {
    info: WorldInfo {
        name: "queue",
        description: "clients, a bounded queue and a worker pool with slow-downs and errors; virtual seconds",
    },
    default_scenario: "reference",
    builtins: || &BUILTINS,
    read: |document, name, flaws| {
        read(document, name, flaws).map(|scenario| Box::new(scenario) as Box<dyn Play>)
    },
    slot: tree_slot,
    resembles: |_| false,
    verify: crate::verify::verify_world_queue,
};

macro_rules! builtin {
    ($name:literal, $description:literal) => {
        Builtin {
            name: $name,
            description: $description,
            text: include_str!(concat!("../../../datasets/scenarios/queue/", $name, ".toml")),
        }
    };
}

static BUILTINS: [Builtin; 6] = [
    builtin!(
        "reference",
        "The saturated profile EXP-003: a thousand clients, two workers, fifty places. The specification's rules."
    ),
    builtin!("exp-001", "Profile EXP-001, control: eighty clients, twelve workers; resolves to STABLE."),
    builtin!(
        "exp-002",
        "Profile EXP-002, congestion: four hundred clients, four workers; resolves to DEGRADED."
    ),
    builtin!(
        "exp-003",
        "Profile EXP-003, saturation: a thousand clients, two workers; resolves to COLLAPSED."
    ),
    builtin!(
        "retry-storm",
        "Six hundred clients that give up early and try again: attempts multiply, and workers serve requests that nobody waits for. Coupled mode."
    ),
    builtin!(
        "pool-exhaustion",
        "Three hundred clients share forty connections to a slow worker pool and time out waiting for one. Coupled mode."
    ),
];

impl Scenario {
    /// The checked scenario of the queue world.
    ///
    /// # Errors
    /// [`ScenarioError::Invalid`] with every problem found.
    pub fn queue(&self) -> Result<QueueScenario, ScenarioError> {
        self.read_as(read)
    }
}

impl Play for QueueScenario {
    fn to_json(&self) -> String {
        Self::to_json(self)
    }

    fn play(&self, path: &Path, _: &PlayOptions) -> Result<RunSummary, SimulateError> {
        let json = self.to_json();
        let metadata = metadata(self, &json);
        let mut log = QueueLog::create(path, &metadata, self)?;
        let mut results = Results::new(self);
        let random = RandomSource::new(self.header.seed);
        let end = run_queue(self, &random, &mut (&mut log, &mut results))
            .map_err(|error| SimulateError::World(error.to_string()))?;
        let truth = truth(&metadata.run_id, self, &json, &results);
        let (events, rows) = log.finish(path, &truth)?;
        let end_ns = Seconds::new(end).and_then(Seconds::to_ns).unwrap_or(i64::MAX);
        Ok(RunSummary::new(path, &truth, events.unsigned_abs(), rows, end_ns))
    }
}
