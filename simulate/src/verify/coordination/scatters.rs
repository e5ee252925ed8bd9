//! Scatter-gathers over the whole mesh, and single targets of some (specification, sections 4 and
//! 5).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{Check, Table, VerifyError};
use super::cells::Cells;
use super::json::{Cases, compare};
use super::limits;
use super::mesh::{Mesh, Modifier};
use crate::coordination::OperationDefaults;
use crate::coordination::gather::{Plan, gather};
use crate::coordination::schedule::Schedule;
use crate::coordination::target::{Fate, Outcome};

/// Operation number and start of the operations of `scatter_detail.csv` \[µs\].
const DETAIL: (u64, u64) = (3, 2_000_000);

/// What a run gives.
#[derive(Deserialize)]
struct Run {
    scenario: Scenario,
}

#[derive(Deserialize)]
struct Scenario {
    seed: u64,
    weight: f64,
    window_ms: f64,
    min_rate: f64,
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
        let Run { scenario } = case.read()?;
        let mesh =
            Mesh::new(scenario.seed, scenario.pconf, &scenario.mods).map_err(|why| case.malformed(why))?;
        let plan = scenario.plan().map_err(|why| case.malformed(why))?;
        let all: Vec<u32> = (0..mesh.population.agents()).collect();
        let outcome = gather(plan, mesh.bus(scenario.op), &all, |entity| mesh.reach(entity));
        compare(&case.place(), "result", &case.value["result"], &result(&plan, &outcome), check);
    }
    Ok(())
}

impl Scenario {
    fn plan(&self) -> Result<Plan, String> {
        limits::operation(self.op, self.start_us, self.window_ms, self.weight)?;
        let timeout_ms = OperationDefaults::default().timeout_ms;
        let Self { start_us: t0_us, window_ms, min_rate, weight, .. } = *self;
        Ok(Plan { t0_us, window_ms, min_rate, timeout_ms, weight })
    }
}

/// The counts of a scatter-gather. The golden `targets` leave out the unroutable ones, which the
/// rows of a run count among them.
pub(super) fn result(plan: &Plan, outcome: &Outcome) -> Value {
    let counts = &outcome.counts;
    json!({
        "targets": counts.targets - counts.unroutable,
        "unroutable": counts.unroutable,
        "sent": counts.sent,
        "skipped": counts.skipped,
        "ready": counts.ready,
        "conflicts": counts.conflicts,
        "late": counts.late,
        "lost": counts.lost,
        "stragglers": counts.stragglers(),
        "response_rate": counts.response_rate(),
        "coverage": counts.coverage(),
        "status": counts.status(plan.min_rate),
        "start_us": plan.t0_us,
        "end_us": outcome.end_us,
        "window_hits": counts.window_hits,
        "on_time": counts.on_time,
        "within_50ms": counts.within_50ms,
        "quorum": counts.quorum().name,
        "minimum_rate": plan.min_rate,
    })
}

pub(super) fn detail(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    let (op, start_us) = DETAIL;
    let mut meshes: BTreeMap<u64, Mesh> = BTreeMap::new();
    for row in table.rows() {
        let seed = row.get("seed")?;
        let mesh = match meshes.entry(seed) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(Mesh::new(seed, None, &[]).map_err(|why| row.malformed(why))?)
            },
        };
        let scenario = Scenario {
            seed,
            weight: row.get("payload_weight")?,
            window_ms: row.get("window_ms")?,
            min_rate: OperationDefaults::default().min_rate,
            pconf: None,
            mods: Vec::new(),
            op,
            start_us,
        };
        let plan = scenario.plan().map_err(|why| row.malformed(why))?;
        let agent = row.get("agent")?;
        if agent >= mesh.population.agents() {
            return Err(row.malformed(format!("there is no agent {agent}")));
        }
        let outcome = gather(plan, mesh.bus(op), &[agent], |entity| mesh.reach(entity));
        let (Some(node), [target]) = (mesh.reach(agent), outcome.targets.as_slice()) else { continue };
        let schedule = Schedule::new(&node.record, plan.weight, plan.t0_us, plan.target_us());
        let is_sent = target.fate != Fate::Skipped;
        let is_delivered = is_sent && target.fate != Fate::Lost;
        let mut cells = Cells::new(row, check);
        cells.text("status", schedule.status())?;
        cells.real("lead_ms", target.lead_ms)?;
        cells.exact("batch_us", is_sent.then_some(target.batch_us))?;
        cells.exact("ready_us", is_delivered.then_some(target.ready_us))?;
        cells.exact("response_us", is_delivered.then_some(target.response_us))?;
        cells.text("outcome", if is_sent { target.fate.name() } else { "skip" })?;
    }
    Ok(())
}
