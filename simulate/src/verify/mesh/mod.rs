//! Replays golden data of the mesh world: reals within 1e-9, everything else exactly.
//!
//! A folder holds any of: `cases/NAME.json` with `cases/NAME.csv` (also beside each other in the
//! folder itself), `rng.json` and `catalogue.json`.

mod catalogue;
mod draws;
mod expected;
mod initial;
mod trajectory;

use std::path::Path;

use serde_json::Value;

use super::{Check, VerifyError, VerifyReport, files, read};
use crate::mesh::{Case, run_mesh};

/// Largest difference of two real numbers.
const TOLERANCE: f64 = 1e-9;

/// Replays every golden mesh case, draw and task in `dir`.
///
/// # Errors
/// [`VerifyError`] if the data cannot be read. Differences are no error but in the report.
pub fn verify_world_mesh(dir: &Path) -> Result<VerifyReport, VerifyError> {
    let mut check = Check::default();
    let mut found = false;
    let mut paths = files(dir)?;
    let cases = dir.join("cases");
    if cases.is_dir() {
        paths.extend(files(&cases)?);
    }
    for path in paths {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let Some(stem) = name.strip_suffix(".json") else { continue };
        match stem {
            "rng" => draws::compare(&document(&path)?, &path, &mut check)?,
            "catalogue" => catalogue::compare(&document(&path)?, &path, &mut check)?,
            _ => {
                let golden = document(&path)?;
                if golden.get("service_order").is_none() {
                    continue;
                }
                case(stem, &golden, &path, &mut check)?;
            },
        }
        found = true;
    }
    if found {
        Ok(check.finish())
    } else {
        let expected = "cases/*.json with *.csv, rng.json or catalogue.json";
        Err(VerifyError::Empty { path: dir.to_owned(), expected })
    }
}

/// One case: its initial state, its trajectory, its summary.
fn case(stem: &str, golden: &Value, path: &Path, check: &mut Check) -> Result<(), VerifyError> {
    check.case();
    let mut case = Case::from_json(golden).map_err(|error| malformed(path, error))?;
    initial::compare(stem, golden, &case, check);
    let mut replay = trajectory::Replay::open(&path.with_extension("csv"), &case, check)?;
    let mut judged = expected::Judged::default();
    run_mesh(&mut case.mesh, &case.script, case.ticks, &mut (&mut replay, &mut judged));
    replay.finish()?;
    judged.compare(stem, golden, &case, check);
    Ok(())
}

fn document(path: &Path) -> Result<Value, VerifyError> {
    serde_json::from_str(&read(path)?).map_err(|error| malformed(path, error))
}

fn malformed(path: &Path, why: impl std::fmt::Display) -> VerifyError {
    VerifyError::Malformed { path: path.to_owned(), why: why.to_string() }
}
