//! The run format `infra-run/1`: what a failure leaves behind, in one shape.
//!
//! A *run* is a single Parquet file (the events table) or a *bundle*: a folder with `run.json`
//! and any of the tables of [`TableKind`]. This crate is the contract at the bottom of the
//! workspace: simulators and importers write runs with it, `ingest` reads them, and nobody else
//! touches Parquet. It knows nothing of frames, graphs or reports.
//!
//! Reading order:
//!
//! * [`metadata`]: what is known about a run as a whole (services, signals, periods, incidents);
//! * [`signal`]: the registry of standard signal names, their units and which way is worse;
//! * [`schema`]: the tables, their columns and types;
//! * [`run`]: opening a run, strictly: every problem is listed with its place;
//! * [`batch`]: typed access to the columns of one batch of rows;
//! * [`check`]: the row-level rules (ascending `seq`, time that does not run backwards, ...);
//! * [`writer`], [`bundle`]: streaming writers with bounded memory;
//! * [`atomic`]: outputs appear whole or not at all; [`scratch`]: folders that go when done with;
//! * [`truth`]: the ground-truth sidecar of simulated runs, opened by evaluation alone;
//! * [`digest`]: the input digest that every report carries;
//! * [`guard`]: a panic inside a decoder becomes an ordinary error.
//!
//! ```
//! use infra_eventlog::metadata::{RunMetadata, SignalSpec};
//! use infra_eventlog::writer::{EventRow, EventWriter};
//!
//! let dir = tempfile::tempdir()?;
//! let path = dir.path().join("run.parquet");
//! let mut metadata = RunMetadata::new("example");
//! metadata.signals.push(SignalSpec::named("stress"));
//! let mut writer = EventWriter::single_file(&path, &metadata)?;
//! writer.push(&EventRow {
//!     event_id: 0,
//!     time_ns: 5,
//!     event_type: "SAMPLE",
//!     source: "probe",
//!     service: Some("db"),
//!     signals: &[Some(0.5)],
//!     ..EventRow::default()
//! })?;
//! let rows = writer.finish()?;
//! assert_eq!(rows, 1);
//! assert_eq!(infra_eventlog::run::Run::open(&path)?.metadata().signals[0].name, "stress");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod atomic;
pub mod batch;
pub mod bundle;
pub mod check;
pub mod digest;
pub mod error;
pub mod guard;
pub mod metadata;
pub mod run;
pub mod schema;
pub mod scratch;
pub mod signal;
pub mod truth;
pub mod writer;

pub use error::{Place, Problem, RunError};
pub use metadata::RunMetadata;
pub use run::Run;
pub use schema::TableKind;
