//! The systems world: servers under injected chaos, and the engineer on call; in rounds.
//!
//! Each round servers drift, chaos strikes, servers publish metrics, the engineer (SRE) raises
//! alerts, diagnoses each and sends a remediation under cooldowns, servers obey, and a runner
//! counts who is up. The reference mode keeps to sections 1 to 10 of the systems specification,
//! draw for draw; there no failure spreads between servers. The coupled mode adds section 13's
//! documented rules D1 to D5 by switches, D5 among them: failure that travels to dependents.
//!
//! Reading order:
//!
//! * [`SystemsScenario`]: everything that a scenario file can say, in `scenario`; in it `effect`:
//!   what injections and remediations may do, and `json`; `defaults`: section 1; `read`: from the
//!   scenario tree to a checked scenario;
//! * `draws`: who draws what, from counters or from recorded tapes;
//! * `facet`: parts of a server's state; `server`: a server's state and SIMULATE (section 5);
//!   `chaos`: what injections do (6); `snapshot`: what a server publishes (7);
//! * `alert`: from metrics to alerts, `runbook`: from alerts to actions, `sre`: one engineer's
//!   round (8); `diagnoser`: a child process, or its recorded answers, instead of the runbook;
//! * `remedy`: what actions do (9);
//! * `held` (D1) and `spread` (D5): the coupled rules that have state of their own;
//! * `engine`, and in it `duty`: the two halves of a round (4); `step`: what observers see of it;
//! * `log`, `cause`, `payload`, `metadata`: the run (11); `story`, `tally`, `verdict`, `truth`:
//!   what really happened, with the results (10); `play`: the world as the crate knows it.
//!
//! ```
//! use infra_simulate::Scenario;
//!
//! let scenario = Scenario::named("systems", "reference")?.systems()?;
//! assert_eq!((scenario.servers.len(), scenario.rounds), (6, 15));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alert;
mod cause;
mod chaos;
mod defaults;
mod diagnoser;
mod draws;
mod engine;
mod facet;
mod held;
mod log;
mod metadata;
mod payload;
mod play;
mod read;
mod remedy;
mod runbook;
mod scenario;
mod server;
mod snapshot;
mod spread;
mod sre;
mod step;
mod story;
mod tally;
mod truth;
mod verdict;

pub use facet::Signal;
pub use scenario::{
    Change, ChaosScenario, Effect, Limit, Operation, RemediationSpec, RemedyEffect, Scripted, ServerSpec,
    Skill, SreSpec, Switches, SystemsScenario, Thresholds,
};

pub(crate) use alert::{Alert, Level, Metric, alerts};
pub(crate) use chaos::apply as apply_chaos;
pub(crate) use defaults::{chaos_level_factor, skill};
pub(crate) use diagnoser::{Diagnose, RulesOnly};
pub(crate) use draws::{Drawn, Draws, Streams, Tape};
pub(crate) use engine::run;
pub(crate) use payload::value_json;
pub(crate) use play::WORLD;
pub(crate) use read::read;
pub(crate) use remedy::{Cure, applicable, apply as apply_remedy};
pub(crate) use runbook::Runbook;
pub(crate) use server::Server;
pub(crate) use snapshot::Snapshot;
pub(crate) use sre::{Counters, Engineer, Monitored};
pub(crate) use step::{Observer, Seen, Step};
pub(crate) use tally::Tally;
