//! Series by window while a pass runs, and the frames they become.

use std::collections::BTreeMap;

use infra_eventlog::Run;

use crate::error::IngestError;
use crate::frames::{SeriesRow, WindowRow};
use crate::grid::{LastWindow, Segment, WindowGrid};

/// Most series of service, signal and statistic that a summary holds.
pub(super) const MAX_SERIES: usize = 2_000_000;
/// Most cells (series times windows) before the grid is coarsened.
pub(super) const MAX_CELLS: usize = 6_000_000;

/// Which series: service code, signal name's code, statistic's code, table.
pub(super) type SeriesKey = (u32, u32, u32, &'static str);

/// Series by window; coarsens its grid when it outgrows its cap of cells.
pub(super) struct SeriesStore {
    grid: WindowGrid,
    last_window: LastWindow,
    cells: usize,
    max_cells: usize,
    index: BTreeMap<SeriesKey, usize>,
    series: Vec<Series>,
    names: infra_eventlog::batch::Interner,
}

struct Series {
    key: SeriesKey,
    count: i64,
    nulls: i64,
    cells: Vec<WindowRow>,
}

impl SeriesStore {
    /// A store of up to `max_cells` cells.
    pub(super) fn new(grid: WindowGrid, max_cells: usize) -> Self {
        Self {
            grid,
            last_window: LastWindow::default(),
            cells: 0,
            max_cells,
            index: BTreeMap::new(),
            series: Vec::new(),
            names: infra_eventlog::batch::Interner::default(),
        }
    }

    /// The grid as it is now; it may still be coarsened.
    pub(super) const fn grid(&self) -> &WindowGrid {
        &self.grid
    }

    /// Code of a signal's or statistic's name.
    pub(super) fn name(&mut self, name: &str) -> u32 {
        self.names.code(name)
    }

    /// Number of the series, made if new.
    pub(super) fn series(&mut self, key: SeriesKey) -> usize {
        let next = self.series.len();
        let series = &mut self.series;
        *self.index.entry(key).or_insert_with(|| {
            series.push(Series { key, count: 0, nulls: 0, cells: Vec::new() });
            next
        })
    }

    /// Whether any series so far is of that signal.
    pub(super) fn has_signal(&self, name: &str) -> bool {
        self.names.find(name).is_some_and(|code| self.index.keys().any(|key| key.1 == code))
    }

    /// Whether even the widest windows did not keep the cells below the cap.
    pub(super) const fn is_beyond_cap(&self) -> bool {
        self.max_cells == usize::MAX
    }

    /// Number of series so far.
    pub(super) fn len(&self) -> usize {
        self.series.len()
    }

    /// Adds a value at an instant; NaN and infinities count as null.
    pub(super) fn add(&mut self, series: usize, time_ns: i64, row: i64, value: Option<f64>) {
        let of_series = &mut self.series[series];
        let Some(value) = value.filter(|v| v.is_finite()) else {
            of_series.nulls += 1;
            return;
        };
        of_series.count += 1;
        let Some(window) = self.grid.window_near(&mut self.last_window, time_ns) else { return };
        let cells = &mut of_series.cells;
        // Rows come nearly in time order, so the last cell is nearly always the right one.
        let at = match cells.last_mut() {
            Some(last) if last.window == window => {
                merge(last, &cell(window, time_ns, row, value));
                return;
            },
            Some(last) if last.window < window => Err(cells.len()),
            None => Err(0),
            Some(_) => cells.binary_search_by_key(&window, |c| c.window),
        };
        match at {
            Ok(i) => merge(&mut cells[i], &cell(window, time_ns, row, value)),
            Err(i) => {
                cells.insert(i, cell(window, time_ns, row, value));
                self.cells += 1;
                if self.cells > self.max_cells {
                    self.coarsen();
                }
            },
        }
    }

    /// Merges windows in pairs, segment by segment.
    fn coarsen(&mut self) {
        if self.grid.windows() as usize <= self.grid.segments().len() {
            // One window a segment: there is nothing left to merge.
            self.max_cells = usize::MAX;
            return;
        }
        let old = self.grid.clone();
        let spans: Vec<_> = old.segments().iter().map(|s: &Segment| (s.kind, s.start_ns, s.end_ns)).collect();
        let width = old.segments().first().map_or(1, |s| s.width_ns);
        self.grid = WindowGrid::new(&spans, width.saturating_mul(2));
        self.last_window = LastWindow::default();
        self.cells = 0;
        for series in &mut self.series {
            let mut merged: Vec<WindowRow> = Vec::with_capacity(series.cells.len() / 2 + 1);
            for mut cell in series.cells.drain(..) {
                let start = old.bounds(cell.window).map_or(0, |b| b.1);
                cell.window = self.grid.window_of(start).unwrap_or(cell.window);
                match merged.last_mut() {
                    Some(last) if last.window == cell.window => merge(last, &cell),
                    _ => merged.push(cell),
                }
            }
            self.cells += merged.len();
            series.cells = merged;
        }
    }

    /// The grid as it ended, and both frames' rows in their order.
    pub(super) fn finish(
        self,
        run: &Run,
    ) -> Result<(WindowGrid, Vec<SeriesRow>, Vec<WindowRow>), IngestError> {
        if self.series.len() > MAX_SERIES {
            return Err(IngestError::TooManySeries {
                file: run.name().to_owned(),
                series: self.series.len(),
                cap: MAX_SERIES,
                hint: "aggregate instances into services before importing",
            });
        }
        let names = &self.names;
        let mut all = self.series;
        all.sort_by(|a, b| {
            let key = |s: &Series| {
                (s.key.0, names.name(s.key.1).to_owned(), names.name(s.key.2).to_owned(), s.key.3)
            };
            key(a).cmp(&key(b))
        });
        let mut rows = Vec::with_capacity(all.len());
        let mut windows = Vec::new();
        for (i, series) in all.into_iter().enumerate() {
            let (service_idx, signal, statistic, table) = series.key;
            rows.push(SeriesRow {
                service_idx,
                signal: names.name(signal).to_owned(),
                statistic: names.name(statistic).to_owned(),
                table: table.to_owned(),
                count: series.count,
                nulls: series.nulls,
            });
            let series_idx = u32::try_from(i).unwrap_or(u32::MAX);
            windows.extend(series.cells.into_iter().map(|c| WindowRow { series_idx, ..c }));
        }
        Ok((self.grid, rows, windows))
    }
}

fn cell(window: u32, time_ns: i64, row: i64, value: f64) -> WindowRow {
    WindowRow {
        series_idx: 0,
        window,
        count: 1,
        sum: value,
        min: value,
        min_row: row,
        min_ns: time_ns,
        max: value,
        max_row: row,
        max_ns: time_ns,
        last: value,
        first_row: row,
        last_row: row,
    }
}

/// Adds a later cell to an earlier one.
fn merge(into: &mut WindowRow, later: &WindowRow) {
    into.count += later.count;
    into.sum += later.sum;
    if later.min < into.min {
        (into.min, into.min_row, into.min_ns) = (later.min, later.min_row, later.min_ns);
    }
    if later.max > into.max {
        (into.max, into.max_row, into.max_ns) = (later.max, later.max_row, later.max_ns);
    }
    into.first_row = into.first_row.min(later.first_row);
    if later.last_row >= into.last_row {
        (into.last, into.last_row) = (later.last, later.last_row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::SegmentKind::Whole;

    #[test]
    fn coarsening_keeps_totals() {
        let mut store = SeriesStore::new(WindowGrid::new(&[(Whole, 0, 100)], 1), MAX_CELLS);
        let name = store.name("s");
        let series = store.series((0, name, name, "events"));
        for t in 0..100 {
            store.add(series, t, t, Some(t as f64));
        }
        store.coarsen();
        store.coarsen();
        let cells = &store.series[series].cells;
        assert_eq!(cells.len(), 25);
        assert_eq!(cells.iter().map(|c| c.count).sum::<i64>(), 100);
        assert_eq!(cells.iter().map(|c| c.sum).sum::<f64>(), 4_950.0);
        let last = cells.last().unwrap();
        assert_eq!((last.min, last.max, last.max_row, last.last), (96.0, 99.0, 99, 99.0));
    }
}
