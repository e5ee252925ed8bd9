//! A small shop as a metrics bundle, for invariances: front calls api, api calls db and cache.

use std::path::Path;

use infra_eventlog::bundle::BundleWriter;
use infra_eventlog::metadata::{
    EdgeInfo, EventRole, EventTypeSpec, Incident, Period, PeriodKind, RunMetadata, ServiceInfo, Symptom,
    Visibility,
};
use infra_eventlog::writer::{EventRow, EventWriter, MetricRow};

const MINUTE: i64 = 60_000_000_000;
/// Normal minutes before the incident.
const NORMAL: i64 = 120;
/// Minutes of the incident.
const INCIDENT: i64 = 5;

/// Something that was recorded: a rollout, an alert.
pub(crate) struct Event {
    /// Minutes after the first.
    pub(crate) minute: i64,
    pub(crate) role: EventRole,
    pub(crate) visibility: Visibility,
    pub(crate) service: Option<&'static str>,
    pub(crate) message: &'static str,
}

/// What is varied. The defaults are a slow database.
pub(crate) struct Shop {
    /// Name of each service: front, api, db, cache.
    pub(crate) names: [&'static str; 4],
    /// Extra seconds per database call during the incident.
    pub(crate) slow_db: f64,
    /// Adds a service that nobody depends on and that is well.
    pub(crate) healthy_leaf: bool,
    /// Pieces that each minute is split into.
    pub(crate) pieces: i64,
    /// Writes rows of each minute in reverse order.
    pub(crate) reversed: bool,
    /// Shifts all times.
    pub(crate) origin_ns: i64,
    /// Leaves the declared incident out.
    pub(crate) declared: bool,
    /// What was recorded, in order of time.
    pub(crate) events: Vec<Event>,
}

impl Default for Shop {
    fn default() -> Self {
        Self {
            names: ["front", "api", "db", "cache"],
            slow_db: 0.2,
            healthy_leaf: false,
            pieces: 1,
            reversed: false,
            origin_ns: 0,
            declared: true,
            events: Vec::new(),
        }
    }
}

impl Shop {
    pub(crate) fn write(&self, path: &Path) {
        let [front, api, db, cache] = self.names;
        let mut metadata = RunMetadata::new("shop");
        let mut services = vec![front, api, db, cache];
        for (from, to) in [(front, api), (api, db), (api, cache)] {
            metadata.edges.push(EdgeInfo { from: from.into(), to: to.into(), ..EdgeInfo::default() });
        }
        if self.healthy_leaf {
            services.push("zz-leaf");
            metadata.edges.push(EdgeInfo { from: api.into(), to: "zz-leaf".into(), ..EdgeInfo::default() });
        }
        metadata.services =
            services.iter().map(|s| ServiceInfo { id: (*s).into(), ..ServiceInfo::default() }).collect();
        let start = self.origin_ns + NORMAL * MINUTE;
        if self.declared {
            metadata.periods.push(Period {
                kind: PeriodKind::Normal,
                start_ns: self.origin_ns,
                end_ns: start,
                lead_end_ns: None,
                scope: None,
            });
            let symptom =
                Symptom { service: front.into(), signal: Some("latency".into()), ..Symptom::default() };
            metadata.incidents.push(Incident {
                id: "slow".into(),
                start_ns: start,
                end_ns: start + INCIDENT * MINUTE,
                lead_end_ns: None,
                scope: None,
                symptom: Some(symptom),
            });
        }
        for (k, event) in self.events.iter().enumerate() {
            metadata.event_types.push(EventTypeSpec {
                name: format!("EVENT_{k}"),
                visibility: event.visibility,
                role: event.role,
            });
        }
        let bundle = BundleWriter::create(path).unwrap();
        if !self.events.is_empty() {
            self.write_events(bundle.events(&metadata).unwrap());
        }
        let mut writer = bundle.metrics().unwrap();
        let interval_ns = MINUTE / self.pieces;
        for minute in 0..NORMAL + INCIDENT {
            for piece in 0..self.pieces {
                let time_ns = self.origin_ns + minute * MINUTE + (piece + 1) * interval_ns;
                let mut rows = Vec::new();
                for (k, service) in services.iter().enumerate() {
                    let requests = [100.0, 100.0, 150.0, 80.0, 20.0][k] / self.pieces as f64;
                    let latency = self.latency(k, minute);
                    for (signal, statistic, value) in
                        [("requests", "sum", requests), ("latency", "mean", latency)]
                    {
                        let value = Some(value);
                        rows.push(MetricRow { time_ns, interval_ns, service, signal, statistic, value });
                    }
                }
                if self.reversed {
                    rows.reverse();
                }
                rows.iter().for_each(|row| {
                    writer.push(row).unwrap();
                });
            }
        }
        writer.finish().unwrap();
        bundle.finish(&metadata).unwrap();
    }

    fn write_events(&self, mut writer: EventWriter) {
        for (k, event) in self.events.iter().enumerate() {
            let row = EventRow {
                event_id: k as i64,
                cause_id: None,
                time_ns: self.origin_ns + event.minute * MINUTE,
                event_type: &format!("EVENT_{k}"),
                source: "ci",
                service: event.service,
                status: None,
                signals: &[],
                message: Some(event.message),
                attributes: None,
            };
            writer.push(&row).unwrap();
        }
        writer.finish().unwrap();
    }

    /// Seconds per request: own work with a small, fixed pattern of noise, plus what is waited for.
    fn latency(&self, service: usize, minute: i64) -> f64 {
        let noise = |k: i64| ((minute * (7 + k) + 3 * k) % 11) as f64 / 11.0 * 0.004;
        let extra = if minute >= NORMAL { self.slow_db } else { 0.0 };
        let db = 0.010 + noise(2) + extra;
        let cache = 0.002 + noise(3) * 0.1;
        let api = 0.020 + noise(1) + 1.5 * db + 0.8 * cache;
        match service {
            0 => 0.030 + noise(0) + api,
            1 => api,
            2 => db,
            3 => cache,
            _ => 0.005 + noise(4) * 0.1,
        }
    }
}
