//! Problems that do not stop an import: counted by kind, the first of each kept as an example.

use std::collections::BTreeMap;

/// Kinds of problems, in the order in which notes list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    NoTime,
    BadTime,
    NoService,
    UnknownService,
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
    ExcludedTime,
    SpanWithoutId,
    SpanWithoutService,
    SpanTime,
    NegativeDuration,
    SameSpan,
    OtherSpan,
    Orphan,
    ParentCycle,
    LogWithoutService,
    LogTime,
    SameLog,
    CallWithoutEnd,
    CallTime,
    SameCalls,
    OtherCalls,
    CallEdge,
    NegativeCalls,
    EventTime,
    EventWithoutType,
    EventWithoutRole,
    SameEvent,
    Damaged,
    UnnamedService,
    NoDuration,
    NoValue,
    RepeatedPoint,
    CounterReset,
}

impl Kind {
    const fn words(self) -> &'static str {
        match self {
            Self::NoTime => "metric rows without a time, left out",
            Self::BadTime => "metric rows with an unreadable time, left out",
            Self::NoService => "metric rows without a service, left out",
            Self::UnknownService => "metric rows of a service that no other table names, left out",
            Self::NoSignal => "metric rows without a signal or statistic, left out",
            Self::BadInterval => "metric rows without a readable interval, left out",
            Self::NegativeInterval => "metric rows with a negative interval, left out",
            Self::BadNumber => "texts in number columns, read as null",
            Self::NonFinite => "NaN or infinite values, read as null",
            Self::SameDuplicate => "repeated metric rows, left out",
            Self::OtherDuplicate => "metric rows that contradict an earlier one, left out",
            Self::Merged => "metric rows merged into another of the same interval",
            Self::EdgeWithoutEnd => "edges with an end that has no name, left out",
            Self::EdgeToItself => "edges from a service to itself, left out",
            Self::EdgeCell => "edge weights that are no number, left out",
            Self::EdgeWithoutRows => "services that edges name but no metric row",
            Self::NoServiceId => "services without a name, left out",
            Self::NoIncidentId => "incidents without an id, left out",
            Self::IncidentTwice => "incidents that repeat an id, left out",
            Self::IncidentTime => "incidents with an unreadable time",
            Self::IncidentWindow => "incidents that end before they start, left out",
            Self::IncidentWithoutRows => "incidents without metric rows",
            Self::UnlistedIncident => {
                "incidents of metric rows that no incidents input lists, their rows neither incident nor normal"
            },
            Self::PeriodWithoutRows => "periods of the map without metric rows, left out",
            Self::ExcludedTime => "excluded times that cannot be read, left out",
            Self::SpanWithoutId => "spans without a trace id or span id, left out",
            Self::SpanWithoutService => "spans without a service, left out",
            Self::SpanTime => "spans with a time that is missing, unreadable or out of range, left out",
            Self::NegativeDuration => "spans that end before they start, left out",
            Self::SameSpan => "repeated spans, left out",
            Self::OtherSpan => "spans that contradict another with the same trace id and span id, left out",
            Self::Orphan => "spans whose parent is not in their trace",
            Self::ParentCycle => "cycles of parents, cut at the span that starts first",
            Self::LogWithoutService => "log lines without a service, left out",
            Self::LogTime => "log lines with a time that is missing, unreadable or out of range, left out",
            Self::SameLog => "repeated log lines, left out",
            Self::CallWithoutEnd => "rows of calls without caller or callee, left out",
            Self::CallTime => {
                "rows of calls with a time that is missing, unreadable or out of range, left out"
            },
            Self::SameCalls => "repeated rows of calls, left out",
            Self::OtherCalls => "rows of calls that contradict another, left out",
            Self::CallEdge => "rows of calls whose edge does not name one caller and one callee, left out",
            Self::NegativeCalls => "negative numbers of calls, read as null",
            Self::EventTime => "events with a time that is missing, unreadable or out of range, left out",
            Self::EventWithoutType => "events without a type, left out",
            Self::EventWithoutRole => "events of a kind that the map gives no role, left out",
            Self::SameEvent => "repeated events, left out",
            Self::Damaged => "damaged lines or records, left out",
            Self::UnnamedService => "resources that name no service, read as unknown_service",
            Self::NoDuration => "spans without a duration, read as 0",
            Self::NoValue => "metric points without a value, left out",
            Self::RepeatedPoint => "metric points that repeat another's series and time, left out",
            Self::CounterReset => "counters that started again",
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
        self.counts
            .iter()
            .map(|(kind, (count, example))| format!("{}: {count} (first: {example})", kind.words()))
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
