//! What each section of a map asks of a file: the columns that tell whose a file is.

use super::{
    CallEnds, CallsMap, EdgeLayout, EdgesMap, EventsMap, ExcludedMap, IncidentsMap, Layout, LogsMap,
    MetricsMap, ServicesMap, Source, SpanLength, SpansMap, TableMap,
};
use crate::import::sheet::missing_column;

/// What an input is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::import) enum InputKind {
    Metrics,
    Spans,
    Logs,
    Calls,
    Events,
    Edges,
    Services,
    Incidents,
    Excluded,
}

impl InputKind {
    pub(in crate::import) const ALL: [Self; 9] = [
        Self::Metrics,
        Self::Spans,
        Self::Logs,
        Self::Calls,
        Self::Events,
        Self::Edges,
        Self::Services,
        Self::Incidents,
        Self::Excluded,
    ];

    /// The section of the map, which is the name of the flag too.
    pub(in crate::import) const fn name(self) -> &'static str {
        match self {
            Self::Metrics => "metrics",
            Self::Spans => "spans",
            Self::Logs => "logs",
            Self::Calls => "calls",
            Self::Events => "events",
            Self::Edges => "edges",
            Self::Services => "services",
            Self::Incidents => "incidents",
            Self::Excluded => "excluded",
        }
    }
}

/// How a file holds its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Form {
    /// A table with named columns.
    Table,
    /// A JSON array of objects.
    Records,
    /// A JSON array of texts or numbers.
    Values,
}

/// What a section asks of a file.
#[derive(Clone, Debug)]
pub(in crate::import) struct Claim<'m> {
    pub(in crate::import) kind: InputKind,
    pub(in crate::import) source: &'m Source,
    /// Columns that every file needs, and the key that names each.
    pub(in crate::import) required: Vec<(&'m str, String)>,
    /// Columns that some of the files need to have, and the key that names each.
    pub(in crate::import) somewhere: Vec<(&'m str, String)>,
    forms: &'static [Form],
    /// Whether a file needs at least one column of `somewhere`.
    needs_one: bool,
}

const TABLES: &[Form] = &[Form::Table];
const RECORDS: &[Form] = &[Form::Table, Form::Records];

impl<'m> Claim<'m> {
    fn new(kind: InputKind, source: &'m Source, forms: &'static [Form]) -> Self {
        Self { kind, source, required: Vec::new(), somewhere: Vec::new(), forms, needs_one: false }
    }

    fn key(&self, key: &str) -> String {
        format!("{} {key}", self.source.section)
    }

    fn needs(mut self, column: &'m str, key: &str) -> Self {
        let key = self.key(key);
        self.required.push((column, key));
        self
    }

    fn may_need(self, column: Option<&'m String>, key: &str) -> Self {
        match column {
            Some(column) => self.needs(column, key),
            None => self,
        }
    }

    fn needs_all(self, columns: &'m [String], key: &str) -> Self {
        columns.iter().fold(self, |claim, column| claim.needs(column, key))
    }

    /// Whether the section reads files of this form.
    pub(in crate::import) fn takes(&self, form: Form) -> bool {
        self.forms.contains(&form)
    }

    /// How many columns of a file the section knows, if the file can be one of the section's.
    pub(in crate::import) fn fit(&self, file: &str, form: Form, columns: &[String]) -> Option<usize> {
        let has = |column: &str| columns.iter().any(|c| c == column);
        let known = |list: &[(&str, String)]| list.iter().filter(|(column, _)| has(column)).count();
        // A section that names no column says by name which files it is for.
        let is_told = !self.required.is_empty() || !self.source.files.is_empty() || form == Form::Values;
        let fits = self.source.takes(file)
            && self.takes(form)
            && is_told
            && known(&self.required) == self.required.len()
            && (!self.needs_one || known(&self.somewhere) > 0);
        fits.then(|| self.required.len() + known(&self.somewhere))
    }

    /// Columns of the section that a file lacks, one message each.
    pub(in crate::import) fn lacks(&self, file: &str, columns: &[String]) -> Vec<String> {
        let names = || columns.iter().map(String::as_str);
        let missing = self.required.iter().filter(|(column, _)| !names().any(|n| n == *column));
        missing.map(|(column, key)| missing_column(file, column, key, names())).collect()
    }
}

impl TableMap {
    /// What all sections ask for, in the order of [`InputKind::ALL`].
    pub(in crate::import) fn claims(&self) -> Vec<Claim<'_>> {
        let mut claims = Vec::new();
        claims.extend(self.metrics.iter().map(metrics));
        claims.extend(self.spans.iter().map(spans));
        claims.extend(self.logs.iter().map(logs));
        claims.extend(self.calls.iter().map(calls));
        claims.extend(self.events.iter().map(events));
        claims.extend(self.edges.iter().map(edges));
        claims.extend(self.services.iter().map(services));
        claims.extend(self.incidents.iter().map(incidents));
        claims.extend(self.excluded.iter().map(excluded));
        claims
    }
}

fn metrics(map: &MetricsMap) -> Claim<'_> {
    let mut claim = Claim::new(InputKind::Metrics, &map.source, TABLES)
        .needs(&map.clock.time, "time")
        .needs(&map.service, "service")
        .may_need(map.clock.interval_column(), "interval.column");
    if let Layout::Long { signal, statistic, value, .. } = &map.layout {
        claim = claim.needs(signal, "signal").needs(value, "value").may_need(statistic.as_ref(), "statistic");
    }
    let somewhere = [(&map.incident, "incident"), (&map.scope, "scope")];
    for (column, key) in somewhere.into_iter().filter_map(|(column, key)| Some((column.as_ref()?, key))) {
        let key = claim.key(key);
        claim.somewhere.push((column, key));
    }
    if let Layout::Wide(columns) = &map.layout {
        claim.needs_one = true;
        let key = claim.key("columns");
        claim.somewhere.extend(columns.keys().map(|column| (column.as_str(), key.clone())));
    }
    claim
}

fn spans(map: &SpansMap) -> Claim<'_> {
    let claim = Claim::new(InputKind::Spans, &map.source, TABLES)
        .needs(&map.trace_id, "trace_id")
        .needs(&map.span_id, "span_id")
        .may_need(map.parent_span_id.as_ref(), "parent_span_id")
        .needs(&map.service, "service")
        .needs(&map.operation, "operation")
        .may_need(map.kind.as_ref(), "kind")
        .may_need(map.status.as_ref(), "status")
        .needs(&map.start, "start");
    let claim = match &map.length {
        SpanLength::End(column) => claim.needs(column, "end"),
        SpanLength::Duration(column, _) => claim.needs(column, "duration"),
    };
    claim.needs_all(&map.attributes, "attributes")
}

fn logs(map: &LogsMap) -> Claim<'_> {
    Claim::new(InputKind::Logs, &map.source, TABLES)
        .needs(&map.time, "time")
        .needs(&map.service, "service")
        .may_need(map.severity.as_ref(), "severity")
        .may_need(map.trace_id.as_ref(), "trace_id")
        .may_need(map.span_id.as_ref(), "span_id")
        .needs(&map.message, "message")
        .needs_all(&map.attributes, "attributes")
}

fn calls(map: &CallsMap) -> Claim<'_> {
    let claim = Claim::new(InputKind::Calls, &map.source, TABLES)
        .needs(&map.clock.time, "time")
        .may_need(map.clock.interval_column(), "interval.column");
    let claim = match &map.ends {
        CallEnds::Columns(caller, callee) => claim.needs(caller, "caller").needs(callee, "callee"),
        CallEnds::Joined(edge, _) => claim.needs(edge, "edge"),
    };
    map.numbers.iter().fold(claim, |claim, (number, column)| claim.needs(column, number.key()))
}

fn events(map: &EventsMap) -> Claim<'_> {
    Claim::new(InputKind::Events, &map.source, RECORDS)
        .needs(&map.time, "time")
        .needs(&map.kind, "kind")
        .may_need(map.service.as_ref(), "service")
        .may_need(map.emitter.as_ref(), "source")
        .may_need(map.message.as_ref(), "message")
        .needs_all(&map.attributes, "attributes")
}

fn edges(map: &EdgesMap) -> Claim<'_> {
    let claim = Claim::new(InputKind::Edges, &map.source, TABLES);
    match &map.layout {
        EdgeLayout::List { from, to, kind, weight, scope } => claim
            .needs(from, "from")
            .needs(to, "to")
            .may_need(kind.as_ref(), "kind")
            .may_need(weight.as_ref(), "weight")
            .may_need(scope.as_ref(), "scope"),
        EdgeLayout::Matrix { row_names, .. } => claim.may_need(row_names.as_ref(), "row_names"),
    }
}

fn services(map: &ServicesMap) -> Claim<'_> {
    Claim::new(InputKind::Services, &map.source, TABLES)
        .needs(&map.id, "id")
        .may_need(map.kind.as_ref(), "kind")
        .may_need(map.tier.as_ref(), "tier")
        .may_need(map.scope.as_ref(), "scope")
}

fn incidents(map: &IncidentsMap) -> Claim<'_> {
    Claim::new(InputKind::Incidents, &map.source, RECORDS)
        .needs(&map.id, "id")
        .may_need(map.scope.as_ref(), "scope")
        .may_need(map.service.as_ref(), "service")
        .may_need(map.signal.as_ref(), "signal")
        .may_need(map.statistic.as_ref(), "statistic")
        .may_need(map.time.as_ref(), "time")
        .may_need(map.start.as_ref(), "start")
        .may_need(map.end.as_ref(), "end")
}

fn excluded(map: &ExcludedMap) -> Claim<'_> {
    let forms: &[Form] = if map.time.is_some() { RECORDS } else { &[Form::Values] };
    Claim::new(InputKind::Excluded, &map.source, forms).may_need(map.time.as_ref(), "time")
}
