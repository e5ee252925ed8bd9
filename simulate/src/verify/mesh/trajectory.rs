//! The trajectory of a case: every column of every tick, phase and service.

use std::path::Path;

use super::super::table::Row;
use super::super::{Check, Table, VerifyError};
use super::TOLERANCE;
use crate::mesh::{Case, Extra, FIELDS, Mesh, Observer, Phase, Service};

/// Compares states with the rows of a table, one after the other.
pub(super) struct Replay<'a> {
    table: Table,
    next: usize,
    check: &'a mut Check,
    failure: Option<VerifyError>,
}

impl<'a> Replay<'a> {
    pub(super) fn open(path: &Path, case: &Case, check: &'a mut Check) -> Result<Self, VerifyError> {
        let table = Table::open(path)?;
        for field in case.mesh.services().iter().flat_map(|service| service.extras.iter()) {
            if field.1.number().is_some()
                && !table.columns().iter().any(|c| c.strip_prefix("x.") == Some(field.0))
            {
                check.differs(&case.name, format!("no column shows `{}`", field.0));
            }
        }
        Ok(Self { table, next: 0, check, failure: None })
    }

    /// Whether every row had its state.
    pub(super) fn finish(self) -> Result<(), VerifyError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        if let Some(row) = self.table.rows().nth(self.next) {
            self.check.differs(&row.place(), "the run has ended before this row");
        }
        Ok(())
    }

    fn compare(&mut self, mesh: &Mesh, phase: Phase) -> Result<(), VerifyError> {
        for service in mesh.services() {
            let Some(row) = self.table.rows().nth(self.next) else {
                self.check.differs("trajectory", format!("no row shows tick {}", mesh.tick_count()));
                return Ok(());
            };
            self.next += 1;
            let place = row.place();
            let phase = i64::from(phase == Phase::Operated);
            self.check.same(&place, "tick", row.get::<i64>("tick")?, mesh.tick_count());
            self.check.same(&place, "phase", row.get::<i64>("phase")?, phase);
            for column in self.table.columns() {
                let ours = match column.as_str() {
                    "tick" | "phase" => continue,
                    "service" => Some(Extra::Text(service.name.clone())),
                    name => ours(name, mesh, service),
                };
                cell(&row, &place, column, ours, self.check)?;
            }
        }
        Ok(())
    }
}

impl Observer for Replay<'_> {
    fn state(&mut self, mesh: &Mesh, phase: Phase) {
        if self.failure.is_none() {
            self.failure = self.compare(mesh, phase).err();
        }
    }

    fn stop(&self) -> bool {
        self.failure.is_some()
    }
}

/// Our value in a column; texts and maps of open records have no cell.
fn ours(column: &str, mesh: &Mesh, service: &Service) -> Option<Extra> {
    if FIELDS.contains(&column) {
        return service.field(column);
    }
    if let Some(name) = column.strip_prefix("x.") {
        return service.extras.get(name).filter(|value| value.number().is_some()).cloned();
    }
    let (impact, budget) = (mesh.impact(), mesh.budget());
    let count = |count: usize| Some(Extra::Integer(count as i64));
    match column {
        "m.sim_time_s" => Some(Extra::Integer(mesh.sim_time_s())),
        "m.bcm_delta" => impact.bcm_delta.map(Extra::Real),
        "m.bcm_total" => Some(Extra::Real(impact.bcm_total)),
        "m.mttm_tick" => impact.mttm_reference.map(Extra::Integer),
        "m.zero_streak" => Some(Extra::Integer(impact.zero_streak)),
        "m.slo_budget" => Some(Extra::Real(budget.engine())),
        "m.slo_shielded" => Some(Extra::Real(budget.shielded())),
        "m.user_impact" => Some(Extra::Flag(mesh.user_impact())),
        "m.blast_static" => count(mesh.blast_static()),
        "m.impacted" => count(mesh.impacted()),
        "m.at_risk" => count(mesh.at_risk()),
        "m.fault_halted" => Some(Extra::Flag(mesh.fault_halted())),
        _ => {
            let (index, what) = column.strip_prefix('f')?.split_once('.')?;
            let fault = mesh.faults().get(index.parse::<usize>().ok()?)?;
            match what {
                "halted" => Some(Extra::Flag(fault.halted)),
                "progress" => Some(Extra::Integer(fault.progression_tick)),
                _ => None,
            }
        },
    }
}

fn cell(
    row: &Row<'_>,
    place: &str,
    column: &str,
    ours: Option<Extra>,
    check: &mut Check,
) -> Result<(), VerifyError> {
    let golden = row.text(column)?;
    match ours {
        None => check.same(place, column, golden, ""),
        Some(Extra::Text(ours)) => check.same(place, column, golden, ours.as_str()),
        Some(Extra::Flag(ours)) => check.same(place, column, golden, if ours { "1" } else { "0" }),
        Some(Extra::Real(ours)) => real(place, column, golden, ours, check),
        // A count that a task gives as a real number is printed as one.
        Some(Extra::Integer(ours)) => match golden.parse::<i64>() {
            Ok(golden) => check.same(place, column, golden, ours),
            Err(_) => real(place, column, golden, ours as f64, check),
        },
        Some(Extra::Map(_)) => {},
    }
    Ok(())
}

fn real(place: &str, column: &str, golden: &str, ours: f64, check: &mut Check) {
    match golden.parse() {
        Ok(golden) => check.real(place, column, golden, ours, TOLERANCE, 0.0),
        Err(_) => check.same(place, column, golden, ours.to_string().as_str()),
    }
}
