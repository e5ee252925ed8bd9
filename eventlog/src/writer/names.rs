//! A column of names that repeat, under construction.
//!
//! A row's name becomes the number of that name among those of the batch. Producers push the same
//! few strings from the same few places in memory, so that the address is a good guess at the
//! number; the guess is checked against the text, hence what comes out does not depend on it. A
//! name is hashed only when the guess fails.

use std::sync::Arc;

use arrow::array::{ArrayRef, DictionaryArray, Int32Builder, StringArray};
use arrow::datatypes::Int32Type;
use indexmap::IndexSet;

use crate::error::RunError;

/// Guesses that are kept; a power of two.
const GUESSES: usize = 256;

/// The names of a batch, in the order of their first rows, and one number a row.
#[derive(Debug)]
pub(super) struct Names {
    keys: Int32Builder,
    values: IndexSet<Box<str>>,
    guesses: Box<[i32; GUESSES]>,
}

impl Default for Names {
    fn default() -> Self {
        Self { keys: Int32Builder::new(), values: IndexSet::new(), guesses: Box::new([0; GUESSES]) }
    }
}

impl Names {
    /// Appends a row.
    ///
    /// # Errors
    /// [`RunError::Producer`] if there are more names than a column can number.
    pub(super) fn append(&mut self, name: &str) -> Result<(), RunError> {
        let guess = &mut self.guesses[slot(name)];
        let known = usize::try_from(*guess).ok().and_then(|key| self.values.get_index(key));
        if known.is_none_or(|known| &**known != name) {
            *guess = number(&mut self.values, name)?;
        }
        self.keys.append_value(*guess);
        Ok(())
    }

    /// Appends a row that may have no name.
    ///
    /// # Errors
    /// As for [`Names::append`].
    pub(super) fn append_option(&mut self, name: Option<&str>) -> Result<(), RunError> {
        match name {
            Some(name) => self.append(name),
            None => {
                self.keys.append_null();
                Ok(())
            },
        }
    }

    /// Takes the batch and starts anew, so that memory is bounded by one batch.
    ///
    /// # Errors
    /// [`RunError::Producer`] if the names of a batch are longer than Arrow allows.
    pub(super) fn take(&mut self) -> Result<ArrayRef, RunError> {
        let values = StringArray::from_iter_values(self.values.iter());
        self.values.clear();
        let column = DictionaryArray::<Int32Type>::try_new(self.keys.finish(), Arc::new(values));
        Ok(Arc::new(column.map_err(|e| RunError::Producer(e.to_string()))?))
    }
}

/// The number of `name`, which is added if it is new.
fn number(values: &mut IndexSet<Box<str>>, name: &str) -> Result<i32, RunError> {
    let key = match values.get_index_of(name) {
        Some(key) => key,
        None => values.insert_full(name.into()).0,
    };
    i32::try_from(key).map_err(|_| RunError::Producer("too many names in one column".to_owned()))
}

/// Where the guess for a string at this address stands.
fn slot(name: &str) -> usize {
    let spread = name.as_ptr().addr().wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize);
    (spread >> (usize::BITS - GUESSES.trailing_zeros())) % GUESSES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(column: &ArrayRef) -> Vec<Option<String>> {
        let column = column.as_any().downcast_ref::<DictionaryArray<Int32Type>>().unwrap();
        let values = column.downcast_dict::<StringArray>().unwrap();
        values.into_iter().map(|text| text.map(str::to_owned)).collect()
    }

    #[test]
    fn the_address_is_a_guess_and_the_text_decides() {
        let mut names = Names::default();
        // One buffer, hence one address, with changing texts; and one text at two addresses.
        let mut buffer = String::with_capacity(8);
        let mut expected = Vec::new();
        for i in [1, 2, 1, 3, 2] {
            buffer.clear();
            buffer.push_str(["", "a", "b", "ab"][i]);
            names.append(&buffer).unwrap();
            names.append_option(Some("ab")).unwrap();
            names.append_option(None).unwrap();
            expected.extend([Some(buffer.clone()), Some("ab".to_owned()), None]);
        }
        assert_eq!(texts(&names.take().unwrap()), expected);
        // The next batch starts with other names under the old numbers.
        names.append("b").unwrap();
        assert_eq!(texts(&names.take().unwrap()), [Some("b".to_owned())]);
        assert_eq!(names.take().unwrap().len(), 0);
    }

    #[test]
    fn more_names_than_guesses() {
        let all: Vec<String> = (0..GUESSES * 20).map(|i| format!("service-{i}")).collect();
        let mut names = Names::default();
        for name in all.iter().chain(all.iter().rev()) {
            names.append(name).unwrap();
        }
        let expected: Vec<_> = all.iter().chain(all.iter().rev()).cloned().map(Some).collect();
        assert_eq!(texts(&names.take().unwrap()), expected);
    }
}
