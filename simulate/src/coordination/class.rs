//! The six classes of agents (specification, section 2).

/// A class of agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Edge.
    A,
    /// Serverless.
    B,
    /// Persistent.
    C,
    /// Accelerated.
    D,
    /// Local.
    E,
    /// Human.
    F,
}

/// What the agents of a class are like at the start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    /// Shortest round trip \[ms\].
    pub(crate) latency_lo: f64,
    /// Longest round trip \[ms\].
    pub(crate) latency_hi: f64,
    /// Processing without payload and queue \[ms\].
    pub(crate) processing_ms: f64,
    /// Middle of the drift coefficients.
    pub(crate) drift: f64,
    /// Best reliability.
    pub(crate) reliability: f64,
    /// Longest queue.
    pub(crate) queue_max: f64,
}

impl Class {
    /// All classes in order.
    pub const ALL: [Self; 6] = [Self::A, Self::B, Self::C, Self::D, Self::E, Self::F];

    /// The class of that letter.
    #[must_use]
    pub fn named(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == letter)
    }

    /// Its letter.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
            Self::F => "F",
        }
    }

    /// What its agents can do.
    #[must_use]
    pub const fn capabilities(self) -> &'static [&'static str] {
        match self {
            Self::A => &["cache", "route", "transform"],
            Self::B => &["api", "database", "integration"],
            Self::C => &["batch", "reasoning", "training"],
            Self::D => &["embedding", "inference", "vision"],
            Self::E => &["local_state", "physical", "sensor"],
            Self::F => &["judgement", "oversight"],
        }
    }

    pub(crate) const fn traits(self) -> Traits {
        let (latency_lo, latency_hi, processing_ms, drift, reliability, queue_max) = match self {
            Self::A => (5.0, 20.0, 10.0, 0.05, 0.999, 2.0),
            Self::B => (50.0, 150.0, 50.0, 0.10, 0.995, 3.0),
            Self::C => (100.0, 300.0, 200.0, 0.10, 0.998, 3.0),
            Self::D => (200.0, 500.0, 100.0, 0.15, 0.990, 4.0),
            Self::E => (20.0, 400.0, 150.0, 0.30, 0.970, 3.0),
            Self::F => (1000.0, 5000.0, 60_000.0, 0.50, 0.900, 1.0),
        };
        Traits { latency_lo, latency_hi, processing_ms, drift, reliability, queue_max }
    }

    /// The class at position `index` of `of`, in the proportions 10 : 8 : 5 : 2 : 3 : 2.
    pub(crate) const fn at(index: u32, of: u32) -> Self {
        match index as u64 * 30 / of as u64 {
            0..10 => Self::A,
            10..18 => Self::B,
            18..23 => Self::C,
            23..25 => Self::D,
            25..28 => Self::E,
            _ => Self::F,
        }
    }
}
