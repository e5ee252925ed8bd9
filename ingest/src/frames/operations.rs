//! What spans of one operation did in a window.

super::typed_frame! {
    /// One row per service, operation and window of the clock that holds a span, in that order.
    /// Calls that only wait for another service are no operations; see
    /// [`crate::frames::EdgeWindowFrame`].
    OperationFrame of
    /// Spans of one operation of one service that started in one window.
    OperationRow {
        /// Row of [`crate::frames::ServiceFrame`].
        service_idx: u32 => UInt32,
        /// Span name; untrusted.
        operation: String => String,
        /// Window of the clock.
        window: u32 => UInt32,
        /// Spans.
        count: i64 => Int64,
        /// Spans that arrived from another service or from outside.
        arrived: i64 => Int64,
        /// Spans that failed while none of their children did.
        failed: i64 => Int64,
        /// Self time: duration not covered by children \[s\].
        self_s: f64 => Float64,
        /// Sum of the natural logarithms of self times, each at least a microsecond \[ln s\].
        self_ln: f64 => Float64,
        /// Row of the first span.
        first_row: i64 => Int64,
        /// When it started \[ns since the run's origin\].
        first_ns: i64 => Int64,
        /// Row of the span with the most self time.
        slowest_row: i64 => Int64,
        /// Its self time \[s\].
        slowest_s: f64 => Float64,
        /// Row of the first span that failed by itself.
        failed_row: Option<i64> => Int64,
    }
}
