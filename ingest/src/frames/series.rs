//! One row per series: what was measured on whom.

super::typed_frame! {
    /// One row per series, sorted by service, signal and statistic.
    SeriesFrame of
    /// A signal of one service, seen through one statistic.
    SeriesRow {
        /// Row of [`crate::frames::ServiceFrame`].
        service_idx: u32 => UInt32,
        /// Signal name; untrusted.
        signal: String => String,
        /// `mean`, `p50`, ... from the metrics table; `last` for signals of the events table.
        statistic: String => String,
        /// `events` or `metrics`: the table that its row numbers point at.
        table: String => String,
        /// Values that are not null.
        count: i64 => Int64,
        /// Null or non-finite values.
        nulls: i64 => Int64,
    }
}
