//! The canonical JSON of a scenario.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::SystemsScenario;
use crate::scenario::SCHEMA;

impl SystemsScenario {
    /// The scenario with every default spelled out; parsing it gives the same scenario.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serializing to a String fails only for maps with keys that are no texts.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for SystemsScenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema", SCHEMA)?;
        map.serialize_entry("world", "systems")?;
        map.serialize_entry("name", &self.header.name)?;
        map.serialize_entry("description", &self.header.description)?;
        map.serialize_entry("mode", self.header.mode.name())?;
        map.serialize_entry("seed", &self.header.seed)?;
        map.serialize_entry("tick", &(self.header.tick_ns as f64 / 1e9))?;
        map.serialize_entry("switches", &self.switches)?;
        map.serialize_entry("rounds", &self.rounds)?;
        map.serialize_entry("warmup", &self.warmup)?;
        map.serialize_entry("base_traffic", &self.base_traffic)?;
        map.serialize_entry("sla_target", &self.sla_target)?;
        map.serialize_entry("chaos_level", &self.chaos_level)?;
        map.serialize_entry("chaos_levels", &self.chaos_levels)?;
        map.serialize_entry("sre_skill", &self.sre_skill)?;
        map.serialize_entry("skills", &self.skills)?;
        map.serialize_entry("alert_thresholds", &self.alert_thresholds)?;
        map.serialize_entry("diagnoser_timeout_s", &self.diagnoser_timeout_s)?;
        map.serialize_entry("servers", &self.servers)?;
        map.serialize_entry("service_dependencies", &self.service_dependencies)?;
        map.serialize_entry("chaos_scenarios", &self.chaos_scenarios)?;
        map.serialize_entry("remediation_actions", &self.remediation_actions)?;
        map.serialize_entry("sres", &self.sres)?;
        map.serialize_entry("schedule", &self.schedule)?;
        map.end()
    }
}
