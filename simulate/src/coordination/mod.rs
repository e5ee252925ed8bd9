//! The coordination world.

use crate::builtin::WorldInfo;
use crate::scenario::overrides::tree_slot;
use crate::verify::{VerifyError, VerifyReport};
use crate::world::World;

pub(crate) static WORLD: World = World {
    info: WorldInfo {
        name: "coordination",
        description: "30,000 agents whose arrival an orchestrator predicts: scatter-gather, quorum, breakers, modes",
    },
    default_scenario: "reference",
    builtins: || &[],
    read: |document, _, flaws| {
        flaws.add("world", document.line, "this world is not built yet");
        None
    },
    slot: tree_slot,
    resembles: |_| false,
    verify: |dir| -> Result<VerifyReport, VerifyError> {
        Err(VerifyError::Empty { path: dir.to_owned(), expected: "nothing yet" })
    },
};
