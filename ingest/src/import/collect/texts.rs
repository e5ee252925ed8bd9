//! Many texts in one piece of memory, by number.

/// Texts one after the other, eight bytes on top of each; the empty text stands for none.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Adds the next text.
    pub(super) fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
    }

    /// The text of number `i`; empty if there is none.
    pub(super) fn get(&self, i: u32) -> &str {
        let i = i as usize;
        let start = i.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(i).and_then(|end| self.bytes.get(start..*end)).unwrap_or("")
    }

    /// The text of number `i`, if it is not empty.
    pub(super) fn filled(&self, i: u32) -> Option<&str> {
        Some(self.get(i)).filter(|text| !text.is_empty())
    }
}

/// A name, if it is not empty.
pub(super) fn filled(name: &str) -> Option<&str> {
    Some(name).filter(|name| !name.is_empty())
}
