//! Every fact of a run, as it happens (specification, section 15, "Product event log").
//!
//! Within a tick the facts come in the order of section 5: faults, cascades, recovery, rules,
//! status changes, the summary, the state.

use super::facts::{
    CascadeHop, FaultStep, Operation, Phase, RecoveryStep, RuleStep, StatusChange, TickSummary,
};
use super::model::Mesh;

/// Sees a run. Every method does nothing unless it is implemented.
pub trait Observer {
    /// A fault changed its own service.
    fn fault(&mut self, _: &FaultStep) {}
    /// A cascade reached a caller, or was stopped there.
    fn hop(&mut self, _: &CascadeHop) {}
    /// A service recovered a little because a fault was halted; steps that change nothing are
    /// left out.
    fn recovery(&mut self, _: &RecoveryStep) {}
    /// A rule changed a service.
    fn rule(&mut self, _: &RuleStep<'_>) {}
    /// A service's status changed.
    fn status(&mut self, _: &StatusChange) {}
    /// A tick is over.
    fn tick(&mut self, _: &TickSummary<'_>) {}
    /// An operation of the script was carried out.
    fn operation(&mut self, _: &Operation<'_>) {}
    /// The state at a recorded moment: tick 0, the end of each tick, and after operations.
    fn state(&mut self, _: &Mesh, _: Phase) {}
    /// Whether the run should end early, such as because a log cannot be written.
    fn stop(&self) -> bool {
        false
    }
}

/// Two observers see the same run; either may end it.
impl<A: Observer + ?Sized, B: Observer + ?Sized> Observer for (&mut A, &mut B) {
    fn fault(&mut self, step: &FaultStep) {
        self.0.fault(step);
        self.1.fault(step);
    }

    fn hop(&mut self, hop: &CascadeHop) {
        self.0.hop(hop);
        self.1.hop(hop);
    }

    fn recovery(&mut self, step: &RecoveryStep) {
        self.0.recovery(step);
        self.1.recovery(step);
    }

    fn rule(&mut self, step: &RuleStep<'_>) {
        self.0.rule(step);
        self.1.rule(step);
    }

    fn status(&mut self, change: &StatusChange) {
        self.0.status(change);
        self.1.status(change);
    }

    fn tick(&mut self, summary: &TickSummary<'_>) {
        self.0.tick(summary);
        self.1.tick(summary);
    }

    fn operation(&mut self, operation: &Operation<'_>) {
        self.0.operation(operation);
        self.1.operation(operation);
    }

    fn state(&mut self, mesh: &Mesh, phase: Phase) {
        self.0.state(mesh, phase);
        self.1.state(mesh, phase);
    }

    fn stop(&self) -> bool {
        self.0.stop() || self.1.stop()
    }
}

/// Sees nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ignore;

impl Observer for Ignore {}
