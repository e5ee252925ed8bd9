//! Typed access to the columns of one batch of rows.
//!
//! Text columns arrive as plain, large, view or dictionary arrays, depending on who wrote them;
//! [`TextColumn`] reads them all and interns names once per dictionary, not once per row.

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array};
use arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type};
use arrow::record_batch::RecordBatch;
use indexmap::IndexSet;

use crate::error::RunError;

/// A batch of rows of one table.
#[derive(Clone, Debug)]
pub struct Rows {
    file: String,
    first_row: i64,
    batch: RecordBatch,
}

impl Rows {
    /// A batch whose first row has number `first_row` in its table.
    #[must_use]
    pub const fn new(file: String, first_row: i64, batch: RecordBatch) -> Self {
        Self { file, first_row, batch }
    }

    /// The file that the rows come from, as messages name it.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Number of the first row within the table.
    #[must_use]
    pub const fn first_row(&self) -> i64 {
        self.first_row
    }

    /// Rows in the batch.
    #[must_use]
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The Arrow batch.
    #[must_use]
    pub const fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// An Int64 column, if the batch has it.
    #[must_use]
    pub fn ints(&self, name: &str) -> Option<&Int64Array> {
        self.batch.column_by_name(name)?.as_primitive_opt::<Int64Type>()
    }

    /// A Float64 column, if the batch has it.
    #[must_use]
    pub fn floats(&self, name: &str) -> Option<&Float64Array> {
        self.batch.column_by_name(name)?.as_primitive_opt::<Float64Type>()
    }

    /// A text column, if the batch has it.
    ///
    /// # Errors
    /// [`RunError::Damaged`] if a dictionary cannot be read as text.
    pub fn texts(&self, name: &str) -> Result<Option<TextColumn>, RunError> {
        self.batch.column_by_name(name).map(|array| TextColumn::new(array, &self.file)).transpose()
    }

    /// A required Int64 column.
    ///
    /// # Errors
    /// [`RunError::Damaged`] if the batch lacks it (the schema was checked when the run opened).
    pub fn require_ints(&self, name: &str) -> Result<&Int64Array, RunError> {
        self.ints(name).ok_or_else(|| self.lost(name))
    }

    /// A required text column.
    ///
    /// # Errors
    /// As for [`Rows::require_ints`].
    pub fn require_texts(&self, name: &str) -> Result<TextColumn, RunError> {
        self.texts(name)?.ok_or_else(|| self.lost(name))
    }

    fn lost(&self, name: &str) -> RunError {
        RunError::Damaged {
            file: self.file.clone(),
            why: format!("column `{name}` is not what the footer says"),
        }
    }
}

/// A text column: codes into a small set of distinct values where it is dictionary-coded.
#[derive(Clone, Debug)]
pub struct TextColumn {
    values: ArrayRef,
    /// Place of each row's text among the values; [`NULL`] for none.
    keys: Option<Vec<u32>>,
}

/// The key of a row without text.
const NULL: u32 = u32::MAX;

impl TextColumn {
    fn new(array: &ArrayRef, file: &str) -> Result<Self, RunError> {
        let Some(dictionary) = array.as_any_dictionary_opt() else {
            return Ok(Self { values: array.clone(), keys: None });
        };
        let values = dictionary.values().clone();
        let limit = u32::try_from(values.len()).unwrap_or(NULL);
        if limit == 0 {
            // Arrow refuses to normalise keys of an empty dictionary: every row is null.
            return Ok(Self { values, keys: Some(vec![NULL; array.len()]) });
        }
        let mut keys: Vec<u32> = match dictionary.keys().as_primitive_opt::<Int32Type>() {
            // What is negative becomes larger than any limit.
            Some(keys) => keys.values().iter().map(|key| *key as u32).collect(),
            None => {
                let keys = dictionary.normalized_keys().into_iter();
                keys.map(|key| u32::try_from(key).unwrap_or(NULL)).collect()
            },
        };
        if let Some(nulls) = dictionary.keys().nulls() {
            for (i, key) in keys.iter_mut().enumerate() {
                if nulls.is_null(i) {
                    *key = NULL;
                }
            }
        }
        if keys.iter().any(|key| *key >= limit && *key != NULL)
            || keys.iter().filter(|key| **key == NULL).count() != dictionary.keys().null_count()
        {
            return Err(RunError::Damaged {
                file: file.to_owned(),
                why: "a dictionary key without a value".to_owned(),
            });
        }
        Ok(Self { values, keys: Some(keys) })
    }

    /// Text of row `i`, if it is not null.
    #[must_use]
    pub fn get(&self, i: usize) -> Option<&str> {
        match &self.keys {
            Some(keys) => {
                keys.get(i).filter(|k| **k != NULL).and_then(|k| text_at(&self.values, *k as usize))
            },
            None => text_at(&self.values, i),
        }
    }

    /// Whether a row may hold `text`; `false` is certain.
    #[must_use]
    pub fn may_hold(&self, text: &str) -> bool {
        match &self.keys {
            Some(_) => (0..self.values.len()).any(|i| text_at(&self.values, i) == Some(text)),
            None => true,
        }
    }

    /// Codes of all rows in `names`, which grows by the values not seen before.
    pub fn intern(&self, rows: usize, names: &mut Interner) -> Vec<Option<u32>> {
        match &self.keys {
            Some(keys) => {
                // Only values that a row uses are interned: dictionaries may hold leftovers.
                let mut codes: Vec<Option<u32>> = vec![None; self.values.len()];
                keys.iter()
                    .map(|key| {
                        let key = *key as usize;
                        // No code for the null key.
                        let code = codes.get_mut(key)?;
                        if code.is_none() {
                            *code = text_at(&self.values, key).map(|t| names.code(t));
                        }
                        *code
                    })
                    .collect()
            },
            None => (0..rows).map(|i| text_at(&self.values, i).map(|t| names.code(t))).collect(),
        }
    }
}

fn text_at(array: &ArrayRef, i: usize) -> Option<&str> {
    if i >= array.len() || array.is_null(i) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(i)),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().value(i)),
        DataType::Utf8View => Some(array.as_string_view().value(i)),
        _ => None,
    }
}

/// Names and their codes, in order of first appearance.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    names: IndexSet<String>,
}

impl Interner {
    /// An interner that already knows `names`, in that order.
    pub fn with(names: impl IntoIterator<Item = String>) -> Self {
        Self { names: names.into_iter().collect() }
    }

    /// The code of `name`, a new one if it was not seen before.
    pub fn code(&mut self, name: &str) -> u32 {
        let index = match self.names.get_index_of(name) {
            Some(index) => index,
            None => self.names.insert_full(name.to_owned()).0,
        };
        // More than 4 billion distinct names cannot be held in memory anyway.
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    /// The code of `name`, if it was seen.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<u32> {
        self.names.get_index_of(name).and_then(|i| u32::try_from(i).ok())
    }

    /// The name of `code`; empty for a code that was never given.
    #[must_use]
    pub fn name(&self, code: u32) -> &str {
        self.names.get_index(code as usize).map_or("", String::as_str)
    }

    /// All names, in order of first appearance.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
