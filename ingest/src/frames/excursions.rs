//! Runs of observations beyond a declared threshold.

super::typed_frame! {
    /// The first excursions of each series beyond its signal's declared warning threshold, sorted
    /// by service, signal and time. Later ones are counted in the summary's notes.
    ExcursionFrame of
    /// Consecutive observations beyond the threshold.
    ExcursionRow {
        /// Row of [`crate::frames::ServiceFrame`].
        service_idx: u32 => UInt32,
        /// Signal name.
        signal: String => String,
        /// First observation beyond \[ns since the run's origin\].
        start_ns: i64 => Int64,
        /// First row beyond.
        start_seq: i64 => Int64,
        /// First observation that is back; null: still beyond when the log ends.
        end_ns: Option<i64> => Int64,
        /// Last row beyond.
        last_seq: i64 => Int64,
        /// Observations beyond.
        observations: i64 => Int64,
        /// Worst value \[signal unit\].
        worst: f64 => Float64,
        /// Row that holds it first.
        worst_seq: i64 => Int64,
    }
}
