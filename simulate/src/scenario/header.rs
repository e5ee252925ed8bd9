//! The keys that the scenarios of every world share.

use super::reader::{Flaws, Table, did_you_mean};

/// The version of the scenario format that this crate reads.
pub const SCHEMA: &str = "infra-scenario/1";

/// Keys of the header; `switches` is a table whose keys each world names.
pub(crate) const HEADER_KEYS: [&str; 8] =
    ["schema", "world", "name", "description", "mode", "seed", "tick", "switches"];

/// Whether a world keeps to its specified rules or to the ones that the switches choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The rules as specified; every switch is off.
    #[default]
    Reference,
    /// The switches may change the rules, dependencies may carry failure among them.
    Coupled,
}

impl Mode {
    /// Its name in scenarios.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Coupled => "coupled",
        }
    }
}

/// What the scenarios of every world have.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Short name.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Which rules hold.
    pub mode: Mode,
    /// Seed of random worlds; it changes nothing in others.
    pub seed: u64,
    /// Duration of a tick \[ns\].
    pub tick_ns: i64,
}

/// Reads the header; `default_name` is used where the scenario has none.
pub(crate) fn read(table: &Table<'_>, default_name: &str, flaws: &mut Flaws) -> Header {
    if let Some(schema) = table.optional::<String>("schema", flaws) {
        let what = format!("this version reads `{SCHEMA}`, not `{}`", super::node::shorten(&schema));
        table.check("schema", schema == SCHEMA, what, flaws);
    }
    let name = table.or("name", default_name.to_owned(), flaws);
    table.check("name", !name.is_empty() && name.trim() == name, "an empty or padded name", flaws);
    let tick: f64 = table.or("tick", 1.0, flaws);
    let tick_ns = (tick * 1e9).round();
    let fits = (1.0..9e18).contains(&tick_ns);
    let what = format!("{tick:?} seconds; a tick lasts at least a nanosecond and at most 285 years");
    table.check("tick", fits, what, flaws);
    Header {
        name,
        description: table.or("description", String::new(), flaws),
        mode: mode(table, flaws),
        seed: table.or("seed", 0, flaws),
        // In range by the check; what fails it is never used.
        tick_ns: if fits { tick_ns as i64 } else { 1 },
    }
}

fn mode(table: &Table<'_>, flaws: &mut Flaws) -> Mode {
    let text: String = table.or("mode", Mode::Reference.name().to_owned(), flaws);
    match text.as_str() {
        "reference" => Mode::Reference,
        "coupled" => Mode::Coupled,
        other => {
            flaws.add_with_hint(
                table.path_of("mode"),
                table.line_of("mode"),
                format!("unknown mode `{}`", super::node::shorten(other)),
                did_you_mean(other, ["reference", "coupled"]),
            );
            // Never used, and raises no second complaint about switches.
            Mode::Coupled
        },
    }
}
