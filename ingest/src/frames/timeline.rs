//! Single events worth a line in a timeline.

super::typed_frame! {
    /// The first events of each type, in row order; how many are kept is a documented cap.
    TimelineFrame of
    /// One event.
    TimelineRow {
        /// Its first row.
        seq: i64 => Int64,
        /// Its last row.
        last_seq: i64 => Int64,
        /// Its number.
        event_id: i64 => Int64,
        /// The event that scheduled it.
        cause_id: Option<i64> => Int64,
        /// When \[ns since the run's origin\].
        time_ns: i64 => Int64,
        /// Event type; untrusted.
        event_type: String => String,
        /// Who emitted it; untrusted.
        source: String => String,
        /// Row of [`crate::frames::ServiceFrame`]: the one service that its rows name; none if they
        /// name no service, or several.
        service_idx: Option<u32> => UInt32,
        /// Role of the type, as in [`crate::frames::HappeningFrame`].
        role: String => String,
        /// Whether an operator could have seen it.
        observed: bool => Boolean,
        /// Log line of its own row; untrusted.
        message: Option<String> => String,
    }
}
