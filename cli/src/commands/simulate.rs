//! `simulate`: a scenario played in a world, its log written as a run.

use std::path::Path;

use infra_simulate::scenario::WorldName;
use infra_simulate::{
    Scenario, ScenarioError, SimulateError, builtins, default_scenario, simulate_to, worlds,
};

use crate::args::SimulateArgs;
use crate::exit::{Exit, usage};
use crate::{output, terminal};

pub(crate) fn run(args: &SimulateArgs) -> anyhow::Result<Exit> {
    if args.list {
        output::stdout(&list())?;
        return Ok(Exit::Success);
    }
    let (Some(world), Some(path)) = (&args.world, &args.output) else {
        return Err(usage("simulate: a world and -o RUN are needed (or --list)"));
    };
    let scenario = scenario(args, world)?;
    output::refuse_special(path)?;
    output::refuse_input(Some(path), Path::new(scenario.file()))?;
    let summary = simulate_to(path, &scenario).map_err(|error| blame(args, error))?;
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
    // An unknown world is told before anything is said about its scenarios.
    WorldName::named(world)?;
    let default = default_scenario(world).unwrap_or_default();
    let mut scenario = match args.scenario.as_deref() {
        None => Scenario::named(world, default)?,
        Some(name) if is_file(name) => Scenario::load(Path::new(name))?,
        Some(name) => Scenario::named(world, name)?,
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

fn list() -> String {
    let mut text = String::new();
    for world in worlds() {
        text.push_str(&format!("{}  {}\n", world.name, world.description));
        let width = builtins(world.name).iter().map(|b| b.name.len()).max().unwrap_or(0);
        for scenario in builtins(world.name) {
            text.push_str(&format!("  {:width$}  {}\n", scenario.name, scenario.description));
        }
    }
    text
}
