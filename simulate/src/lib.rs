//! Simulated failures: discrete-event worlds whose logs are runs with a known ground truth.
//!
//! A *scenario* (TOML or JSON, format `infra-scenario/1`) describes a world and what happens to
//! it; a simulation plays it and writes a run in the format of `infra-eventlog`, with a sidecar
//! that tells what really happened. Nothing is stochastic that a seed does not fix.
//!
//! Reading order:
//!
//! * [`kernel`]: queue order, clock, causes, random source; shared by all worlds;
//! * [`scenario`]: scenario texts, overrides, errors with path and line;
//! * [`flood`], [`queue`], [`systems`], [`mesh`], [`coordination`]: the worlds, each readable alone;
//! * `world`: what the rest knows of a world; `journal`, `identity`: how a run is written;
//! * [`mod@builtin`]: the built-in scenarios;
//! * [`run`]: [`simulate_to`], from a scenario to a run;
//! * [`verify`]: replay of golden data; [`measure`]: speed and size.
//!
//! # Determinism
//!
//! The same scenario gives the same bytes: on any number of threads (there is one), on any
//! machine of one target, in any order of runs. Reals are IEEE-754 doubles evaluated left to
//! right as the specification writes them, without transcendental functions.
//!
//! ```
//! use infra_eventlog::Run;
//! use infra_simulate::{Scenario, simulate_to};
//!
//! let dir = tempfile::tempdir()?;
//! let path = dir.path().join("contagion.parquet");
//! let summary = simulate_to(&path, &Scenario::named("flood", "contagion")?)?;
//! assert_eq!(summary.outcome, "systemic overload");
//! assert_eq!(Run::open(&path)?.metadata().world, "flood");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod builtin;
pub mod coordination;
pub mod error;
pub mod flood;
mod identity;
mod journal;
pub mod kernel;
pub mod measure;
pub mod mesh;
pub mod queue;
pub mod run;
pub mod scenario;
pub mod systems;
pub mod verify;
mod world;

pub use builtin::{builtin, builtins, default_scenario, worlds};
pub use error::SimulateError;
pub use run::{Diagnoser, PlayOptions, RunSummary, simulate_to, simulate_with};
pub use scenario::{Scenario, ScenarioError};
