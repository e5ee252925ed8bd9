//! Streaming writers: rows in, row groups out, memory bounded by one row group.
//!
//! A writer appends to a temporary file and renames it on [`EventWriter::finish`]; a writer that
//! is dropped leaves nothing behind. The same rows and metadata give the same bytes.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Builder, Int64Builder, StringBuilder, StringDictionaryBuilder};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use crate::atomic::AtomicFile;
use crate::error::RunError;
use crate::metadata::{FOOTER_KEY, RunMetadata};

/// Rows of a row group: small enough for bounded memory, large enough for good compression.
pub const ROW_GROUP_ROWS: usize = 131_072;

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

/// Columns of a table under construction.
pub trait Columns {
    /// The borrowed row that is appended.
    type Row<'a>;
    /// Arrow schema of the batches.
    fn schema(&self) -> SchemaRef;
    /// Appends one row.
    ///
    /// # Errors
    /// [`RunError::Producer`] if the row breaks the format.
    fn append(&mut self, row: &Self::Row<'_>) -> Result<(), RunError>;
    /// Takes what was appended, in schema order, and starts anew.
    fn take(&mut self) -> Vec<ArrayRef>;
}

/// Writes one Parquet file of a run's table.
pub struct TableWriter<C: Columns> {
    columns: C,
    arrow: ArrowWriter<AtomicFile>,
    schema: SchemaRef,
    rows: i64,
    buffered: usize,
}

impl<C: Columns> TableWriter<C> {
    /// Starts the file; `metadata` goes under the footer key `infra.run`.
    ///
    /// # Errors
    /// [`RunError::Unwritable`] or [`RunError::Producer`].
    pub fn create(path: &Path, columns: C, metadata: Option<&RunMetadata>) -> Result<Self, RunError> {
        let file = AtomicFile::create(path)?;
        let footer = metadata
            .map(|m| serde_json::to_string(m).map(|json| vec![KeyValue::new(FOOTER_KEY.to_owned(), json)]))
            .transpose()
            .map_err(|e| RunError::Producer(format!("metadata cannot be written as JSON: {e}")))?;
        let level = ZstdLevel::try_new(3).map_err(|e| RunError::Producer(e.to_string()))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            // Names stay dictionary-coded even with tens of thousands of services.
            .set_dictionary_page_size_limit(8 << 20)
            .set_key_value_metadata(footer)
            .build();
        let schema = columns.schema();
        let arrow = ArrowWriter::try_new(file, schema.clone(), Some(properties))
            .map_err(|e| RunError::Producer(e.to_string()))?;
        Ok(Self { columns, arrow, schema, rows: 0, buffered: 0 })
    }

    /// Appends a row and returns its number in the file.
    ///
    /// # Errors
    /// [`RunError::Producer`] if the row breaks the format, [`RunError::Unwritable`] if the disk
    /// does not take it; nothing appears at the destination then.
    pub fn push(&mut self, row: &C::Row<'_>) -> Result<i64, RunError> {
        self.columns.append(row)?;
        let number = self.rows;
        self.rows += 1;
        self.buffered += 1;
        if self.buffered == ROW_GROUP_ROWS {
            self.flush()?;
        }
        Ok(number)
    }

    /// Rows appended so far.
    #[must_use]
    pub const fn rows(&self) -> i64 {
        self.rows
    }

    /// Completes the file and puts it in place. Returns the number of rows.
    ///
    /// # Errors
    /// [`RunError::Unwritable`]; the destination is then unchanged.
    pub fn finish(mut self) -> Result<i64, RunError> {
        self.flush()?;
        let path = self.arrow.inner().destination().to_owned();
        let file = self.arrow.into_inner().map_err(|e| write_error(&path, e))?;
        file.commit()?;
        Ok(self.rows)
    }

    fn flush(&mut self) -> Result<(), RunError> {
        if self.buffered == 0 {
            return Ok(());
        }
        self.buffered = 0;
        let batch = RecordBatch::try_new(self.schema.clone(), self.columns.take())
            .map_err(|e| RunError::Producer(e.to_string()))?;
        let path = self.arrow.inner().destination().to_owned();
        self.arrow.write(&batch).and_then(|()| self.arrow.flush()).map_err(|e| write_error(&path, e))
    }
}

fn write_error(path: &Path, error: parquet::errors::ParquetError) -> RunError {
    let source = match error {
        parquet::errors::ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(io) => *io,
            Err(other) => std::io::Error::other(other.to_string()),
        },
        other => std::io::Error::other(other.to_string()),
    };
    RunError::Unwritable { path: path.to_owned(), source }
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
    seq: Int64Builder,
    event_id: Int64Builder,
    cause_id: Int64Builder,
    time_ns: Int64Builder,
    event_type: StringDictionaryBuilder<Int32Type>,
    source: StringDictionaryBuilder<Int32Type>,
    service: StringDictionaryBuilder<Int32Type>,
    status: StringDictionaryBuilder<Int32Type>,
    signals: Vec<Float64Builder>,
    message: StringBuilder,
    attributes: StringBuilder,
    next_seq: i64,
    last_time_ns: i64,
}

impl EventColumns {
    fn new(signal_names: Vec<String>) -> Self {
        Self {
            signals: signal_names.iter().map(|_| Float64Builder::new()).collect(),
            signal_names,
            seq: Int64Builder::new(),
            event_id: Int64Builder::new(),
            cause_id: Int64Builder::new(),
            time_ns: Int64Builder::new(),
            event_type: StringDictionaryBuilder::new(),
            source: StringDictionaryBuilder::new(),
            service: StringDictionaryBuilder::new(),
            status: StringDictionaryBuilder::new(),
            message: StringBuilder::new(),
            attributes: StringBuilder::new(),
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
        let full = |e: arrow::error::ArrowError| RunError::Producer(format!("row {at}: {e}"));
        self.seq.append_value(at);
        self.event_id.append_value(row.event_id);
        self.cause_id.append_option(row.cause_id);
        self.time_ns.append_value(row.time_ns);
        self.event_type.append(row.event_type).map_err(full)?;
        self.source.append(row.source).map_err(full)?;
        append_name(&mut self.service, row.service).map_err(full)?;
        append_name(&mut self.status, row.status).map_err(full)?;
        for (i, builder) in self.signals.iter_mut().enumerate() {
            builder.append_option(row.signals.get(i).copied().flatten());
        }
        self.message.append_option(row.message);
        self.attributes.append_option(row.attributes);
        self.next_seq += 1;
        self.last_time_ns = row.time_ns;
        Ok(())
    }

    fn take(&mut self) -> Vec<ArrayRef> {
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(self.seq.finish()),
            Arc::new(self.event_id.finish()),
            Arc::new(self.cause_id.finish()),
            Arc::new(self.time_ns.finish()),
            Arc::new(self.event_type.finish()),
            Arc::new(self.source.finish()),
            Arc::new(self.service.finish()),
            Arc::new(self.status.finish()),
        ];
        arrays.extend(self.signals.iter_mut().map(|b| Arc::new(b.finish()) as ArrayRef));
        arrays.push(Arc::new(self.message.finish()));
        arrays.push(Arc::new(self.attributes.finish()));
        arrays
    }
}

/// One row of the metrics table, borrowed from the producer.
#[derive(Clone, Copy, Debug)]
pub struct MetricRow<'a> {
    /// End of the interval \[ns since the run's origin\].
    pub time_ns: i64,
    /// Length of the interval \[ns\].
    pub interval_ns: i64,
    /// Whom it was measured on.
    pub service: &'a str,
    /// Signal name.
    pub signal: &'a str,
    /// `mean`, `p50`, `p90`, `p95`, `p99`, `sum`, `max` or `last`.
    pub statistic: &'a str,
    /// In the signal's unit.
    pub value: Option<f64>,
}

/// Writes the metrics table of a bundle.
pub type MetricWriter = TableWriter<MetricColumns>;

/// Columns of `metrics` under construction.
#[derive(Default)]
pub struct MetricColumns {
    time_ns: Int64Builder,
    interval_ns: Int64Builder,
    service: StringDictionaryBuilder<Int32Type>,
    signal: StringDictionaryBuilder<Int32Type>,
    statistic: StringDictionaryBuilder<Int32Type>,
    value: Float64Builder,
}

impl Columns for MetricColumns {
    type Row<'a> = MetricRow<'a>;

    fn schema(&self) -> SchemaRef {
        Arc::new(Schema::new(vec![
            Field::new("time_ns", DataType::Int64, false),
            Field::new("interval_ns", DataType::Int64, false),
            dictionary("service", false),
            dictionary("signal", false),
            dictionary("statistic", false),
            Field::new("value", DataType::Float64, true),
        ]))
    }

    fn append(&mut self, row: &MetricRow<'_>) -> Result<(), RunError> {
        let full = |e: arrow::error::ArrowError| RunError::Producer(e.to_string());
        self.time_ns.append_value(row.time_ns);
        self.interval_ns.append_value(row.interval_ns);
        self.service.append(row.service).map_err(full)?;
        self.signal.append(row.signal).map_err(full)?;
        self.statistic.append(row.statistic).map_err(full)?;
        self.value.append_option(row.value);
        Ok(())
    }

    fn take(&mut self) -> Vec<ArrayRef> {
        vec![
            Arc::new(self.time_ns.finish()),
            Arc::new(self.interval_ns.finish()),
            Arc::new(self.service.finish()),
            Arc::new(self.signal.finish()),
            Arc::new(self.statistic.finish()),
            Arc::new(self.value.finish()),
        ]
    }
}

fn dictionary(name: &str, nullable: bool) -> Field {
    let dtype = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    Field::new(name, dtype, nullable)
}

fn append_name(
    builder: &mut StringDictionaryBuilder<Int32Type>,
    name: Option<&str>,
) -> Result<(), arrow::error::ArrowError> {
    match name {
        Some(name) => builder.append(name).map(|_| ()),
        None => {
            builder.append_null();
            Ok(())
        },
    }
}
