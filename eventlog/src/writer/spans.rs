//! The spans table: spans of distributed traces.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Builder, StringBuilder, StringDictionaryBuilder};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};

use super::{Columns, TableWriter, append_name, dictionary, full, text};
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
    trace_id: StringBuilder,
    span_id: StringBuilder,
    parent_span_id: StringBuilder,
    service: StringDictionaryBuilder<Int32Type>,
    operation: StringDictionaryBuilder<Int32Type>,
    span_kind: StringDictionaryBuilder<Int32Type>,
    start_ns: Int64Builder,
    duration_ns: Int64Builder,
    status: StringDictionaryBuilder<Int32Type>,
    attributes: StringBuilder,
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
        self.trace_id.append_value(row.trace_id);
        self.span_id.append_value(row.span_id);
        self.parent_span_id.append_option(row.parent_span_id);
        self.service.append(row.service).map_err(full)?;
        self.operation.append(row.operation).map_err(full)?;
        append_name(&mut self.span_kind, row.span_kind).map_err(full)?;
        self.start_ns.append_value(row.start_ns);
        self.duration_ns.append_value(row.duration_ns);
        append_name(&mut self.status, row.status).map_err(full)?;
        self.attributes.append_option(row.attributes);
        Ok(())
    }

    fn take(&mut self) -> Vec<ArrayRef> {
        vec![
            Arc::new(self.trace_id.finish()),
            Arc::new(self.span_id.finish()),
            Arc::new(self.parent_span_id.finish()),
            Arc::new(self.service.finish()),
            Arc::new(self.operation.finish()),
            Arc::new(self.span_kind.finish()),
            Arc::new(self.start_ns.finish()),
            Arc::new(self.duration_ns.finish()),
            Arc::new(self.status.finish()),
            Arc::new(self.attributes.finish()),
        ]
    }
}
