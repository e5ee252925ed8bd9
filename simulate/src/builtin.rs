//! Worlds and built-in scenarios, embedded in the binary.

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
#[must_use]
pub const fn worlds() -> &'static [WorldInfo] {
    &[WorldInfo {
        name: "flood",
        description: "public services under a flood: load, overload, stress, slow policy; deterministic, in ticks",
    }]
}

/// The built-in scenarios of a world; none for a world that does not exist.
#[must_use]
pub fn builtins(world: &str) -> &'static [Builtin] {
    match world {
        "flood" => &FLOOD,
        _ => &[],
    }
}

/// Text of a built-in scenario.
#[must_use]
pub fn builtin(world: &str, name: &str) -> Option<&'static str> {
    builtins(world).iter().find(|builtin| builtin.name == name).map(|builtin| builtin.text)
}

static FLOOD: [Builtin; 3] = [
    Builtin {
        name: "reference",
        description: "The reference flood scenario: three services, one citizen, one policy, three flood impacts and one demand tick, all at delay 1.",
        text: include_str!("../../datasets/scenarios/flood/reference.toml"),
    },
    Builtin {
        name: "contagion",
        description: "Ten city services whose dependencies carry load, a river in flood, and a council without means of relief.",
        text: include_str!("../../datasets/scenarios/flood/contagion.toml"),
    },
    Builtin {
        name: "late-policy",
        description: "The same ten city services and river as in contagion, with a council that can relieve services, slowly.",
        text: include_str!("../../datasets/scenarios/flood/late-policy.toml"),
    },
];
