//! Problems that do not stop an import: counted by kind, the first of each kept as an example.

use std::collections::BTreeMap;

/// Kinds of problems, in the order in which notes list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    NoTime,
    BadTime,
    NoService,
    NoSignal,
    BadInterval,
    NegativeInterval,
    BadNumber,
    NonFinite,
    SameDuplicate,
    OtherDuplicate,
    Merged,
    EdgeWithoutEnd,
    EdgeToItself,
    EdgeCell,
    EdgeWithoutRows,
    NoServiceId,
    NoIncidentId,
    IncidentTwice,
    IncidentTime,
    IncidentWindow,
    IncidentWithoutRows,
    UnlistedIncident,
    PeriodWithoutRows,
}

impl Kind {
    const fn words(self) -> &'static str {
        match self {
            Self::NoTime => "metric rows without a time were left out",
            Self::BadTime => "metric rows with an unreadable time were left out",
            Self::NoService => "metric rows without a service were left out",
            Self::NoSignal => "metric rows without a signal or statistic were left out",
            Self::BadInterval => "metric rows without a readable interval were left out",
            Self::NegativeInterval => "metric rows with a negative interval were left out",
            Self::BadNumber => "texts in number columns were read as null",
            Self::NonFinite => "NaN or infinite values were read as null",
            Self::SameDuplicate => "repeated metric rows were left out",
            Self::OtherDuplicate => "metric rows that contradict an earlier one were left out",
            Self::Merged => "metric rows were merged into one of the same interval",
            Self::EdgeWithoutEnd => "edges with an end that has no name were left out",
            Self::EdgeToItself => "edges from a service to itself were left out",
            Self::EdgeCell => "edge weights that are no number were left out",
            Self::EdgeWithoutRows => "services that edges name have no metric rows",
            Self::NoServiceId => "services without a name were left out",
            Self::NoIncidentId => "incidents without an id were left out",
            Self::IncidentTwice => "incidents that repeat an id were left out",
            Self::IncidentTime => "incidents have an unreadable time",
            Self::IncidentWindow => "incidents that end before they start were left out",
            Self::IncidentWithoutRows => "incidents have no metric rows",
            Self::UnlistedIncident => "incidents of metric rows are not listed by the incidents input; their rows count neither as incident nor as normal",
            Self::PeriodWithoutRows => "periods of the map have no metric rows and were left out",
        }
    }
}

/// Counts by kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    counts: BTreeMap<Kind, (u64, String)>,
    notes: Vec<String>,
}

impl Tally {
    /// Counts one problem; `example` is asked for only the first time.
    pub(super) fn add(&mut self, kind: Kind, example: impl FnOnce() -> String) {
        self.counts.entry(kind).or_insert_with(|| (0, example())).0 += 1;
    }

    /// Adds something worth telling that is not counted.
    pub(super) fn note(&mut self, text: String) {
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }

    /// What was counted, in one line each.
    pub(super) fn counted(&self) -> impl Iterator<Item = String> {
        self.counts.iter().map(|(kind, (count, example))| format!("{count} {} (first: {example})", kind.words()))
    }

    /// All notes: first what was told, then what was counted.
    pub(super) fn into_notes(self) -> Vec<String> {
        let counted: Vec<String> = self.counted().collect();
        self.notes.into_iter().chain(counted).collect()
    }
}

/// An untrusted text for a message: escaped, and cut if it is long.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    let escaped: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() { format!("`{escaped}...`") } else { format!("`{escaped}`") }
}
