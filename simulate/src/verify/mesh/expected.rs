//! The summary of a case.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::Check;
use super::TOLERANCE;
use crate::mesh::{Case, Mesh, Observer, Operation, Phase, Status};

/// What a run showed that its end does not.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// Whether each operation was a wrong action.
    wrong: Vec<bool>,
    /// First tick on which each service was not healthy.
    first_unhealthy: BTreeMap<usize, i64>,
}

impl Observer for Judged {
    fn operation(&mut self, operation: &Operation<'_>) {
        self.wrong.push(operation.wrong);
    }

    fn state(&mut self, mesh: &Mesh, phase: Phase) {
        let tick = mesh.tick_count();
        if phase == Phase::Operated || tick == 0 {
            return;
        }
        for (place, service) in mesh.services().iter().enumerate() {
            if service.status != Status::Healthy {
                self.first_unhealthy.entry(place).or_insert(tick);
            }
        }
    }
}

impl Judged {
    /// Compares the end of a played case.
    pub(super) fn compare(&self, stem: &str, golden: &Value, case: &Case, check: &mut Check) {
        for (scheduled, wrong) in case.script.operations().iter().zip(&self.wrong) {
            if let Some(golden) = scheduled.expect_wrong {
                check.same(stem, "judgement of an action", golden, *wrong);
            }
        }
        let (golden, mesh) = (&golden["expected"], &case.mesh);
        let impact = mesh.impact();
        for (key, ours) in [
            ("bcm_total", impact.bcm_total),
            ("slo_budget_final", mesh.budget().engine()),
            ("slo_shielded_final", mesh.budget().shielded()),
        ] {
            match golden[key].as_f64() {
                Some(golden) => check.real(stem, key, golden, ours, TOLERANCE, 0.0),
                None => check.differs(stem, format!("`expected.{key}` is no number")),
            }
        }
        check.same(stem, "mttm_tick", &golden["mttm_tick"], &json!(impact.mttm_reference));
        let name = |place: usize| mesh.services().get(place).map_or("", |service| service.name.as_str());
        let status: BTreeMap<&str, &str> =
            mesh.services().iter().map(|service| (service.name.as_str(), service.status.name())).collect();
        check.same(stem, "final_status", &golden["final_status"], &json!(status));
        let first: BTreeMap<&str, i64> =
            self.first_unhealthy.iter().map(|(&place, &tick)| (name(place), tick)).collect();
        check.same(stem, "first_unhealthy_tick", &golden["first_unhealthy_tick"], &json!(first));
    }
}
