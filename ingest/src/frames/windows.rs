//! One row per series and window.

super::typed_frame! {
    /// One row per series and window that holds a value, sorted by `series_idx`, then `window`.
    WindowFrame of
    /// What a series did in a window.
    WindowRow {
        /// Row of [`crate::frames::SeriesFrame`].
        series_idx: u32 => UInt32,
        /// Window of the grid.
        window: u32 => UInt32,
        /// Values in the window.
        count: i64 => Int64,
        /// Sum of the values \[signal unit\].
        sum: f64 => Float64,
        /// Smallest value \[signal unit\].
        min: f64 => Float64,
        /// Row that holds it first.
        min_row: i64 => Int64,
        /// When it was \[ns since the run's origin\]; for metrics, the interval's start.
        min_ns: i64 => Int64,
        /// Largest value \[signal unit\].
        max: f64 => Float64,
        /// Row that holds it first.
        max_row: i64 => Int64,
        /// When it was \[ns since the run's origin\]; for metrics, the interval's start.
        max_ns: i64 => Int64,
        /// Last value \[signal unit\].
        last: f64 => Float64,
        /// First row of the series in the window.
        first_row: i64 => Int64,
        /// Last row of the series in the window.
        last_row: i64 => Int64,
    }
}

impl WindowRow {
    /// Mean of the window's values \[signal unit\].
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }
}
