//! The spans table: spans of distributed traces.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::column::{Column, Numbers, TextCells};
use super::names::Names;
use super::{Columns, TableWriter, dictionary, text};
use crate::error::RunError;

/// One row of the spans table, borrowed from the producer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SpanRow<'a> {
    /// Hex; a trace's spans stand together.
    pub trace_id: &'a str,
    /// Hex, unique in its trace.
    pub span_id: &'a str,
    /// Hex; `None`: a root.
    pub parent_span_id: Option<&'a str>,
    /// Who did the work.
    pub service: &'a str,
    /// Span name.
    pub operation: &'a str,
    /// `client`, `server`, `internal`, `producer`, `consumer`.
    pub span_kind: Option<&'a str>,
    /// Start \[ns since the run's origin\].
    pub start_ns: i64,
    /// Length \[ns\].
    pub duration_ns: i64,
    /// `ok` or `error`.
    pub status: Option<&'a str>,
    /// JSON text; untrusted.
    pub attributes: Option<&'a str>,
}

/// Writes the spans table of a bundle.
pub type SpanWriter = TableWriter<SpanColumns>;

/// Columns of `spans` under construction.
#[derive(Default)]
pub struct SpanColumns {
    trace_id: TextCells,
    span_id: TextCells,
    parent_span_id: TextCells,
    service: Names,
    operation: Names,
    span_kind: Names,
    start_ns: Numbers<i64>,
    duration_ns: Numbers<i64>,
    status: Names,
    attributes: TextCells,
}

impl Columns for SpanColumns {
    type Row<'a> = SpanRow<'a>;

    fn schema(&self) -> SchemaRef {
        Arc::new(Schema::new(vec![
            text("trace_id", false),
            text("span_id", false),
            text("parent_span_id", true),
            dictionary("service", false),
            dictionary("operation", false),
            dictionary("span_kind", true),
            Field::new("start_ns", DataType::Int64, false),
            Field::new("duration_ns", DataType::Int64, false),
            dictionary("status", true),
            text("attributes", true),
        ]))
    }

    fn append(&mut self, row: &SpanRow<'_>) -> Result<(), RunError> {
        self.trace_id.push(row.trace_id);
        self.span_id.push(row.span_id);
        self.parent_span_id.push_option(row.parent_span_id);
        self.service.append(row.service)?;
        self.operation.append(row.operation)?;
        self.span_kind.append_option(row.span_kind)?;
        self.start_ns.push(row.start_ns);
        self.duration_ns.push(row.duration_ns);
        self.status.append_option(row.status)?;
        self.attributes.push_option(row.attributes);
        Ok(())
    }

    fn take(&mut self, spent: Vec<Column>) -> Vec<Column> {
        let mut spent = spent.into_iter();
        vec![
            self.trace_id.take(spent.next()),
            self.span_id.take(spent.next()),
            self.parent_span_id.take(spent.next()),
            self.service.take(spent.next()),
            self.operation.take(spent.next()),
            self.span_kind.take(spent.next()),
            self.start_ns.take(spent.next()),
            self.duration_ns.take(spent.next()),
            self.status.take(spent.next()),
            self.attributes.take(spent.next()),
        ]
    }
}
