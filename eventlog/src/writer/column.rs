//! A column of a batch: which rows have a value, and the values of those that do.

use super::names::Dictionary;

/// A column under way from a writer's rows to the file.
#[derive(Debug)]
pub struct Column {
    pub(super) rows: Presence,
    pub(super) values: Values,
}

/// The values of the rows that have one, in row order.
#[derive(Debug)]
pub(super) enum Values {
    Integers(Vec<i64>),
    Reals(Vec<f64>),
    Names(Dictionary),
    Texts(Texts),
}

/// Which rows have a value: stretches of rows with one, each followed by rows without.
#[derive(Debug, Default)]
pub(super) struct Presence {
    stretches: Vec<[usize; 2]>,
    /// The latest stretch.
    present: usize,
    absent: usize,
}

impl Presence {
    /// Adds a row with a value.
    #[inline]
    pub(super) fn push(&mut self) {
        if self.absent > 0 {
            self.stretches.push([self.present, self.absent]);
            (self.present, self.absent) = (0, 0);
        }
        self.present += 1;
    }

    /// Adds a row without one.
    #[inline]
    pub(super) fn push_absent(&mut self) {
        self.absent += 1;
    }

    /// Rows.
    pub(super) fn len(&self) -> usize {
        self.stretches().map(|[present, absent]| present + absent).sum()
    }

    /// Rows without a value.
    pub(super) fn absent(&self) -> usize {
        self.stretches().map(|[_, absent]| absent).sum()
    }

    /// Whether each row has a value.
    pub(super) fn flags(&self) -> impl Iterator<Item = bool> {
        self.stretches().flat_map(|[present, absent]| {
            std::iter::repeat_n(true, present).chain(std::iter::repeat_n(false, absent))
        })
    }

    /// One bit for each row, the lowest first, eight a byte; the last byte is filled with zeros.
    pub(super) fn bits(&self) -> Vec<u8> {
        let rows = self.len();
        let mut words = vec![0_u64; rows.div_ceil(64)];
        let mut row = 0;
        for [present, absent] in self.stretches() {
            let end = row + present;
            while row < end {
                let bit = row % 64;
                let count = (end - row).min(64 - bit);
                words[row / 64] |= (u64::MAX >> (64 - count)) << bit;
                row += count;
            }
            row += absent;
        }
        let mut bytes: Vec<u8> = words.into_iter().flat_map(u64::to_le_bytes).collect();
        bytes.truncate(rows.div_ceil(8));
        bytes
    }

    /// Its memory.
    pub(super) fn emptied(mut self) -> Self {
        self.stretches.clear();
        Self { stretches: self.stretches, present: 0, absent: 0 }
    }

    fn stretches(&self) -> impl Iterator<Item = [usize; 2]> {
        self.stretches.iter().copied().chain([[self.present, self.absent]])
    }
}

/// Texts, one after the other.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// Texts longer than this are not worth keeping the memory for \[bytes\].
const ORDINARY: usize = 16 << 20;

impl Texts {
    /// Its memory, unless it was extraordinary.
    fn emptied(mut self) -> Self {
        if self.bytes.capacity() > ORDINARY {
            return Self::default();
        }
        self.bytes.clear();
        self.ends.clear();
        self
    }

    pub(super) fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> + Clone {
        self.ends.iter().scan(0, |start, end| {
            let text = self.bytes.get(*start..*end);
            *start = *end;
            text
        })
    }
}

/// Numbers under construction.
#[derive(Debug)]
pub(super) struct Numbers<T> {
    rows: Presence,
    values: Vec<T>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self { rows: Presence::default(), values: Vec::new() }
    }
}

impl<T: Copy> Numbers<T> {
    #[inline]
    pub(super) fn push(&mut self, value: T) {
        self.rows.push();
        self.values.push(value);
    }

    #[inline]
    pub(super) fn push_absent(&mut self) {
        self.rows.push_absent();
    }

    #[inline]
    pub(super) fn push_option(&mut self, value: Option<T>) {
        match value {
            Some(value) => self.push(value),
            None => self.rows.push_absent(),
        }
    }

    /// Takes the rows and the values that were pushed and starts anew with the memory of `spent`,
    /// or with room for as much.
    fn replace(&mut self, rows: Presence, spent: Option<Vec<T>>) -> (Presence, Vec<T>) {
        let mut room = spent.unwrap_or_else(|| Vec::with_capacity(self.values.len()));
        room.clear();
        (std::mem::replace(&mut self.rows, rows), std::mem::replace(&mut self.values, room))
    }
}

impl Numbers<i64> {
    /// What was pushed; starts anew, with the memory of `spent`.
    pub(super) fn take(&mut self, spent: Option<Column>) -> Column {
        let (rows, spent) = match spent {
            Some(Column { rows, values: Values::Integers(numbers) }) => (rows.emptied(), Some(numbers)),
            _ => (Presence::default(), None),
        };
        let (rows, numbers) = self.replace(rows, spent);
        Column { rows, values: Values::Integers(numbers) }
    }
}

impl Numbers<f64> {
    /// What was pushed; starts anew, with the memory of `spent`.
    pub(super) fn take(&mut self, spent: Option<Column>) -> Column {
        let (rows, spent) = match spent {
            Some(Column { rows, values: Values::Reals(numbers) }) => (rows.emptied(), Some(numbers)),
            _ => (Presence::default(), None),
        };
        let (rows, numbers) = self.replace(rows, spent);
        Column { rows, values: Values::Reals(numbers) }
    }
}

/// Texts that hardly repeat, under construction.
#[derive(Debug, Default)]
pub(super) struct TextCells {
    rows: Presence,
    texts: Texts,
}

impl TextCells {
    pub(super) fn push(&mut self, text: &str) {
        self.rows.push();
        self.texts.push(text.as_bytes());
    }

    #[inline]
    pub(super) fn push_option(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.push(text),
            None => self.rows.push_absent(),
        }
    }

    /// What was pushed; starts anew, with the memory of `spent`.
    pub(super) fn take(&mut self, spent: Option<Column>) -> Column {
        let (rows, texts) = match spent {
            Some(Column { rows, values: Values::Texts(texts) }) => (rows.emptied(), texts.emptied()),
            _ => <(Presence, Texts)>::default(),
        };
        let rows = std::mem::replace(&mut self.rows, rows);
        Column { rows, values: Values::Texts(std::mem::replace(&mut self.texts, texts)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_its_bit() {
        let pattern = |row: usize| !row.is_multiple_of(7) && !(100..170).contains(&row);
        for rows in [0, 1, 8, 63, 64, 65, 130, 300] {
            let mut presence = Presence::default();
            for row in 0..rows {
                if pattern(row) { presence.push() } else { presence.push_absent() }
            }
            assert_eq!(presence.len(), rows);
            assert_eq!(presence.absent(), (0..rows).filter(|row| !pattern(*row)).count());
            assert!(presence.flags().eq((0..rows).map(pattern)));
            let bytes: Vec<u8> = presence.bits();
            assert_eq!(bytes.len(), rows.div_ceil(8));
            for row in 0..8 * bytes.len() {
                assert_eq!(bytes[row / 8] >> (row % 8) & 1 == 1, row < rows && pattern(row), "{row}");
            }
        }
    }
}
