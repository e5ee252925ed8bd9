//! Events counted by type and source.

super::typed_frame! {
    /// Events by type and source, in order of first appearance.
    HappeningFrame of
    /// All events of one type from one source.
    HappeningRow {
        /// Event type; untrusted.
        event_type: String => String,
        /// Who emitted them; untrusted.
        source: String => String,
        /// `demand`, `hazard`, `alert`, `decision`, `remediation`, `deploy`, `config`, `state`.
        role: String => String,
        /// Whether an operator could have seen them; false: a simulator's inner truth.
        observed: bool => Boolean,
        /// How many events.
        count: i64 => Int64,
        /// When the first one happened \[ns since the run's origin\].
        first_ns: i64 => Int64,
        /// When the last one happened.
        last_ns: i64 => Int64,
        /// First row of the first one.
        first_seq: i64 => Int64,
        /// First row of the last one.
        last_seq: i64 => Int64,
    }
}
