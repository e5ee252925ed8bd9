//! The status box of a coordination run, from its last STATUS row.

use infra_eventlog::{Run, RunError};
use infra_ingest::records;
use infra_simulate::coordination::{StatusInputs, status_box};

use crate::terminal::safe;

/// The box, ready for a terminal; empty for runs that have none.
pub(crate) fn text(run: &Run) -> Result<String, RunError> {
    if run.metadata().world != "coordination" {
        return Ok(String::new());
    }
    let status = records::read(run, &["STATUS"])?;
    let inputs = status
        .rows
        .last()
        .and_then(|row| serde_json::from_value::<StatusInputs>(row.attributes.clone()).ok());
    Ok(inputs.map_or_else(String::new, |inputs| {
        status_box(&inputs).iter().map(|line| format!("{}\n", safe(line))).collect()
    }))
}
