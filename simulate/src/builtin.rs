//! Worlds and built-in scenarios, embedded in the binary.

use crate::world::WORLDS;

/// A world, for listings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorldInfo {
    /// Name on the command line.
    pub name: &'static str,
    /// One line.
    pub description: &'static str,
}

/// A built-in scenario, for listings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtin {
    /// Name on the command line.
    pub name: &'static str,
    /// One line, as in the scenario itself.
    pub description: &'static str,
    /// The scenario, as TOML.
    pub text: &'static str,
}

/// All worlds.
pub fn worlds() -> impl Iterator<Item = &'static WorldInfo> + Clone {
    WORLDS.iter().map(|world| &world.info)
}

/// The built-in scenarios of a world; none for a world that does not exist.
#[must_use]
pub fn builtins(world: &str) -> &'static [Builtin] {
    crate::world::world(world).map_or(&[], |world| (world.builtins)())
}

/// Text of a built-in scenario.
#[must_use]
pub fn builtin(world: &str, name: &str) -> Option<&'static str> {
    builtins(world).iter().find(|builtin| builtin.name == name).map(|builtin| builtin.text)
}

/// The built-in scenario of a world that is played when none is named.
#[must_use]
pub fn default_scenario(world: &str) -> Option<&'static str> {
    crate::world::world(world).map(|world| world.default_scenario)
}
