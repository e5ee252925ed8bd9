//! Columns of a batch, cast to what they are read as.

use arrow::array::{ArrayRef, AsArray, Float64Array, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use arrow::record_batch::RecordBatch;

use super::mapping;
use crate::error::IngestError;

pub(super) fn float_column(
    file: &str,
    batch: &RecordBatch,
    column: &str,
) -> Result<Float64Array, IngestError> {
    let array = arrow_cast(file, column, require(file, batch, column)?, &DataType::Float64)?;
    Ok(array.as_primitive::<Float64Type>().clone())
}

pub(super) fn text_column(file: &str, batch: &RecordBatch, column: &str) -> Result<StringArray, IngestError> {
    let array = arrow_cast(file, column, require(file, batch, column)?, &DataType::Utf8)?;
    Ok(array.as_string::<i32>().clone())
}

pub(super) fn require<'a>(
    file: &str,
    batch: &'a RecordBatch,
    column: &str,
) -> Result<&'a ArrayRef, IngestError> {
    batch
        .column_by_name(column)
        .ok_or_else(|| mapping(file, format!("no column `{}`", column.escape_debug())))
}

pub(super) fn arrow_cast(
    file: &str,
    column: &str,
    array: &ArrayRef,
    to: &DataType,
) -> Result<ArrayRef, IngestError> {
    cast(array, to).map_err(|e| {
        mapping(file, format!("column `{}` of {}: {e}", column.escape_debug(), array.data_type()))
    })
}
