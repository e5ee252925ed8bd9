//! Gates: a small language of expressions over what one analysis found, for `--fail-on EXPR`.
//!
//! `verdict=collapse`, `slo_budget<0`, `mttr>5min and not recovered`, `root_cause~'db-*'`. An
//! [`Expr`] is parsed and checked as a whole before anything is evaluated: every field is known,
//! every value has the field's type and unit. [`Field::ALL`] is the list of fields; docs/gates.md
//! is the language for users. Reading order:
//!
//! * [`field`]: what can be asked, with types and units; [`literal`], [`span`]: values;
//! * [`expr`]: the checked expression; `token`, `parse`, `read`: text to expression; [`error`];
//! * [`subject`]: what is asked, one run with its reference; `observe`: the value of a field;
//! * [`truth`]: three-valued logic; `evaluate`, `tell`, [`reason`]: the answer, and why;
//! * [`outcome`]: a gate, named and of a severity, and its outcome for one run;
//!
//! # Missing values
//!
//! A figure that was not measured makes its comparison *unknown*; a gate trips only if its whole
//! expression is true. Where an incident did not end in the record (nobody noticed, nobody
//! recovered), its time is *beyond* the record: longer than any duration, so `mttr>5min` trips.
//! Without an incident such fields do not apply: the gate passes.
//!
//! ```
//! use infra_report::gate::{Expr, Field};
//!
//! let expr: Expr = "mttr > 5 min or verdict = collapse".parse()?;
//! assert_eq!(expr.to_string(), "mttr>5min or verdict=congestion_collapse");
//! assert!(!expr.needs_baseline());
//!
//! let error = "mttr > 300".parse::<Expr>().unwrap_err();
//! assert!(error.to_string().contains("unit"));
//! assert!(Field::ALL.iter().any(|f| f.name() == "mttr"));
//! # Ok::<(), infra_report::gate::ExprError>(())
//! ```

pub mod config;
pub mod error;
mod evaluate;
pub mod expr;
pub mod field;
mod glob;
mod list;
pub mod literal;
mod near;
mod observe;
pub mod outcome;
mod parse;
mod read;
pub mod reason;
pub mod span;
pub mod subject;
mod tell;
mod token;
pub mod truth;

pub use config::{Config, ConfigError};
pub use error::ExprError;
pub use expr::Expr;
pub use field::{Field, Kind};
pub use outcome::{Gate, GateOutcome, Severity, Status};
pub use subject::Subject;
pub use truth::Truth;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod props;
#[cfg(test)]
mod tests;
