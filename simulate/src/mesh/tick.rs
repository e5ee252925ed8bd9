//! One tick, in the exact order of section 5 of the specification.

use super::SECONDS_PER_TICK;
use super::facts::{FaultStep, TickSummary};
use super::model::Mesh;
use super::observer::Observer;
use super::physics;

impl Mesh {
    /// Plays one tick and returns its user impact \[bad-customer-minutes\].
    pub fn tick<O: Observer + ?Sized>(&mut self, observer: &mut O) -> f64 {
        if self.faults.is_empty() {
            self.legacy_path(observer);
        } else {
            self.multi_path(observer);
            self.run_down_backoff(observer);
        }
        self.apply_rules(observer);
        self.move_pipelines(observer);
        self.judge(observer);
        self.tick_count += 1;
        self.sim_time_s = self.sim_time_s.saturating_add(SECONDS_PER_TICK);
        for service in &mut self.services {
            service.uptime_s = service.uptime_s.saturating_add(SECONDS_PER_TICK);
        }
        let delta = self.count_impact();
        let (impacted, user_impact) = (self.impacted(), self.user_impact());
        self.budget.burn(self.tick_count, impacted, self.services.len(), user_impact);
        observer.tick(&TickSummary {
            tick: self.tick_count,
            sim_time_s: self.sim_time_s,
            bcm_delta: delta,
            bcm_shares: &self.shares,
            bcm_total: self.impact.bcm_total,
            zero_streak: self.impact.zero_streak,
            mttm_reference: self.impact.mttm_reference,
            mttm_after_impact: self.impact.mttm_after_impact,
            slo_budget: self.budget.engine(),
            slo_shielded: self.budget.shielded(),
            user_impact,
            impacted,
            at_risk: self.at_risk(),
        });
        delta
    }

    /// All live faults, then all cascades, then recovery from all halted faults.
    fn multi_path<O: Observer + ?Sized>(&mut self, observer: &mut O) {
        let tick = self.tick_count;
        for index in 0..self.faults.len() {
            if self.faults[index].is_live(tick) {
                self.faults[index].progression_tick += 1;
                self.fault_step(Some(index), observer);
            }
        }
        for index in 0..self.faults.len() {
            if self.faults[index].is_live(tick) {
                self.cascade(Some(index), observer);
            }
        }
        for index in 0..self.faults.len() {
            let fault = &self.faults[index];
            if fault.halted && fault.has_begun(tick) {
                self.recover(Some(index), observer);
            }
        }
    }

    /// The one fault of the configuration; it cascades even when it is halted.
    fn legacy_path<O: Observer + ?Sized>(&mut self, observer: &mut O) {
        if self.fault_halted {
            self.recover(None, observer);
        } else {
            self.fault_step(None, observer);
        }
        self.cascade(None, observer);
    }

    fn fault_step<O: Observer + ?Sized>(&mut self, fault: Option<usize>, observer: &mut O) {
        let (kind, speed, progression) = match fault.and_then(|index| self.faults.get(index)) {
            Some(state) => (state.fault_type, state.fault_speed, state.progression_tick),
            None => (self.config.fault_type, self.config.degradation_speed, 0),
        };
        let Some(service) = self.fault_place(fault) else { return };
        let before = self.services[service].levels();
        let rule = physics::step(&mut self.services, service, kind, speed, fault.is_some());
        let after = self.services[service].levels();
        observer.fault(&FaultStep { fault, service, kind, speed, progression, rule, before, after });
    }
}
