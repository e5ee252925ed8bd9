//! What a fault does to its own service in a tick (specification, section 6).

use super::extra::{DRAIN_RATE, Extra, METASTABLE, REQUEST_QUEUE, RPS_MULTIPLIER};
use super::facts::FaultRule;
use super::fault::FaultKind;
use super::state::Service;

/// No fault drives latency beyond this \[s\], except leaks and deployments.
const LATENCY_CAP: f64 = 30.0;
/// A process that uses this share of its memory is killed.
const KILL_MEMORY: f64 = 0.98;
/// A metastable loop breaks only below this queue.
const BREAK_QUEUE: i64 = 300;
/// A metastable loop breaks only if somebody sends fewer requests than this per request.
const BREAK_RETRY: f64 = 1.2;

/// Applies one tick of a fault of this kind and speed to the service at `place`. Only the multi
/// path knows the metastable loop.
pub(super) fn step(
    services: &mut [Service],
    place: usize,
    kind: FaultKind,
    speed: f64,
    multi_path: bool,
) -> FaultRule {
    let looping = multi_path
        && kind == FaultKind::ConfigDrift
        && services.get(place).is_some_and(|service| service.extras.flag(METASTABLE));
    let calm = looping && services.iter().any(retries_little);
    let Some(service) = services.get_mut(place) else { return FaultRule::Plain };
    if looping {
        return metastable(service, speed, calm);
    }
    match kind {
        FaultKind::Oom => return out_of_memory(service, speed),
        FaultKind::MemoryLeak => {
            service.memory = (service.memory + speed * 0.05).min(0.97);
            service.use_memory();
            service.latency += speed * 0.5;
            service.error = (service.error + speed * 0.02).min(1.0);
        },
        FaultKind::BadDeploy => {
            service.error = (service.error + speed * 0.08).min(1.0);
            service.latency += speed * 0.3;
            service.deployment_age_s = service.deployment_age_s.min(300);
        },
        FaultKind::ConfigDrift => {
            service.open_files = service.open_files.saturating_add((speed * 50.0) as i64).min(1024);
            service.latency = (service.latency + speed * 3.0).min(LATENCY_CAP);
            service.error = (service.error + speed * 0.12).min(1.0);
            service.config_age_s = service.config_age_s.min(60);
            service.config_revision = service.config_revision.saturating_add(1);
        },
        FaultKind::NetworkPartition => {
            service.latency = (service.latency + speed * 2.0).clamp(5.0, LATENCY_CAP);
            service.error = (service.error + speed * 0.20).min(1.0);
        },
    }
    FaultRule::Plain
}

fn out_of_memory(service: &mut Service, speed: f64) -> FaultRule {
    service.memory += speed * 0.15;
    service.use_memory();
    if service.memory < KILL_MEMORY {
        return FaultRule::Plain;
    }
    service.error = 1.0;
    service.restarts = service.restarts.saturating_add(1);
    service.memory = 0.85;
    service.use_memory();
    service.uptime_s = 0;
    FaultRule::Kill
}

/// Whether a service sends few requests per request; one that tells nothing sends one.
fn retries_little(service: &Service) -> bool {
    service.extras.number(RPS_MULTIPLIER).unwrap_or(1.0) < BREAK_RETRY
}

fn metastable(service: &mut Service, speed: f64, calm: bool) -> FaultRule {
    let queue = service.extras.integer(REQUEST_QUEUE).unwrap_or(850);
    if queue < BREAK_QUEUE && calm {
        service.extras.set(METASTABLE, Extra::Flag(false));
        service.extras.set(REQUEST_QUEUE, Extra::Integer(queue.saturating_sub(200).max(0)));
        service.error = (service.error * 0.5).max(0.01);
        service.latency = (service.latency * 0.3).max(0.1);
        return FaultRule::Break;
    }
    let longer = queue.saturating_add((speed * 50.0) as i64).max(0);
    service.extras.set(REQUEST_QUEUE, Extra::Integer(longer));
    service.latency = (service.latency + speed * 0.5).min(LATENCY_CAP);
    service.error = (service.error + speed * 0.22 * 0.5).min(1.0);
    let drain = service.extras.number(DRAIN_RATE).unwrap_or(50.0);
    service.extras.set(DRAIN_RATE, Extra::Real((drain - speed * 5.0).max(10.0)));
    FaultRule::Metastable
}
