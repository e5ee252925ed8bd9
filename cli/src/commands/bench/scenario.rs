//! The built-in flood, on which small reports are timed.

use std::path::Path;

use infra_simulate::{Scenario, default_scenario, simulate_to};

/// Writes the log of the built-in flood.
///
/// # Errors
/// Those of the simulation.
pub(super) fn flood(path: &Path) -> anyhow::Result<()> {
    let scenario = Scenario::named("flood", default_scenario("flood").unwrap_or_default())?;
    simulate_to(path, &scenario)?;
    Ok(())
}
