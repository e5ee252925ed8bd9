//! Changes of a service's status.

super::typed_frame! {
    /// Changes of status in row order; the first value of a service counts as a change from null.
    TransitionFrame of
    /// A service changed its status.
    TransitionRow {
        /// Row of [`crate::frames::ServiceFrame`].
        service_idx: u32 => UInt32,
        /// When \[ns since the run's origin\].
        time_ns: i64 => Int64,
        /// Row that shows the new status.
        seq: i64 => Int64,
        /// Status before; null at the first sight.
        from: Option<String> => String,
        /// Status after.
        to: String => String,
        /// Severity before, 0 well .. 3 down; null if the status is not in the list.
        from_severity: Option<i64> => Int64,
        /// Severity after.
        to_severity: Option<i64> => Int64,
    }
}
