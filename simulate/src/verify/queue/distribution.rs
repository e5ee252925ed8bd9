//! The three profiles over many seeds: the resolved state that each must have.

use std::collections::BTreeMap;

use super::{Check, Table, VerifyError};
use crate::kernel::RandomSource;
use crate::queue::{Network, QueueScenario, Results, Settings, run_queue};
use crate::scenario::{Header, Mode};

/// Seeds played for each profile and drop rate.
const SEEDS: u64 = 100;
/// Profiles: name, clients, workers, buffer (specification, section 8).
const PROFILES: [(&str, u32, u32, u32); 3] =
    [("EXP-001", 80, 12, 200), ("EXP-002", 400, 4, 80), ("EXP-003", 1000, 2, 50)];

/// Every seed of ours must resolve to the state in which all recorded runs of the profile ended, and
/// lie within the recorded range of loss, widened by a tenth of it on both sides.
pub(super) fn profiles(table: &Table, check: &mut Check) -> Result<(), VerifyError> {
    let mut shares: BTreeMap<(String, String), (f64, String)> = BTreeMap::new();
    let mut losses: BTreeMap<(String, String), (f64, f64, f64)> = BTreeMap::new();
    for row in table.rows() {
        let key = (row.text("profile")?.to_owned(), row.text("drop_rate")?.to_owned());
        let quantity = row.text("quantity")?;
        if let Some(state) = quantity.strip_prefix("share_resolved_state_") {
            if row.get::<f64>("mean")? == 1.0 {
                shares.insert(key, (row.get("drop_rate")?, state.to_owned()));
            }
        } else if quantity == "loss" {
            losses.insert(key, (row.get("drop_rate")?, row.get("min")?, row.get("max")?));
        }
    }
    for ((profile, rate), (drop_rate, low, high)) in losses {
        let Some((_, agents, workers, buffer)) = PROFILES.iter().find(|p| p.0 == profile) else { continue };
        let place = format!("profile {profile}, drop rate {rate}");
        check.case();
        let scenario = QueueScenario {
            header: Header {
                name: profile.clone(),
                description: String::new(),
                mode: Mode::Reference,
                seed: 0,
                tick_ns: 1,
            },
            queue: Settings {
                agents: *agents,
                workers: *workers,
                buffer: *buffer,
                drop_rate,
                ..Settings::default()
            },
            detector: crate::queue::DetectorSettings::default(),
            resolution: crate::queue::Resolution::default(),
            network: Network::default(),
        };
        let expected = shares.get(&(profile, rate)).map(|s| s.1.as_str());
        let slack = 0.1 * (high - low);
        for seed in 0..SEEDS {
            let mut results = Results::new(&scenario);
            if let Err(error) = run_queue(&scenario, &RandomSource::new(seed), &mut results) {
                check.differs(&place, error);
                break;
            }
            if let Some(expected) = expected {
                check.same(&place, "resolved state", expected, results.resolved(&scenario).name());
            }
            let loss = results.loss(&scenario);
            check.same(&place, "loss within its range", true, low - slack <= loss && loss <= high + slack);
        }
    }
    Ok(())
}
