//! Whole worlds at the sizes that they are made for.

use std::path::Path;

use super::{MeasureError, Measured, clock};
use crate::error::SimulateError;
use crate::run::simulate_to;
use crate::scenario::{Format, Scenario};

/// Many ticks of few services (a hard episode has seven): the speed of the mesh with its log.
pub(super) const MESH_7: &str = r#"
schema = "infra-scenario/1"
world = "mesh"
name = "measure-7"
seed = 1
difficulty = "hard"
ticks = 100000
"#;

/// Few ticks of many services.
pub(super) const MESH_10000: &str = r#"
schema = "infra-scenario/1"
world = "mesh"
name = "measure-10000"
seed = 1
ticks = 100
[connected]
services = 10000
"#;

/// The specified population for ten minutes: 3.6 million heartbeats, a cascade of the whole mesh
/// every minute, two failures on the way.
pub(super) const COORDINATION_30000: &str = r#"
schema = "infra-scenario/1"
world = "coordination"
name = "measure-30000"
seed = 1

[population]
agents = 30000

[run]
duration_s = 600

[[actions]]
t_ms = 20000
kind = "operation"
strategy = "parallel"
repeat = 5
every_ms = 120000

[[actions]]
t_ms = 80000
kind = "operation"
strategy = "priority_first"
repeat = 5
every_ms = 120000

[[actions]]
t_ms = 123000
kind = "offline"
scope = "sector"
ids = [6]
duration_ms = 120000

[[actions]]
t_ms = 303000
kind = "offline"
scope = "cluster"
ids = [500]
duration_ms = 60000
"#;

/// The largest population for one minute, with one cascade.
pub(super) const COORDINATION_1000000: &str = r#"
schema = "infra-scenario/1"
world = "coordination"
name = "measure-1000000"
seed = 1

[population]
agents = 1000000

[run]
duration_s = 60

[[actions]]
t_ms = 20000
kind = "operation"
strategy = "parallel"
"#;

/// Plays the scenario once and counts what `unit` names.
pub(super) fn measure(unit: &str, text: &str, path: &Path) -> Result<Measured, MeasureError> {
    let scenario = Scenario::parse(text, Format::Toml, "measure.toml").map_err(SimulateError::from)?;
    let (summary, seconds) = clock::timed(|| simulate_to(path, &scenario))?;
    let rows = u64::try_from(summary.rows).unwrap_or(0);
    Ok(Measured { work: if unit == "rows" { rows } else { summary.events }, seconds })
}
