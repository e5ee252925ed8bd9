//! The fixed grid of windows on which a run is summarised.
//!
//! A grid is a list of segments (a normal period, an incident, or all that was recorded), each
//! cut into windows of one width. There are never more than [`MAX_WINDOWS`] windows, so the
//! summary's size does not grow with the length of the log.

/// Most windows that a grid holds.
pub const MAX_WINDOWS: u32 = 4_096;

/// What a segment of the grid covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentKind {
    /// A normal period.
    Normal,
    /// The incident under analysis.
    Incident,
    /// All that was recorded; which part is the incident is still to be found.
    Whole,
}

/// A stretch of time cut into windows of one width; ends are exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// What it covers.
    pub kind: SegmentKind,
    /// First nanosecond.
    pub start_ns: i64,
    /// First nanosecond after it.
    pub end_ns: i64,
    /// Width of a window \[ns\].
    pub width_ns: i64,
    /// Number of its first window in the grid.
    pub first_window: u32,
}

impl Segment {
    /// Number of windows.
    #[must_use]
    pub fn windows(&self) -> u32 {
        let length = i128::from(self.end_ns) - i128::from(self.start_ns);
        let width = i128::from(self.width_ns.max(1));
        u32::try_from((length + width - 1) / width).unwrap_or(u32::MAX)
    }
}

/// A window that was just found. Belongs to one grid.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LastWindow {
    window: u32,
    start_ns: i64,
    end_ns: i64,
}

/// Segments in time order, without overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WindowGrid {
    segments: Vec<Segment>,
}

impl WindowGrid {
    /// Cuts `spans` (kind, start, end) into windows that are multiples of `natural_ns`, the
    /// run's own resolution (a tick, a metrics interval), as fine as [`MAX_WINDOWS`] allows.
    ///
    /// Overlapping spans are cut so that the earlier one in the list keeps the overlap; empty
    /// ones are dropped. Each span gets windows in proportion to its length, at least one.
    #[must_use]
    pub fn new(spans: &[(SegmentKind, i64, i64)], natural_ns: i64) -> Self {
        let natural = natural_ns.max(1);
        let mut free: Vec<(SegmentKind, i64, i64)> = Vec::new();
        for &(kind, start, end) in spans {
            let mut pieces = vec![(start, end)];
            for &(_, s, e) in &free {
                pieces = pieces
                    .into_iter()
                    .flat_map(|(a, b)| [(a, b.min(s)), (a.max(e), b)])
                    .filter(|(a, b)| a < b)
                    .collect();
            }
            free.extend(pieces.into_iter().filter(|(a, b)| a < b).map(|(a, b)| (kind, a, b)));
        }
        free.sort_by_key(|&(_, start, _)| start);
        // Double the widths of the coarsest use until all fit.
        let mut multiple: i64 = 1;
        loop {
            let grid = Self::cut(&free, natural.saturating_mul(multiple));
            if grid.windows() <= MAX_WINDOWS || multiple > i64::MAX / 4 {
                return grid;
            }
            multiple *= 2;
        }
    }

    fn cut(spans: &[(SegmentKind, i64, i64)], width_ns: i64) -> Self {
        let mut segments = Vec::new();
        let mut first_window = 0_u32;
        for &(kind, start_ns, end_ns) in spans {
            let segment = Segment { kind, start_ns, end_ns, width_ns, first_window };
            first_window = first_window.saturating_add(segment.windows());
            segments.push(segment);
        }
        Self { segments }
    }

    /// The segments, in time order.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Number of windows in all segments.
    #[must_use]
    pub fn windows(&self) -> u32 {
        self.segments.iter().fold(0_u32, |n, s| n.saturating_add(s.windows()))
    }

    /// The window that holds an instant, if any segment covers it.
    #[must_use]
    pub fn window_of(&self, time_ns: i64) -> Option<u32> {
        let i = self.segments.partition_point(|s| s.start_ns <= time_ns).checked_sub(1)?;
        let segment = &self.segments[i];
        if time_ns >= segment.end_ns {
            return None;
        }
        let offset = (i128::from(time_ns) - i128::from(segment.start_ns)) / i128::from(segment.width_ns);
        Some(segment.first_window + u32::try_from(offset).ok()?)
    }

    /// Like [`window_of`](Self::window_of), remembering the last answer: instants mostly come in
    /// time order, and then nothing is divided.
    pub(crate) fn window_near(&self, last: &mut LastWindow, time_ns: i64) -> Option<u32> {
        if !(last.start_ns..last.end_ns).contains(&time_ns) {
            let window = self.window_of(time_ns)?;
            let (_, start_ns, end_ns) = self.bounds(window)?;
            *last = LastWindow { window, start_ns, end_ns };
        }
        Some(last.window)
    }

    /// Segment, start and end of a window \[ns\]; the last window of a segment may be shorter.
    #[must_use]
    pub fn bounds(&self, window: u32) -> Option<(&Segment, i64, i64)> {
        let i = self.segments.partition_point(|s| s.first_window <= window).checked_sub(1)?;
        let segment = &self.segments[i];
        let offset = window - segment.first_window;
        if offset >= segment.windows() {
            return None;
        }
        let start = segment.start_ns.saturating_add(segment.width_ns.saturating_mul(i64::from(offset)));
        Some((segment, start, start.saturating_add(segment.width_ns).min(segment.end_ns)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SegmentKind::{Incident, Normal, Whole};

    #[test]
    fn windows_and_bounds_agree() {
        let grid = WindowGrid::new(&[(Normal, 0, 100), (Incident, 1_000, 1_035)], 10);
        assert_eq!(grid.windows(), 14);
        assert_eq!(grid.window_of(99), Some(9));
        assert_eq!(grid.window_of(100), None);
        assert_eq!(grid.window_of(1_034), Some(13));
        let (segment, start, end) = grid.bounds(13).unwrap();
        assert_eq!((segment.kind, start, end), (Incident, 1_030, 1_035));
        assert_eq!(grid.bounds(14), None);
    }

    #[test]
    fn a_long_run_never_gets_more_windows_than_the_cap() {
        for length in [1, 4_096, 4_097, 10_000_000, i64::MAX / 2] {
            let grid = WindowGrid::new(&[(Whole, 0, length)], 1);
            assert!(grid.windows() <= MAX_WINDOWS && grid.windows() >= 1, "{length}");
            assert_eq!(grid.window_of(length - 1), Some(grid.windows() - 1));
        }
    }

    #[test]
    fn remembered_windows_are_the_right_ones() {
        let grid = WindowGrid::new(&[(Normal, 0, 100), (Incident, 1_000, 1_035)], 10);
        let mut last = LastWindow::default();
        for time in [5, 9, 10, 99, 100, 3, 999, 1_000, 1_034, 1_035, 1_031, -1, 0] {
            assert_eq!(grid.window_near(&mut last, time), grid.window_of(time), "{time}");
        }
    }

    #[test]
    fn overlaps_go_to_the_first_named() {
        let grid = WindowGrid::new(&[(Incident, 40, 60), (Normal, 0, 100)], 10);
        let kinds: Vec<_> = grid.segments().iter().map(|s| (s.kind, s.start_ns, s.end_ns)).collect();
        assert_eq!(kinds, [(Normal, 0, 40), (Incident, 40, 60), (Normal, 60, 100)]);
    }
}
