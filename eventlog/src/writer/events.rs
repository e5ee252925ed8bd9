//! The events table: observations and happenings.

use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::column::{Column, Numbers, TextCells};
use super::names::Names;
use super::{Columns, TableWriter, dictionary};
use crate::error::RunError;
use crate::metadata::RunMetadata;

/// One row of the events table, borrowed from the producer.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventRow<'a> {
    /// Execution order of the event; rows of one event share it.
    pub event_id: i64,
    /// The event that scheduled this one; `None` for exogenous ones.
    pub cause_id: Option<i64>,
    /// When \[ns since the run's origin\].
    pub time_ns: i64,
    /// UPPER_SNAKE_CASE.
    pub event_type: &'a str,
    /// Who emitted it.
    pub source: &'a str,
    /// Whom the row observes; `None` for the event's own row.
    pub service: Option<&'a str>,
    /// A name from the run's status list.
    pub status: Option<&'a str>,
    /// One value per registered signal, in the metadata's order; shorter means null.
    pub signals: &'a [Option<f64>],
    /// A log line.
    pub message: Option<&'a str>,
    /// Payload as JSON text.
    pub attributes: Option<&'a str>,
}

/// Writes the events table: the single-file run, or `events.parquet` of a bundle.
pub type EventWriter = TableWriter<EventColumns>;

impl EventWriter {
    /// Starts a single-file run.
    ///
    /// # Errors
    /// [`RunError::Unwritable`], or [`RunError::Producer`] if the metadata contradicts itself.
    pub fn single_file(path: &Path, metadata: &RunMetadata) -> Result<Self, RunError> {
        let problems = metadata.problems(&path.display().to_string());
        if !problems.is_empty() {
            return Err(RunError::Invalid(problems));
        }
        Self::create_with(path, metadata, Some(metadata))
    }

    /// Starts the events part of a bundle, whose metadata stands in `run.json`.
    ///
    /// # Errors
    /// As for [`EventWriter::single_file`].
    pub fn part(path: &Path, metadata: &RunMetadata) -> Result<Self, RunError> {
        Self::create_with(path, metadata, None)
    }

    fn create_with(
        path: &Path,
        metadata: &RunMetadata,
        footer: Option<&RunMetadata>,
    ) -> Result<Self, RunError> {
        let signals = metadata.signals.iter().map(|s| s.name.clone()).collect();
        Self::create(path, EventColumns::new(signals), footer)
    }
}

/// Columns of `events` under construction.
pub struct EventColumns {
    signal_names: Vec<String>,
    seq: Numbers<i64>,
    event_id: Numbers<i64>,
    cause_id: Numbers<i64>,
    time_ns: Numbers<i64>,
    event_type: Names,
    source: Names,
    service: Names,
    status: Names,
    signals: Vec<Numbers<f64>>,
    message: TextCells,
    attributes: TextCells,
    next_seq: i64,
    last_time_ns: i64,
}

impl EventColumns {
    fn new(signal_names: Vec<String>) -> Self {
        Self {
            signals: signal_names.iter().map(|_| Numbers::default()).collect(),
            signal_names,
            seq: Numbers::default(),
            event_id: Numbers::default(),
            cause_id: Numbers::default(),
            time_ns: Numbers::default(),
            event_type: Names::default(),
            source: Names::default(),
            service: Names::default(),
            status: Names::default(),
            message: TextCells::default(),
            attributes: TextCells::default(),
            next_seq: 0,
            last_time_ns: i64::MIN,
        }
    }
}

impl Columns for EventColumns {
    type Row<'a> = EventRow<'a>;

    fn schema(&self) -> SchemaRef {
        let mut fields = vec![
            Field::new("seq", DataType::Int64, false),
            Field::new("event_id", DataType::Int64, false),
            Field::new("cause_id", DataType::Int64, true),
            Field::new("time_ns", DataType::Int64, false),
            dictionary("event_type", false),
            dictionary("source", false),
            dictionary("service", true),
            dictionary("status", true),
        ];
        fields.extend(self.signal_names.iter().map(|n| Field::new(n, DataType::Float64, true)));
        fields.push(Field::new("message", DataType::Utf8, true));
        fields.push(Field::new("attributes", DataType::Utf8, true));
        Arc::new(Schema::new(fields))
    }

    #[inline]
    fn append(&mut self, row: &EventRow<'_>) -> Result<(), RunError> {
        let at = self.next_seq;
        if row.time_ns < self.last_time_ns {
            return Err(RunError::Producer(format!("time runs backwards at row {at}")));
        }
        if row.cause_id.is_some_and(|cause| cause >= row.event_id) {
            return Err(RunError::Producer(format!("row {at} is caused by an event that is not earlier")));
        }
        if row.signals.len() > self.signals.len() {
            return Err(RunError::Producer(format!("row {at} has more signals than are registered")));
        }
        self.seq.push(at);
        self.event_id.push(row.event_id);
        self.cause_id.push_option(row.cause_id);
        self.time_ns.push(row.time_ns);
        self.event_type.append(row.event_type)?;
        self.source.append(row.source)?;
        self.service.append_option(row.service)?;
        self.status.append_option(row.status)?;
        let (given, others) = self.signals.split_at_mut(row.signals.len());
        for (signal, value) in given.iter_mut().zip(row.signals) {
            signal.push_option(*value);
        }
        others.iter_mut().for_each(Numbers::push_absent);
        self.message.push_option(row.message);
        self.attributes.push_option(row.attributes);
        self.next_seq += 1;
        self.last_time_ns = row.time_ns;
        Ok(())
    }

    fn take(&mut self, spent: Vec<Column>) -> Vec<Column> {
        let mut spent = spent.into_iter();
        let mut columns = vec![
            self.seq.take(spent.next()),
            self.event_id.take(spent.next()),
            self.cause_id.take(spent.next()),
            self.time_ns.take(spent.next()),
            self.event_type.take(spent.next()),
            self.source.take(spent.next()),
            self.service.take(spent.next()),
            self.status.take(spent.next()),
        ];
        columns.extend(self.signals.iter_mut().map(|b| b.take(spent.next())));
        columns.push(self.message.take(spent.next()));
        columns.push(self.attributes.take(spent.next()));
        columns
    }
}
