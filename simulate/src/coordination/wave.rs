//! The second and third stage of a wave: leads, then agents (specification, section 6).

use infra_eventlog::RunError;

use super::class::Class;
use super::counts::Counts;
use super::engine::Engine;
use super::gather::{Fate, Plan, Target};
use super::names::LEADS;
use super::operation::{Phase, Running};
use super::registry::us;

impl Engine<'_> {
    /// Starts a stage: all is sent at once and hops down one level; nobody answers.
    pub(crate) fn stage(
        &mut self,
        job: u64,
        phase: Phase,
        entities: &[u32],
        timeout_ms: f64,
        weight: f64,
    ) -> Result<(), RunError> {
        let bus = self.next_bus();
        let t0_us = self.now_us;
        let limit_us = t0_us + us(timeout_ms);
        let hop_ms = if phase == Phase::Clusters { 30.0 } else { 20.0 };
        let (mut counts, mut last_us, mut human) = (Counts::default(), t0_us, 0);
        let mut targets = Vec::with_capacity(entities.len());
        for entity in entities.iter().copied() {
            if entity < LEADS && self.class(entity) == Class::F {
                human += 1;
                continue;
            }
            counts.targets += 1;
            let mut target = Target::new(entity, Fate::Unroutable);
            if self.may_address(entity, bus.op) {
                counts.sent += 1;
                let (record, effect) = self.view(entity);
                let delivery = bus.deliver(entity, &record, &effect);
                target.attempts = delivery.attempts;
                target.batch_us = t0_us;
                target.send_us = t0_us;
                target.arrival_us = t0_us + delivery.extra_us;
                let hop = hop_ms * (0.8 + 0.4 * self.random.uniform(14, u64::from(entity), bus.op));
                let processing_ms = if entity < LEADS {
                    bus.processing_ms(entity, &record, weight)
                } else {
                    record.base_ms * bus.processing_factor(entity)
                };
                target.ready_us = target.arrival_us + us(hop) + us(processing_ms);
                target.fate = match () {
                    () if !delivery.delivered => Fate::Lost,
                    () if target.ready_us > limit_us => Fate::Late,
                    () => Fate::Ready,
                };
                match target.fate {
                    Fate::Ready => {
                        counts.ready += 1;
                        last_us = last_us.max(target.ready_us);
                    },
                    Fate::Late => counts.late += 1,
                    _ => counts.lost += 1,
                }
            } else {
                counts.unroutable += 1;
            }
            targets.push(target);
        }
        if let Some(job) = self.jobs.get_mut(&job) {
            job.human_pending += human;
        }
        let all_arrived = counts.ready == counts.targets;
        let end_us = if all_arrived { last_us } else { limit_us };
        let plan = Plan { t0_us, window_ms: 0.0, min_rate: 0.0, timeout_ms, weight };
        let running = Running { job, phase, plan, counts, targets, row: 0, outstanding: 0, ended: false };
        self.launch(bus.op, running, end_us)
    }
}
