//! Random draws (specification, section 3): from counters, or from recorded tapes.

use std::collections::VecDeque;

use crate::kernel::RandomSource;

/// Stream of the runner's draws.
const RUNNER: u64 = 200;
/// Stream of the servers' draws.
const SERVER: u64 = 201;
/// Stream of the engineers' draws.
const SRE: u64 = 202;
/// Stream of what decides a command's success (switch D2); apart, so that it shifts no draw.
const SUCCESS: u64 = 203;

/// Somebody's random numbers, in order.
pub(crate) trait Draws {
    /// Uniform on \[low, high): low + (high - low) u.
    fn uniform(&mut self, low: f64, high: f64) -> f64;
    /// Uniform on \[0, 1).
    fn plain(&mut self) -> f64;
    /// One among `n` (at least 1), as a position.
    fn choice(&mut self, n: usize) -> usize;
}

/// Draws of one owner from the counter-based source.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    random: RandomSource,
    stream: u64,
    entity: u64,
    k: u64,
}

impl Counted {
    const fn new(seed: u64, stream: u64, entity: u64) -> Self {
        Self { random: RandomSource::new(seed), stream, entity, k: 0 }
    }
}

impl Draws for Counted {
    fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.plain()
    }

    fn plain(&mut self) -> f64 {
        let u = self.random.uniform(self.stream, self.entity, self.k);
        self.k += 1;
        u
    }

    fn choice(&mut self, n: usize) -> usize {
        // u < 1, but the product may round up.
        ((n as f64 * self.plain()).floor() as usize).min(n.saturating_sub(1))
    }
}

/// The draws of all owners.
#[derive(Clone, Debug)]
pub(crate) struct Streams<D> {
    pub(crate) runner: D,
    /// In the order of the configuration.
    pub(crate) servers: Vec<D>,
    pub(crate) sres: Vec<D>,
    /// Per server; used under D2 alone.
    pub(crate) success: Vec<D>,
}

impl Streams<Counted> {
    /// Counter-based draws of a seed.
    pub(crate) fn seeded(seed: u64, servers: usize, sres: usize) -> Self {
        let each =
            |stream, n: usize| (0..n as u64).map(|entity| Counted::new(seed, stream, entity)).collect();
        Self {
            runner: Counted::new(seed, RUNNER, 0),
            servers: each(SERVER, servers),
            sres: each(SRE, sres),
            success: each(SUCCESS, servers),
        }
    }
}

/// A recorded draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Drawn {
    /// u, low, high.
    Uniform(f64, f64, f64),
    /// u.
    Plain(f64),
    /// Position, n.
    Choice(usize, usize),
}

/// Recorded draws of one owner. What does not fit the request is noted, and counted as 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tape {
    left: VecDeque<Drawn>,
    problem: Option<String>,
}

impl Tape {
    pub(crate) fn new(draws: impl IntoIterator<Item = Drawn>) -> Self {
        Self { left: draws.into_iter().collect(), problem: None }
    }

    /// What did not fit first, or that something was left.
    pub(crate) fn problem(&self) -> Option<String> {
        let left = || format!("{} recorded draws are left", self.left.len());
        self.problem.clone().or_else(|| (!self.left.is_empty()).then(left))
    }

    fn misfit(&mut self, wanted: &str, found: Option<Drawn>) {
        self.problem.get_or_insert_with(|| format!("a draw of {wanted} was needed, recorded is {found:?}"));
    }
}

impl Draws for Tape {
    fn uniform(&mut self, low: f64, high: f64) -> f64 {
        match self.left.pop_front() {
            Some(Drawn::Uniform(u, a, b)) if a == low && b == high => low + (high - low) * u,
            other => {
                self.misfit(&format!("U({low}, {high})"), other);
                low
            },
        }
    }

    fn plain(&mut self) -> f64 {
        match self.left.pop_front() {
            Some(Drawn::Plain(u)) => u,
            other => {
                self.misfit("u", other);
                0.0
            },
        }
    }

    fn choice(&mut self, n: usize) -> usize {
        match self.left.pop_front() {
            Some(Drawn::Choice(position, among)) if among == n && position < n => position,
            other => {
                self.misfit(&format!("one among {n}"), other);
                0
            },
        }
    }
}
