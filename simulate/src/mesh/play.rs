//! The mesh world as the crate knows it: its entry, its built-in scenarios, and a run of it.

use std::path::Path;
use std::sync::OnceLock;

use super::log::MeshLog;
use super::metadata::{TICK_NS, extra_fields, metadata};
use super::read::{read, resembles};
use super::story::Story;
use super::{Catalogue, MeshScenario, run_mesh};
use crate::builtin::{Builtin, WorldInfo};
use crate::error::SimulateError;
use crate::kernel::RandomSource;
use crate::run::{PlayOptions, RunSummary};
use crate::scenario::overrides::tree_slot;
use crate::scenario::{Scenario, ScenarioError};
use crate::world::{Play, World};

pub(crate) static WORLD: World = World {
    info: WorldInfo {
        name: "mesh",
        description: "microservices with faults that climb from callee to caller, decoys and remediation; 30-second ticks",
    },
    default_scenario: "reference",
    builtins,
    read: |document, name, flaws| {
        read(document, name, flaws).map(|scenario| Box::new(scenario) as Box<dyn Play>)
    },
    slot: tree_slot,
    resembles,
    verify: crate::verify::verify_world_mesh,
};

static SHOWCASES: [Builtin; 4] = [
    Builtin {
        name: "reference",
        description: "Five services of a shop: the payment service leaks memory, its callers follow, one decoy looks ill. The specification's rules.",
        text: include_str!("../../../datasets/scenarios/mesh/reference.toml"),
    },
    Builtin {
        name: "connected",
        description: "Sixty generated services with ten minutes of normal time: a deployment goes wrong below the surface, callers fail layer by layer, and an operator ends it.",
        text: include_str!("../../../datasets/scenarios/mesh/connected.toml"),
    },
    Builtin {
        name: "metastable",
        description: "A search service whose queue feeds itself; draining it breaks the loop, and the fault that was never halted brings the failure back.",
        text: include_str!("../../../datasets/scenarios/mesh/metastable.toml"),
    },
    Builtin {
        name: "dual-fault",
        description: "Two faults at once in eight services: halting one makes every service recover, also the one whose own fault is still alive.",
        text: include_str!("../../../datasets/scenarios/mesh/dual-fault.toml"),
    },
];

/// The showcases, then the 60 tasks of the catalogue by their ids.
fn builtins() -> &'static [Builtin] {
    static ALL: OnceLock<Vec<Builtin>> = OnceLock::new();
    ALL.get_or_init(|| {
        let task = |id: &'static str| {
            let text = format!(
                "schema = \"infra-scenario/1\"\nworld = \"mesh\"\nname = \"{id}\"\ndescription = \"A task of the catalogue.\"\ntask = \"{id}\"\n"
            );
            // Made once, kept for as long as the program runs.
            Builtin { name: id, description: "A task of the catalogue.", text: String::leak(text) }
        };
        let tasks = Catalogue::get().tasks().iter().map(|t| task(t.task_id.as_str()));
        SHOWCASES.iter().copied().chain(tasks).collect()
    })
}

impl Scenario {
    /// The checked scenario of the mesh world.
    ///
    /// # Errors
    /// [`ScenarioError::Invalid`] with every problem found.
    pub fn mesh(&self) -> Result<MeshScenario, ScenarioError> {
        self.read_as(read)
    }
}

impl Play for MeshScenario {
    fn to_json(&self) -> String {
        Self::to_json(self)
    }

    fn play(&self, path: &Path, _: &PlayOptions) -> Result<RunSummary, SimulateError> {
        let mut mesh = self.mesh().map_err(SimulateError::World)?;
        let json = self.to_json();
        let extras = extra_fields(&mesh, self);
        let metadata = metadata(self, &mesh, &json, &extras);
        let noise = Some((RandomSource::new(self.header.seed), self.noise()));
        let first = mesh.clone();
        let mut log = MeshLog::create(path, &metadata, &mesh, &extras, self.mechanism, noise)?;
        let mut story = Story::default();
        run_mesh(&mut mesh, &self.operations(), self.ticks, &mut (&mut log, &mut story));
        let truth = story.truth(&metadata.run_id, self, &json, &first);
        let (events, rows) = log.finish(path, &truth)?;
        let end_ns = self.ticks.saturating_mul(TICK_NS);
        Ok(RunSummary::new(path, &truth, events.unsigned_abs(), rows, end_ns))
    }
}
