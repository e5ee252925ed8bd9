//! Looking into a run: what is in it, and exactly the rows that a report cites.

pub(crate) mod cited;
pub(crate) mod overview;
pub(crate) mod overview_text;
pub(crate) mod ranges;
pub(crate) mod rows;
pub(crate) mod rows_slice;
pub(crate) mod rows_text;
pub(crate) mod statistics;
pub(crate) mod status_box;
