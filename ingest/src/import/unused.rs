//! Columns of a table that nothing reads: told, so that a forgotten one is noticed.

use super::filters::RowFilter;
use super::sheet::Sheet;
use super::tally::{Tally, shown};

/// Notes the columns that are neither named, filtered by, nor ignored on purpose.
pub(super) fn note(
    sheet: &Sheet,
    named: &[&str],
    ignore: &[String],
    filter: &RowFilter<'_>,
    tally: &mut Tally,
) {
    let unused = sheet.names().iter().filter(|n| {
        !named.contains(&n.as_str()) && !ignore.contains(n) && !filter.columns().any(|c| c == n.as_str())
    });
    let unused: Vec<String> = unused.map(|n| shown(n)).collect();
    if !unused.is_empty() {
        tally.note(format!("{}: columns not used: {}", sheet.label(), unused.join(", ")));
    }
}

/// Named columns and those of the filter, as far as the table has them, each once.
pub(super) fn columns<'a>(sheet: &Sheet, named: &[&'a str], filter: &'a RowFilter<'_>) -> Vec<&'a str> {
    let mut columns: Vec<&str> = named.iter().copied().chain(filter.columns()).collect();
    columns.retain(|column| sheet.has(column));
    columns.sort_unstable();
    columns.dedup();
    columns
}
