//! Replays golden data of the coordination world: reals within 1e-9, everything else exactly.
//!
//! Every value comes from the functions that the simulation itself uses. A folder holds any of the
//! files in [`FILES`]; other files are none of ours.

mod cascades;
mod cells;
mod console;
mod decisions;
mod functions;
mod json;
mod limits;
mod mesh;
mod scatters;
mod start;
mod timelines;

use std::path::Path;

use super::{Check, Table, VerifyError, VerifyReport, files};

/// Largest difference of two real numbers.
const TOLERANCE: f64 = 1e-9;

/// Compares one file.
enum Replay {
    Csv(fn(&Table, &mut Check) -> Result<(), VerifyError>),
    Json(fn(&json::Cases, &mut Check) -> Result<(), VerifyError>),
}

/// The files by name, section by section of the specification.
const FILES: [(&str, Replay); 21] = [
    ("rng.csv", Replay::Csv(start::rng)),
    ("population.csv", Replay::Csv(start::population)),
    ("processing_time.csv", Replay::Csv(functions::processing_time)),
    ("confidence.csv", Replay::Csv(functions::confidence)),
    ("send_schedule.csv", Replay::Csv(functions::send_schedule)),
    ("impedance_score.csv", Replay::Csv(functions::impedance_score)),
    ("statistics.json", Replay::Json(functions::statistics)),
    ("scatter_runs.json", Replay::Json(scatters::runs)),
    ("scatter_detail.csv", Replay::Csv(scatters::detail)),
    ("gather_result.csv", Replay::Csv(decisions::gather_result)),
    ("cascade_runs.json", Replay::Json(cascades::runs)),
    ("quorum.csv", Replay::Csv(decisions::quorum)),
    ("conflict_priority.csv", Replay::Csv(decisions::conflict_priority)),
    ("breaker_trips.csv", Replay::Csv(decisions::breaker_trips)),
    ("routable.csv", Replay::Csv(decisions::routable)),
    ("breaker_timelines.json", Replay::Json(timelines::timelines)),
    ("liveness.csv", Replay::Csv(start::liveness)),
    ("sector_health.csv", Replay::Csv(decisions::sector_health)),
    ("degradation_mode.csv", Replay::Csv(decisions::degradation_mode)),
    ("message_rates.csv", Replay::Csv(console::message_rates)),
    ("status_box.json", Replay::Json(console::status_box)),
];

/// Replays every golden coordination file in `dir`.
///
/// # Errors
/// [`VerifyError`] if the data cannot be read. Differences are no error but in the report.
pub fn verify_world_coordination(dir: &Path) -> Result<VerifyReport, VerifyError> {
    let mut check = Check::default();
    let mut found = false;
    for path in files(dir)? {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let Some((_, replay)) = FILES.iter().find(|(file, _)| *file == name) else { continue };
        match replay {
            Replay::Csv(compare) => compare(&Table::open(&path)?, &mut check)?,
            Replay::Json(compare) => compare(&json::Cases::open(&path)?, &mut check)?,
        }
        found = true;
    }
    if found {
        Ok(check.finish())
    } else {
        let expected =
            "rng.csv, population.csv, scatter_runs.json, cascade_runs.json or others of that format";
        Err(VerifyError::Empty { path: dir.to_owned(), expected })
    }
}
