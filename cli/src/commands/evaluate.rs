//! `evaluate`: rankings scored against labels.

use std::num::NonZero;
use std::path::Path;

use infra_analysis::AnalysisOptions;
use infra_analysis::evaluate::model::{Outcome, Provenance};
use infra_analysis::evaluate::predictions::predictions;
use infra_analysis::evaluate::{Dataset, EvaluateError, Evaluation, Options, labels, rank, render, windows};

use crate::args::{EvaluateArgs, EvaluateFormat};
use crate::exit::Exit;
use crate::{output, session, terminal};

pub(crate) fn run(args: &EvaluateArgs) -> anyhow::Result<Exit> {
    for dir in &args.dirs {
        output::refuse_input(args.output.as_deref(), dir)?;
        output::refuse_input(args.predictions.as_deref(), dir)?;
    }
    let options = options(args)?;
    // All folders are opened before the first is ranked: what cannot be read is told at once.
    let datasets = args.dirs.iter().map(|dir| open(args, dir)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut outcomes: Vec<Outcome> = datasets.into_iter().map(|d| outcome(args, &options, &d)).collect();
    if let Some(path) = &args.predictions {
        let all = predictions(outcomes.iter().map(|o| &o.rankings));
        output::emit(Some(path), serde_json::to_string_pretty(&all)?)?;
    }
    // From here on labels and truths are open; nothing is ranked any more.
    for (dir, outcome) in args.dirs.iter().zip(&mut outcomes) {
        outcome.judge(labels::read(dir, &outcome.rankings));
    }
    let provenance = Provenance::new(env!("CARGO_PKG_VERSION"), &options, given(args));
    let evaluation = Evaluation::new(&outcomes, provenance);
    let text = match args.format {
        EvaluateFormat::Table => render::to_table(&evaluation),
        EvaluateFormat::Json => evaluation.to_json()?,
        EvaluateFormat::Markdown => render::to_markdown(&evaluation),
    };
    output::emit(args.output.as_deref(), text)?;
    // Without labels the rankings are the result, if somebody asked for them.
    let wanted = args.predictions.is_none();
    let problems: Vec<String> = outcomes.iter().flat_map(|o| o.problems(wanted)).collect();
    if !problems.is_empty() {
        return Err(EvaluateError::Incomplete(problems).into());
    }
    Ok(Exit::Success)
}

fn open(args: &EvaluateArgs, dir: &Path) -> anyhow::Result<Dataset> {
    terminal::step(|| format!("reading {}", dir.display()));
    Ok(Dataset::open(dir, args.config.as_deref())?)
}

/// Ranks one folder and analyses its normal time.
fn outcome(args: &EvaluateArgs, options: &Options, dataset: &Dataset) -> Outcome {
    terminal::step(|| format!("ranking {} cases of {}", dataset.len(), dataset.name));
    let rankings = rank(dataset, options);
    let most = usize::try_from(args.normal_windows).unwrap_or(usize::MAX);
    if most > 0 {
        terminal::step(|| format!("analysing the normal time of {}", dataset.name));
    }
    let windows = windows::answers(dataset, options, most);
    Outcome::new(dataset, rankings, windows)
}

fn options(args: &EvaluateArgs) -> anyhow::Result<Options> {
    let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
    let (device, device_name) = session::device(args.device);
    Ok(Options {
        analysis: AnalysisOptions { seed: args.seed, device, device_name, ..AnalysisOptions::default() },
        constants: session::constants(&args.constants)?,
        jobs: args.jobs.and_then(|n| usize::try_from(n).ok()).unwrap_or_else(cores),
        ablations: args.ablations,
    })
}

/// Options that change the result, in a fixed order; outputs, formats and jobs are none.
fn given(args: &EvaluateArgs) -> Vec<String> {
    let mut given =
        vec![format!("--ablations={}", args.ablations), format!("--normal-windows {}", args.normal_windows)];
    if let Some(name) = args.config.as_deref().and_then(Path::file_name) {
        given.push(format!("--config {}", name.to_string_lossy()));
    }
    given.extend(args.constants.iter().map(|(name, value)| format!("--constant {name}={value}")));
    given
}
