//! Logs that reports are timed on.

use std::path::Path;

use infra_simulate::scenario::Format;
use infra_simulate::{Scenario, default_scenario, simulate_to};

/// Writes the log of a mesh of seven services that runs for `ticks`, or of the built-in flood for
/// none.
///
/// # Errors
/// Those of the simulation.
pub(super) fn play(ticks: u64, path: &Path) -> anyhow::Result<()> {
    let scenario = if ticks == 0 {
        Scenario::named("flood", default_scenario("flood").unwrap_or_default())?
    } else {
        let text = format!(
            "schema = \"infra-scenario/1\"\nworld = \"mesh\"\nname = \"bench\"\nseed = 1\ndifficulty = \"hard\"\nticks = {ticks}\n"
        );
        Scenario::parse(&text, Format::Toml, "bench.toml")?
    };
    simulate_to(path, &scenario)?;
    Ok(())
}
