//! Message rates and the status box (specification, sections 13 and 14).

use serde_json::json;

use super::super::{Check, Table, VerifyError};
use super::cells::Cells;
use super::json::{Cases, compare};
use crate::coordination::rates::MessageRates;
use crate::coordination::status_box as lines;

pub(super) fn message_rates(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    for row in table.rows() {
        let ours = MessageRates {
            agents: row.get("agents")?,
            clusters: row.get("clusters")?,
            sectors: row.get("sectors")?,
            heartbeat_s: row.get("heartbeat_s")?,
            intra_cluster: row.get("intra_cluster_per_s")?,
            inter_cluster: row.get("inter_cluster_per_s")?,
            broadcast: row.get("broadcast_per_s")?,
        };
        let mut cells = Cells::new(row, check);
        for (column, ours) in [
            ("heartbeats_per_s", ours.heartbeats()),
            ("cluster_summaries_per_s", ours.cluster_summaries()),
            ("sector_summaries_per_s", ours.sector_summaries()),
            ("intra_total_per_s", ours.intra_total()),
            ("inter_total_per_s", ours.inter_total()),
            ("baseline_per_s", ours.baseline()),
            ("peak_per_s", ours.peak()),
            ("headroom", ours.headroom()),
        ] {
            cells.real(column, ours)?;
        }
    }
    Ok(())
}

pub(super) fn status_box(cases: &Cases, check: &mut Check) -> Result<(), VerifyError> {
    for case in cases.iter() {
        check.case();
        let ours = json!(lines(&case.read()?));
        compare(&case.place(), "lines", &case.value["lines"], &ours, check);
    }
    Ok(())
}
