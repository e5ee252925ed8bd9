//! The mesh world: microservices that call each other, faults that climb from callee to caller,
//! decoys, and remediation, in ticks of 30 seconds.
//!
//! The rules are those of the mesh specification, sections 1 to 14, bit for bit. Its oddities
//! (section 17) are kept. Nothing here is random but the draws of episode generation.
//!
//! Reading order, the engine:
//!
//! * [`Service`], [`Status`], [`Extra`]: the record of one service; `field`: its fields by name;
//! * [`FaultKind`], [`FaultConfig`], [`FaultState`], [`Difficulty`]: what goes wrong, how hard;
//! * [`Graph`], [`Mesh`], [`Blueprint`]: who calls whom, and the state of a run;
//! * `tick`: the order of one tick; its steps in `physics`, `cascade`, `recovery`, `rules`,
//!   `status`, `impact` and `budget`;
//! * `blast`: who can be and who is hit;
//! * [`Op`], [`Script`]: scripted operations, `script_text`: as texts write them; `remediation`:
//!   what actions do; [`run_mesh`];
//! * `facts`, [`Observer`]: everything that happens, as it happens;
//! * [`Catalogue`], [`Episode`]: the 60 tasks and generated runs; [`Mt19937`], `rounding`: their
//!   draws;
//! * [`Case`]: a run as a golden file describes it.

use crate::builtin::WorldInfo;
use crate::scenario::overrides::tree_slot;
use crate::world::World;

mod blast;
mod budget;
mod cascade;
mod case;
mod catalogue;
mod difficulty;
mod episode;
mod extra;
mod facts;
mod fault;
mod field;
mod graph;
mod impact;
mod model;
mod mt19937;
mod observer;
mod physics;
mod pipeline;
mod recovery;
mod remediation;
mod rounding;
mod rules;
mod run;
mod script;
mod script_text;
mod state;
mod status;
mod task;
mod tick;

pub use budget::Budget;
pub use case::{Case, CaseError};
pub use catalogue::Catalogue;
pub use difficulty::Difficulty;
pub use episode::{Episode, EpisodeError};
pub use extra::{Extra, Extras};
pub use facts::{
    CascadeHop, FaultRule, FaultStep, FieldChange, FieldStep, HopOutcome, Operation, Phase, RecoveryRole,
    RecoveryStep, Rule, RuleStep, StatusChange, Threshold, TickSummary,
};
pub use fault::{FaultConfig, FaultKind, FaultState};
pub use field::FIELDS;
pub use graph::{Graph, UnknownService};
pub use impact::Impact;
pub use model::{BcmMode, Blueprint, Mesh, MeshError, USER_FACING};
pub use mt19937::Mt19937;
pub use observer::{Ignore, Observer};
pub use run::run_mesh;
pub use script::{Action, Op, ScheduledOp, Script};
pub use state::{Levels, Service, Status};
pub use task::{FieldsByService, PlantedLine, Task};

pub(crate) use rounding::rounded;

/// Simulated seconds of one tick.
pub const SECONDS_PER_TICK: i64 = 30;

pub(crate) static WORLD: World = World {
    info: WorldInfo {
        name: "mesh",
        description: "microservices with faults that climb from callee to caller, decoys and remediation; 30-second ticks",
    },
    default_scenario: "reference",
    builtins: || &[],
    read: |document, _, flaws| {
        flaws.add("world", document.line, "this world is not built yet");
        None
    },
    slot: tree_slot,
    resembles: |_| false,
    verify: crate::verify::verify_world_mesh,
};
