//! The second and third stage of a wave: leads, then agents (specification, section 6).

use super::counts::Counts;
use super::gather::Plan;
use super::message::Bus;
use super::names::LEADS;
use super::registry::us;
use super::target::{Fate, Node, Outcome, Target};

/// Follows a stage: all is sent at once and hops down one level; nobody answers.
pub(crate) fn stage(plan: Plan, bus: Bus, entities: &[u32], reach: impl Fn(u32) -> Option<Node>) -> Outcome {
    let limit_us = plan.t0_us + us(plan.timeout_ms);
    let (mut counts, mut last_us) = (Counts::default(), plan.t0_us);
    let mut targets = Vec::with_capacity(entities.len());
    for entity in entities.iter().copied() {
        counts.targets += 1;
        let Some(node) = reach(entity) else {
            counts.unroutable += 1;
            targets.push(Target::new(entity, Fate::Unroutable));
            continue;
        };
        counts.sent += 1;
        let target = hop(entity, &node, &plan, &bus, limit_us);
        match target.fate {
            Fate::Ready => {
                counts.ready += 1;
                last_us = last_us.max(target.ready_us);
            },
            Fate::Late => counts.late += 1,
            _ => counts.lost += 1,
        }
        targets.push(target);
    }
    let all_arrived = counts.ready == counts.targets;
    Outcome { counts, targets, end_us: if all_arrived { last_us } else { limit_us } }
}

/// One message down one level.
fn hop(entity: u32, node: &Node, plan: &Plan, bus: &Bus, limit_us: u64) -> Target {
    let Node { record, effect, .. } = node;
    let delivery = bus.deliver(entity, record, effect);
    let hop_ms = if entity < LEADS { 20.0 } else { 30.0 };
    let hop_ms = hop_ms * (0.8 + 0.4 * bus.random.uniform(14, u64::from(entity), bus.op));
    let processing_ms = if entity < LEADS {
        bus.processing_ms(entity, record, plan.weight)
    } else {
        record.base_ms * bus.processing_factor(entity)
    };
    let arrival_us = plan.t0_us + delivery.extra_us;
    let ready_us = arrival_us + us(hop_ms) + us(processing_ms);
    let fate = match () {
        () if !delivery.delivered => Fate::Lost,
        () if ready_us > limit_us => Fate::Late,
        () => Fate::Ready,
    };
    Target {
        attempts: delivery.attempts,
        send_us: plan.t0_us,
        batch_us: plan.t0_us,
        arrival_us,
        ready_us,
        ..Target::new(entity, fate)
    }
}
