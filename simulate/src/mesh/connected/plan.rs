//! From a drawn topology to a mesh: faults, decoys, states.

use super::Connected;
use super::names::{names, pick};
use super::state::state;
use super::topology::{Topology, topology};
use crate::kernel::RandomSource;
use crate::mesh::{
    BcmMode, Blueprint, Difficulty, FaultConfig, FaultKind, FaultState, Graph, Mesh, MeshError, rounded,
};

const FAULTS: u64 = 304;
const DECOYS: u64 = 305;
const DECOY_ERRORS: u64 = 306;

/// The mesh that a plan gives with a seed. A named fault service that is none of the drawn ones
/// makes a fault without effect.
///
/// # Errors
/// [`MeshError`], for plans that the scenario reader would refuse.
pub(crate) fn plan(plan: &Connected, seed: u64) -> Result<Mesh, MeshError> {
    let random = RandomSource::new(seed);
    let drawn = topology(random, plan);
    let names = names(random, &drawn.layer_of, drawn.layers);
    let tier = |layer: usize| {
        if layer == 0 {
            0
        } else if layer + 1 == drawn.layers {
            2
        } else {
            1
        }
    };
    let mut services: Vec<_> =
        names.iter().enumerate().map(|(i, name)| state(random, i, name, tier(drawn.layer_of[i]))).collect();
    let places = fault_places(random, plan, &drawn, &names);
    let faults: Vec<FaultState> =
        places.iter().enumerate().map(|(k, place)| fault(random, plan, k, &names[*place])).collect();
    let decoys = decoys(random, plan, &places);
    for &decoy in &decoys {
        services[decoy].error =
            rounded(0.05 + random.uniform(DECOY_ERRORS, decoy as u64, 0) * (0.09 - 0.05), 4);
    }
    let difficulty = Difficulty::Medium;
    let first = faults.first();
    Mesh::new(Blueprint {
        graph: Graph::new(&drawn.calls).unwrap_or_default(),
        config: FaultConfig {
            root_cause_service: first.map_or_else(String::new, |f| f.fault_service.clone()),
            fault_type: first.map_or(FaultKind::Oom, |f| f.fault_type),
            red_herring_services: decoys.iter().map(|i| names[*i].clone()).collect(),
            prompt_injection_service: None,
            degradation_speed: plan.fault_speed,
            cascade_depth: 3,
        },
        difficulty,
        // Without faults the multi path still holds: a fault that never begins.
        faults: if faults.is_empty() { vec![never(&names[0])] } else { faults },
        fault_halted: false,
        planted: Vec::new(),
        task: None,
        bcm_mode: BcmMode::Standard,
        slo_budget: difficulty.slo_budget(),
        slo_burn_rate: difficulty.slo_burn_rate(),
        user_facing: Some(drawn.layer_of.iter().map(|layer| *layer == 0).collect()),
        services,
    })
}

fn never(service: &str) -> FaultState {
    FaultState { start_tick: i64::MAX, ..FaultState::new(FaultKind::Oom, service, 1.0) }
}

fn fault(random: RandomSource, plan: &Connected, k: usize, service: &str) -> FaultState {
    let kinds = FaultKind::ALL;
    let kind =
        plan.fault_type.unwrap_or_else(|| kinds[pick(random.uniform(FAULTS, k as u64, 1), kinds.len())]);
    FaultState { start_tick: plan.warmup, ..FaultState::new(kind, service, plan.fault_speed) }
}

/// Services of the faults: below the first layer, so that they have callers.
fn fault_places(random: RandomSource, plan: &Connected, drawn: &Topology, names: &[String]) -> Vec<usize> {
    let first_called = drawn.layer_of.partition_point(|layer| *layer == 0);
    let mut free: Vec<usize> = (first_called..names.len()).collect();
    let mut places = Vec::new();
    if let Some(wanted) = &plan.fault_service
        && let Some(place) = names.iter().position(|name| name == wanted)
    {
        places.push(place);
        free.retain(|i| *i != place);
    }
    while places.len() < plan.faults && !free.is_empty() {
        let at = pick(random.uniform(FAULTS, places.len() as u64, 0), free.len());
        places.push(free.swap_remove(at));
    }
    places.truncate(plan.faults);
    places
}

/// Services that look a little ill: a share of those without a fault, drawn without repetition.
fn decoys(random: RandomSource, plan: &Connected, faults: &[usize]) -> Vec<usize> {
    let mut free: Vec<usize> = (0..plan.services).filter(|i| !faults.contains(i)).collect();
    let wanted = ((plan.services as f64 * plan.decoys) as usize).min(free.len());
    let mut decoys: Vec<usize> = (0..wanted)
        .map(|k| free.swap_remove(pick(random.uniform(DECOYS, 0, k as u64), free.len())))
        .collect();
    decoys.sort_unstable();
    decoys
}
