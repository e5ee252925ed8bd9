//! What a state row shows of a service.

use super::connected::NOISE_STREAM;
use super::state::Service;
use crate::kernel::RandomSource;

/// Signals that every service has.
const OWN: usize = 17;

/// The signals of one service, in the order of the metadata's.
pub(super) struct Readings<'s> {
    extras: &'s [String],
    /// Random numbers and a share of the value.
    noise: Option<(RandomSource, f64)>,
    /// Of the latest service; as long as the metadata's list.
    values: Vec<Option<f64>>,
}

impl<'s> Readings<'s> {
    /// Readings with these further fields, and with noise if its share is positive.
    pub(super) fn new(extras: &'s [String], noise: Option<(RandomSource, f64)>) -> Self {
        let noise = noise.filter(|(_, share)| *share > 0.0);
        Self { extras, noise, values: vec![None; OWN + extras.len()] }
    }

    /// The signals of a service after `tick` ticks.
    pub(super) fn of(&mut self, service: &Service, place: usize, tick: i64) -> &[Option<f64>] {
        let (mut error, mut latency) = (service.error, service.latency);
        if let Some((random, share)) = self.noise {
            let k = 8 * tick.unsigned_abs();
            let z = |k| random.standard(NOISE_STREAM, place as u64, k);
            error = (error * (1.0 + share * z(k))).clamp(0.0, 1.0);
            latency = (latency * (1.0 + share * z(k + 1))).max(0.0);
        }
        let own: [f64; OWN] = [
            error,
            latency,
            service.memory,
            service.cpu,
            service.active_requests as f64,
            service.restarts as f64,
            service.open_files as f64,
            service.memory_used as f64,
            service.memory_limit as f64,
            service.gc_pause_ms,
            service.gc_per_second,
            service.threads as f64,
            service.thread_queue as f64,
            service.uptime_s as f64,
            service.deployment_age_s as f64,
            service.config_revision as f64,
            service.config_age_s as f64,
        ];
        // In place: a list that has just grown could not be read at once.
        let mut values = self.values.iter_mut();
        for (own, value) in own.into_iter().zip(values.by_ref()) {
            *value = Some(own);
        }
        if !service.extras.is_empty() {
            for (value, field) in values.zip(self.extras) {
                *value = service.extras.number(field);
            }
            return &self.values;
        }
        self.values.get(..OWN).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::extra::Extra;
    use super::*;

    #[test]
    fn further_fields_follow_and_do_not_stay() {
        let extras = ["a".to_owned(), "b".to_owned()];
        let mut readings = Readings::new(&extras, None);
        let plain = Service::new("plain");
        let mut rich = Service::new("rich");
        rich.extras.set("b", Extra::Integer(7));
        assert_eq!(readings.of(&plain, 0, 1).len(), OWN);
        let values = readings.of(&rich, 1, 1);
        assert_eq!((values.len(), values[1], &values[OWN..]), (OWN + 2, Some(0.1), &[None, Some(7.0)][..]));
        rich.extras.set("a", Extra::Real(0.5));
        assert_eq!(&readings.of(&rich, 1, 1)[OWN..], &[Some(0.5), Some(7.0)]);
        assert_eq!(readings.of(&plain, 0, 1).len(), OWN);
    }
}
