//! The coordination world: an orchestrator wants all agents to be ready at one target time and
//! sends to each of them earlier by that agent's expected delay.
//!
//! The rules are those of the coordination specification; sections are cited where they are used.
//! Time is counted in microseconds, random numbers in draws that do not depend on the order of
//! events. The world is built for 100 to 1,000,000 agents.
//!
//! Reading order:
//!
//! * [`scenario`](CoordinationScenario), `actions`, `read`, `read_actions`: what a scenario says;
//! * `class`, [`Population`], `names`: who there is;
//! * `registry`, `ring`, `statistics`: what the mesh believes about each node;
//! * `schedule`, `message`, `target`, `gather`, `counts`, `quorum`: when to send, one message, one
//!   target, one scatter-gather, what it comes to, its quorum;
//! * `wave`, `job`, `routing`: the stages of a wave, operations as sequences of phases, whom work is
//!   given to;
//! * `position`, `level`, `breaker`, `mode`, `conflict_type`, `conflict_queue`: machines with states of
//!   their own;
//! * `modifiers`: what scenario actions do to a node;
//! * `agenda`, `engine`: the loop, with its parts: `agents`, `heartbeat` and `beat`, `liveness`,
//!   `failure`, `summary` and `summary_values`, `admission`, `operation`, `phase`, `phase_end`, `conflict`, `threat`, `inject`, `report_rows`;
//! * `log`, `metadata`, `interval`, `kpi`, `rates`, `status_box`: the run and what is shown of it;
//! * `story`, `truth`: what really happened;
//! * `play`: the world's entry.

mod actions;
mod admission;
pub(crate) mod agenda;
mod agents;
pub(crate) mod beat;
pub(crate) mod breaker;
mod class;
mod conflict;
mod conflict_queue;
pub(crate) mod conflict_type;
pub(crate) mod counts;
mod engine;
mod failure;
pub(crate) mod gather;
pub(crate) mod heartbeat;
mod inject;
mod interval;
pub(crate) mod job;
mod kpi;
pub(crate) mod level;
pub(crate) mod liveness;
mod log;
pub(crate) mod message;
mod metadata;
mod mode;
pub(crate) mod modifiers;
mod names;
mod operation;
mod phase;
mod phase_end;
mod play;
mod population;
pub(crate) mod position;
pub(crate) mod quorum;
pub(crate) mod rates;
mod read;
mod read_actions;
pub(crate) mod registry;
mod report_rows;
mod ring;
mod routing;
mod scenario;
pub(crate) mod schedule;
pub(crate) mod statistics;
mod status_box;
mod story;
mod summary;
mod summary_values;
pub(crate) mod target;
mod threat;
mod truth;
mod wave;

pub use actions::{Action, ActionKind, Delegation, Operation, Scope, StrategyName};
pub use class::Class;
pub use mode::{MeshMode, is_healthy};
pub(crate) use play::WORLD;
pub use population::Population;
pub use scenario::{CoordinationScenario, LayoutName, OperationDefaults, PopulationPlan};
pub use status_box::{StatusInputs, status_box};
