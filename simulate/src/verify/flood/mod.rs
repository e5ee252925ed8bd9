//! Replays golden data of the flood world: exact equality of every value.
//!
//! A directory holds, per scenario NAME, the files `NAME.scenario.json`, `NAME.metrics.csv`,
//! `NAME.trace.csv`, `NAME.intents.csv` and `NAME.final.json`, and any number of `*.jsonl` files
//! with one object per line: `scenario`, `metrics`, `intents`, `final`.

mod compare;
mod golden;
mod played;

use std::path::Path;

use compare::Tally;

use super::{VerifyError, VerifyReport, files, read};

/// Replays every golden flood scenario in `dir`.
///
/// # Errors
/// [`VerifyError`] if the data cannot be read. Differences are no error but in the report.
pub fn verify_world_flood(dir: &Path) -> Result<VerifyReport, VerifyError> {
    let mut tally = Tally::default();
    let mut found = false;
    for path in files(dir)? {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        if let Some(stem) = name.strip_suffix(".scenario.json") {
            found = true;
            let case = golden::Case::from_files(dir, stem)?;
            tally.case(stem, &case);
        } else if name.ends_with(".jsonl") {
            found = true;
            let text = read(&path)?;
            for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                let malformed = |why: String| VerifyError::Malformed {
                    path: path.clone(),
                    why: format!("line {}: {why}", i + 1),
                };
                let case = golden::Case::from_json_line(line).map_err(malformed)?;
                tally.case(&format!("{name} line {}", i + 1), &case);
            }
        }
    }
    if found {
        Ok(tally.report)
    } else {
        Err(VerifyError::Empty { path: dir.to_owned(), expected: "*.scenario.json or *.jsonl" })
    }
}
