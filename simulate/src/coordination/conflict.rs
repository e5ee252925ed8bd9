//! Contradicting responses: classification, resolution, quarantine (specification, sections 8, 9).

use infra_eventlog::RunError;

use super::agenda::{What, rank};
use super::agents::State;
use super::engine::Engine;
use super::failure::FailureClass;
use super::log::Entry;
use super::registry::us;

/// Priority of a DATA_CONTRADICTION with one affected agent.
const PRIORITY: u8 = 2;
/// Time within which that priority is to be resolved \[s\].
const LIMIT_S: f64 = 600.0;

impl Engine<'_> {
    /// A response contradicts: a DATA_CONTRADICTION with one affected agent.
    pub(crate) fn conflict(&mut self, entity: u32, op: u64, cause: i64) -> Result<(), RunError> {
        let now_us = self.now_us;
        let number = self.conflicts.add(PRIORITY, now_us);
        let share = 0.25 + 0.5 * self.random.uniform(8, number, 1);
        let resolved_us = now_us + us(LIMIT_S * share * 1000.0);
        let due_us = now_us + us(LIMIT_S * 1000.0);
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
                "{{\"id\":{number},\"agent\":{entity},\"message\":{op},\"type\":\"DATA_CONTRADICTION\",\"depth\":0,\"affected\":1,\"expected\":1,\"received\":-1,\"context_hash\":\"ctx-0\",\"priority\":{PRIORITY},\"strategy\":\"PROVENANCE_TRACE\",\"due_us\":{due_us},\"resolved_us\":{resolved_us}}}"
            ),
        )?;
        let resolved = What::Resolved { number, priority: PRIORITY, at_us: now_us };
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
