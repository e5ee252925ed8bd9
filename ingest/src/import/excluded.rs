//! Times around which nothing is to be taken for normal.

use infra_eventlog::metadata::{Period, PeriodKind};

use super::filters::Filters;
use super::map::ExcludedMap;
use super::records::{Records, instant, text, time};
use super::tally::{Kind, Tally, shown};

/// Reads the excluded periods of one section; times are nanoseconds since 1970.
pub(super) fn read(
    inputs: &[Records],
    map: &ExcludedMap,
    filters: &mut Filters<'_>,
    tally: &mut Tally,
) -> Vec<Period> {
    let mut periods = Vec::new();
    for input in inputs {
        let filter = filters.applying(input.paths());
        for (i, item) in input.items.iter().enumerate() {
            if !filter.keeps(|column| text(item, column)) {
                continue;
            }
            let found = match &map.time {
                Some(path) => time(item, path, &map.time_spec),
                None => instant(item, &map.time_spec),
            };
            match found {
                Ok(Some(time_ns)) => periods.push(Period {
                    kind: PeriodKind::Excluded,
                    start_ns: time_ns.saturating_sub(map.around.0),
                    end_ns: time_ns.saturating_add(map.around.1),
                    // What precedes the time itself still shows the system as it was.
                    lead_end_ns: Some(time_ns).filter(|_| map.around.0 > 0),
                    scope: None,
                }),
                Ok(None) => tally.add(Kind::ExcludedTime, || format!("{} record {i}", input.label)),
                Err(found) => tally.add(Kind::ExcludedTime, || {
                    let expected = map.time_spec.expected();
                    format!("{} record {i}: {} is not {expected}", input.label, shown(&found))
                }),
            }
        }
    }
    periods
}
