//! Citations: which rows of which table a claim rests on.

use std::fmt;

/// Rows of one table, both ends inclusive. Printed as `[rows 9-14]` for the events table and as
/// `[metrics 9-14]` for others; `inspect --rows` takes the same text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Cite {
    /// Table name.
    pub table: String,
    /// First row (`seq` for events, row number for other tables).
    pub first: i64,
    /// Last row.
    pub last: i64,
}

impl Cite {
    /// One row.
    #[must_use]
    pub fn row(table: &str, row: i64) -> Self {
        Self::rows(table, row, row)
    }

    /// A range of rows.
    #[must_use]
    pub fn rows(table: &str, first: i64, last: i64) -> Self {
        Self { table: table.to_owned(), first, last }
    }
}

impl fmt::Display for Cite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = if self.table == "events" { "rows" } else { self.table.as_str() };
        if self.first == self.last {
            let table = if table == "rows" { "row" } else { table };
            write!(f, "[{table} {}]", self.first)
        } else {
            write!(f, "[{table} {}-{}]", self.first, self.last)
        }
    }
}
