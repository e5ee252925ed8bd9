//! The initial state: what we derive from it, and what episode generation makes of the seed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::Check;
use super::TOLERANCE;
use crate::mesh::{Case, Episode, Extra, Mesh};

/// Compares what follows from the state of a case, and its state with the generator's.
pub(super) fn compare(stem: &str, golden: &Value, case: &Case, check: &mut Check) {
    let mesh = &case.mesh;
    let names = |places: Vec<usize>| -> Vec<&str> {
        places.into_iter().filter_map(|place| mesh.services().get(place)).map(|s| s.name.as_str()).collect()
    };
    let callers: BTreeMap<&str, Vec<&str>> = mesh
        .services()
        .iter()
        .enumerate()
        .map(|(place, service)| (service.name.as_str(), names(mesh.graph().callers(place).collect())))
        .collect();
    check.same(stem, "callers", &golden["reverse_dependencies"], &json!(callers));
    check.same(stem, "blast_radius_static", &golden["blast_radius_static"], &json!(mesh.blast_static()));
    check.same(stem, "affected_closure", &golden["affected_closure"], &json!(mesh.affected_closure()));
    let path = if mesh.faults().is_empty() { "legacy" } else { "multi" };
    check.same(stem, "fault_path", &golden["fault_path"], &json!(path));
    if case.kind != "dual" {
        generated(stem, case, check);
    }
}

/// Compares the state with what generation yields for its difficulty, seed and task.
fn generated(stem: &str, case: &Case, check: &mut Check) {
    let golden = &case.mesh;
    let task = golden.task().map(|task| task.task_id.as_str());
    let ours = match Episode::generate(golden.difficulty(), case.seed, task) {
        Ok(mesh) => mesh,
        Err(error) => return check.differs(stem, format!("the episode cannot be generated: {error}")),
    };
    check.same(stem, "generated fault configuration", golden.config(), ours.config());
    if !golden.faults().is_empty() {
        check.same(stem, "generated faults", golden.faults(), ours.faults());
    }
    check.same(stem, "generated planted lines", golden.planted(), ours.planted());
    check.same(stem, "generated task", golden.task(), ours.task());
    check.same(stem, "generated impact mode", golden.bcm_mode(), ours.bcm_mode());
    check.same(stem, "generated budget", golden.budget(), ours.budget());
    check.same(stem, "generated call graph", golden.graph(), ours.graph());
    services(stem, golden, &ours, check);
}

fn services(stem: &str, golden: &Mesh, ours: &Mesh, check: &mut Check) {
    check.same(stem, "generated services", golden.services().len(), ours.services().len());
    for (golden, ours) in golden.services().iter().zip(ours.services()) {
        let place = format!("{stem}: generated {}", golden.name);
        check.same(&place, "name", &golden.name, &ours.name);
        check.same(&place, "number of fields", golden.fields().count(), ours.fields().count());
        for (field, value) in golden.fields() {
            match (&value, ours.field(field)) {
                (Extra::Real(golden), Some(Extra::Real(ours))) => {
                    check.real(&place, field, *golden, ours, TOLERANCE, 0.0);
                },
                (_, ours) => check.same(&place, field, Some(&value), ours.as_ref()),
            }
        }
    }
}
