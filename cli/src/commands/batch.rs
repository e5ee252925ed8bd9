//! `batch`: many runs, one index, gates.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use infra_analysis::workers::in_order;
use infra_report::ci::{Batch, BatchRun, Broken, Style, to_annotations, to_json, to_junit, to_sarif};
use infra_report::gate::{Gate, Status};
use infra_report::index::{Entry, IndexModel, to_html, to_markdown};

use crate::args::{Annotations, BatchArgs, ReportFormat};
use crate::batch::baseline::Baseline;
use crate::batch::inputs::{self, Input};
use crate::batch::settings::Settings;
use crate::batch::work::{Done, Plan, REPORTS, report_path};
use crate::batch::{leftovers, summary};
use crate::exit::{Exit, usage};
use crate::session::Method;
use crate::{gates, output, terminal};

/// Gates that tripped and are told on standard error.
const TOLD: usize = 20;
/// Onsets kept of a run for the index.
const ONSETS: usize = 20;

pub(crate) fn run(args: &BatchArgs, redacted: bool) -> anyhow::Result<Exit> {
    // Everything that can be wrong with the arguments is told before any work starts.
    let set = Settings::new(args)?;
    let baseline = baseline(set.against.as_deref(), &set.gates)?;
    let method = Method::new(&args.method, redacted)?;
    let inputs = inputs::find(&args.inputs, &args.output, args.every_incident)?;
    let plan = Plan { method, formats: set.formats.clone(), folder: args.output.clone(), force: args.force };
    leftovers::sweep(&plan.folder);
    leftovers::sweep(&plan.folder.join(REPORTS));

    let mut batch = Batch::new(set.gates.clone(), env!("CARGO_PKG_VERSION"));
    for (input, done) in inputs.iter().zip(analyse_all(&plan, &inputs, set.jobs)) {
        add(&mut batch, input, done, baseline.as_ref());
    }
    let index = index(&plan, &inputs, &batch);
    output::emit(Some(&args.output.join("index.md")), to_markdown(&index)?)?;
    output::emit(Some(&args.output.join("index.html")), to_html(&index)?)?;
    output::emit(Some(&args.output.join("index.json")), to_json(&batch)?)?;
    for_ci(&batch, &set, args.annotations)?;
    tell(&batch);
    Ok(match (batch.fails(), batch.is_broken()) {
        (true, _) => Exit::Gate,
        (false, true) => Exit::Input,
        (false, false) => Exit::Success,
    })
}

/// The earlier batch, if one is named.
fn baseline(folder: Option<&Path>, gates: &[Gate]) -> anyhow::Result<Option<Baseline>> {
    match folder {
        Some(folder) => Ok(Some(Baseline::open(folder)?)),
        None => match gates.iter().find(|g| g.expr.needs_baseline()) {
            Some(gate) => Err(usage(format!(
                "gate '{}': compares with an earlier batch; name its folder with --against DIR",
                gate.expr
            ))),
            None => Ok(None),
        },
    }
}

/// Files and lines that other programs read.
fn for_ci(batch: &Batch, set: &Settings, annotations: Option<Annotations>) -> anyhow::Result<()> {
    if let Some(path) = &set.junit {
        output::emit(Some(path), to_junit(batch))?;
    }
    if let Some(path) = &set.sarif {
        output::emit(Some(path), to_sarif(batch)?)?;
    }
    if let Some(path) = &set.summary {
        summary::write(path, batch)?;
    }
    let style = match annotations {
        Some(Annotations::Github) => Style::GitHub,
        Some(Annotations::Plain) => Style::Plain,
        None => return Ok(()),
    };
    output::stdout(&to_annotations(batch, style))
}

/// Analyses every run; what fails is told as text.
fn analyse_all(plan: &Plan, inputs: &[Input], jobs: usize) -> Vec<Result<Done, String>> {
    let progress = terminal::Progress::new("analysing", "runs");
    let count = AtomicU64::new(0);
    let all = inputs.len() as u64;
    in_order(jobs, inputs.len(), |i| {
        let input = &inputs[i];
        let done = plan.analyse(input).map_err(|e| reason(input, &terminal::message(&e)));
        let n = count.fetch_add(1, Ordering::Relaxed) + 1;
        progress.step(n, all, || line(input, &done));
        done
    })
}

/// Why a run failed, without the folders that this machine keeps it in.
fn reason(input: &Input, message: &str) -> String {
    let name =
        input.path.file_name().map_or_else(|| input.name.clone(), |n| n.to_string_lossy().into_owned());
    message.replace(&input.path.display().to_string(), &name)
}

/// One run on a line, for a log.
fn line(input: &Input, done: &Result<Done, String>) -> String {
    let name = &input.name;
    match done {
        Err(why) => format!("{name}: failed: {why}"),
        Ok(done) => {
            let suspect = done.findings.root_cause();
            let suspect = suspect.map_or_else(String::new, |c| format!(", first suspect {}", c.service));
            let kept = if done.reused { " (analysed before)" } else { "" };
            format!("{name}: {}{suspect}{kept}", done.findings.verdict.words())
        },
    }
}

/// Judges a run at every gate and keeps what indexes and CI formats show of it.
fn add(batch: &mut Batch, input: &Input, done: Result<Done, String>, baseline: Option<&Baseline>) {
    let report = done.is_ok().then(|| report_path(&input.stem, ReportFormat::Md));
    let report = report.map(|path| path.to_string_lossy().into_owned());
    let found = done.map(|d| d.findings).map_err(Broken::new);
    let before = found.as_ref().ok().and_then(|findings| baseline?.of(&input.stem, findings));
    batch.add(input.name.clone(), found, before.as_ref(), report);
    // Gates have seen all; of large systems they would fill memory, run by run.
    if let Some(Ok(findings)) = batch.runs.last_mut().map(|run| run.found.as_mut()) {
        findings.onsets.truncate(ONSETS);
        findings.onsets.shrink_to_fit();
    }
}

fn index(plan: &Plan, inputs: &[Input], batch: &Batch) -> IndexModel {
    let entries: Vec<Entry<'_>> =
        inputs.iter().zip(&batch.runs).map(|(input, run)| entry(plan, input, run)).collect();
    IndexModel::new(&batch.version, &entries)
}

fn entry<'a>(plan: &Plan, input: &Input, run: &'a BatchRun) -> Entry<'a> {
    let link =
        |f: &ReportFormat| (f.extension(), report_path(&input.stem, *f).to_string_lossy().into_owned());
    let tripped = run.gates.iter().filter(|g| g.status == Status::Tripped);
    Entry {
        name: run.title(),
        reports: plan.formats.iter().map(link).collect(),
        outcome: run.found.as_deref().map_err(|broken| broken.message.as_str()),
        tripped: tripped.map(|g| g.gate.as_str()).collect(),
    }
}

/// Tells what tripped, and how it went in all.
fn tell(batch: &Batch) {
    let tripped = || batch.runs.iter().flat_map(|run| run.gates.iter().map(move |g| (run, g)));
    let tripped = || tripped().filter(|(_, gate)| gate.status == Status::Tripped);
    for (run, gate) in tripped().take(TOLD) {
        gates::tell(&run.title(), gate);
    }
    let more = tripped().skip(TOLD).count();
    if more > 0 {
        terminal::say(&format!("gates tripped {more} times more (see the index)"));
    }
    let t = batch.totals();
    terminal::note(&format!(
        "{} runs, {} with an incident, {} failed; gates tripped at {}",
        t.runs, t.incidents, t.broken, t.failed_runs
    ));
}
