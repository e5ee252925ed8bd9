//! The queue world: many clients send one request each through a bounded queue to a fixed pool of
//! workers that are sometimes slow and sometimes fail; a control loop watches latency and pressure
//! and slows clients down. Virtual time in exact seconds.
//!
//! The rules are those of the queue specification, sections 1 to 7; [`Network`] adds emulation of
//! jitter, socket timeouts, a connection pool and retries, which is off in the reference mode.
//!
//! Reading order:
//!
//! * [`QueueScenario`]: what is played; `read`: from the scenario tree;
//! * [`Draws`]: the five draws of a request, from the random source or from a [`Tape`];
//! * `engine`: [`run_queue`], the loop; [`Window`], [`Detector`]: telemetry and tick states;
//! * [`Observer`] sees everything; [`Results`] counts;
//! * `play`: the world's entry and built-in scenarios; `metadata`, `log`, `truth`: the run.
//!
//! ```
//! use infra_simulate::Scenario;
//! use infra_simulate::kernel::RandomSource;
//! use infra_simulate::queue::{Results, State, run_queue};
//!
//! let scenario = Scenario::named("queue", "exp-002")?.queue()?;
//! let mut results = Results::new(&scenario);
//! run_queue(&scenario, &RandomSource::new(1), &mut results)?;
//! assert_eq!(results.resolved(&scenario), State::Degraded);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod detector;
mod draws;
mod engine;
mod log;
mod metadata;
mod observer;
mod play;
mod read;
mod results;
mod settings;
mod telemetry;
mod truth;

pub use detector::{Anomaly, Detector, State};
pub use draws::{Draw, Draws, Tape};
pub use engine::{QueueError, run_queue};
pub use observer::{Failure, Kind, Observer, Request, Tick};
pub(crate) use play::WORLD;
pub use results::Results;
pub use settings::{DetectorSettings, Network, QueueScenario, Resolution, Settings};
pub use telemetry::{Window, p95};
