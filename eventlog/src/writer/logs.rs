//! The logs table: log lines.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::column::{Column, Numbers, TextCells};
use super::names::Names;
use super::{Columns, TableWriter, dictionary, text};
use crate::error::RunError;

/// One row of the logs table, borrowed from the producer.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogRow<'a> {
    /// When \[ns since the run's origin\].
    pub time_ns: i64,
    /// Who wrote it.
    pub service: &'a str,
    /// As written.
    pub severity: Option<&'a str>,
    /// Hex, if the line belongs to a trace.
    pub trace_id: Option<&'a str>,
    /// Hex, if the line belongs to a span.
    pub span_id: Option<&'a str>,
    /// Template that the line matches, if a miner said so.
    pub template_id: Option<i64>,
    /// The line; untrusted.
    pub message: Option<&'a str>,
    /// JSON text; untrusted.
    pub attributes: Option<&'a str>,
}

/// Writes the logs table of a bundle.
pub type LogWriter = TableWriter<LogColumns>;

/// Columns of `logs` under construction.
#[derive(Default)]
pub struct LogColumns {
    time_ns: Numbers<i64>,
    service: Names,
    severity: Names,
    trace_id: TextCells,
    span_id: TextCells,
    template_id: Numbers<i64>,
    message: TextCells,
    attributes: TextCells,
}

impl Columns for LogColumns {
    type Row<'a> = LogRow<'a>;

    fn schema(&self) -> SchemaRef {
        Arc::new(Schema::new(vec![
            Field::new("time_ns", DataType::Int64, false),
            dictionary("service", false),
            dictionary("severity", true),
            text("trace_id", true),
            text("span_id", true),
            Field::new("template_id", DataType::Int64, true),
            text("message", true),
            text("attributes", true),
        ]))
    }

    fn append(&mut self, row: &LogRow<'_>) -> Result<(), RunError> {
        self.time_ns.push(row.time_ns);
        self.service.append(row.service)?;
        self.severity.append_option(row.severity)?;
        self.trace_id.push_option(row.trace_id);
        self.span_id.push_option(row.span_id);
        self.template_id.push_option(row.template_id);
        self.message.push_option(row.message);
        self.attributes.push_option(row.attributes);
        Ok(())
    }

    fn take(&mut self, spent: Vec<Column>) -> Vec<Column> {
        let mut spent = spent.into_iter();
        vec![
            self.time_ns.take(spent.next()),
            self.service.take(spent.next()),
            self.severity.take(spent.next()),
            self.trace_id.take(spent.next()),
            self.span_id.take(spent.next()),
            self.template_id.take(spent.next()),
            self.message.take(spent.next()),
            self.attributes.take(spent.next()),
        ]
    }
}
