//! The random source of episode generation: MT19937 with the draws of section 14.

const WORDS: usize = 624;
const MIDDLE: usize = 397;

/// A generator and its state.
#[derive(Clone, Debug)]
pub struct Mt19937 {
    state: [u32; WORDS],
    next: usize,
}

impl Mt19937 {
    /// The generator of a seed, by the array method with the seed's 32-bit words, low word first.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let words = [seed as u32, (seed >> 32) as u32];
        let length = if words[1] == 0 { 1 } else { 2 };
        let mut state = [0_u32; WORDS];
        state[0] = 19_650_218;
        for i in 1..WORDS {
            let before = state[i - 1] ^ (state[i - 1] >> 30);
            state[i] = before.wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        let (mut i, mut j) = (1, 0);
        for _ in 0..WORDS {
            let before = state[i - 1] ^ (state[i - 1] >> 30);
            let mixed = state[i] ^ before.wrapping_mul(1_664_525);
            state[i] = mixed.wrapping_add(words[j]).wrapping_add(j as u32);
            i = turn(&mut state, i);
            j = (j + 1) % length;
        }
        for _ in 1..WORDS {
            let before = state[i - 1] ^ (state[i - 1] >> 30);
            let mixed = state[i] ^ before.wrapping_mul(1_566_083_941);
            state[i] = mixed.wrapping_sub(i as u32);
            i = turn(&mut state, i);
        }
        state[0] = 0x8000_0000;
        Self { state, next: WORDS }
    }

    /// The next 32 bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.next >= WORDS {
            self.refill();
        }
        let mut y = self.state[self.next];
        self.next += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// `random`: uniform on [0, 1), a multiple of 2^-53.
    pub fn random(&mut self) -> f64 {
        let (a, b) = (self.next_u32() >> 5, self.next_u32() >> 6);
        (f64::from(a) * 67_108_864.0 + f64::from(b)) / 9_007_199_254_740_992.0
    }

    /// `below(n)`: uniform on 0..n by rejection; 0 for n = 0.
    pub fn below(&mut self, n: u32) -> u32 {
        if n == 0 {
            return 0;
        }
        loop {
            let draw = self.next_u32() >> n.leading_zeros();
            if draw < n {
                return draw;
            }
        }
    }

    /// `randint(low, high)`: uniform on low..=high.
    pub fn randint(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// `choice`: one of the items; `None` if there are none.
    pub fn choice<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len() as u32) as usize)
    }

    /// `choices(alphabet, k)`: a text of `k` characters of an ASCII alphabet.
    pub fn choices(&mut self, alphabet: &str, k: usize) -> String {
        let letters = alphabet.as_bytes();
        let mut pick = || letters.get((self.random() * letters.len() as f64) as usize).copied();
        (0..k).filter_map(|_| pick()).map(char::from).collect()
    }

    /// `sample(list, k)`: `k` different items in drawn order; all of them if there are fewer.
    pub fn sample<T: Clone>(&mut self, items: &[T], k: usize) -> Vec<T> {
        let count = items.len();
        let k = k.min(count);
        let mut limit = 21;
        if k > 5 {
            limit +=
                (1..).map(|power| 4_usize.saturating_pow(power)).find(|size| *size >= 3 * k).unwrap_or(0);
        }
        let mut pool: Vec<usize> = (0..count).collect();
        let mut taken = vec![false; count];
        let mut drawn = Vec::with_capacity(k);
        for i in 0..k {
            let index = if count <= limit {
                let j = self.below((count - i) as u32) as usize;
                let last = pool[count - i - 1];
                std::mem::replace(&mut pool[j], last)
            } else {
                loop {
                    let j = self.below(count as u32) as usize;
                    if !std::mem::replace(&mut taken[j], true) {
                        break j;
                    }
                }
            };
            drawn.push(items[index].clone());
        }
        drawn
    }

    fn refill(&mut self) {
        for i in 0..WORDS {
            let y = (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % WORDS] & 0x7fff_ffff);
            let twist = if y & 1 == 0 { 0 } else { 0x9908_b0df };
            self.state[i] = self.state[(i + MIDDLE) % WORDS] ^ (y >> 1) ^ twist;
        }
        self.next = 0;
    }
}

/// The index after `i`; the last word becomes the first.
fn turn(state: &mut [u32; WORDS], i: usize) -> usize {
    if i + 1 < WORDS {
        return i + 1;
    }
    state[0] = state[WORDS - 1];
    1
}
