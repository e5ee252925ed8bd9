//! Who there is: agents in clusters in sectors, leads and coordinators (specification, sections 1
//! and 2).

use std::ops::Range;

use super::class::Class;
use super::names::{COORDINATORS, LEADS};
use super::scenario::{LayoutName, PopulationPlan};

/// The shape of a population. The last cluster and the last sector may be smaller than the rest.
///
/// For other sizes than the specified 30 agents per cluster and 30,000 in all, classes keep their
/// proportions: position i of n has the class that position floor(30 · i / n) of 30 has, within a
/// cluster (layout `mixed`) or within the population (`by_class`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Population {
    plan: PopulationPlan,
}

impl Population {
    /// The population of a checked plan.
    #[must_use]
    pub const fn new(plan: PopulationPlan) -> Self {
        Self { plan }
    }

    /// Agents.
    #[must_use]
    pub const fn agents(&self) -> u32 {
        self.plan.agents
    }

    /// Agents of a cluster that is full.
    #[must_use]
    pub const fn cluster_size(&self) -> u32 {
        self.plan.cluster_size
    }

    /// Clusters.
    #[must_use]
    pub const fn clusters(&self) -> u32 {
        self.plan.agents.div_ceil(self.plan.cluster_size)
    }

    /// Sectors.
    #[must_use]
    pub const fn sectors(&self) -> u32 {
        self.clusters().div_ceil(self.plan.clusters_per_sector)
    }

    /// Agents, leads and coordinators.
    #[must_use]
    pub const fn nodes(&self) -> u32 {
        self.agents() + self.clusters() + self.sectors()
    }

    /// Position of an entity among all nodes: agents, then leads, then coordinators.
    #[must_use]
    pub const fn node(&self, entity: u32) -> usize {
        let node = match entity {
            0..LEADS => entity,
            LEADS..COORDINATORS => self.agents() + entity - LEADS,
            _ => self.agents() + self.clusters() + entity - COORDINATORS,
        };
        node as usize
    }

    /// The class of an agent.
    #[must_use]
    pub const fn class(&self, agent: u32) -> Class {
        match self.plan.layout {
            LayoutName::Mixed => Class::at(agent % self.plan.cluster_size, self.plan.cluster_size),
            LayoutName::ByClass => Class::at(agent, self.plan.agents),
        }
    }

    /// The cluster of an agent or lead; a coordinator has none.
    #[must_use]
    pub const fn cluster(&self, entity: u32) -> Option<u32> {
        match entity {
            0..LEADS => Some(entity / self.plan.cluster_size),
            LEADS..COORDINATORS => Some(entity - LEADS),
            _ => None,
        }
    }

    /// The sector of any entity.
    #[must_use]
    pub const fn sector(&self, entity: u32) -> u32 {
        match self.cluster(entity) {
            Some(cluster) => self.sector_of_cluster(cluster),
            None => entity - COORDINATORS,
        }
    }

    /// The sector of a cluster.
    #[must_use]
    pub const fn sector_of_cluster(&self, cluster: u32) -> u32 {
        cluster / self.plan.clusters_per_sector
    }

    /// The agents of a cluster.
    #[must_use]
    pub fn cluster_agents(&self, cluster: u32) -> Range<u32> {
        let size = self.plan.cluster_size;
        cluster * size..((cluster + 1) * size).min(self.agents())
    }

    /// The clusters of a sector.
    #[must_use]
    pub fn sector_clusters(&self, sector: u32) -> Range<u32> {
        let size = self.plan.clusters_per_sector;
        sector * size..((sector + 1) * size).min(self.clusters())
    }

    /// The agents of a sector.
    #[must_use]
    pub fn sector_agents(&self, sector: u32) -> Range<u32> {
        let clusters = self.sector_clusters(sector);
        clusters.start * self.plan.cluster_size..(clusters.end * self.plan.cluster_size).min(self.agents())
    }
}
