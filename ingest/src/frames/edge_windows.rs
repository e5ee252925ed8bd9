//! What happened between two services in a window.

super::typed_frame! {
    /// One row per caller, callee and window of the clock with a call, in that order.
    EdgeWindowFrame of
    /// Calls of one service to another that started in one window.
    EdgeWindowRow {
        /// Row of [`crate::frames::ServiceFrame`].
        caller_idx: u32 => UInt32,
        /// Row of [`crate::frames::ServiceFrame`].
        callee_idx: u32 => UInt32,
        /// Window of the clock.
        window: u32 => UInt32,
        /// Calls.
        calls: i64 => Int64,
        /// Calls whose client and server sides were both recorded.
        gaps: i64 => Int64,
        /// Sum of the natural logarithms of client-minus-server times, each at least a
        /// microsecond \[ln s\].
        gap_ln: f64 => Float64,
        /// Row of the first call's client span (server span where there is no client span).
        first_row: i64 => Int64,
        /// When it started \[ns since the run's origin\].
        first_ns: i64 => Int64,
        /// Row of the client span with the largest gap.
        widest_row: i64 => Int64,
        /// Its gap \[s\].
        widest_s: f64 => Float64,
    }
}
