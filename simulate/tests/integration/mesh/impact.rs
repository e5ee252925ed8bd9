//! User impact, time to mitigate and SLO budget, computed anew from the rows of a log.

use std::collections::BTreeMap;

use infra_simulate::mesh::{BcmMode, Mesh};
use serde_json::Value;

use super::log::{near, scenarios, states};
use crate::played::{Played, Row, play};

/// A service's share of the user impact of a tick: section 10.
fn impact(played: &Played, state: &Row, mode: BcmMode) -> f64 {
    if mode == BcmMode::Freshness {
        let lag = played.metadata.signals.iter().position(|s| s.name == "freshness");
        return lag.and_then(|at| state.signals[at]).unwrap_or(0.0) / 3600.0 * 0.5;
    }
    if state.status.as_deref() == Some("healthy") {
        return 0.0;
    }
    let [error, latency] = ["error_rate", "latency_p99"].map(|s| played.signal(state, s).unwrap());
    (error + ((latency - 0.5) / 2.0).clamp(0.0, 2.0) * 0.5) * 0.5
}

/// Time to mitigate, as the reference counts it and after an impact.
#[derive(Default)]
struct Mitigation {
    streak: i64,
    hurt: bool,
    reference: Option<i64>,
    after_impact: Option<i64>,
}

impl Mitigation {
    /// `fresh`: whether the data are, in freshness mode.
    fn count(&mut self, tick: i64, delta: f64, fresh: Option<bool>) {
        let well = fresh.unwrap_or(delta <= 0.0);
        let (needed, at) = if fresh.is_some() { (1, tick) } else { (2, tick - 1) };
        self.streak = if well { self.streak + 1 } else { 0 };
        self.hurt |= !well;
        if well && self.streak >= needed {
            self.reference = self.reference.or(Some(at));
            if self.hurt {
                self.after_impact = self.after_impact.or(Some(at));
            }
        }
    }
}

/// What is left of the SLO budget: section 11.
struct Budget<'m> {
    mesh: &'m Mesh,
    engine: f64,
    shielded: f64,
}

impl Budget<'_> {
    fn burn(&mut self, tick: i64, bad: usize, user_impact: bool) {
        let (full, rate) = (self.mesh.budget().start(), self.mesh.budget().burn_rate());
        let burn = rate * (bad as f64 / self.mesh.services().len() as f64);
        self.engine = (self.engine - burn).max(0.0);
        if tick == 1 {
            self.shielded = self.engine;
            return;
        }
        let restored = full.min((self.shielded - burn).max(0.0) + burn);
        self.shielded = (restored - if user_impact { rate } else { rate * 0.2 }).max(0.0);
    }
}

#[test]
fn impact_mitigation_and_budget_recompute() {
    for (name, scenario) in scenarios() {
        let played = play(&scenario);
        let mesh = scenario.mesh().unwrap().mesh().unwrap();
        let (states, facing) = (states(&played), user_facing(&played));
        let judge = mesh.task().filter(|_| mesh.bcm_mode() == BcmMode::Freshness);
        let mut budget =
            Budget { mesh: &mesh, engine: mesh.budget().start(), shielded: mesh.budget().start() };
        let (mut total, mut mitigation, mut impacted) = (0.0, Mitigation::default(), 0);
        let mut first_ill: BTreeMap<&str, i64> = BTreeMap::new();
        for (tick, row) in (0_i64..).zip(played.events("TICK")) {
            let states = &states[&row.event_id];
            let ill: Vec<&str> = states
                .iter()
                .filter(|s| s.status.as_deref() != Some("healthy"))
                .map(|s| s.service.as_deref().unwrap())
                .collect();
            for service in &ill {
                first_ill.entry(service).or_insert(tick);
            }
            if tick == 0 {
                continue;
            }
            impacted = ill.len();
            let delta: f64 = states.iter().map(|s| impact(&played, s, mesh.bcm_mode())).sum();
            total += delta;
            let fresh = judge.map(|task| {
                let state = states.iter().find(|s| s.service.as_ref() == Some(&task.fault_service)).unwrap();
                played.signal(state, "freshness").unwrap_or(9999.0) < 300.0
            });
            mitigation.count(tick, delta, fresh);
            let noticed = states.iter().any(|s| {
                facing.contains(&s.service.as_deref().unwrap())
                    && played.signal(s, "error_rate").unwrap() > 0.10
            });
            budget.burn(tick, impacted, noticed);
            for (key, ours) in [
                ("bcm_delta", delta),
                ("bcm_total", total),
                ("slo_budget", budget.engine),
                ("slo_shielded", budget.shielded),
                ("impacted", impacted as f64),
            ] {
                assert!(
                    near(row.real(key), ours) && row.real(key) >= 0.0,
                    "{name} tick {tick}: {key} {ours} {row:?}"
                );
            }
            let shares: f64 =
                row.attributes["bcm_shares"].as_object().unwrap().values().filter_map(Value::as_f64).sum();
            assert!(near(shares, delta), "{name} tick {tick}");
            assert_eq!(row.attributes["user_impact"], noticed, "{name} tick {tick}");
            let risky = played
                .metadata
                .edges
                .iter()
                .filter(|e| !ill.contains(&e.from.as_str()) && ill.contains(&e.to.as_str()));
            let risky: std::collections::BTreeSet<&str> = risky.map(|e| e.from.as_str()).collect();
            assert_eq!(row.real("at_risk"), risky.len() as f64, "{name} tick {tick}");
        }
        assert!(near(played.extra("bcm_total"), total), "{name}");
        assert!(near(played.extra("slo_budget"), budget.engine), "{name}");
        assert!(near(played.extra("slo_shielded"), budget.shielded), "{name}");
        assert_eq!(played.extra("impacted_at_end"), impacted as f64, "{name}");
        let extra = &played.truth.extra;
        assert_eq!(extra["mttm_reference"], serde_json::json!(mitigation.reference), "{name}");
        assert_eq!(extra["mttm_after_impact"], serde_json::json!(mitigation.after_impact), "{name}");
        assert_eq!(extra["first_unhealthy_tick"], serde_json::json!(first_ill), "{name}");
    }
}

/// Services that users meet, as the metadata name them.
fn user_facing(played: &Played) -> Vec<&str> {
    let facing = |s: &&infra_eventlog::metadata::ServiceInfo| s.attributes.contains_key("user_facing");
    played.metadata.services.iter().filter(facing).map(|s| s.id.as_str()).collect()
}
