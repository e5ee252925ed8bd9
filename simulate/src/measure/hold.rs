//! The hold model: a queue of constant size from which the first event is taken and one is
//! scheduled anew, over and over. It is what a simulation does, without the simulation.

use super::{MeasureError, Measured, clock};
use crate::kernel::{Agenda, Limits, mix};

/// Events that wait.
const PENDING: u64 = 30_000;
/// Events taken from the agenda, in a measurement.
const HOLDS: u64 = 10_000_000;
/// Longest delay until an event's successor \[ns\].
const DELAY: u64 = 1 << 30;

/// Holds `HOLDS` times. The delays are spread evenly; the payload is what a world's would be, a
/// number of an agent and a kind.
pub(super) fn measure() -> Result<Measured, MeasureError> {
    hold(PENDING, HOLDS)
}

fn hold(pending: u64, holds: u64) -> Result<Measured, MeasureError> {
    let mut agenda = Agenda::new(0_i64, Limits { events: u64::MAX, ..Limits::default() });
    for agent in 0..pending {
        agenda.schedule(delay(agent), 0, (agent, 0_u32))?;
    }
    let (sum, seconds) = clock::timed(|| {
        let mut sum = 0_u64;
        for k in 0..holds {
            let Some(due) = agenda.advance()? else { break };
            let (agent, kind) = due.event;
            sum = sum.wrapping_add(agent);
            agenda.schedule(due.key.at + delay(k ^ agent), 0, (agent, kind + 1))?;
        }
        Ok::<_, MeasureError>(sum)
    })?;
    std::hint::black_box(sum);
    Ok(Measured { work: agenda.executed(), seconds })
}

/// A delay of at least 1 ns.
fn delay(k: u64) -> i64 {
    1 + (mix(k) % DELAY) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hold_executes_one_event() {
        assert_eq!(hold(10, 1_000).unwrap().work, 1_000);
    }
}
