//! The coordination world: an orchestrator wants all agents to be ready at one target time and
//! sends to each of them earlier by that agent's expected delay.
//!
//! The rules are those of the coordination specification; sections are cited where they are used.
//! Time is counted in microseconds, random numbers in draws that do not depend on the order of
//! events. The world is built for 100 to 1,000,000 agents.
//!
//! Reading order:
//!
//! * [`scenario`](CoordinationScenario), `actions`, `read`: what a scenario says;
//! * `class`, [`Population`], `names`: who there is;
//! * `registry`, `ring`, `statistics`: what the mesh believes about each node;
//! * `schedule`, `message`, `target`, `gather`, `counts`, `quorum`: when to send, one message, one
//!   target, one scatter-gather, what it comes to, its quorum;
//! * `wave`, `job`: the stages of a wave, operations as sequences of phases;
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
mod agenda;
mod agents;
mod beat;
mod breaker;
mod class;
mod conflict;
mod conflict_queue;
mod conflict_type;
mod counts;
mod engine;
mod failure;
mod gather;
mod heartbeat;
mod inject;
mod interval;
mod job;
mod kpi;
mod level;
mod liveness;
mod log;
mod message;
mod metadata;
mod mode;
mod modifiers;
mod names;
mod operation;
mod phase;
mod phase_end;
mod play;
mod population;
mod position;
mod quorum;
mod rates;
mod read;
mod registry;
mod report_rows;
mod ring;
mod scenario;
mod schedule;
mod statistics;
mod status_box;
mod story;
mod summary;
mod summary_values;
mod target;
mod threat;
mod truth;
mod wave;

pub use actions::{Action, ActionKind, Operation, Scope, StrategyName};
pub use class::Class;
pub use mode::{MeshMode, is_healthy};
pub(crate) use play::WORLD;
pub use population::Population;
pub use scenario::{CoordinationScenario, LayoutName, OperationDefaults, PopulationPlan};
pub use status_box::{StatusInputs, status_box};
