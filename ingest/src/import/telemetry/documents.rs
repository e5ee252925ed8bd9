//! JSON as tools write it: one document in a file, or one on each line.

use serde_json::Value;

use super::intake::Intake;
use crate::error::IngestError;

/// Hands every JSON document of a file to `visit`, with its place. The inner error says why the
/// file is not JSON at all.
pub(super) fn each<'o>(
    bytes: &[u8],
    label: &str,
    intake: &mut Intake<'o>,
    mut visit: impl FnMut(Value, &str, &mut Intake<'o>) -> Result<(), IngestError>,
) -> Result<Result<(), String>, IngestError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines = || {
        let lines = bytes.split(|b| *b == b'\n').enumerate();
        lines.filter(|(_, line)| !line.trim_ascii().is_empty())
    };
    let is_lines = lines().nth(1).is_some()
        && lines().next().is_some_and(|(_, line)| serde_json::from_slice::<Value>(line).is_ok());
    if !is_lines {
        match serde_json::from_slice::<Value>(bytes) {
            Ok(value) => return visit(value, label, intake).map(Ok),
            // Perhaps lines of which the first is damaged.
            Err(error) => {
                let is_object =
                    |line: &[u8]| line.starts_with(b"{") && serde_json::from_slice::<Value>(line).is_ok();
                if !lines().any(|(_, line)| is_object(line)) {
                    return Ok(Err(format!("broken JSON: {error}")));
                }
            },
        }
    }
    for (number, line) in lines() {
        let place = format!("{label} line {}", number + 1);
        match serde_json::from_slice::<Value>(line) {
            Ok(value) => visit(value, &place, intake)?,
            Err(error) => intake.damaged(&place, &broken(&error))?,
        }
    }
    Ok(Ok(()))
}

/// Says what is wrong with a line, without the line number that the parser counts.
fn broken(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or("broken");
    format!("broken JSON at column {}: {what}", error.column())
}
