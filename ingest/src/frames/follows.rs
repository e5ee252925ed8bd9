//! What followed what inside a span or among its log lines.

super::typed_frame! {
    /// One row per context, pair and window of the clock, sorted by table, service, context,
    /// after, next and window.
    FollowFrame of
    /// How often one thing followed another.
    FollowRow {
        /// `spans` (calls inside a span), or `logs` (lines).
        table: String => String,
        /// Row of [`crate::frames::ServiceFrame`].
        service_idx: u32 => UInt32,
        /// Operation inside whose spans it happened; for lines without a span, empty; untrusted.
        context: String => String,
        /// What came before; [`START`] at the beginning; untrusted.
        after: String => String,
        /// The callee of the call that came before, if it was one to another service.
        after_callee_idx: Option<u32> => UInt32,
        /// What followed; [`END`] at the end; untrusted.
        next: String => String,
        /// Window of the clock.
        window: u32 => UInt32,
        /// Occurrences.
        count: i64 => Int64,
        /// Row of the first occurrence.
        first_row: i64 => Int64,
        /// When it was \[ns since the run's origin\].
        first_ns: i64 => Int64,
    }
}

/// The beginning of a span.
pub const START: &str = "(start)";
/// The end of a span.
pub const END: &str = "(end)";
/// Stands before every line in the mix of a service's lines that belong to no span.
pub const ANY: &str = "(any line)";
