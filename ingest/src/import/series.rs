//! From a table's signal and statistic names to ours, and the values of each row.

use std::collections::{BTreeMap, BTreeSet};

use infra_eventlog::batch::{Interner, Rows};

use super::cells::{NumberColumn, number, text_column};
use super::map::{Layout, MetricsMap, SignalMap, is_statistic};
use super::measurements::Measurements;
use super::tally::{Kind, Tally, shown};
use crate::error::IngestError;

/// Names listed in a note.
const LISTED: usize = 20;

/// Translates signals and statistics.
pub(super) struct SeriesNames<'m> {
    map: &'m MetricsMap,
    signals: Interner,
    statistics: Interner,
    /// Code and factor of each pair of raw names met so far.
    known: BTreeMap<(u32, Option<u32>), (u32, f64)>,
    unlisted_signals: BTreeSet<String>,
    unlisted_statistics: BTreeSet<String>,
}

impl<'m> SeriesNames<'m> {
    pub(super) fn new(map: &'m MetricsMap) -> Self {
        Self {
            map,
            signals: Interner::default(),
            statistics: Interner::default(),
            known: BTreeMap::new(),
            unlisted_signals: BTreeSet::new(),
            unlisted_statistics: BTreeSet::new(),
        }
    }

    /// The values of a batch, with the series that each belongs to.
    pub(super) fn batch(&mut self, rows: &Rows, all: &mut Measurements) -> Result<Values, IngestError> {
        match &self.map.layout {
            Layout::Wide(columns) => {
                let there = columns.iter().filter(|(name, _)| rows.batch().column_by_name(name).is_some());
                let column = |(name, signal): (&String, &SignalMap)| {
                    let series = all.series(signal, &signal.statistic);
                    Ok(WideColumn {
                        name: name.clone(),
                        series,
                        scale: signal.scale,
                        numbers: NumberColumn::new(rows, name)?,
                    })
                };
                Ok(Values::Wide(there.map(column).collect::<Result<_, IngestError>>()?))
            },
            Layout::Long { signal, statistic, value, .. } => {
                let signals = text_column(rows, signal)?.intern(rows.len(), &mut self.signals);
                let statistics = match statistic {
                    Some(column) => Some(text_column(rows, column)?.intern(rows.len(), &mut self.statistics)),
                    None => None,
                };
                let mut series = Vec::with_capacity(rows.len());
                for (i, signal) in signals.into_iter().enumerate() {
                    let statistic = statistics.as_ref().map(|s| s[i]);
                    series.push(match (signal, statistic) {
                        (Some(signal), None) => self.long(signal, None, all),
                        (Some(signal), Some(Some(statistic))) => self.long(signal, Some(statistic), all),
                        _ => None,
                    });
                }
                Ok(Values::Long { series, column: value.clone(), numbers: NumberColumn::new(rows, value)? })
            },
        }
    }

    /// Series and factor of a pair of raw names; `None` if one is blank.
    fn long(&mut self, signal: u32, statistic: Option<u32>, all: &mut Measurements) -> Option<(u32, f64)> {
        if let Some(known) = self.known.get(&(signal, statistic)) {
            return Some(*known);
        }
        let raw_signal = self.signals.name(signal);
        let raw_statistic = statistic.map(|code| self.statistics.name(code));
        if raw_signal.trim().is_empty() || raw_statistic.is_some_and(|s| s.trim().is_empty()) {
            return None;
        }
        let (ours, listed) = translate_signal(self.map, raw_signal);
        if !listed {
            self.unlisted_signals.insert(raw_signal.to_owned());
        }
        let our_statistic = match raw_statistic {
            None => ours.statistic.clone(),
            Some(raw) => {
                let ours = translate_statistic(self.map, raw);
                if !is_statistic(&ours) {
                    self.unlisted_statistics.insert(raw.to_owned());
                }
                ours
            },
        };
        let found = (all.series(&ours, &our_statistic), ours.scale);
        self.known.insert((signal, statistic), found);
        Some(found)
    }

    /// Tells which names passed through although the map does not list them.
    pub(super) fn note_unlisted(&self, tally: &mut Tally) {
        let listed = |names: &BTreeSet<String>| {
            let shown: Vec<String> = names.iter().take(LISTED).map(|n| shown(n)).collect();
            let more = names.len().saturating_sub(LISTED);
            if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
        };
        if !self.unlisted_signals.is_empty() {
            tally.note(format!(
                "signals that the map does not list keep their names and values: {}",
                listed(&self.unlisted_signals)
            ));
        }
        if !self.unlisted_statistics.is_empty() {
            tally.note(format!(
                "statistics that the format does not know keep their names: {}",
                listed(&self.unlisted_statistics)
            ));
        }
    }
}

/// What a signal of the file becomes, and whether the map (or, for the wide layout, a column) says so.
pub(super) fn translate_signal(map: &MetricsMap, raw: &str) -> (SignalMap, bool) {
    let listed = match &map.layout {
        Layout::Long { signals, .. } => signals.get(raw),
        Layout::Wide(columns) => columns.get(raw),
    };
    let unlisted = || SignalMap::unlisted(raw, map.duplicates);
    listed.map_or_else(|| (unlisted(), false), |signal| (signal.clone(), true))
}

/// What a statistic of the file becomes.
pub(super) fn translate_statistic(map: &MetricsMap, raw: &str) -> String {
    match &map.layout {
        Layout::Long { statistics, .. } => statistics.get(raw).cloned(),
        Layout::Wide(_) => None,
    }
    .unwrap_or_else(|| raw.to_owned())
}

/// One value column of the wide layout.
pub(super) struct WideColumn {
    name: String,
    series: u32,
    scale: f64,
    numbers: NumberColumn,
}

/// The values of a batch.
pub(super) enum Values {
    /// One value a row; series and factor, `None` where the row names no signal.
    Long { series: Vec<Option<(u32, f64)>>, column: String, numbers: NumberColumn },
    /// One value a row and column.
    Wide(Vec<WideColumn>),
}

impl Values {
    /// Hands series and value (NaN: null) of row `i` to `push`.
    pub(super) fn each(
        &self,
        i: usize,
        place: &impl Fn() -> String,
        tally: &mut Tally,
        mut push: impl FnMut(u32, f64) -> Result<(), IngestError>,
    ) -> Result<(), IngestError> {
        match self {
            Self::Long { series, column, numbers } => match series[i] {
                Some((series, scale)) => push(series, number(numbers.get(i), scale, column, place, tally)),
                None => {
                    tally.add(Kind::NoSignal, place);
                    Ok(())
                },
            },
            Self::Wide(columns) => columns
                .iter()
                .try_for_each(|c| push(c.series, number(c.numbers.get(i), c.scale, &c.name, place, tally))),
        }
    }
}
