//! The systems world as the crate knows it: its entry, its built-in scenarios, and a run of it.

use std::path::Path;
use std::time::Duration;

use infra_eventlog::RunError;

use super::diagnoser::{CommandDiagnoser, ReplayDiagnoser};
use super::log::RunLog;
use super::metadata::metadata;
use super::story::Story;
use super::tally::Tally;
use super::truth::truth;
use super::verdict::Exhausted;
use super::{Diagnose, RulesOnly, Streams, SystemsScenario, read, run};
use crate::builtin::{Builtin, WorldInfo};
use crate::error::SimulateError;
use crate::run::{Diagnoser, PlayOptions, RunSummary};
use crate::scenario::overrides::tree_slot;
use crate::scenario::{Scenario, ScenarioError};
use crate::world::{Play, World};

pub(crate) static WORLD: World = World {
    info: WorldInfo {
        name: "systems",
        description: "six servers under injected chaos, an on-call engineer who diagnoses and remedies; in rounds",
    },
    default_scenario: "reference",
    builtins: || &BUILTINS,
    read: |document, name, flaws| {
        read(document, name, flaws).map(|scenario| Box::new(scenario) as Box<dyn Play>)
    },
    slot: tree_slot,
    resembles: |keys| {
        ["chaos_scenarios", "remediation_actions", "sres"].iter().any(|key| keys.contains_key(*key))
    },
    verify: crate::verify::verify_world_systems,
};

static BUILTINS: [Builtin; 6] = [
    Builtin {
        name: "reference",
        description: "The reference: six servers, medium chaos, one engineer of middling skill, 15 rounds.",
        text: include_str!("../../../datasets/scenarios/systems/reference.toml"),
    },
    Builtin {
        name: "extreme-junior",
        description: "Six servers under extreme chaos, and a junior engineer who panics early and often errs.",
        text: include_str!("../../../datasets/scenarios/systems/extreme-junior.toml"),
    },
    Builtin {
        name: "cascading-outage",
        description: "Two web servers, an API and its stores; what fails below is felt above until the engineer mends it.",
        text: include_str!("../../../datasets/scenarios/systems/cascading-outage.toml"),
    },
    Builtin {
        name: "unreachable",
        description: "Six servers; one falls silent, and the engineer needs several tries to bring it back.",
        text: include_str!("../../../datasets/scenarios/systems/unreachable.toml"),
    },
    Builtin {
        name: "slow-leak",
        description: "Six servers, and memory that goes away bit by bit while the engineer looks for it.",
        text: include_str!("../../../datasets/scenarios/systems/slow-leak.toml"),
    },
    Builtin {
        name: "calm",
        description: "Six servers and an engineer on quiet days: traffic and drift, nothing else.",
        text: include_str!("../../../datasets/scenarios/systems/calm.toml"),
    },
];

impl Scenario {
    /// The checked scenario of the systems world.
    ///
    /// # Errors
    /// [`ScenarioError::Invalid`] with every problem found.
    pub fn systems(&self) -> Result<SystemsScenario, ScenarioError> {
        self.read_as(read)
    }
}

impl Play for SystemsScenario {
    fn to_json(&self) -> String {
        Self::to_json(self)
    }

    fn play(&self, path: &Path, options: &PlayOptions) -> Result<RunSummary, SimulateError> {
        let mut diagnose = self.diagnoser(&options.diagnoser)?;
        let json = self.to_json();
        let metadata = metadata(self, &json);
        let told = (Tally::default(), (Story::default(), Exhausted::default()));
        let mut observers = (RunLog::create(path, &metadata, self)?, told);
        let mut streams = Streams::seeded(self.header.seed, self.servers.len(), self.sres.len());
        run(self, &mut streams, diagnose.as_mut(), &mut observers)?;
        let (log, (tally, (story, exhausted))) = observers;
        let truth = truth(&metadata.run_id, self, &json, (&tally, &story, &exhausted));
        let events = u64::try_from(log.events()).unwrap_or(0);
        let rows = log.finish(path, &truth)?;
        let end_ns = i64::try_from(self.rounds).unwrap_or(i64::MAX).saturating_mul(self.header.tick_ns);
        let mut summary = RunSummary::new(path, &truth, events, rows, end_ns);
        summary.warnings.clone_from(&self.warnings);
        if options.diagnoser != Diagnoser::Rules {
            let (answers, fallbacks) = (tally.answers, tally.fallbacks);
            let told = format!(
                "the diagnoser answered {answers} alerts; the rules decided {fallbacks} in its place"
            );
            if fallbacks > 0 { summary.warnings.push(told) } else { summary.notes.push(told) }
        }
        Ok(summary)
    }
}

impl SystemsScenario {
    fn diagnoser(&self, who: &Diagnoser) -> Result<Box<dyn Diagnose>, RunError> {
        Ok(match who {
            Diagnoser::Rules => Box::new(RulesOnly),
            Diagnoser::Command(argv) => {
                Box::new(CommandDiagnoser::start(argv, Duration::from_secs_f64(self.diagnoser_timeout_s)))
            },
            Diagnoser::Replay(path) => Box::new(ReplayDiagnoser::open(path)?),
        })
    }
}
