//! What the rest of the crate knows of a world. A new world is a folder with a [`World`] of its
//! own and one line in [`WORLDS`].

use std::collections::BTreeMap;
use std::path::Path;

use crate::builtin::{Builtin, WorldInfo};
use crate::error::SimulateError;
use crate::run::{PlayOptions, RunSummary};
use crate::scenario::overrides::Slot;
use crate::scenario::{Flaws, Node};
use crate::verify::{VerifyError, VerifyReport};

/// All worlds, in the order of listings.
pub(crate) static WORLDS: [&World; 5] = [
    &crate::flood::WORLD,
    &crate::queue::WORLD,
    &crate::systems::WORLD,
    &crate::mesh::WORLD,
    &crate::coordination::WORLD,
];

/// One world.
pub(crate) struct World {
    /// Name and one line.
    pub(crate) info: WorldInfo,
    /// The built-in scenario that is played when none is named.
    pub(crate) default_scenario: &'static str,
    /// All built-in scenarios.
    pub(crate) builtins: fn() -> &'static [Builtin],
    /// Reads a scenario. What is returned is valid only if the flaws stayed empty. The text is
    /// the name of a scenario that has none.
    pub(crate) read: fn(&Node, &str, &mut Flaws) -> Option<Box<dyn Play>>,
    /// Where the dotted path of an override leads, made if it is absent and may be there.
    pub(crate) slot: for<'a> fn(&'a mut Node, &str) -> Result<Slot<'a>, String>,
    /// Whether a scenario that names no world is meant for this one, by its top keys (golden
    /// scenarios name none).
    pub(crate) resembles: fn(&BTreeMap<String, Node>) -> bool,
    /// Replays golden data.
    pub(crate) verify: fn(&Path) -> Result<VerifyReport, VerifyError>,
}

/// A checked scenario of some world.
pub(crate) trait Play {
    /// The scenario with every default spelled out: itself a valid scenario.
    fn to_json(&self) -> String;

    /// Plays it and writes the run at `path` with its truth beside it.
    fn play(&self, path: &Path, options: &PlayOptions) -> Result<RunSummary, SimulateError>;
}

/// The world of that name.
pub(crate) fn world(name: &str) -> Option<&'static World> {
    WORLDS.iter().copied().find(|world| world.info.name == name)
}
