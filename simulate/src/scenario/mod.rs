//! Scenarios, format `infra-scenario/1`: TOML or JSON, read strictly.
//!
//! A scenario passes two gates. [`Scenario::parse`] accepts a text: its syntax, its size, its
//! world. The world's own reader then checks every key and value and lists all problems at once,
//! each with its path and line. Overrides ([`Scenario::set`]) pass the same gates.

mod error;
mod header;
mod json_text;
mod node;
pub(crate) mod overrides;
mod reader;
mod toml_text;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use infra_eventlog::error::{Place, Problem};

pub use error::ScenarioError;
pub(crate) use header::{HEADER_KEYS, read as read_header};
pub use header::{Header, Mode, SCHEMA};
pub(crate) use node::{Node, Value, shorten};
pub(crate) use reader::{Flaws, Table, did_you_mean};

use crate::builtin;
use crate::world::{Play, WORLDS, World, world};

/// Larger scenario texts are refused \[bytes\].
pub const MAX_TEXT_BYTES: u64 = 16 << 20;

/// How a scenario is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TOML.
    Toml,
    /// JSON.
    Json,
}

/// A world that scenarios can be for.
#[derive(Clone, Copy)]
pub struct WorldName(&'static World);

impl WorldName {
    /// The world of that name.
    ///
    /// # Errors
    /// [`ScenarioError::UnknownWorld`] with the nearest one.
    pub fn named(name: &str) -> Result<Self, ScenarioError> {
        world(name).map(Self).ok_or_else(|| ScenarioError::UnknownWorld {
            world: shorten(name),
            hint: parenthesized(&did_you_mean(name, builtin::worlds().map(|w| w.name))),
        })
    }

    /// Its name in scenarios and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.info.name
    }

    /// What is known of it.
    pub(crate) const fn world(self) -> &'static World {
        self.0
    }
}

impl std::fmt::Debug for WorldName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A scenario that may still be changed by overrides. A world's reader has accepted it.
#[derive(Clone, Debug)]
pub struct Scenario {
    file: String,
    world: WorldName,
    document: Node,
}

impl Scenario {
    /// Reads a scenario file; `.json` is JSON, `.toml` is TOML, anything else is what it looks
    /// like.
    ///
    /// # Errors
    /// [`ScenarioError`], with every problem found.
    pub fn load(path: &Path) -> Result<Self, ScenarioError> {
        let unreadable = |source| ScenarioError::Unreadable { path: path.to_owned(), source };
        let file = path.display().to_string();
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|f| f.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes))
            .map_err(unreadable)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or(&[])).into_owned();
            let (line, column) = node::line_and_column(&before, before.len());
            ScenarioError::Syntax { file: file.clone(), line, column, why: "not UTF-8 text".to_owned() }
        })?;
        let format = match path.extension().and_then(|e| e.to_str()) {
            Some("json") => Format::Json,
            Some("toml") => Format::Toml,
            _ if text.trim_start().starts_with('{') => Format::Json,
            _ => Format::Toml,
        };
        Self::parse(&text, format, &file)
    }

    /// A built-in scenario.
    ///
    /// # Errors
    /// [`ScenarioError::UnknownWorld`] or [`ScenarioError::UnknownName`] with the nearest name.
    pub fn named(world: &str, name: &str) -> Result<Self, ScenarioError> {
        let world = WorldName::named(world)?;
        let Some(text) = builtin::builtin(world.name(), name) else {
            let names = builtin::builtins(world.name());
            return Err(ScenarioError::UnknownName {
                world: world.name().to_owned(),
                name: shorten(name),
                hint: parenthesized(&did_you_mean(name, names.iter().map(|b| b.name))),
            });
        };
        Self::parse(text, Format::Toml, &format!("{}/{name}", world.name()))
    }

    /// Reads a scenario text; `name` stands for the file in messages, and its stem for a
    /// scenario without a name.
    ///
    /// # Errors
    /// [`ScenarioError`], with every problem found.
    pub fn parse(text: &str, format: Format, name: &str) -> Result<Self, ScenarioError> {
        let bytes = text.len() as u64;
        if bytes > MAX_TEXT_BYTES {
            return Err(ScenarioError::TooLarge { file: name.to_owned(), bytes, cap: MAX_TEXT_BYTES });
        }
        let document = match format {
            Format::Toml => toml_text::parse(text, name)?,
            Format::Json => json_text::parse(text, name)?,
        };
        let world = world_of(&document, name)?;
        let scenario = Self { file: name.to_owned(), world, document };
        scenario.checked().map(|_| scenario)
    }

    /// Overrides one value by its dotted path: `until=20`, `seed=3`, `switches.relief=0.5`,
    /// `agents.emergency.capacity=2.5` (by id or position), `schedule.0.repeat=5`,
    /// `schedule.0.payload.intensity=2`.
    ///
    /// Rules that involve several keys (switches need the coupled mode) are checked when the
    /// scenario is used, so that the order of overrides does not matter.
    ///
    /// # Errors
    /// [`ScenarioError::BadOverride`]; the scenario is as before.
    pub fn set(&mut self, path: &str, value: &str) -> Result<(), ScenarioError> {
        overrides::set(self, path, value)
    }

    /// The world that it is for.
    #[must_use]
    pub const fn world(&self) -> WorldName {
        self.world
    }

    /// The file or built-in name that it came from.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The checked scenario.
    pub(crate) fn checked(&self) -> Result<Box<dyn Play>, ScenarioError> {
        self.read_as(self.world.0.read)
    }

    /// The scenario as a world's reader understands it.
    pub(crate) fn read_as<T>(
        &self,
        read: impl Fn(&Node, &str, &mut Flaws) -> Option<T>,
    ) -> Result<T, ScenarioError> {
        let mut flaws = Flaws::default();
        match read(&self.document, self.stem(), &mut flaws) {
            Some(scenario) if flaws.0.is_empty() => Ok(scenario),
            _ => Err(ScenarioError::Invalid(flaws.into_problems(&self.file))),
        }
    }

    /// The scenario with every default spelled out, as canonical JSON: the same text for the
    /// same scenario however it was written, and itself a valid scenario.
    ///
    /// # Errors
    /// [`ScenarioError::Invalid`] if overrides contradict each other.
    pub fn scenario_json(&self) -> Result<String, ScenarioError> {
        self.checked().map(|scenario| scenario.to_json())
    }

    /// Name for a scenario that has none: the file's, without folder and extensions.
    fn stem(&self) -> &str {
        let base = self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file);
        let stem = base.split('.').next().unwrap_or(base).trim();
        if stem.is_empty() { "unnamed" } else { stem }
    }
}

/// The world named in the text, else the one whose scenarios look like it.
fn world_of(document: &Node, file: &str) -> Result<WorldName, ScenarioError> {
    let invalid = |line: u32, what: String| {
        let place = Place::new(file, format!("world (line {line})"));
        let known: Vec<&str> = builtin::worlds().map(|w| w.name).collect();
        ScenarioError::Invalid(vec![
            Problem::new(place, what).hint(format!("known worlds: {}", known.join(", "))),
        ])
    };
    let Value::Table(entries) = &document.value else {
        let what = format!("a scenario is a table of keys, found {}", document.value.describe());
        return Err(invalid(document.line, what));
    };
    match entries.get("world").map(|node| (node.line, &node.value)) {
        Some((line, Value::Text(name))) => {
            WorldName::named(name).map_err(|_| invalid(line, format!("unknown world `{}`", shorten(name))))
        },
        Some((line, other)) => {
            Err(invalid(line, format!("expected the name of a world, found {}", other.describe())))
        },
        None => WORLDS
            .iter()
            .find(|world| (world.resembles)(entries))
            .map(|world| WorldName(world))
            .ok_or_else(|| invalid(document.line, "is missing".to_owned())),
    }
}

fn parenthesized(hint: &str) -> String {
    if hint.is_empty() { String::new() } else { format!(" (hint: {hint})") }
}
