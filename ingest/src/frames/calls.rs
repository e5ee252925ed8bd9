//! Calls between services.

super::typed_frame! {
    /// Calls by caller and callee over the whole run, sorted by caller, then callee.
    CallFrame of
    /// All calls of one caller to one callee.
    CallRow {
        /// Row of [`crate::frames::ServiceFrame`].
        caller_idx: u32 => UInt32,
        /// Row of [`crate::frames::ServiceFrame`].
        callee_idx: u32 => UInt32,
        /// Number of calls.
        calls: f64 => Float64,
        /// Number of failed calls.
        failed: f64 => Float64,
    }
}
