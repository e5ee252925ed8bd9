//! A checked mesh scenario, and its canonical JSON.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;

use super::connected::{Connected, plan};
use super::{Case, Catalogue, Difficulty, Episode, Mesh, Op, ScheduledOp, Script};
use crate::scenario::{Header, SCHEMA};

/// A mesh scenario that passed every check.
#[derive(Clone, Debug, PartialEq)]
pub struct MeshScenario {
    /// Name, mode, seed. A tick always lasts 30 s.
    pub header: Header,
    /// Where the mesh comes from.
    pub source: Source,
    /// Ticks to play.
    pub ticks: i64,
    /// Operations between the ticks.
    pub script: Script,
    /// Whether the simulator's inner steps are logged.
    pub mechanism: bool,
}

/// Where a mesh comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A task of the catalogue, by its id.
    Task(String),
    /// An episode generated from the difficulty and the header's seed.
    Episode(Difficulty),
    /// A connected topology generated from the header's seed.
    Connected(Connected),
    /// A golden case, as it is.
    Case(Value),
}

impl MeshScenario {
    /// The mesh before its first tick.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn mesh(&self) -> Result<Mesh, String> {
        match &self.source {
            Source::Task(id) => {
                let difficulty = Catalogue::get().task(id).map_or(Difficulty::Easy, |task| task.difficulty);
                Episode::generate(difficulty, self.header.seed, Some(id)).map_err(|e| e.to_string())
            },
            Source::Episode(difficulty) => {
                Episode::generate(*difficulty, self.header.seed, None).map_err(|e| e.to_string())
            },
            Source::Connected(connected) => plan(connected, self.header.seed).map_err(|e| e.to_string()),
            Source::Case(case) => Case::from_json(case).map(|case| case.mesh).map_err(|e| e.to_string()),
        }
    }

    /// Ticks at the start in which no fault is at work.
    #[must_use]
    pub const fn warmup(&self) -> i64 {
        match &self.source {
            Source::Connected(connected) => connected.warmup,
            _ => 0,
        }
    }

    /// Relative noise of what is observed.
    #[must_use]
    pub const fn noise(&self) -> f64 {
        match &self.source {
            Source::Connected(connected) => connected.noise,
            _ => 0.0,
        }
    }

    /// All operations: the scenario's own, and the halts of a connected mesh.
    #[must_use]
    pub fn operations(&self) -> Script {
        let mut operations: Vec<ScheduledOp> = self.script.operations().to_vec();
        if let Source::Connected(plan) = &self.source
            && plan.halt_after > 0
        {
            operations.extend((0..plan.faults).map(|index| ScheduledOp {
                after_tick: plan.warmup.saturating_add(plan.halt_after),
                op: Op::HaltFault { index },
                expect_wrong: None,
            }));
        }
        Script::new(operations)
    }

    /// The scenario with every default spelled out; parsing it gives the same scenario.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serializing to a String fails only for maps with keys that are no texts.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for MeshScenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Source::Case(case) = &self.source {
            return case.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema", SCHEMA)?;
        map.serialize_entry("world", "mesh")?;
        map.serialize_entry("name", &self.header.name)?;
        map.serialize_entry("description", &self.header.description)?;
        map.serialize_entry("mode", self.header.mode.name())?;
        map.serialize_entry("seed", &self.header.seed)?;
        match &self.source {
            Source::Task(id) => map.serialize_entry("task", id)?,
            Source::Episode(difficulty) => map.serialize_entry("difficulty", difficulty.name())?,
            Source::Connected(connected) => map.serialize_entry("connected", connected)?,
            Source::Case(_) => {},
        }
        map.serialize_entry("ticks", &self.ticks)?;
        map.serialize_entry("mechanism", &self.mechanism)?;
        map.serialize_entry("script", &self.script)?;
        map.end()
    }
}
