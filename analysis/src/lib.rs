//! From frames to findings: what happened, where it started, how it spread, how sure we are.
//!
//! Reading order:
//!
//! * [`analyse()`]: the whole of it, in one function;
//! * [`case`], [`periods`], [`change`], [`onset`]: one incident, ready to be reasoned about;
//! * [`heads`]: evidence, one symptom family a file;
//! * [`ranking`]: explaining away, the graph attention network, the risk walk, paths, confidence;
//! * [`detectors`]: what kind of failure it was;
//! * [`impact`], [`interventions`]: what it cost and what was done;
//! * [`constants`]: every number that all of this rests on;
//! * [`evaluate`]: rankings held against labels, the only place that opens them;
//! * [`report`]: fills the report model of `infra_report`, section by section; [`text`], [`cite`]: its
//!   smallest parts; [`slo`]: error budgets;
//! * [`frames`]: the same as frames for other tools; [`session`]: from a path and options to all of
//!   this, for the command line and for Python.
//!
//! Nothing here is trained or fitted, no rule names a service, and nothing but
//! [`evaluate`] opens a truth sidecar.

pub mod analyse;
pub mod case;
pub mod change;
pub mod changes;
pub mod constants;
pub mod detectors;
pub mod error;
pub mod evaluate;
pub mod frames;
pub mod heads;
pub mod impact;
pub mod interventions;
pub mod onset;
pub mod periods;
pub mod ranking;
pub mod report;
pub mod session;
pub mod slo;
pub mod terms;
mod trouble;
pub mod workers;

pub use analyse::{Analysis, AnalysisOptions, analyse};
pub use constants::Constants;
pub use error::AnalysisError;
pub use infra_report::{Cite, cite, text};
pub use session::{Session, SessionOptions};
