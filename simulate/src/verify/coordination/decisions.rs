//! Decision tables: statuses, quorum, conflicts, breakers, modes (specification, sections 5, 7 to
//! 10).

use super::super::table::Row;
use super::super::{Check, Table, VerifyError};
use super::cells::Cells;
use crate::coordination::conflict_type::ConflictType;
use crate::coordination::counts::Counts;
use crate::coordination::level::Level;
use crate::coordination::position::{Position, is_blocked, passes};
use crate::coordination::quorum::{Quorum, decide};
use crate::coordination::{MeshMode, is_healthy};

pub(super) fn gather_result(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in table.rows() {
        let (sent, ready, conflicts) = (row.get("sent")?, row.get("ready")?, row.get("conflicts")?);
        let ours = Counts { sent, ready, conflicts, ..Counts::default() };
        let status = ours.status(row.get("minimum_rate")?);
        let mut cells = Cells::new(row, check);
        cells.real("response_rate", ours.response_rate())?;
        cells.text("status", status)?;
        cells.exact("stragglers", ours.stragglers())?;
    }
    Ok(())
}

pub(super) fn quorum(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in table.rows() {
        let limits = Quorum {
            required: row.get("required_ready")?,
            max_conflict: row.get("max_conflict")?,
            max_transit: row.get("max_transit")?,
        };
        let ours = decide(row.get("ready")?, row.get("conflict")?, row.get("transit")?, &limits);
        let mut cells = Cells::new(row, check);
        cells.text("decision", ours.name)?;
        cells.flag("achieved", ours.proceeds())?;
        cells.real("confidence", ours.proceeds().then_some(ours.confidence))?;
    }
    Ok(())
}

pub(super) fn conflict_priority(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in table.rows() {
        let kind = ConflictType::named(row.text("type")?);
        let priority = kind.priority(row.get("divergence_depth")?, row.get("affected_agents")?);
        let mut cells = Cells::new(row, check);
        cells.exact("priority", u64::from(priority.0))?;
        cells.flag("to_sector_coordinator", priority.tells_sector())?;
        cells.flag("to_orchestrator", priority.tells_orchestrator())?;
        cells.exact("resolve_within_s", priority.limit_s())?;
        cells.text("strategy", kind.strategy())?;
    }
    Ok(())
}

pub(super) fn breaker_trips(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in table.rows() {
        let cluster = Level::Cluster(0).trips_at(row.get("cluster_failures")?);
        let sector = Level::Sector(0).trips_at(row.get("sector_failures")?);
        let global = Level::Global.trips_at(row.get("tripped_sectors")?);
        let mut cells = Cells::new(row, check);
        cells.flag("trip_cluster", cluster)?;
        cells.flag("trip_sector", sector)?;
        cells.flag("trip_global", global)?;
    }
    Ok(())
}

pub(super) fn routable(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in table.rows() {
        let chain = [position(&row, "global")?, position(&row, "sector")?, position(&row, "cluster")?];
        let product = passes(chain, row.get("agent")?, row.get("op")?);
        let mut cells = Cells::new(row, check);
        cells.flag("routable_document", !is_blocked(chain))?;
        cells.flag("routable_product", product)?;
    }
    Ok(())
}

fn position(row: &Row<'_>, column: &str) -> Result<Position, VerifyError> {
    let name = row.text(column)?;
    Position::named(name)
        .ok_or_else(|| row.malformed(format!("no breaker state is named `{}`", name.escape_debug())))
}

pub(super) fn sector_health(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in table.rows() {
        let healthy = is_healthy(row.get("active")?, row.get("total")?);
        Cells::new(row, check).text("health", if healthy { "healthy" } else { "degraded" })?;
    }
    Ok(())
}

pub(super) fn degradation_mode(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in table.rows() {
        let mode = MeshMode::of(row.get("active")?, row.get("total")?);
        Cells::new(row, check).text("mode", mode.name())?;
    }
    Ok(())
}
