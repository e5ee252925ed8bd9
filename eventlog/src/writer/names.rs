//! A column of names that repeat, under construction.
//!
//! A row's name becomes the number of that name among those of the batch. Producers push the same
//! few strings by turns and from the same few places in memory, so that the name that followed
//! last time and the address are good guesses at the number; a guess is checked against the text,
//! hence what comes out does not depend on it. A name is hashed only when both guesses fail.

use indexmap::IndexSet;

use super::column::{Column, Presence, Values};
use crate::error::RunError;

/// Guesses that are kept; a power of two.
const GUESSES: usize = 1024;

/// The names of a batch, in the order of their first rows, and one number a row with a name.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    pub(super) names: IndexSet<Box<str>>,
    pub(super) keys: Vec<u32>,
}

/// Names under construction.
#[derive(Debug)]
pub(super) struct Names {
    rows: Presence,
    dictionary: Dictionary,
    /// Number of the latest name, and for each number the one that followed last time.
    latest: u32,
    follower: Vec<u32>,
    /// Numbers by address.
    guesses: Box<[u32; GUESSES]>,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            rows: Presence::default(),
            dictionary: Dictionary::default(),
            latest: 0,
            follower: Vec::new(),
            guesses: Box::new([0; GUESSES]),
        }
    }
}

impl Names {
    /// Appends a row.
    ///
    /// # Errors
    /// [`RunError::Producer`] if there are more names than a column can number.
    #[inline]
    pub(super) fn append(&mut self, name: &str) -> Result<(), RunError> {
        let names = &self.dictionary.names;
        let is = |key: &u32| names.get_index(*key as usize).is_some_and(|known| is_same(known, name));
        let follower = self.follower.get(self.latest as usize).copied();
        let key = match follower.filter(is) {
            Some(key) => key,
            None => self.find(name)?,
        };
        self.latest = key;
        self.dictionary.keys.push(key);
        self.rows.push();
        Ok(())
    }

    /// The number of a name that did not follow as it did last time.
    fn find(&mut self, name: &str) -> Result<u32, RunError> {
        let guess = &mut self.guesses[slot(name)];
        let known = self.dictionary.names.get_index(*guess as usize);
        if !known.is_some_and(|known| is_same(known, name)) {
            *guess = number(&mut self.dictionary.names, name)?;
        }
        if self.follower.len() < self.dictionary.names.len() {
            self.follower.resize(self.dictionary.names.len(), *guess);
        }
        if let Some(follower) = self.follower.get_mut(self.latest as usize) {
            *follower = *guess;
        }
        Ok(*guess)
    }

    /// Appends a row that may have no name.
    ///
    /// # Errors
    /// As for [`Names::append`].
    #[inline]
    pub(super) fn append_option(&mut self, name: Option<&str>) -> Result<(), RunError> {
        match name {
            Some(name) => self.append(name),
            None => {
                self.rows.push_absent();
                Ok(())
            },
        }
    }

    /// Takes the batch and starts anew, so that memory is bounded by one batch; that of `spent` is
    /// used again.
    pub(super) fn take(&mut self, spent: Option<Column>) -> Column {
        let (rows, keys) = match spent {
            Some(Column { rows, values: Values::Names(mut spent) }) => {
                spent.keys.clear();
                (rows.emptied(), spent.keys)
            },
            _ => (Presence::default(), Vec::with_capacity(self.dictionary.keys.len())),
        };
        let room = Dictionary { names: IndexSet::new(), keys };
        let taken = std::mem::replace(&mut self.dictionary, room);
        self.follower.clear();
        Column { rows: std::mem::replace(&mut self.rows, rows), values: Values::Names(taken) }
    }
}

/// The number of `name`, which is added if it is new.
#[cold]
fn number(names: &mut IndexSet<Box<str>>, name: &str) -> Result<u32, RunError> {
    let key = match names.get_index_of(name) {
        Some(key) => key,
        None => names.insert_full(name.into()).0,
    };
    u32::try_from(key).map_err(|_| RunError::Producer("too many names in one column".to_owned()))
}

/// Equality; short names are compared without a call.
#[inline]
fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() || one.len() > 16 {
        return one == other;
    }
    if let (Some(a), Some(b)) = (one.first_chunk::<8>(), other.first_chunk::<8>()) {
        return a == b && one.last_chunk::<8>() == other.last_chunk::<8>();
    }
    if let (Some(a), Some(b)) = (one.first_chunk::<4>(), other.first_chunk::<4>()) {
        return a == b && one.last_chunk::<4>() == other.last_chunk::<4>();
    }
    one.iter().eq(other)
}

/// Where the guess for a string at this address stands.
#[inline]
fn slot(name: &str) -> usize {
    let spread = name.as_ptr().addr().wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize);
    (spread >> (usize::BITS - GUESSES.trailing_zeros())) % GUESSES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(column: &Column) -> Vec<String> {
        let Values::Names(Dictionary { names, keys }) = &column.values else { return Vec::new() };
        keys.iter().map(|key| names[*key as usize].to_string()).collect()
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
            expected.extend([buffer.clone(), "ab".to_owned()]);
        }
        let column = names.take(None);
        assert_eq!(texts(&column), expected);
        assert_eq!((column.rows.len(), column.rows.absent()), (15, 5));
        // The next batch starts with other names under the old numbers.
        names.append("b").unwrap();
        assert_eq!(texts(&names.take(None)), ["b"]);
        assert_eq!(names.take(None).rows.len(), 0);
    }

    #[test]
    fn more_names_than_guesses() {
        let all: Vec<String> = (0..GUESSES * 20).map(|i| format!("service-{i}")).collect();
        let mut names = Names::default();
        let expected: Vec<_> = all.iter().chain(all.iter().rev()).cloned().collect();
        for name in &expected {
            names.append(name).unwrap();
        }
        assert_eq!(texts(&names.take(None)), expected);
    }

    #[test]
    fn names_are_the_same_or_not_at_every_length() {
        let text = "abcdefghijklmnopqrstuvwxyz";
        for length in 0..text.len() {
            let one = &text[..length];
            let copy = one.to_owned();
            assert!(is_same(one, &copy));
            assert!(!is_same(one, &text[..=length]));
            for place in 0..length {
                let mut other = one.to_owned();
                other.replace_range(place..=place, "-");
                assert!(!is_same(one, &other), "{one} {other}");
            }
        }
    }
}
