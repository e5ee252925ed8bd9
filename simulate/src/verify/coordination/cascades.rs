//! Cascades over the whole mesh (specification, section 6).

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{Check, VerifyError};
use super::json::{Cases, compare};
use super::limits;
use super::mesh::{Mesh, Modifier};
use super::scatters::result;
use crate::coordination::job::{Job, Phase, Step};
use crate::coordination::target::Outcome;
use crate::coordination::{Operation, OperationDefaults, StrategyName};

/// What a run gives.
#[derive(Deserialize)]
struct Run {
    seed: u64,
    strategy: String,
    weight: f64,
    pconf: Option<f64>,
    #[serde(default)]
    mods: Vec<Modifier>,
    #[serde(default)]
    op: u64,
    #[serde(default)]
    start_us: u64,
}

pub(super) fn runs(cases: &Cases, check: &mut Check) -> Result<(), VerifyError> {
    for case in cases.iter() {
        check.case();
        let run: Run = case.read()?;
        limits::operation(run.op, run.start_us, 0.0, run.weight).map_err(|why| case.malformed(why))?;
        let mesh = Mesh::new(run.seed, run.pconf, &run.mods).map_err(|why| case.malformed(why))?;
        let strategy = StrategyName::ALL.iter().find(|(name, _)| *name == run.strategy);
        let unknown = || case.malformed(format!("no strategy is named `{}`", run.strategy.escape_debug()));
        let strategy = strategy.ok_or_else(unknown)?.1;
        let ours = Cascade::play(&mesh, &run, strategy).result();
        let place = format!("{} {} of seed {}", case.place(), strategy.name(), run.seed);
        compare(&place, "result", &case.value["result"], &ours, check);
    }
    Ok(())
}

/// A cascade that has ended.
struct Cascade {
    job: Job,
    phases: Vec<(Step, Outcome)>,
    end_us: u64,
}

impl Cascade {
    /// Plays phase after phase; each starts when the one before it ends.
    fn play(mesh: &Mesh, run: &Run, strategy: StrategyName) -> Self {
        let job = Job::new(0, operation(strategy, run.weight), run.start_us);
        let mut cascade = Self { job, phases: Vec::new(), end_us: run.start_us };
        let population = &mesh.population;
        let everybody = || (0..population.agents()).collect();
        for op in run.op.. {
            let Some(step) = cascade.job.next_step(cascade.end_us, population, everybody) else { break };
            let outcome = step.follow(mesh.bus(op), |entity| mesh.reach(entity));
            let Outcome { counts, targets, end_us } = &outcome;
            cascade.job.note(step.phase, step.plan.min_rate, counts, targets, population);
            cascade.end_us = *end_us;
            cascade.phases.push((step, outcome));
        }
        cascade
    }

    /// What the golden data says about a cascade of its strategy.
    fn result(&self) -> Value {
        let job = &self.job;
        let end_us = |phase: usize| self.phases.get(phase).map(|(_, outcome)| outcome.end_us);
        match (job.operation.strategy, self.phases.as_slice()) {
            (StrategyName::Scatter | StrategyName::Parallel, [(step, outcome), ..]) => {
                result(&step.plan, outcome)
            },
            (StrategyName::Wave, _) => json!({
                "status": job.result(),
                "sectors": job.sectors.len(),
                "clusters": job.clusters.len(),
                "agents": job.ready,
                "expected_agents": job.expected,
                "human_pending": job.human_pending,
                "partial": job.is_partial(),
                "t1": end_us(0),
                "t2": end_us(1),
                "t3": end_us(2),
                "start_us": job.start_us,
                "end_us": self.end_us,
            }),
            (_, phases) => json!({
                "status": job.result(),
                "degraded_phases": job.degraded,
                "start_us": job.start_us,
                "end_us": self.end_us,
                "phases": phases.iter().map(|(step, outcome)| phase(step, outcome)).collect::<Vec<_>>(),
            }),
        }
    }
}

/// One class of a priority-first cascade.
fn phase(step: &Step, outcome: &Outcome) -> Value {
    let mut value = result(&step.plan, outcome);
    if let Phase::Class(class) = step.phase {
        value["class"] = json!(class.name());
    }
    value
}

/// An operation as scenarios have it that say nothing else.
fn operation(strategy: StrategyName, weight: f64) -> Operation {
    let OperationDefaults { window_ms, min_rate, timeout_ms, priority, .. } = OperationDefaults::default();
    Operation {
        strategy,
        window_ms,
        min_rate,
        timeout_ms,
        weight,
        priority,
        approved: false,
        repeat: 1,
        every_ms: 0,
        delegation: None,
    }
}
