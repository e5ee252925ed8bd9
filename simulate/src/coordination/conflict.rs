//! Contradicting responses: classification, resolution, quarantine (specification, sections 8, 9).

use infra_eventlog::RunError;

use super::agenda::{What, rank};
use super::agents::State;
use super::conflict_type::ConflictType;
use super::engine::Engine;
use super::failure::FailureClass;
use super::log::{Entry, OrNull};
use super::registry::us;

/// What a contradicting response is.
const KIND: ConflictType = ConflictType::DataContradiction;

impl Engine<'_> {
    /// A response contradicts: a DATA_CONTRADICTION with one affected agent.
    pub(crate) fn conflict(&mut self, entity: u32, op: u64, cause: i64) -> Result<(), RunError> {
        let now_us = self.now_us;
        let priority = KIND.priority(0, 1);
        let number = self.conflicts.add(priority.0, now_us);
        let resolution_s = priority.resolution_s(self.random.uniform(8, number, 1));
        let resolved_us = now_us + us(resolution_s * 1000.0);
        let due_us = OrNull(priority.limit_s().map(|limit_s| now_us + limit_s * 1_000_000));
        let (kind, strategy, level) = (KIND.name(), KIND.strategy(), priority.0);
        let (sector, orchestrator) = (priority.tells_sector(), priority.tells_orchestrator());
        let names = self.names;
        let service = names.service_of(entity);
        let entry = Entry {
            at_us: now_us,
            cause: Some(cause),
            event_type: "CONFLICT",
            source: service,
            service: Some(service),
        };
        let row = self.log.event(
            &entry,
            format_args!(
                "{{\"id\":{number},\"agent\":{entity},\"message\":{op},\"type\":\"{kind}\",\"depth\":0,\"affected\":1,\"expected\":1,\"received\":-1,\"context_hash\":\"ctx-0\",\"priority\":{level},\"strategy\":\"{strategy}\",\"to_sector_coordinator\":{sector},\"to_orchestrator\":{orchestrator},\"due_us\":{due_us},\"resolved_us\":{resolved_us}}}"
            ),
        )?;
        let resolved = What::Resolved { number, priority: level, at_us: now_us };
        self.schedule(resolved_us, rank::TIMER, 0, Some(row), resolved)
    }

    /// A conflict is resolved.
    pub(crate) fn resolved(
        &mut self,
        number: u64,
        priority: u8,
        at_us: u64,
        cause: Option<i64>,
    ) -> Result<(), RunError> {
        self.conflicts.resolve(priority, at_us, number);
        let entry = Entry {
            at_us: self.now_us,
            cause,
            event_type: "CONFLICT_RESOLVED",
            source: self.names.orchestrator(),
            service: None,
        };
        let open = self.conflicts.open();
        self.log.event(&entry, format_args!("{{\"id\":{number},\"open\":{open}}}")).map(|_| ())
    }

    /// Three conflicts in an agent's last five operations: it is shut out, and perhaps its cluster.
    pub(crate) fn contradicts_too_often(&mut self, agent: u32, cause: i64) -> Result<(), RunError> {
        if self.agents.state[agent as usize] == State::Quarantined {
            return Ok(());
        }
        let detected = self.detected("rogue_agent", agent, Some(cause))?;
        let row = self.change_state(agent, State::Quarantined, "contradictions", Some(detected))?;
        self.agent_failed(agent, FailureClass::ByzantineBehavior, row)?;
        self.judge_cluster(self.cluster_of(agent), detected)
    }
}
