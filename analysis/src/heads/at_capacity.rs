//! Which services do all that they can: their load is at a declared capacity.

use super::queue;
use crate::case::Case;
use crate::cite::Cite;

/// A service at its capacity.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AtCapacity {
    /// Median load in the incident, as a share of the capacity.
    pub(crate) share: f64,
    /// When its load was first there \[ns since the run's origin\].
    pub(crate) since_ns: i64,
    /// Row that shows it.
    pub(crate) cite: Cite,
}

/// Whether a service is at its declared capacity for at least half of the incident.
///
/// Utilisation and saturation as in Gregg's USE method: what is asked of a saturated service
/// beyond its capacity waits, or is turned away, where it is asked.
pub(crate) fn at_capacity(case: &Case<'_>, service: usize) -> Option<AtCapacity> {
    let capacity = queue::capacity(case, service)?;
    let series = ["load", "queue_depth"].iter().find_map(|s| case.find_series(service, s, None))?;
    let during: Vec<_> = case.periods.incident.iter().filter_map(|w| series.at(*w)).collect();
    let shares: Vec<f64> = during.iter().map(|w| w.mean() / capacity).collect();
    let share = super::median(&shares);
    let first = during.iter().find(|w| w.max / capacity >= case.constants.saturated_share)?;
    let cite = Cite::row(&series.row.table, first.max_row);
    (share >= case.constants.saturated_share).then_some(AtCapacity { share, since_ns: first.max_ns, cite })
}
