//! `simulate`: a scenario played in a world, its log written as a run.

use std::path::Path;

use infra_simulate::scenario::{Format, SCHEMA, WorldName};
use infra_simulate::{
    Diagnoser, PlayOptions, Scenario, ScenarioError, SimulateError, builtins, default_scenario,
    simulate_with, worlds,
};

use super::listing;
use crate::args::SimulateArgs;
use crate::exit::{Exit, usage};
use crate::{output, terminal};

pub(crate) fn run(args: &SimulateArgs) -> anyhow::Result<Exit> {
    if args.list {
        output::stdout(&listing::text())?;
        return Ok(Exit::Success);
    }
    let (Some(world), Some(path)) = (&args.world, &args.output) else {
        return Err(usage("simulate: a world and -o RUN are needed (or --list)"));
    };
    // An unknown world is told before anything else is said.
    WorldName::named(world)?;
    let mut options = PlayOptions::default();
    options.diagnoser = diagnoser(args, world)?;
    let scenario = scenario(args, world)?;
    output::refuse_special(path)?;
    output::refuse_input(Some(path), Path::new(scenario.file()))?;
    if let Some(answers) = &args.diagnoser_replay {
        output::refuse_input(Some(path), answers)?;
    }
    let summary = simulate_with(path, &scenario, &options).map_err(|error| blame(args, error))?;
    for warning in &summary.warnings {
        terminal::warn(warning);
    }
    for note in &summary.notes {
        terminal::step(|| note.clone());
    }
    terminal::step(|| format!("ground truth: {}", summary.truth.display()));
    let path = summary.run.display().to_string();
    output::stdout(&format!(
        "{} events, {} rows: {}\n",
        summary.events,
        summary.rows,
        terminal::safe(&path)
    ))?;
    Ok(Exit::Success)
}

fn scenario(args: &SimulateArgs, world: &str) -> anyhow::Result<Scenario> {
    let mut scenario = match (args.scenario.as_deref(), chosen(args)) {
        (None, None) => Scenario::named(world, default_scenario(world).unwrap_or_default())?,
        (None, Some((key, value))) => bare(world, key, value)?,
        (Some(name), None) => named(world, name)?,
        (Some(name), Some((key, value))) => {
            let mut scenario = named(world, name)?;
            scenario.set(key, value).map_err(|error| match error {
                ScenarioError::BadOverride { why, .. } => usage(format!("--{key}: {why}")),
                other => other.into(),
            })?;
            scenario
        },
    };
    if scenario.world().name() != world {
        let found = scenario.world().name();
        return Err(usage(format!("{}: a scenario for world `{found}`, not `{world}`", scenario.file())));
    }
    if let Some(seed) = args.seed {
        scenario.set("seed", &seed.to_string())?;
    }
    for (path, value) in &args.set {
        scenario.set(path, value)?;
    }
    Ok(scenario)
}

/// What `--scenario` names.
fn named(world: &str, name: &str) -> Result<Scenario, ScenarioError> {
    if is_file(name) { Scenario::load(Path::new(name)) } else { Scenario::named(world, name) }
}

/// The scenario key that a flag of its own sets; clap refuses both at once.
fn chosen(args: &SimulateArgs) -> Option<(&'static str, &str)> {
    let task = args.task.as_deref().map(|id| ("task", id));
    task.or_else(|| args.difficulty.as_deref().map(|level| ("difficulty", level)))
}

/// A scenario with that key and the world's defaults, named after the value.
fn bare(world: &str, key: &str, value: &str) -> anyhow::Result<Scenario> {
    let text = serde_json::json!({ "schema": SCHEMA, "world": world, "name": value, key: value }).to_string();
    Scenario::parse(&text, Format::Json, &format!("--{key}")).map_err(|error| match error {
        // There is no file: the command line alone is to blame.
        ScenarioError::Invalid(_) => usage(error.to_string()),
        other => other.into(),
    })
}

/// Who diagnoses alerts.
fn diagnoser(args: &SimulateArgs, world: &str) -> anyhow::Result<Diagnoser> {
    let chosen = match (&args.diagnoser, &args.diagnoser_replay) {
        (None, None) => return Ok(Diagnoser::Rules),
        (Some(command), _) => {
            let words = shlex::split(command).ok_or_else(|| {
                usage("--diagnoser: a quote is not closed, or a backslash ends the command")
            })?;
            if words.first().is_none_or(String::is_empty) {
                return Err(usage("--diagnoser: names no program"));
            }
            Diagnoser::Command(words)
        },
        (None, Some(run)) => Diagnoser::Replay(run.clone()),
    };
    if world != DIAGNOSED {
        let flag = if args.diagnoser.is_some() { "--diagnoser" } else { "--diagnoser-replay" };
        return Err(usage(format!(
            "{flag}: only the world `{DIAGNOSED}` has alerts to diagnose, not `{world}`"
        )));
    }
    Ok(chosen)
}

/// The world whose alerts somebody diagnoses.
const DIAGNOSED: &str = "systems";

/// Whether `--scenario` means a file: it looks like a path, or nothing built in has that name
/// and a file does.
fn is_file(name: &str) -> bool {
    let path = Path::new(name);
    let built_in = worlds().flat_map(|w| builtins(w.name)).any(|b| b.name == name);
    let looks_like_path = name.contains(['/', '\\']) || path.extension().is_some();
    looks_like_path || (!built_in && path.is_file())
}

/// A scenario was sound when it was read: what `--set` then made of it is wrong usage.
fn blame(args: &SimulateArgs, error: SimulateError) -> anyhow::Error {
    match error {
        SimulateError::Scenario(invalid @ ScenarioError::Invalid(_)) if !args.set.is_empty() => {
            usage(format!("--set: {invalid}"))
        },
        other => other.into(),
    }
}
