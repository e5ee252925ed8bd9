//! Scatter-gather (specification, section 5).

use super::counts::Counts;
use super::message::Bus;
use super::modifiers::Effect;
use super::names::LEADS;
use super::registry::{Record, confidence, us};
use super::schedule::Schedule;

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

/// What became of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Offline, quarantined or behind an open breaker.
    Unroutable,
    /// Not sent: the lead time is longer than the window.
    Skipped,
    /// Answered READY in time, or reached in time.
    Ready,
    /// Answered with a conflict in time.
    Conflict,
    /// Delivered, too late.
    Late,
    /// Not delivered.
    Lost,
}

impl Fate {
    /// Its name in logs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unroutable => "unroutable",
            Self::Skipped => "skipped",
            Self::Ready => "ready",
            Self::Conflict => "conflict",
            Self::Late => "late",
            Self::Lost => "lost",
        }
    }
}

/// One target of an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Target {
    /// Who.
    pub(crate) entity: u32,
    /// What became of it.
    pub(crate) fate: Fate,
    /// Delivery attempts.
    pub(crate) attempts: u8,
    /// Predicted time from send to ready \[ms\].
    pub(crate) lead_ms: f64,
    /// When it should be sent \[µs\].
    pub(crate) send_us: u64,
    /// When its batch left \[µs\].
    pub(crate) batch_us: u64,
    /// When it arrived \[µs\]; of a lost one, when the last attempt failed.
    pub(crate) arrival_us: u64,
    /// When it was ready \[µs\].
    pub(crate) ready_us: u64,
    /// When its response came back \[µs\].
    pub(crate) response_us: u64,
    /// Time on the way \[ms\].
    pub(crate) one_way_ms: f64,
    /// What its processing would have taken without payload and queue \[ms\]: what is measured.
    pub(crate) processing_ms: f64,
    /// Confidence of the prediction.
    pub(crate) confidence: f64,
}

impl Target {
    /// A target before anything is sent.
    pub(crate) const fn new(entity: u32, fate: Fate) -> Self {
        Self {
            entity,
            fate,
            attempts: 0,
            lead_ms: 0.0,
            send_us: 0,
            batch_us: 0,
            arrival_us: 0,
            ready_us: 0,
            response_us: 0,
            one_way_ms: 0.0,
            processing_ms: 0.0,
            confidence: 0.0,
        }
    }
}

/// A scatter-gather under computation.
pub(crate) struct Gather<'a> {
    plan: Plan,
    bus: Bus,
    /// Counts so far.
    pub(crate) counts: Counts,
    last_response_us: u64,
    targets: &'a mut Vec<Target>,
}

impl<'a> Gather<'a> {
    /// Starts one; targets are appended to `targets`.
    pub(crate) fn new(plan: Plan, bus: Bus, targets: &'a mut Vec<Target>) -> Self {
        Self { plan, bus, counts: Counts::default(), last_response_us: plan.t0_us, targets }
    }

    /// One that cannot be addressed.
    pub(crate) fn unroutable(&mut self, entity: u32) {
        self.counts.targets += 1;
        self.counts.unroutable += 1;
        self.targets.push(Target::new(entity, Fate::Unroutable));
    }

    /// Schedules one target and follows its message.
    pub(crate) fn target(&mut self, entity: u32, record: &Record, effect: &Effect, beat_age_us: u64) {
        let (t0_us, weight) = (self.plan.t0_us, self.plan.weight_of(entity));
        let (target_us, deadline_us) = (self.plan.target_us(), self.plan.deadline_us());
        self.counts.targets += 1;
        let schedule = Schedule::new(record, weight, t0_us, target_us);
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
                self.follow(&mut target, record, effect, target_us, deadline_us);
            },
        }
        self.targets.push(target);
    }

    fn follow(
        &mut self,
        target: &mut Target,
        record: &Record,
        effect: &Effect,
        target_us: u64,
        deadline_us: u64,
    ) {
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

    /// When it ends \[µs\]: with the last response if all sent targets answered in time.
    pub(crate) fn end_us(&self) -> u64 {
        if self.counts.late + self.counts.lost == 0 { self.last_response_us } else { self.plan.deadline_us() }
    }
}
