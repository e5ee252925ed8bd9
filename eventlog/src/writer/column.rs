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

/// Which rows have a value.
#[derive(Debug, Default)]
pub(super) struct Presence {
    /// One bit a row, the lowest first, up to the latest row without a value.
    bits: Vec<u64>,
    marked: usize,
    /// Rows with a value since then.
    present: usize,
    absent: usize,
}

impl Presence {
    /// Adds a row with a value.
    #[inline]
    pub(super) fn push(&mut self) {
        self.present += 1;
    }

    /// Adds a row without one.
    #[inline]
    pub(super) fn push_absent(&mut self) {
        self.mark_present();
        self.extend_to(self.marked + 1);
        self.marked += 1;
        self.absent += 1;
    }

    /// Rows.
    pub(super) const fn len(&self) -> usize {
        self.marked + self.present
    }

    /// Rows without a value.
    pub(super) const fn absent(&self) -> usize {
        self.absent
    }

    /// One bit for each row, the lowest first, eight a byte; the last byte is filled with zeros.
    pub(super) fn bytes(&mut self) -> impl Iterator<Item = u8> {
        self.mark_present();
        self.bits.iter().flat_map(|word| word.to_le_bytes()).take(self.marked.div_ceil(8))
    }

    /// Whether each row has a value.
    pub(super) fn flags(&self) -> impl Iterator<Item = bool> {
        let marked = (0..self.marked).map(|row| self.bits[row / 64] >> (row % 64) & 1 == 1);
        marked.chain(std::iter::repeat_n(true, self.present))
    }

    fn extend_to(&mut self, rows: usize) {
        let words = rows.div_ceil(64);
        if words > self.bits.len() {
            self.bits.resize(words, 0);
        }
    }

    fn mark_present(&mut self) {
        if self.present == 0 {
            return;
        }
        let end = self.marked + self.present;
        self.extend_to(end);
        while self.marked < end {
            let bit = self.marked % 64;
            let count = (end - self.marked).min(64 - bit);
            self.bits[self.marked / 64] |= (u64::MAX >> (64 - count)) << bit;
            self.marked += count;
        }
        self.present = 0;
    }
}

/// Texts, one after the other.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Texts {
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
    pub(super) fn push_option(&mut self, value: Option<T>) {
        match value {
            Some(value) => self.push(value),
            None => self.rows.push_absent(),
        }
    }

    /// What was pushed; starts anew, with room for as much again.
    fn take_with(&mut self, values: impl FnOnce(Vec<T>) -> Values) -> Column {
        let room = Vec::with_capacity(self.values.len());
        let taken = std::mem::replace(&mut self.values, room);
        Column { rows: std::mem::take(&mut self.rows), values: values(taken) }
    }
}

impl Numbers<i64> {
    pub(super) fn take(&mut self) -> Column {
        self.take_with(Values::Integers)
    }
}

impl Numbers<f64> {
    pub(super) fn take(&mut self) -> Column {
        self.take_with(Values::Reals)
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

    pub(super) fn take(&mut self) -> Column {
        Column {
            rows: std::mem::take(&mut self.rows),
            values: Values::Texts(std::mem::take(&mut self.texts)),
        }
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
            let bytes: Vec<u8> = presence.bytes().collect();
            assert_eq!(bytes.len(), rows.div_ceil(8));
            for row in 0..8 * bytes.len() {
                assert_eq!(bytes[row / 8] >> (row % 8) & 1 == 1, row < rows && pattern(row), "{row}");
            }
        }
    }
}
