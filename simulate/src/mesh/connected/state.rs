//! Initial states, drawn as those of section 14 are, from the kernel's random source.

use super::names::pick;
use crate::kernel::RandomSource;
use crate::mesh::rounded;
use crate::mesh::state::{MIB, Service};

const STREAM: u64 = 303;
/// Memory limits by layer: first, middle, last \[MiB\].
const LIMITS: [&[i64]; 3] = [&[512, 1024], &[512, 1024, 2048], &[1024, 2048, 4096]];

pub(super) fn state(random: RandomSource, service: usize, name: &str, tier: usize) -> Service {
    let draw = |k: u64| random.uniform(STREAM, service as u64, k);
    let int = |k: u64, most: f64| (draw(k) * (most + 1.0)) as i64;
    let hex = |k: u64, digits: usize| -> String {
        let bits = random.bits(STREAM, service as u64, k);
        format!("{bits:016x}").chars().take(digits).collect()
    };
    let mut state = Service::new(name);
    state.active_requests = 30 + int(0, 80.0);
    state.version = format!("v{}.{}.{}", 1 + int(1, 2.0), int(2, 9.0), int(3, 9.0));
    let prefix: String = name.split('-').next().unwrap_or_default().chars().take(4).collect();
    state.instance_id = format!("{prefix}-{}-{}", hex(4, 6), hex(5, 3));
    state.open_files = 80 + int(6, 80.0);
    state.uptime_s = 3600 + int(7, 172_800.0);
    state.deployment_sha = hex(8, 7);
    state.deployment_age_s = 3600 + int(9, 604_800.0);
    state.config_revision = 1 + int(10, 19.0);
    state.config_age_s = 3600 + int(11, 604_800.0);
    let limits = LIMITS[tier.min(LIMITS.len() - 1)];
    state.memory_limit = limits[pick(draw(12), limits.len())] * MIB;
    state.memory = 0.25 + draw(13) * 0.15;
    state.use_memory();
    state.memory = rounded(state.memory, 4);
    state.cpu = rounded(0.10 + draw(14) * 0.10, 4);
    state.latency = rounded(0.05 + draw(15) * 0.10, 4);
    state.error = rounded(draw(16) * 0.02, 4);
    state
}
