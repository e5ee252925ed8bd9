//! Finding the number of a thing by its hash: the table behind names and ends of edges.

use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};

/// An open-addressing table of numbers; the things themselves stay where they are.
///
/// It is asked, never listed, so the process's own random hash key shows in no answer. The key is
/// there because names come from logs: nobody who writes one can make them all collide.
#[derive(Clone, Default)]
pub(crate) struct Lookup {
    key: RandomState,
    /// A power of two of slots, at least half of them free; none at first.
    slots: Vec<Slot>,
    len: usize,
}

#[derive(Clone, Copy)]
struct Slot {
    hash: u32,
    number: u32,
}

const FREE: u32 = u32::MAX;

impl Lookup {
    /// The hash to ask and to insert with.
    pub(crate) fn hash(&self, thing: impl Hash) -> u32 {
        self.key.hash_one(thing) as u32
    }

    /// The number inserted with this hash that `is_it`. Expected time O(1).
    pub(crate) fn find(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.number == FREE {
                return None;
            }
            if slot.hash == hash && is_it(slot.number) {
                return Some(slot.number);
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a number that is not in the table; `u32::MAX`, which nothing bears, is left out.
    pub(crate) fn insert(&mut self, hash: u32, number: u32) {
        if number == FREE {
            return;
        }
        if 2 * (self.len + 1) > self.slots.len() {
            self.grow();
        }
        self.place(Slot { hash, number });
        self.len += 1;
    }

    fn grow(&mut self) {
        let size = (2 * self.slots.len()).max(16);
        let old = std::mem::replace(&mut self.slots, vec![Slot { hash: 0, number: FREE }; size]);
        for slot in old.into_iter().filter(|slot| slot.number != FREE) {
            self.place(slot);
        }
    }

    fn place(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut at = slot.hash as usize & mask;
        while self.slots[at].number != FREE {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookup").field("len", &self.len).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_inserted_even_if_every_hash_collides() {
        for colliding in [false, true] {
            let mut lookup = Lookup::default();
            let hash = |lookup: &Lookup, n: u32| if colliding { 7 } else { lookup.hash(n) };
            for n in 0..1_000 {
                let known = hash(&lookup, n);
                assert_eq!(lookup.find(known, |number| number == n), None);
                lookup.insert(known, n);
            }
            for n in 0..1_000 {
                assert_eq!(lookup.find(hash(&lookup, n), |number| number == n), Some(n));
            }
            assert_eq!(lookup.find(hash(&lookup, 1_000), |number| number == 1_000), None);
        }
    }
}
