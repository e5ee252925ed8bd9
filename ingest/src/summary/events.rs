//! The events table, reduced to series, excursions, status changes and happenings.

use arrow::array::{Array, Float64Array};
use infra_eventlog::batch::{Interner, Rows};
use infra_eventlog::check::RowChecker;
use infra_eventlog::metadata::{EventRole, Visibility};
use infra_eventlog::schema::TableKind;
use infra_eventlog::signal::Worse;
use infra_eventlog::{Run, RunError, RunMetadata};

use super::Services;
use super::series::SeriesStore;
use crate::error::IngestError;
use crate::frames::{ExcursionRow, HappeningRow, TimelineRow, TransitionRow};

/// Excursions kept per service and signal.
pub(super) const MAX_EXCURSIONS: usize = 16;
/// Status changes kept per run.
pub(super) const MAX_TRANSITIONS: usize = 20_000;
/// Single events kept per event type.
pub(super) const MAX_TIMELINE: usize = 200;
/// Pairs of event type and source kept apart; further sources are counted under one name.
pub(super) const MAX_HAPPENINGS: usize = 10_000;
/// Name under which sources beyond the cap are counted.
pub(super) const OTHER_SOURCES: &str = "(other sources)";

/// What the events table came to.
#[derive(Default)]
pub(super) struct Events {
    pub(super) excursions: Vec<ExcursionRow>,
    pub(super) transitions: Vec<TransitionRow>,
    pub(super) happenings: Vec<HappeningRow>,
    pub(super) timeline: Vec<TimelineRow>,
    pub(super) mechanism_rows: i64,
    pub(super) peaks: Vec<WatchedPeak>,
}

/// The largest sum over services of a signal that a controller watches, after any event.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchedPeak {
    /// Number of the controller in the metadata.
    pub controller: usize,
    /// The sum \[signal unit\].
    pub total: f64,
    /// When \[ns since the run's origin\].
    pub time_ns: i64,
    /// Last row of the event after which it stood there.
    pub seq: i64,
}

/// A watched total while the pass runs: the last value of each service.
struct Watch {
    signal: usize,
    last: Vec<f64>,
    peak: Option<WatchedPeak>,
    controller: usize,
}

pub(super) fn read(
    run: &Run,
    services: &mut Services,
    store: &mut SeriesStore,
    notes: &mut Vec<String>,
) -> Result<Events, IngestError> {
    let Some(table) = run.table(TableKind::Events) else { return Ok(Events::default()) };
    let signals = table.signal_columns();
    let mut columns =
        vec!["seq", "event_id", "cause_id", "time_ns", "event_type", "source", "service", "status"];
    columns.extend(signals.iter().map(String::as_str));
    let mut pass = Pass::new(run.metadata(), &signals, store);
    let mut checker = RowChecker::new(TableKind::Events);
    table.for_each(&columns, |rows| {
        checker.check(&rows);
        pass.batch(&rows, services, store)
    })?;
    checker.finish()?;
    if checker.non_finite() > 0 {
        notes.push(format!("events: {} NaN or infinite values read as null", checker.non_finite()));
    }
    let mut events = pass.finish(notes);
    add_messages(run, &mut events.timeline)?;
    Ok(events)
}

/// A series whose number is not known yet.
const UNKNOWN: usize = usize::MAX;

/// Happenings by type and source, in flat rows, since every event asks.
#[derive(Default)]
struct HappeningIndex {
    /// By type, then by source; 0 for none, else the number of the happening plus one.
    rows: Vec<Vec<u32>>,
}

impl HappeningIndex {
    fn get(&self, event_type: u32, source: u32) -> Option<usize> {
        let found = *self.rows.get(event_type as usize)?.get(source as usize)?;
        (found as usize).checked_sub(1)
    }

    fn insert(&mut self, event_type: u32, source: u32, index: usize) {
        let (event_type, source) = (event_type as usize, source as usize);
        if self.rows.len() <= event_type {
            self.rows.resize_with(event_type + 1, Vec::new);
        }
        let row = &mut self.rows[event_type];
        if row.len() <= source {
            row.resize(source + 1, 0);
        }
        row[source] = u32::try_from(index + 1).unwrap_or(0);
    }
}

/// An event type as the metadata has it.
#[derive(Clone, Copy)]
struct TypeInfo {
    role: EventRole,
    observed: bool,
}

struct SignalColumn {
    name: String,
    code: u32,
    warning: Option<f64>,
    worse: Worse,
}

impl SignalColumn {
    fn beyond(&self, value: f64) -> bool {
        match (self.warning, self.worse) {
            (Some(warning), Worse::High) => value >= warning,
            (Some(warning), Worse::Low) => value <= warning,
            _ => false,
        }
    }

    fn is_worse(&self, a: f64, b: f64) -> bool {
        if self.worse == Worse::Low { a < b } else { a > b }
    }
}

#[derive(Default)]
struct ExcursionState {
    open: Option<ExcursionRow>,
    kept: usize,
}

struct Pass<'a> {
    metadata: &'a RunMetadata,
    signals: Vec<SignalColumn>,
    statistic: u32,
    types: Interner,
    type_infos: Vec<TypeInfo>,
    sources: Interner,
    statuses: Interner,
    severities: Vec<Option<u8>>,
    status_of: Vec<Option<u32>>,
    excursion_of: Vec<Vec<ExcursionState>>,
    happening_of: HappeningIndex,
    /// Number of the series of each service and signal, [services, signals]; [`UNKNOWN`] at first.
    series_of: Vec<usize>,
    kept_of_type: Vec<usize>,
    current: Option<(i64, Option<usize>)>,
    dropped_excursions: u64,
    dropped_transitions: u64,
    watches: Vec<Watch>,
    /// Row and time of the last state row of the current event.
    settled: Option<At>,
    out: Events,
    /// Whether the current event's rows name more than one service.
    on_several: bool,
}

impl<'a> Pass<'a> {
    fn new(metadata: &'a RunMetadata, signals: &[String], store: &mut SeriesStore) -> Self {
        let signals: Vec<SignalColumn> = signals
            .iter()
            .map(|name| {
                let spec = metadata.signal(name);
                let code = store.name(name);
                SignalColumn { name: name.clone(), code, warning: spec.warning, worse: spec.worse }
            })
            .collect();
        let watch = |(controller, spec): (usize, &infra_eventlog::metadata::ControllerSpec)| {
            let signal = signals.iter().position(|s: &SignalColumn| s.name == spec.signal)?;
            Some(Watch { signal, last: Vec::new(), peak: None, controller })
        };
        let watches = metadata.controllers.iter().enumerate().filter_map(watch).collect();
        Self {
            metadata,
            signals,
            statistic: store.name("last"),
            types: Interner::default(),
            type_infos: Vec::new(),
            sources: Interner::default(),
            statuses: Interner::default(),
            severities: Vec::new(),
            status_of: Vec::new(),
            excursion_of: Vec::new(),
            happening_of: HappeningIndex::default(),
            series_of: Vec::new(),
            kept_of_type: Vec::new(),
            current: None,
            dropped_excursions: 0,
            dropped_transitions: 0,
            watches,
            settled: None,
            out: Events::default(),
            on_several: false,
        }
    }

    fn batch(
        &mut self,
        rows: &Rows,
        services: &mut Services,
        store: &mut SeriesStore,
    ) -> Result<(), RunError> {
        let n = rows.len();
        let seq = rows.require_ints("seq")?;
        let event = rows.require_ints("event_id")?;
        let cause = rows.ints("cause_id");
        let time = rows.require_ints("time_ns")?;
        let types = rows.require_texts("event_type")?.intern(n, &mut self.types);
        let sources = rows.require_texts("source")?.intern(n, &mut self.sources);
        let service = rows.require_texts("service")?.intern(n, &mut services.names);
        let status = rows.texts("status")?.map(|s| s.intern(n, &mut self.statuses));
        self.grow(services);
        let columns: Vec<Option<&Float64Array>> = self.signals.iter().map(|s| rows.floats(&s.name)).collect();
        for i in 0..n {
            let (Some(event_type), Some(source)) = (types[i], sources[i]) else { continue };
            let at = At { seq: seq.value(i), time_ns: time.value(i) };
            let cause = cause.filter(|c| !c.is_null(i)).map(|c| c.value(i));
            self.happening(event.value(i), cause, event_type, source, at);
            if let Some(service) = service[i] {
                self.on_service(service);
            }
            let info = self.type_infos[event_type as usize];
            if !info.observed {
                self.out.mechanism_rows += 1;
                continue;
            }
            let Some(service) = service[i] else { continue };
            services.rows[service as usize] += 1;
            if let Some(status) = status.as_ref().and_then(|s| s[i]) {
                self.status(service, status, at, services);
            }
            for (s, column) in columns.iter().enumerate() {
                let Some(column) = column else { continue };
                let value = (!column.is_null(i)).then(|| column.value(i));
                let known = &mut self.series_of[service as usize * self.signals.len() + s];
                if *known == UNKNOWN {
                    *known = store.series((service, self.signals[s].code, self.statistic, "events"));
                }
                store.add(*known, at.time_ns, at.seq, value);
                if let Some(value) = value.filter(|v| v.is_finite()) {
                    self.watch(service, s, value, at);
                    self.excursion(service, s, value, at);
                }
            }
        }
        Ok(())
    }

    fn grow(&mut self, services: &mut Services) {
        services.grow();
        self.status_of.resize(services.names.len(), None);
        let n_signals = self.signals.len();
        self.series_of.resize(services.names.len() * n_signals, UNKNOWN);
        self.excursion_of.resize_with(services.names.len(), || {
            (0..n_signals).map(|_| ExcursionState::default()).collect()
        });
        for name in self.types.names().skip(self.type_infos.len()) {
            let spec = self.metadata.event_type(name);
            self.type_infos
                .push(TypeInfo { role: spec.role, observed: spec.visibility == Visibility::Observed });
        }
        self.kept_of_type.resize(self.types.len(), 0);
        for name in self.statuses.names().skip(self.severities.len()) {
            self.severities.push(self.metadata.severity(name));
        }
    }

    /// Counts an event at its first row; keeps the first of each type for the timeline.
    fn happening(&mut self, event_id: i64, cause_id: Option<i64>, event_type: u32, source: u32, at: At) {
        if let Some((current, line)) = self.current
            && current == event_id
        {
            if let Some(line) = line {
                self.out.timeline[line].last_seq = at.seq;
            }
            return;
        }
        self.settle();
        let info = self.type_infos[event_type as usize];
        let index = match self.happening_of.get(event_type, source) {
            Some(index) => index,
            None => self.first_happening(event_type, source, at),
        };
        let role = role_name(info.role);
        let happening = &mut self.out.happenings[index];
        happening.count += 1;
        (happening.last_ns, happening.last_seq) = (at.time_ns, at.seq);
        let kept = &mut self.kept_of_type[event_type as usize];
        let line = (*kept < MAX_TIMELINE).then(|| {
            *kept += 1;
            self.out.timeline.push(TimelineRow {
                seq: at.seq,
                last_seq: at.seq,
                event_id,
                cause_id,
                time_ns: at.time_ns,
                event_type: happening.event_type.clone(),
                source: happening.source.clone(),
                service_idx: None,
                role: role.to_owned(),
                observed: info.observed,
                message: None,
            });
            self.out.timeline.len() - 1
        });
        self.current = Some((event_id, line));
        self.on_several = false;
    }

    /// A happening of this type and source that was not met before, or that of all sources beyond
    /// the cap.
    fn first_happening(&mut self, event_type: u32, source: u32, at: At) -> usize {
        let source = if self.out.happenings.len() >= MAX_HAPPENINGS {
            self.sources.code(OTHER_SOURCES)
        } else {
            source
        };
        if let Some(index) = self.happening_of.get(event_type, source) {
            return index;
        }
        let info = self.type_infos[event_type as usize];
        self.out.happenings.push(HappeningRow {
            event_type: self.types.name(event_type).to_owned(),
            source: self.sources.name(source).to_owned(),
            role: role_name(info.role).to_owned(),
            observed: info.observed,
            count: 0,
            first_ns: at.time_ns,
            last_ns: at.time_ns,
            first_seq: at.seq,
            last_seq: at.seq,
        });
        let index = self.out.happenings.len() - 1;
        self.happening_of.insert(event_type, source, index);
        index
    }

    /// Notes on which service the current event is: the one that its rows name.
    fn on_service(&mut self, service: u32) {
        let Some((_, Some(line))) = self.current else { return };
        let line = &mut self.out.timeline[line];
        match line.service_idx {
            None if !self.on_several => line.service_idx = Some(service),
            Some(other) if other != service => {
                line.service_idx = None;
                self.on_several = true;
            },
            _ => {},
        }
    }

    fn status(&mut self, service: u32, status: u32, at: At, services: &mut Services) {
        let severity = self.severities[status as usize].map(i64::from);
        if let Some(severity) = severity {
            let worst = &mut services.worst[service as usize];
            if worst.is_none_or(|(s, _)| severity > s) {
                *worst = Some((severity, at.seq));
            }
        }
        let before = &mut self.status_of[service as usize];
        if *before == Some(status) {
            return;
        }
        let from = before.replace(status);
        if self.out.transitions.len() >= MAX_TRANSITIONS {
            self.dropped_transitions += 1;
            return;
        }
        self.out.transitions.push(TransitionRow {
            service_idx: service,
            time_ns: at.time_ns,
            seq: at.seq,
            from: from.map(|s| self.statuses.name(s).to_owned()),
            to: self.statuses.name(status).to_owned(),
            from_severity: from.and_then(|s| self.severities[s as usize]).map(i64::from),
            to_severity: severity,
        });
    }

    fn watch(&mut self, service: u32, signal: usize, value: f64, at: At) {
        for watch in self.watches.iter_mut().filter(|w| w.signal == signal) {
            let service = service as usize;
            if watch.last.len() <= service {
                watch.last.resize(service + 1, 0.0);
            }
            watch.last[service] = value;
            self.settled = Some(at);
        }
    }

    /// Takes the totals when an event's rows are complete: in between they mix two moments.
    fn settle(&mut self) {
        let Some(at) = self.settled.take() else { return };
        for watch in &mut self.watches {
            let total: f64 = watch.last.iter().sum();
            if watch.peak.as_ref().is_none_or(|p| total > p.total) {
                let (time_ns, seq) = (at.time_ns, at.seq);
                watch.peak = Some(WatchedPeak { controller: watch.controller, total, time_ns, seq });
            }
        }
    }

    fn excursion(&mut self, service: u32, signal: usize, value: f64, at: At) {
        let spec = &self.signals[signal];
        if spec.warning.is_none() {
            return;
        }
        let state = &mut self.excursion_of[service as usize][signal];
        if spec.beyond(value) {
            match &mut state.open {
                Some(open) => {
                    open.observations += 1;
                    open.last_seq = at.seq;
                    if spec.is_worse(value, open.worst) {
                        (open.worst, open.worst_seq) = (value, at.seq);
                    }
                },
                None => {
                    state.open = Some(ExcursionRow {
                        service_idx: service,
                        signal: spec.name.clone(),
                        start_ns: at.time_ns,
                        start_seq: at.seq,
                        end_ns: None,
                        last_seq: at.seq,
                        observations: 1,
                        worst: value,
                        worst_seq: at.seq,
                    });
                },
            }
        } else if let Some(mut done) = state.open.take() {
            done.end_ns = Some(at.time_ns);
            if state.kept < MAX_EXCURSIONS {
                state.kept += 1;
                self.out.excursions.push(done);
            } else {
                self.dropped_excursions += 1;
            }
        }
    }

    fn finish(mut self, notes: &mut Vec<String>) -> Events {
        self.settle();
        self.out.peaks = self.watches.iter_mut().filter_map(|w| w.peak.take()).collect();
        for state in self.excursion_of.iter_mut().flatten() {
            self.out.excursions.extend(state.open.take());
        }
        self.out.excursions.sort_by(|a, b| {
            (a.service_idx, &a.signal, a.start_seq).cmp(&(b.service_idx, &b.signal, b.start_seq))
        });
        if self.dropped_excursions > 0 {
            notes.push(format!(
                "{} excursions beyond a threshold are counted but not kept ({MAX_EXCURSIONS} per service and signal are)",
                self.dropped_excursions
            ));
        }
        if self.dropped_transitions > 0 {
            notes.push(format!(
                "{} status changes are counted but not kept (the first {MAX_TRANSITIONS} are)",
                self.dropped_transitions
            ));
        }
        let unknown: Vec<String> = self
            .statuses
            .names()
            .zip(&self.severities)
            .filter(|(_, severity)| severity.is_none())
            .map(|(name, _)| format!("`{}`", name.escape_debug()))
            .take(8)
            .collect();
        if !unknown.is_empty() {
            notes.push(format!("statuses without a severity in the run's list: {}", unknown.join(", ")));
        }
        self.out
    }
}

#[derive(Clone, Copy)]
struct At {
    seq: i64,
    time_ns: i64,
}

const fn role_name(role: EventRole) -> &'static str {
    match role {
        EventRole::Demand => "demand",
        EventRole::Hazard => "hazard",
        EventRole::Alert => "alert",
        EventRole::Decision => "decision",
        EventRole::Remediation => "remediation",
        EventRole::Deploy => "deploy",
        EventRole::Config => "config",
        EventRole::State => "state",
    }
}

/// Fetches the log lines of the kept events' own rows; only their row groups are read.
fn add_messages(run: &Run, timeline: &mut [TimelineRow]) -> Result<(), RunError> {
    let Some(table) = run.table(TableKind::Events) else { return Ok(()) };
    let ranges: Vec<(i64, i64)> = timeline.iter().map(|t| (t.seq, t.seq)).collect();
    if ranges.is_empty() {
        return Ok(());
    }
    let mut next = 0;
    for rows in table.read_near(&["seq", "message"], "seq", &ranges) {
        let rows = rows?;
        let Some(messages) = rows.texts("message")? else { continue };
        let seq = rows.require_ints("seq")?;
        for i in 0..rows.len() {
            while next < timeline.len() && timeline[next].seq < seq.value(i) {
                next += 1;
            }
            if next < timeline.len() && timeline[next].seq == seq.value(i) {
                timeline[next].message = messages.get(i).map(str::to_owned);
            }
        }
    }
    Ok(())
}
