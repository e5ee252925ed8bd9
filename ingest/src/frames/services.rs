//! One row per service.

super::typed_frame! {
    /// One row per service: declared ones first, in the metadata's order, then the others in
    /// order of first appearance.
    ServiceFrame of
    /// A service.
    ServiceRow {
        /// Name as the log spells it; untrusted.
        service: String => String,
        /// What it is, if declared.
        kind: Option<String> => String,
        /// Whether the metadata lists it.
        declared: bool => Boolean,
        /// Evidence rows that observe it, over all tables.
        rows: i64 => Int64,
        /// Worst severity among its status values, 0 well .. 3 down.
        worst_severity: Option<i64> => Int64,
        /// Row of the events table that shows it first.
        worst_seq: Option<i64> => Int64,
    }
}
