//! The one-pass summary against a naive one, and foreign files against the run they came from.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod foreign;
mod lazy;
mod naive;

use std::path::Path;

use infra_ingest::summary::FocusOptions;
use infra_ingest::{OpenOptions, RunLog, Summary, summarise};

pub(crate) fn summary(run: &Path) -> Summary {
    let log = RunLog::open(run, &OpenOptions::default()).unwrap();
    summarise(log.run(), &FocusOptions::default()).unwrap()
}
