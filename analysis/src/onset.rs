//! When each service left its band.
//!
//! Onset = first instant of the first run of at least two observations beyond the baseline band
//! (or of one that the log ends on). Declared thresholds are seen observation by observation;
//! bands from normal behaviour window by window.

use crate::case::Case;
use crate::cite::Cite;
use crate::heads::HeadResult;

/// When and by which signal a service left its band.
#[derive(Clone, Debug, PartialEq)]
pub struct Onset {
    /// When \[ns since the run's origin\]; for a measurement the start of its interval, but not
    /// before a declared incident's trigger.
    pub time_ns: i64,
    /// How much later it may have been: the length of the interval, 0 for exact times \[ns\].
    pub within_ns: i64,
    /// Head that saw it.
    pub head: &'static str,
    /// Row that shows it.
    pub cite: Cite,
}

/// Onset of each service: the earliest over the heads in which it deviates clearly.
#[must_use]
pub fn onsets(case: &Case<'_>, heads: &[HeadResult]) -> Vec<Option<Onset>> {
    let declared = case.summary.focus.incident.as_ref();
    let trigger = declared.map_or(i64::MIN, |i| i.trigger_ns());
    (0..case.len())
        .map(|service| {
            heads
                .iter()
                .filter(|h| h.peak_gate(service, case.constants.gate_z) > case.constants.confirmed_gate * 0.5)
                .filter_map(|h| {
                    let finding = h.findings[service].as_ref()?;
                    let (seen_ns, cite) = (finding.onset_ns?, finding.onset.clone()?);
                    let is_interval = matches!(cite.table.as_str(), "metrics" | "calls");
                    let width = case.summary.grid.segments().first().map_or(0, |s| s.width_ns);
                    let end_ns = seen_ns.saturating_add(if is_interval { width } else { 0 });
                    let time_ns = if is_interval { seen_ns.max(trigger.min(end_ns)) } else { seen_ns };
                    Some(Onset { time_ns, within_ns: end_ns.saturating_sub(time_ns), head: h.name, cite })
                })
                // The stress head is exact; heads of equal time keep their order.
                .min_by_key(|o| o.time_ns)
        })
        .collect()
}
