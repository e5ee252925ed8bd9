//! The calendar of heartbeats (specification, section 10).
//!
//! Agent a beats first at floor(a · 5 s / agents) and then every 5 s: beats are known in advance,
//! and in the order of their times they are also in the order of agents. So no beat stands in the
//! event queue; the calendar walks through them between the events that do, in exactly the order
//! of section 11: a beat is due at (time, rank 3, agent).

use crate::kernel::RandomSource;

/// Time between two beats of an agent \[µs\].
pub(crate) const PERIOD_US: u64 = 5_000_000;
/// A beat is lost with this probability.
const LOSS: f64 = 0.001;

/// One beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Beat {
    /// When \[µs\].
    pub(crate) at_us: u64,
    /// Whose.
    pub(crate) agent: u32,
    /// Which one, from 0.
    pub(crate) number: u64,
}

impl Beat {
    /// Beat `number` of `agent` among that many agents.
    pub(crate) const fn of(agent: u32, number: u64, agents: u32) -> Self {
        Self { at_us: number * PERIOD_US + offset_us(agent, agents), agent, number }
    }

    /// Whether it is lost on its way to the lead.
    pub(crate) fn is_lost(&self, random: RandomSource) -> bool {
        random.uniform(9, u64::from(self.agent), self.number) < LOSS
    }
}

/// All beats of all agents in order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calendar {
    agents: u32,
    next: Beat,
}

/// When `agent` of that many beats first \[µs\].
pub(crate) const fn offset_us(agent: u32, agents: u32) -> u64 {
    agent as u64 * PERIOD_US / agents as u64
}

impl Calendar {
    /// The beats of so many agents.
    pub(crate) const fn new(agents: u32) -> Self {
        Self { agents, next: Beat { at_us: 0, agent: 0, number: 0 } }
    }

    /// The next beat.
    pub(crate) const fn peek(&self) -> Beat {
        self.next
    }

    /// Moves on.
    pub(crate) const fn step(&mut self) {
        self.next.agent += 1;
        if self.next.agent == self.agents {
            self.next.agent = 0;
            self.next.number += 1;
        }
        self.next = Beat::of(self.next.agent, self.next.number, self.agents);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_come_in_order_and_at_the_specified_times() {
        let mut calendar = Calendar::new(30_000);
        let mut last = (0, 0);
        for i in 0..90_000_u64 {
            let beat = calendar.peek();
            assert_eq!((u64::from(beat.agent), beat.number), (i % 30_000, i / 30_000));
            assert_eq!(beat.at_us, u64::from(beat.agent) * 500 / 3 + beat.number * PERIOD_US);
            assert!((beat.at_us, beat.agent) >= last || beat.at_us > last.0);
            last = (beat.at_us, beat.agent);
            calendar.step();
        }
    }
}
