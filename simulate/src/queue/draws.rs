//! The draws of a run (specification, section 2): five per request, whatever the order of events.

use crate::kernel::RandomSource;

/// Draws of one attempt, each uniform on [0, 1) but the first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draw {
    /// Which of the kinds of requests, 0 to 2; 2 is heavy. `None`: by `u_type`.
    pub type_index: Option<u8>,
    /// Kind of request.
    pub u_type: f64,
    /// Start.
    pub u_delay: f64,
    /// Admission.
    pub u_admit: f64,
    /// Slow-down.
    pub u_spike: f64,
    /// Worker's error.
    pub u_error: f64,
}

/// Where draws come from.
pub trait Draws {
    /// Draws of an attempt of a client, counted from 0.
    fn of(&self, agent: u32, attempt: u32) -> Draw;

    /// Delay on the way to the queue, as a share of the largest.
    fn jitter(&self, agent: u32, attempt: u32) -> f64;
}

/// The kernel's random source: streams 101 to 105, and 106 for jitter; entity the client, k the
/// attempt.
impl Draws for RandomSource {
    fn of(&self, agent: u32, attempt: u32) -> Draw {
        let u = |stream: u64| self.uniform(stream, u64::from(agent), u64::from(attempt));
        Draw {
            type_index: None,
            u_type: u(101),
            u_delay: u(102),
            u_admit: u(103),
            u_spike: u(104),
            u_error: u(105),
        }
    }

    fn jitter(&self, agent: u32, attempt: u32) -> f64 {
        self.uniform(106, u64::from(agent), u64::from(attempt))
    }
}

/// Recorded draws, by client. Further attempts repeat the first one's.
#[derive(Clone, Debug, Default)]
pub struct Tape(pub Vec<Draw>);

impl Draws for Tape {
    fn of(&self, agent: u32, _: u32) -> Draw {
        let none =
            Draw { type_index: Some(0), u_type: 0.0, u_delay: 0.0, u_admit: 1.0, u_spike: 1.0, u_error: 1.0 };
        self.0.get(agent as usize).copied().unwrap_or(none)
    }

    fn jitter(&self, _: u32, _: u32) -> f64 {
        0.0
    }
}
