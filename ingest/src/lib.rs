//! From a run to frames: opening logs, the one-pass summary, and importers.
//!
//! Reading order:
//!
//! * [`run_log`]: a run as metadata and lazy Polars frames, foreign Parquet included;
//! * [`grid`]: the fixed grid of at most 4,096 windows on which everything is summarised;
//! * [`frames`]: the typed frames that cross this crate's edge, each with its schema;
//! * [`summary`]: one deterministic pass over the tables, memory bounded by the summary;
//! * [`statistics`]: moments and quantiles of every series on all cores, for logs of any size;
//! * [`records`]: single events with their payloads;
//! * [`import`]: telemetry tables to a bundle.
//!
//! # Determinism
//! Rows are reduced in row order by one thread; the same run gives the same frames, bit for bit,
//! whatever Polars' thread pool does. Mechanism rows (a simulator's inner truth) never reach a
//! frame that evidence is computed from.

pub mod error;
pub mod foreign;
pub mod frames;
pub mod grid;
pub mod import;
pub mod records;
pub mod run_log;
pub mod statistics;
pub mod summary;

pub use error::IngestError;
pub use polars;
pub use run_log::{OpenOptions, RunLog};
pub use summary::{Summary, summarise, summarise_within};
