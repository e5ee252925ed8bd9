//! Replays golden data of the queue world: texts, states and counts exact, reals to 1e-9 relative.
//!
//! A directory holds any of `detector.csv`, `rolling.csv`, `virtual_PROFILE_TAG.{draws,events,
//! ticks}.csv` with `virtual_summary.csv`, `seeded_runs.csv` and `virtual_distribution.csv`.

mod distribution;
mod runs;
mod tables;

use std::path::Path;

use super::{Check, Table, VerifyError, VerifyReport, files};

/// Relative tolerance of reals.
const RELATIVE: f64 = 1e-9;

/// Replays the golden queue data in `dir`.
///
/// # Errors
/// [`VerifyError`] if the data cannot be read. Differences are no error but in the report.
pub fn verify_world_queue(dir: &Path) -> Result<VerifyReport, VerifyError> {
    let mut check = Check::default();
    let mut found = false;
    for path in files(dir)? {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        match name.as_str() {
            "detector.csv" => tables::detector(&Table::open(&path)?, &mut check)?,
            "rolling.csv" => tables::rolling(&Table::open(&path)?, &mut check)?,
            "virtual_summary.csv" => runs::recorded(dir, &Table::open(&path)?, &mut check)?,
            "seeded_runs.csv" => runs::seeded(&Table::open(&path)?, &mut check)?,
            "virtual_distribution.csv" => distribution::profiles(&Table::open(&path)?, &mut check)?,
            _ => continue,
        }
        found = true;
    }
    let expected = "detector.csv, rolling.csv, virtual_summary.csv or seeded_runs.csv";
    if found { Ok(check.finish()) } else { Err(VerifyError::Empty { path: dir.to_owned(), expected }) }
}
