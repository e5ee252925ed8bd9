//! Replays golden data of the systems world.
//!
//! A directory holds any of `server_ops*.jsonl`, `sre_rounds*.jsonl`, `alerts_diagnosis*.csv`,
//! `run_*.json`, `seeded_runs*.csv` and `availability_distribution*.csv`. Texts, flags and
//! integers must be equal, reals within 1e-12 relative; the distribution within 4 standard
//! errors of the difference of two samples.

mod golden;
mod rounds;
mod rows;
mod runs;
mod seeded;

use std::path::Path;

use super::{Check, VerifyError, VerifyReport, files};

/// Relative tolerance of reals.
const RELATIVE: f64 = 1e-12;

/// Replays all golden data of the systems world in `dir`.
pub(crate) fn verify_world_systems(dir: &Path) -> Result<VerifyReport, VerifyError> {
    let mut check = Check::default();
    let mut found = false;
    for path in files(dir)? {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let is = |start: &str, end: &str| name.starts_with(start) && name.ends_with(end);
        if is("server_ops", ".jsonl") {
            rows::server_ops(&path, &mut check)?;
        } else if is("sre_rounds", ".jsonl") {
            rounds::sre_rounds(&path, &mut check)?;
        } else if is("alerts_diagnosis", ".csv") {
            rounds::alerts_diagnosis(&path, &mut check)?;
        } else if is("run_", ".json") {
            runs::run_file(&path, &mut check)?;
        } else if is("seeded_runs", ".csv") {
            seeded::seeded_runs(&path, &mut check)?;
        } else if is("availability_distribution", ".csv") {
            seeded::distribution(&path, &mut check)?;
        } else {
            continue;
        }
        found = true;
    }
    if found {
        Ok(check.finish())
    } else {
        let expected =
            "server_ops.jsonl, sre_rounds.jsonl, alerts_diagnosis.csv, run_*.json, seeded_runs.csv";
        Err(VerifyError::Empty { path: dir.to_owned(), expected })
    }
}
