//! Names of services and agents (specification, section 1), made once: rows only borrow them.

use std::fmt;

use super::level::Level;
use super::population::Population;

/// The orchestrator's service.
const ORCHESTRATOR: &str = "orchestrator";

/// Names of the orchestrator, of all sectors and of all clusters.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    sectors: Vec<String>,
    clusters: Vec<String>,
    cluster_size: u32,
}

impl Names {
    /// Names for everybody in a population.
    pub(crate) fn new(population: &Population) -> Self {
        let cluster = |c: u32| {
            let sector = population.sector_of_cluster(c);
            format!("SECTOR{}-CLUSTER{}", sector + 1, c - population.sector_clusters(sector).start + 1)
        };
        Self {
            sectors: (0..population.sectors()).map(|s| format!("SECTOR{}", s + 1)).collect(),
            clusters: (0..population.clusters()).map(cluster).collect(),
            cluster_size: population.cluster_size(),
        }
    }

    /// The orchestrator.
    #[expect(clippy::unused_self, reason = "all names come from one place")]
    pub(crate) const fn orchestrator(&self) -> &'static str {
        ORCHESTRATOR
    }

    /// A sector by number from 0.
    pub(crate) fn sector(&self, sector: u32) -> &str {
        self.sectors.get(sector as usize).map_or(ORCHESTRATOR, String::as_str)
    }

    /// A cluster by number from 0.
    pub(crate) fn cluster(&self, cluster: u32) -> &str {
        self.clusters.get(cluster as usize).map_or(ORCHESTRATOR, String::as_str)
    }

    /// The service that a breaker belongs to.
    pub(crate) fn at(&self, level: Level) -> &str {
        match level {
            Level::Cluster(cluster) => self.cluster(cluster),
            Level::Sector(sector) => self.sector(sector),
            Level::Global => self.orchestrator(),
        }
    }

    /// The service that an entity belongs to: an agent's or lead's cluster, a coordinator's sector.
    pub(crate) fn service_of(&self, entity: u32) -> &str {
        match entity {
            0..LEADS => self.cluster(entity / self.cluster_size),
            LEADS..COORDINATORS => self.cluster(entity - LEADS),
            _ => self.sector(entity - COORDINATORS),
        }
    }

    /// SECTOR1-CLUSTER1-AGENT-01, or the name of a lead's or coordinator's service.
    pub(crate) const fn entity(&self, entity: u32) -> EntityName<'_> {
        EntityName { names: self, entity }
    }
}

/// Entity number of the lead of cluster 0.
pub(crate) const LEADS: u32 = 1_000_000;
/// Entity number of the coordinator of sector 0.
pub(crate) const COORDINATORS: u32 = 2_000_000;

/// Shows an entity's name without making a text of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntityName<'a> {
    names: &'a Names,
    entity: u32,
}

impl fmt::Display for EntityName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = self.names.service_of(self.entity);
        if self.entity < LEADS {
            let n = self.entity % self.names.cluster_size + 1;
            write!(f, "{service}-AGENT-{n:02}")
        } else {
            f.write_str(service)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::PopulationPlan;
    use super::*;

    #[test]
    fn names_count_from_one() {
        let names = Names::new(&Population::new(PopulationPlan::default()));
        assert_eq!(names.entity(0).to_string(), "SECTOR1-CLUSTER1-AGENT-01");
        assert_eq!(names.entity(29_999).to_string(), "SECTOR100-CLUSTER10-AGENT-30");
        assert_eq!(names.entity(LEADS + 11).to_string(), "SECTOR2-CLUSTER2");
        assert_eq!(names.entity(COORDINATORS + 2).to_string(), "SECTOR3");
    }
}
