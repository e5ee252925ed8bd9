//! The metrics table: measurements over intervals.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Builder, Int64Builder, StringDictionaryBuilder};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};

use super::{Columns, TableWriter, dictionary, full};
use crate::error::RunError;

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
