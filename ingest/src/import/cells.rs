//! Columns as texts and numbers, whatever type the file gave them.

use arrow::array::{Array, AsArray, Float64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Schema};
use arrow::record_batch::RecordBatch;
use infra_eventlog::RunError;
use infra_eventlog::batch::{Rows, TextColumn};

use super::tally::{Kind, Tally, shown};
use crate::error::IngestError;

/// The column `name` of a batch as text; numbers are written out.
pub(super) fn text_column(rows: &Rows, name: &str) -> Result<TextColumn, IngestError> {
    let array = rows.batch().column_by_name(name).ok_or_else(|| no_column(rows, name))?;
    if is_text(array.data_type()) {
        return Ok(rows.require_texts(name)?);
    }
    let texts =
        cast(array, &DataType::Utf8).map_err(|_| wrong_type(rows, name, array.data_type(), "text"))?;
    let schema = Schema::new(vec![Field::new(name, DataType::Utf8, true)]);
    let batch = RecordBatch::try_new(schema.into(), vec![texts]).map_err(|e| damaged(rows, &e))?;
    Ok(Rows::new(rows.file().to_owned(), rows.first_row(), batch).require_texts(name)?)
}

/// A column of numbers, or of texts that should be numbers.
pub(super) enum NumberColumn {
    /// Typed in the file.
    Typed(Float64Array),
    /// To be read cell by cell.
    Text(TextColumn),
}

/// One cell of a number column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number<'a> {
    /// Null or empty.
    Missing,
    /// A number; it may be NaN or infinite.
    Value(f64),
    /// Text that is no number.
    Bad(&'a str),
}

impl NumberColumn {
    /// The column `name` of a batch.
    pub(super) fn new(rows: &Rows, name: &str) -> Result<Self, IngestError> {
        let array = rows.batch().column_by_name(name).ok_or_else(|| no_column(rows, name))?;
        if is_text(array.data_type()) {
            return Ok(Self::Text(rows.require_texts(name)?));
        }
        let wrong = || wrong_type(rows, name, array.data_type(), "numbers");
        let numbers = cast(array, &DataType::Float64).map_err(|_| wrong())?;
        Ok(Self::Typed(numbers.as_primitive_opt::<Float64Type>().ok_or_else(wrong)?.clone()))
    }

    /// Number of row `i`.
    pub(super) fn get(&self, i: usize) -> Number<'_> {
        match self {
            Self::Typed(numbers) if numbers.is_null(i) => Number::Missing,
            Self::Typed(numbers) => Number::Value(numbers.value(i)),
            Self::Text(texts) => match texts.get(i).map(str::trim) {
                None | Some("") => Number::Missing,
                Some(text) => text.parse().map_or(Number::Bad(text), Number::Value),
            },
        }
    }
}

/// The number of a cell, scaled; NaN stands for null, and what is no finite number is counted.
pub(super) fn number(
    cell: Number<'_>,
    scale: f64,
    column: &str,
    place: &impl Fn() -> String,
    tally: &mut Tally,
) -> f64 {
    match cell {
        Number::Missing => f64::NAN,
        Number::Bad(text) => {
            tally.add(Kind::BadNumber, || format!("{}, column {}: {}", place(), shown(column), shown(text)));
            f64::NAN
        },
        Number::Value(number) => {
            let scaled = number * scale;
            if scaled.is_finite() {
                return scaled;
            }
            tally.add(Kind::NonFinite, || format!("{}, column {}: {number}", place(), shown(column)));
            f64::NAN
        },
    }
}

fn is_text(dtype: &DataType) -> bool {
    match dtype {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

fn no_column(rows: &Rows, name: &str) -> IngestError {
    IngestError::Import(vec![format!("{}: no column `{}`", rows.file(), name.escape_debug())])
}

fn wrong_type(rows: &Rows, name: &str, found: &DataType, wanted: &str) -> IngestError {
    let column = name.escape_debug();
    IngestError::Import(vec![format!(
        "{}: column `{column}` is {found}, which cannot be read as {wanted}",
        rows.file()
    )])
}

fn damaged(rows: &Rows, error: &arrow::error::ArrowError) -> IngestError {
    RunError::Damaged { file: rows.file().to_owned(), why: error.to_string() }.into()
}
