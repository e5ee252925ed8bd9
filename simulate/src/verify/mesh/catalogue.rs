//! The catalogue against ours.

use std::path::Path;

use serde_json::{Value, json};

use super::super::{Check, VerifyError};
use super::malformed;
use crate::mesh::{Catalogue, Difficulty, FaultKind, Task, USER_FACING};

/// Compares `catalogue.json`: topology, limits, pools and every task.
pub(super) fn compare(golden: &Value, path: &Path, check: &mut Check) -> Result<(), VerifyError> {
    check.case();
    let ours = Catalogue::get();
    check.same("catalogue", "all_services", &golden["all_services"], &json!(ours.services()));
    for (service, calls) in entries(&golden["dependency_graph"]) {
        check.same("catalogue", &format!("calls of {service}"), calls, &json!(ours.calls(service)));
    }
    for (service, limit) in entries(&golden["memory_limit_bytes"]) {
        check.same("catalogue", &format!("memory of {service}"), limit, &json!(ours.memory_limit(service)));
    }
    check.same("catalogue", "default memory", &golden["memory_limit_default"], &json!(ours.memory_limit("")));
    let kinds: Vec<&str> = FaultKind::ALL.iter().map(|kind| kind.name()).collect();
    let golden_kinds = golden["fault_types"].as_array().map_or(0, Vec::len);
    check.same("catalogue", "fault types", golden_kinds, kinds.len());
    check.same("catalogue", "user-facing services", &golden["user_facing_services"], &json!(USER_FACING));
    for difficulty in Difficulty::ALL {
        let name = difficulty.name();
        let pool = json!(difficulty.fault_pool());
        for (key, ours) in [
            ("fault_types_by_difficulty", pool),
            ("speed_by_difficulty", json!(difficulty.speed())),
            ("slo_budget_by_difficulty", json!(difficulty.slo_budget())),
            ("slo_burn_by_difficulty", json!(difficulty.slo_burn_rate())),
        ] {
            check.same("catalogue", &format!("{key} of {name}"), &golden[key][name], &ours);
        }
    }
    let tasks = golden["tasks"].as_array().ok_or_else(|| malformed(path, "`tasks` is no list"))?;
    check.same("catalogue", "number of tasks", tasks.len(), ours.tasks().len());
    for (golden, ours) in tasks.iter().zip(ours.tasks()) {
        task(golden, ours, check).map_err(|error| malformed(path, error))?;
    }
    Ok(())
}

/// A task: what we keep of it, and what follows from its difficulty.
fn task(golden: &Value, ours: &Task, check: &mut Check) -> Result<(), serde_json::Error> {
    let difficulty = ours.difficulty;
    let kept = serde_json::to_value(ours)?;
    for (key, value) in entries(golden) {
        let derived = match key {
            "num_services" => json!(ours.services.len()),
            "num_red_herrings" => json!(ours.red_herrings.len()),
            "max_ticks" => json!(difficulty.max_ticks()),
            "slo_burn_rate" => json!(difficulty.slo_burn_rate()),
            "initial_budget" => json!(difficulty.slo_budget()),
            "max_bad_customer_minutes" => json!(difficulty.bcm_normaliser()),
            "grader_seed" => json!(ours.seed),
            _ => kept[key].clone(),
        };
        check.same(&ours.task_id, key, value, &derived);
    }
    Ok(())
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}
