//! Which event a fact goes back to: the latest one that changed it.
//!
//! Drift is no event: what drifted goes back to the server's own metrics row, and that to the
//! traffic of its round.

use super::Metric;
use super::facet::{Facet, Facets};

/// Events that changed one server.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerCauses {
    changed: [Option<i64>; Facet::COUNT],
    /// The latest change of this round.
    this_round: Option<i64>,
    /// The latest metrics row.
    published: Option<i64>,
    /// What cost most of this round's health; `None` until it is known.
    health: Option<Option<i64>>,
}

impl ServerCauses {
    /// Event `id` changed these parts.
    pub(crate) fn changed(&mut self, touched: Facets, id: i64) {
        for facet in touched.iter() {
            self.changed[facet as usize] = Some(id);
        }
        self.this_round = Some(id);
    }

    /// A new round.
    pub(crate) fn begin_round(&mut self, renewed: Facets) {
        (self.this_round, self.health) = (None, None);
        self.let_pass(renewed);
    }

    /// What is new every round has no cause left, unless an injection changes it every round.
    pub(crate) fn let_pass(&mut self, renewed: Facets) {
        let passing = [Facet::Traffic, Facet::Errors, Facet::Latency, Facet::Dependencies];
        for facet in passing.into_iter().filter(|facet| !renewed.has(*facet)) {
            self.changed[facet as usize] = None;
        }
    }

    /// The metrics row of this round.
    pub(crate) const fn published(&mut self, id: i64) {
        self.published = Some(id);
    }

    /// The health of this round is known, and what cost most of it: whatever changes later in the
    /// round is no cause of it. Only the first call of a round counts.
    pub(crate) fn judged(&mut self, burden: Option<(Facet, f64)>) {
        let cause = burden.and_then(|(facet, _)| self.of(facet));
        self.health.get_or_insert(cause);
    }

    /// A failing dependency, event `id`, became what costs most of the health.
    pub(crate) const fn burdened(&mut self, id: i64) {
        self.health = Some(Some(id));
    }

    /// What a metrics row goes back to, if not to traffic.
    pub(crate) fn of_metrics(&self) -> Option<i64> {
        self.this_round.or(self.health.flatten())
    }

    /// What the health goes back to.
    pub(crate) fn of_health(&self) -> Option<i64> {
        self.health.flatten().or(self.published)
    }

    /// What an alert goes back to.
    pub(crate) fn of_alert(&self, metric: Metric) -> Option<i64> {
        match metric {
            Metric::Errors => {
                self.of(Facet::Errors).or_else(|| self.of(Facet::Dependencies)).or_else(|| self.of_health())
            },
            Metric::Health => self.of_health(),
            // Latency is high since the database is slow, a dependency fails, or the processor is busy.
            Metric::Latency => self
                .of(Facet::Latency)
                .or_else(|| self.of(Facet::Dependencies))
                .or_else(|| self.of(Facet::Cpu))
                .or(self.published),
            _ => metric.facet().and_then(|facet| self.of(facet)).or(self.published),
        }
    }

    /// The event that impaired a host, for what follows from it (D5).
    pub(crate) fn of(&self, facet: Facet) -> Option<i64> {
        self.changed[facet as usize]
    }
}
