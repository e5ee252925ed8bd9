//! Conditions that fail a command: from the arguments to checked gates.

use infra_report::gate::{ExprError, Gate, GateOutcome, Severity};

use crate::exit::usage;
use crate::terminal;

/// Every condition, or everything that is wrong with them.
///
/// # Errors
/// A usage error that shows each expression with what is wrong in it.
pub(crate) fn parse(fail_on: &[String], warn_on: &[String]) -> anyhow::Result<Vec<Gate>> {
    let told = |flag: &str, errors: &[ExprError]| -> Vec<String> {
        errors.iter().map(|e| format!("{flag}: {e}")).collect()
    };
    match (Gate::parse_all(fail_on), Gate::parse_all(warn_on)) {
        (Ok(fail), Ok(warn)) => {
            let warn: Vec<Gate> = warn.into_iter().map(Gate::as_warning).collect();
            Ok(joined(fail, &warn))
        },
        (fail, warn) => {
            let mut lines = told("--fail-on", &fail.err().unwrap_or_default());
            lines.extend(told("--warn-on", &warn.err().unwrap_or_default()));
            Err(usage(lines.join("\n")))
        },
    }
}

/// Both lists, each gate once.
pub(crate) fn joined(mut gates: Vec<Gate>, more: &[Gate]) -> Vec<Gate> {
    for gate in more {
        if !gates.contains(gate) {
            gates.push(gate.clone());
        }
    }
    gates
}

/// Tells a gate that tripped.
pub(crate) fn tell(run: &str, outcome: &GateOutcome) {
    let what = match outcome.severity {
        Severity::Error => "gate",
        Severity::Warning => "warning: gate",
    };
    terminal::say(&format!("{what} `{}` tripped at {run}: {}", outcome.gate, outcome.why.plain()));
}
