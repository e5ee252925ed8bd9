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
//!
//! And the run:
//!
//! * [`MeshScenario`], `read`: what is played; [`Connected`]: generated topologies;
//! * `play`: the world's entry and built-in scenarios; `metadata`, `log`, `payload`, `lines`: the run;
//! * `story`: what really happened.

mod blast;
mod budget;
mod cascade;
mod case;
mod catalogue;
mod connected;
mod difficulty;
mod episode;
mod extra;
mod facts;
mod fault;
mod field;
mod graph;
mod impact;
mod lines;
mod log;
mod metadata;
mod model;
mod mt19937;
mod number;
mod object;
mod observer;
mod payload;
mod physics;
mod pipeline;
mod play;
mod read;
mod readings;
mod recovery;
mod remediation;
mod rounding;
mod rules;
mod run;
mod scenario;
mod script;
mod script_text;
mod state;
mod status;
mod story;
mod task;
mod tick;

pub use budget::Budget;
pub use case::{Case, CaseError};
pub use catalogue::Catalogue;
pub use connected::Connected;
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
pub use scenario::{MeshScenario, Source};
pub use script::{Action, Op, ScheduledOp, Script};
pub use state::{Levels, Service, Status};
pub use task::{FieldsByService, PlantedLine, Task};

pub(crate) use play::WORLD;
pub(crate) use rounding::rounded;

/// Simulated seconds of one tick.
pub const SECONDS_PER_TICK: i64 = 30;
