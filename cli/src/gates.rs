//! Conditions that fail a command: from the arguments to checked gates.

use infra_report::gate::{Gate, GateOutcome};

use crate::exit::usage;
use crate::terminal;

/// Every condition, or everything that is wrong with them.
///
/// # Errors
/// A usage error that shows each expression with what is wrong in it.
pub(crate) fn parse(expressions: &[String]) -> anyhow::Result<Vec<Gate>> {
    Gate::parse_all(expressions).map_err(|errors| {
        let told: Vec<String> = errors.iter().map(|e| format!("--fail-on: {e}")).collect();
        usage(told.join("\n"))
    })
}

/// Tells a gate that tripped.
pub(crate) fn tell(run: &str, outcome: &GateOutcome) {
    terminal::say(&format!("gate `{}` tripped at {run}: {}", outcome.gate, outcome.why.plain()));
}
