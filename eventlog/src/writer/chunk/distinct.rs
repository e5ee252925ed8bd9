//! Values that repeat, as indices into those that differ; given up as soon as too many do.

/// Different values at most.
const MOST: usize = 4096;
/// Places of the table, a power of two.
const PLACES: usize = 4 * MOST;
/// Places that are looked at for a value; more mean that somebody chose values that collide.
const PROBES: usize = 32;

/// The different values in the order of their first rows; `keys` becomes the indices of all.
/// `None` if those that differ take more than `room` bytes or are more than a small table holds.
pub(super) fn distinct<V: Value>(
    all: impl Iterator<Item = V>,
    room: usize,
    keys: &mut Vec<u32>,
) -> Option<Vec<V>> {
    keys.clear();
    let mut different: Vec<V> = Vec::new();
    // Index of a value and one, or 0.
    let mut table = vec![0_u16; PLACES];
    let mut bytes = 0;
    for value in all {
        let start =
            (value.hash().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - PLACES.trailing_zeros())) as usize;
        let mut places = (start..start + PROBES).map(|place| place % PLACES);
        let key = places.find_map(|place| {
            let index = usize::from(table[place]);
            if index == 0 {
                return Some(Err(place));
            }
            (different.get(index - 1) == Some(&value)).then_some(Ok(index - 1))
        })?;
        let key = match key {
            Ok(key) => key,
            Err(place) => {
                bytes += value.bytes();
                if bytes > room || different.len() == MOST {
                    return None;
                }
                different.push(value);
                table[place] = different.len() as u16;
                different.len() - 1
            },
        };
        keys.push(key as u32);
    }
    Some(different)
}

/// What can be numbered.
pub(super) trait Value: Copy + PartialEq {
    /// The same for equal values.
    fn hash(self) -> u64;
    /// How many bytes it takes in a file.
    fn bytes(self) -> usize;
}

/// The bits of a real number: zeros differ by sign, and no NaN is lost.
impl Value for u64 {
    #[inline]
    fn hash(self) -> u64 {
        self ^ self >> 32
    }

    #[inline]
    fn bytes(self) -> usize {
        8
    }
}

impl Value for &[u8] {
    fn hash(self) -> u64 {
        let (eights, rest) = self.as_chunks::<8>();
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        let words = eights.iter().chain([&last]).map(|eight| u64::from_le_bytes(*eight));
        words.fold(self.len() as u64, |hash, word| {
            (hash.rotate_left(23) ^ word).wrapping_mul(0xD6E8_FEB8_6659_FD93)
        })
    }

    fn bytes(self) -> usize {
        self.len() + 4
    }
}
