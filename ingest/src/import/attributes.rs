//! Further columns of a row, kept as one JSON text.

use arrow::datatypes::DataType;
use infra_eventlog::batch::{Rows, TextColumn};
use serde_json::{Map, Number, Value};

use super::cells::text_column;
use crate::error::IngestError;

/// Columns of a batch that become attributes.
pub(super) struct AttributeColumns<'m> {
    columns: Vec<(&'m str, TextColumn, bool)>,
}

impl<'m> AttributeColumns<'m> {
    pub(super) fn new(rows: &Rows, names: &'m [String]) -> Result<Self, IngestError> {
        let column = |name: &'m String| {
            let dtype = rows.batch().column_by_name(name).map(|array| array.data_type().clone());
            let is_number = dtype.is_some_and(|dtype: DataType| dtype.is_numeric());
            Ok((name.as_str(), text_column(rows, name)?, is_number))
        };
        Ok(Self { columns: names.iter().map(column).collect::<Result<_, IngestError>>()? })
    }

    /// The attributes of row `i`; nulls are left out, `None` if nothing is left.
    pub(super) fn get(&self, i: usize) -> Option<String> {
        let mut fields = Map::new();
        for (name, texts, is_number) in &self.columns {
            let Some(text) = texts.get(i) else { continue };
            let number = if *is_number { text.parse::<Number>().ok() } else { None };
            let value = number.map_or_else(|| Value::String(text.to_owned()), Value::Number);
            fields.insert((*name).to_owned(), value);
        }
        (!fields.is_empty()).then(|| Value::Object(fields).to_string())
    }
}
