//! How much one import may hold.

use crate::error::IngestError;

/// More rows of one table than this do not fit one import \[rows\].
pub(in crate::import) const MAX_ROWS: usize = 100_000_000;

/// Refuses one row more than fits.
pub(super) fn check(rows: usize, what: &str) -> Result<(), IngestError> {
    if rows < MAX_ROWS {
        return Ok(());
    }
    Err(IngestError::Import(vec![format!(
        "more than {MAX_ROWS} {what} in one import (hint: import fewer files at a time)"
    )]))
}
