//! What the metadata of every simulated run begins with. Nothing here names a fault.

use infra_eventlog::metadata::{Observation, RunMetadata, ScenarioInfo, TimeInfo, TimeUnit};

use crate::scenario::Header;

/// Longer descriptions are left out: they tell a story, and a story names its faults.
const MAX_DESCRIPTION_CHARS: usize = 300;

/// Metadata of a run of `world` whose scenario has the canonical text `json`: identity, seed and
/// time; services, signals and event types are the world's to add.
pub(crate) fn identity(world: &str, header: &Header, json: &str, unit: TimeUnit) -> RunMetadata {
    let hash = blake3::hash(json.as_bytes()).to_hex().to_string();
    let mut metadata = RunMetadata::new(&run_id(&hash, header.seed));
    metadata.world = world.to_owned();
    metadata.scenario = ScenarioInfo { name: header.name.clone(), description: description(header), hash };
    metadata.seed = Some(header.seed);
    metadata.time = TimeInfo { unit, tick_ns: header.tick_ns, origin: None };
    metadata.observation = Observation::Snapshot;
    metadata
}

/// Hash of (scenario, seed, producer version), 16 hex digits.
fn run_id(scenario_hash: &str, seed: u64) -> String {
    let text = format!("{scenario_hash}\n{seed}\n{}", env!("CARGO_PKG_VERSION"));
    blake3::hash(text.as_bytes()).to_hex().chars().take(16).collect()
}

fn description(header: &Header) -> String {
    let text = &header.description;
    if text.chars().nth(MAX_DESCRIPTION_CHARS).is_some() { String::new() } else { text.clone() }
}
