//! The flood world: public services under a flood, in ticks.
//!
//! Floods and citizen demand raise service load; a service above its capacity reports overload
//! and gains stress; a slow policy releases budget. Nothing is random: the seed changes nothing.
//! The rules are those of the flood specification, sections 1 to 6, bit for bit; its defects are
//! kept (effects that the documents promise and the rules lack, such as failures that travel
//! along dependencies) unless a switch of section 10 replaces them.
//!
//! Reading order:
//!
//! * [`scenario`](FloodScenario): agents, schedule, switches;
//! * `read`: from the scenario tree to a checked [`FloodScenario`]; `overrides`: `--set` paths;
//! * [`World`]: the state; `effects`: what events do to it; `decide`: what agents make of it;
//! * `engine`: [`run_flood`], the loop; [`Observer`] sees everything that happens;
//! * [`Recorder`]: an observer that keeps all rows, for tests and `verify`;
//! * `log`, `message`, `metadata`: the run; `story`, `truth`: what really happened.
//!
//! ```
//! use infra_simulate::Scenario;
//! use infra_simulate::flood::{Recorder, run_flood};
//!
//! let scenario = Scenario::named("flood", "reference")?.flood()?;
//! let mut recorder = Recorder::default();
//! let outcome = run_flood(&scenario, &mut recorder)?;
//! assert_eq!((outcome.events, outcome.time), (5, 2));
//! assert_eq!(recorder.metrics.last().map(|row| row.event_type.as_str()), Some("SERVICE_OVERLOAD"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod action;
mod decide;
mod effects;
mod engine;
mod error;
mod log;
mod message;
mod metadata;
mod observer;
mod overrides;
mod play;
mod read;
mod recorder;
mod scenario;
mod story;
mod truth;
mod world;

pub use action::Action;
pub use engine::run_flood;
pub use error::FloodError;
pub use observer::{Executed, FloodOutcome, Ignore, Intent, LeftOver, Observer};
pub(crate) use overrides::slot;
pub(crate) use play::WORLD;
pub(crate) use read::read;
pub use recorder::{IntentRow, MetricRow, Recorder, TraceRow};
pub use scenario::{Agent, Citizen, Entry, FloodScenario, Policy, Role, Service, Switches};
pub use story::{FloodHit, Outcome, Spread, Story};
pub use world::{AgentState, World};

pub(crate) use log::RunLog;
pub(crate) use metadata::metadata;
pub(crate) use truth::truth;

/// Ticks from a service's decision to report overload to the report itself.
pub(crate) const REPORT_DELAY: i64 = 1;
/// Resource that a flood of intensity 1 drains from each agent that it hits.
pub(crate) const CAPACITY_DRAIN: f64 = 0.1;
/// By how much panic multiplies a citizen's demand.
pub(crate) const PANIC_FACTOR: f64 = 2.0;
/// Budget that one intervention releases over all active services.
pub(crate) const BUDGET_RELEASE: f64 = 0.2;
/// Ticks from an overload report to its effect on dependents (coupling switch).
pub(crate) const DEPENDENCY_DELAY: i64 = 1;
