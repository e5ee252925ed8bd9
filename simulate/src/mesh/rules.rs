//! Rules of single services beside faults: back-off, certificate, throttling, image pull
//! (specification, section 5, steps 2 and 3).

use super::SECONDS_PER_TICK;
use super::extra::{BACKOFF, BOMB_TICK, Extra, IMAGE_PULL_ERROR, RPS_MULTIPLIER, THROTTLE_RATE};
use super::facts::{FieldStep, Rule, RuleStep};
use super::model::Mesh;
use super::observer::Observer;
use super::state::Service;

impl Mesh {
    /// Crash-loop back-off of the services of halted faults runs down.
    pub(super) fn run_down_backoff<O: Observer + ?Sized>(&mut self, observer: &mut O) {
        for (fault, place) in self.faults.iter().zip(&self.fault_places) {
            let halted = fault.halted && fault.has_begun(self.tick_count);
            let (true, Some(place)) = (halted, *place) else { continue };
            let service = &mut self.services[place];
            let backoff = service.extras.integer(BACKOFF).unwrap_or(0);
            if backoff <= 0 {
                continue;
            }
            let before = service.levels();
            let left = (backoff - SECONDS_PER_TICK).max(0);
            service.extras.set(BACKOFF, Extra::Integer(left));
            if left == 0 {
                service.restarts = 0;
                service.error = 0.01;
            }
            let after = service.levels();
            let field = FieldStep { field: BACKOFF, before: Some(backoff as f64), after: left as f64 };
            let rule = Rule::Backoff;
            observer.rule(&RuleStep { rule, service: place, before, after, fields: &[field] });
        }
    }

    /// The three independent rules of every service. Those that change nothing are not told.
    pub(super) fn apply_rules<O: Observer + ?Sized>(&mut self, observer: &mut O) {
        let tick = self.tick_count;
        for (place, service) in self.services.iter_mut().enumerate() {
            if service.extras.is_empty() {
                continue;
            }
            expire(service, place, tick, observer);
            throttle(service, place, observer);
            pull_image(service, place, observer);
        }
    }
}

fn expire<O: Observer + ?Sized>(service: &mut Service, place: usize, tick: i64, observer: &mut O) {
    if service.extras.integer(BOMB_TICK) != Some(tick) {
        return;
    }
    let before = service.levels();
    service.error = 1.0;
    service.latency = 5.0;
    let after = service.levels();
    observer.rule(&RuleStep { rule: Rule::Bomb, service: place, before, after, fields: &[] });
}

fn throttle<O: Observer + ?Sized>(service: &mut Service, place: usize, observer: &mut O) {
    let rate = service.extras.number(THROTTLE_RATE).unwrap_or(0.0);
    if rate <= 0.0 {
        return;
    }
    let old = service.extras.number(RPS_MULTIPLIER);
    let new = (1.0 - rate).max(0.1);
    service.extras.set(RPS_MULTIPLIER, Extra::Real(new));
    if old != Some(new) {
        let (before, after) = (service.levels(), service.levels());
        let field = FieldStep { field: RPS_MULTIPLIER, before: old, after: new };
        observer.rule(&RuleStep { rule: Rule::Throttle, service: place, before, after, fields: &[field] });
    }
}

fn pull_image<O: Observer + ?Sized>(service: &mut Service, place: usize, observer: &mut O) {
    let failing = matches!(
        service.extras.get(IMAGE_PULL_ERROR),
        Some(Extra::Text(text)) if text == "ImagePullBackOff"
    );
    if failing && service.restarts != 0 {
        let before = service.levels();
        service.restarts = 0;
        let after = service.levels();
        observer.rule(&RuleStep { rule: Rule::ImagePull, service: place, before, after, fields: &[] });
    }
}
