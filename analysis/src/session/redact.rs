//! `--redact`: messages and attribute values are replaced in what leaves the program.
//!
//! Names of services, event types and signals stay: without them there is nothing to report.

use std::collections::{BTreeMap, BTreeSet};

use infra_ingest::frames::{ANY, END, FollowFrame, START, TimelineFrame};
use infra_ingest::{IngestError, Summary};
use serde_json::Value;

/// What stands in place of a message or value.
pub const MARK: &str = "[redacted]";

/// Replaces the messages and log lines that a summary carries. Attribute values never get there.
///
/// # Errors
/// [`IngestError::Frame`], which cannot be.
pub fn summary(summary: &mut Summary) -> Result<(), IngestError> {
    let mut rows = summary.timeline.rows().to_vec();
    for row in &mut rows {
        if let Some(message) = &mut row.message {
            *message = MARK.to_owned();
        }
    }
    summary.timeline = TimelineFrame::try_new(rows)?;
    log_lines(summary)
}

/// Replaces log lines by numbers in their order, so that they stay as many and as different as
/// they are: the ranking is the same.
fn log_lines(summary: &mut Summary) -> Result<(), IngestError> {
    let mut rows = summary.follows.rows().to_vec();
    let is_line = |text: &str| ![START, END, ANY].contains(&text);
    let lines: BTreeSet<String> = rows
        .iter()
        .filter(|row| row.table == "logs")
        .flat_map(|row| [&row.after, &row.next])
        .filter(|text| is_line(text))
        .cloned()
        .collect();
    let numbers: BTreeMap<String, String> =
        (1..).zip(lines).map(|(n, line)| (line, format!("{MARK} line {n:06}"))).collect();
    for row in rows.iter_mut().filter(|row| row.table == "logs") {
        for text in [&mut row.after, &mut row.next] {
            if let Some(number) = numbers.get(text) {
                text.clone_from(number);
            }
        }
    }
    summary.follows = FollowFrame::try_new(rows)?;
    Ok(())
}

/// Attributes as JSON text with their values replaced and their keys kept.
#[must_use]
pub fn attributes(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(fields)) => {
            let fields = fields.into_iter().map(|(key, _)| (key, Value::from(MARK))).collect();
            Value::Object(fields).to_string()
        },
        _ => MARK.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_and_values_go() {
        assert_eq!(attributes(r#"{"user":"Ada","n":[1,2]}"#), r#"{"n":"[redacted]","user":"[redacted]"}"#);
        assert_eq!(attributes("secret"), MARK);
    }
}
