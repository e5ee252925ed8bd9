//! Scatter-gather (specification, section 5).

use super::counts::Counts;
use super::message::Bus;
use super::modifiers::Effect;
use super::names::LEADS;
use super::registry::{Record, confidence, us};
use super::schedule::Schedule;
use super::target::{Fate, Node, Outcome, Target};

/// How a scatter-gather is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plan {
    /// Start \[µs\].
    pub(crate) t0_us: u64,
    /// From the start to the target time \[ms\].
    pub(crate) window_ms: f64,
    /// Minimum response rate.
    pub(crate) min_rate: f64,
    /// Longest wait \[ms\].
    pub(crate) timeout_ms: f64,
    /// Payload weight.
    pub(crate) weight: f64,
}

impl Plan {
    /// The target time \[µs\].
    pub(crate) fn target_us(&self) -> u64 {
        self.t0_us + us(self.window_ms)
    }

    /// Weight of the payload for an entity: leads and coordinators only pass it on (section 6).
    pub(crate) const fn weight_of(&self, entity: u32) -> f64 {
        if entity < LEADS { self.weight } else { 0.0 }
    }

    /// First instant at which responses no longer count \[µs\].
    pub(crate) fn deadline_us(&self) -> u64 {
        (self.target_us() + us(self.window_ms)).min(self.t0_us + us(self.timeout_ms))
    }
}

/// Follows a scatter-gather to all `entities`; `reach` tells what a node is like, `None` if it is
/// not routable.
pub(crate) fn gather(plan: Plan, bus: Bus, entities: &[u32], reach: impl Fn(u32) -> Option<Node>) -> Outcome {
    let mut gather = Gather { plan, bus, counts: Counts::default(), last_response_us: plan.t0_us };
    let targets = entities.iter().map(|entity| gather.target(*entity, reach(*entity))).collect();
    let Counts { late, lost, .. } = gather.counts;
    // With the last response if all sent targets answered in time.
    let end_us = if late + lost == 0 { gather.last_response_us } else { plan.deadline_us() };
    Outcome { counts: gather.counts, targets, end_us }
}

/// A scatter-gather under computation.
struct Gather {
    plan: Plan,
    bus: Bus,
    counts: Counts,
    last_response_us: u64,
}

impl Gather {
    /// Schedules one target and follows its message.
    fn target(&mut self, entity: u32, node: Option<Node>) -> Target {
        self.counts.targets += 1;
        let Some(Node { record, effect, beat_age_us }) = node else {
            self.counts.unroutable += 1;
            return Target::new(entity, Fate::Unroutable);
        };
        let plan = &self.plan;
        let schedule = Schedule::new(&record, plan.weight_of(entity), plan.t0_us, plan.target_us());
        let mut target = Target {
            lead_ms: schedule.lead_ms,
            confidence: confidence(record.reliability, record.drift, beat_age_us),
            ..Target::new(entity, Fate::Skipped)
        };
        match schedule.send {
            None => self.counts.skipped += 1,
            Some(send) => {
                target.send_us = send.at_us;
                target.batch_us = send.batch_us;
                self.follow(&mut target, &record, &effect);
            },
        }
        target
    }

    fn follow(&mut self, target: &mut Target, record: &Record, effect: &Effect) {
        let (target_us, deadline_us) = (self.plan.target_us(), self.plan.deadline_us());
        let (counts, bus) = (&mut self.counts, &self.bus);
        counts.sent += 1;
        let delivery = bus.deliver(target.entity, record, effect);
        target.attempts = delivery.attempts;
        if !delivery.delivered {
            counts.lost += 1;
            target.fate = Fate::Lost;
            target.arrival_us = target.batch_us + delivery.extra_us;
            return;
        }
        target.one_way_ms = bus.one_way_ms(target.entity, record, effect);
        target.processing_ms = record.base_ms * bus.processing_factor(target.entity);
        let processing_ms = bus.processing_ms(target.entity, record, self.plan.weight_of(target.entity));
        target.arrival_us = target.batch_us + delivery.extra_us + us(target.one_way_ms);
        target.ready_us = target.arrival_us + us(processing_ms);
        target.response_us = target.ready_us + us(target.one_way_ms);
        counts.window_hits += u64::from(target.ready_us <= deadline_us);
        counts.on_time += u64::from(target.ready_us <= target_us);
        counts.within_50ms += u64::from(target.ready_us.abs_diff(target_us) <= 50_000);
        if target.response_us >= deadline_us {
            counts.late += 1;
            target.fate = Fate::Late;
            return;
        }
        self.last_response_us = self.last_response_us.max(target.response_us);
        if bus.conflicts(target.entity, effect) {
            counts.conflicts += 1;
            target.fate = Fate::Conflict;
        } else {
            counts.ready += 1;
            target.fate = Fate::Ready;
        }
    }
}
