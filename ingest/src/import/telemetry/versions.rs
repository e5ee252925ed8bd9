//! A service whose version changes during the data was deployed.

use std::collections::BTreeMap;

use infra_eventlog::metadata::EventRole;
use serde_json::json;

use crate::error::IngestError;
use crate::import::collect::{EventRecord, EventSet};
use crate::import::tally::Tally;

/// First time of each version of each service \[ns since 1970\].
#[derive(Debug, Default)]
pub(super) struct Versions(BTreeMap<String, BTreeMap<String, i64>>);

impl Versions {
    /// A record of this version was made at this time.
    pub(super) fn seen(&mut self, service: &str, version: &str, time_ns: i64) {
        if !self.0.contains_key(service) {
            self.0.insert(service.to_owned(), BTreeMap::new());
        }
        let Some(versions) = self.0.get_mut(service) else { return };
        match versions.get_mut(version) {
            Some(first) => *first = time_ns.min(*first),
            None => {
                versions.insert(version.to_owned(), time_ns);
            },
        }
    }

    /// One `DEPLOY` for each version after a service's first, when it was first seen.
    pub(super) fn emit(&self, events: &mut EventSet, tally: &mut Tally) -> Result<(), IngestError> {
        for (service, versions) in &self.0 {
            let mut order: Vec<(i64, &str)> = versions.iter().map(|(v, t)| (*t, v.as_str())).collect();
            order.sort_unstable();
            for pair in order.windows(2) {
                let &[(_, before), (time_ns, after)] = pair else { continue };
                let event = EventRecord {
                    time_ns,
                    event_type: "DEPLOY".to_owned(),
                    service: Some(service.clone()),
                    source: "service.version".to_owned(),
                    message: Some(format!("version {after} after {before}")),
                    attributes: Some(json!({ "from": before, "to": after }).to_string()),
                };
                events.push(event, EventRole::Deploy, tally, || service.clone())?;
            }
        }
        Ok(())
    }
}
