//! Whole worlds at the sizes that they are made for.

use std::path::Path;

use super::{MeasureError, Measured, clock};
use crate::error::SimulateError;
use crate::run::simulate_to;
use crate::scenario::{Format, Scenario};

/// Many ticks of few services: the speed of the mesh with its log.
pub(super) const MESH_7: &str = r#"
schema = "infra-scenario/1"
world = "mesh"
name = "measure-7"
seed = 1
ticks = 20000
[connected]
services = 10
"#;

/// Few ticks of many services.
pub(super) const MESH_10000: &str = r#"
schema = "infra-scenario/1"
world = "mesh"
name = "measure-10000"
seed = 1
[connected]
services = 10000
ticks = 100
"#;

/// The specified population for ten minutes.
pub(super) const COORDINATION_30000: &str = r#"
schema = "infra-scenario/1"
world = "coordination"
name = "measure-30000"
seed = 1
[population]
agents = 30000
[run]
duration_s = 600
"#;

/// The largest population for one minute.
pub(super) const COORDINATION_1000000: &str = r#"
schema = "infra-scenario/1"
world = "coordination"
name = "measure-1000000"
seed = 1
[population]
agents = 1000000
[run]
duration_s = 60
"#;

/// Plays the scenario once and counts what `unit` names.
pub(super) fn measure(unit: &str, text: &str, path: &Path) -> Result<Measured, MeasureError> {
    let scenario = Scenario::parse(text, Format::Toml, "measure.toml").map_err(SimulateError::from)?;
    let (summary, seconds) = clock::timed(|| simulate_to(path, &scenario))?;
    let rows = u64::try_from(summary.rows).unwrap_or(0);
    Ok(Measured { work: if unit == "rows" { rows } else { summary.events }, seconds })
}
