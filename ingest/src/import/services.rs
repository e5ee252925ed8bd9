//! Service tables to declared services.

use std::collections::{BTreeMap, BTreeSet};

use infra_eventlog::metadata::{EdgeInfo, ServiceInfo};

use super::cells::text_column;
use super::filters::Filters;
use super::map::ServicesMap;
use super::sheet::Sheet;
use super::tally::{Kind, Tally, shown};
use crate::error::IngestError;

/// Reads all service tables: services by name. The first kind and tier of a service count.
pub(super) fn read(
    sheets: &[Sheet],
    map: &ServicesMap,
    filters: &mut Filters<'_>,
    tally: &mut Tally,
) -> Result<BTreeMap<String, ServiceInfo>, IngestError> {
    let mut services: BTreeMap<String, ServiceInfo> = BTreeMap::new();
    for sheet in sheets {
        let filter = filters.applying(sheet.names());
        let mut columns: Vec<&str> = filter.columns().chain([map.id.as_str()]).collect();
        columns.extend(map.kind.iter().chain(&map.tier).map(String::as_str));
        sheet.visit(&columns, |rows| {
            let kept = filter.mask(rows)?;
            let ids = text_column(rows, &map.id)?;
            let kinds = map.kind.as_ref().map(|c| text_column(rows, c)).transpose()?;
            let tiers = map.tier.as_ref().map(|c| text_column(rows, c)).transpose()?;
            for i in (0..rows.len()).filter(|i| kept[*i]) {
                let Some(id) = ids.get(i).filter(|id| !id.trim().is_empty()) else {
                    tally.add(Kind::NoServiceId, || {
                        format!("{} row {}", rows.file(), rows.first_row() + i as i64)
                    });
                    continue;
                };
                let text = |column: &Option<infra_eventlog::batch::TextColumn>| {
                    column.as_ref().and_then(|c| c.get(i)).filter(|t| !t.is_empty()).map(str::to_owned)
                };
                let service = services.entry(id.to_owned()).or_default();
                service.id = id.to_owned();
                service.kind = service.kind.take().or_else(|| text(&kinds));
                service.tier = service.tier.take().or_else(|| text(&tiers));
            }
            Ok(())
        })?;
    }
    Ok(services)
}

/// Declared services and those with metric rows, by name.
pub(super) fn all(
    mut declared: BTreeMap<String, ServiceInfo>,
    measured: &BTreeSet<&str>,
    edges: &[EdgeInfo],
    tally: &mut Tally,
) -> Vec<ServiceInfo> {
    for id in measured {
        declared
            .entry((*id).to_owned())
            .or_insert_with(|| ServiceInfo { id: (*id).to_owned(), ..ServiceInfo::default() });
    }
    let ends: BTreeSet<&str> = edges.iter().flat_map(|e| [e.from.as_str(), e.to.as_str()]).collect();
    for end in ends.difference(measured) {
        tally.add(Kind::EdgeWithoutRows, || shown(end));
    }
    declared.into_values().collect()
}
