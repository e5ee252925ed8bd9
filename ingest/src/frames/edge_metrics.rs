//! What metrics say of the calls between two services in a window.

super::typed_frame! {
    /// One row per caller, callee and window of the grid with a latency, in that order.
    EdgeMetricFrame of
    /// Latency of calls as both ends saw it.
    EdgeMetricRow {
        /// Row of [`crate::frames::ServiceFrame`].
        caller_idx: u32 => UInt32,
        /// Row of [`crate::frames::ServiceFrame`].
        callee_idx: u32 => UInt32,
        /// Window of the grid.
        window: u32 => UInt32,
        /// Rows that told both latencies.
        count: i64 => Int64,
        /// Sum over them of the caller's latency less the callee's, at least 0 \[s\].
        gap_s: f64 => Float64,
        /// Row of the widest gap.
        widest_row: i64 => Int64,
        /// The widest gap \[s\].
        widest_s: f64 => Float64,
        /// Start of its interval \[ns since the run's origin\].
        widest_ns: i64 => Int64,
    }
}
