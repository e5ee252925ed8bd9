//! `batch`: many runs, one index, gates.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};

use infra_analysis::workers::in_order;
use infra_report::index::{Entry, IndexModel, to_markdown};

use crate::args::{BatchArgs, ReportFormat};
use crate::batch::inputs::{self, Input};
use crate::batch::leftovers;
use crate::batch::work::{Done, Plan, REPORTS, report_path};
use crate::exit::Exit;
use crate::session::Method;
use crate::{output, terminal};

pub(crate) fn run(args: &BatchArgs, redacted: bool) -> anyhow::Result<Exit> {
    let method = Method::new(&args.method, redacted)?;
    let inputs = inputs::find(&args.inputs, &args.output)?;
    let plan = Plan { method, formats: formats(args), folder: args.output.clone(), force: args.force };
    leftovers::sweep(&plan.folder);
    leftovers::sweep(&plan.folder.join(REPORTS));
    let jobs = args.jobs.map_or_else(cores, |n| n as usize);
    let done = analyse_all(&plan, &inputs, jobs);
    let entries: Vec<Entry<'_>> = inputs
        .iter()
        .zip(&done)
        .map(|(input, done)| Entry {
            name: &input.name,
            reports: reports(&plan, input),
            outcome: done.as_ref().map(|d| &d.findings).map_err(String::as_str),
            tripped: Vec::new(),
        })
        .collect();
    let index = IndexModel::new(env!("CARGO_PKG_VERSION"), &entries);
    output::emit(Some(&args.output.join("index.md")), to_markdown(&index)?)?;
    tell(&index);
    Ok(if index.totals.failed > 0 { Exit::Input } else { Exit::Success })
}

/// Formats of the reports, each once, JSON among them.
fn formats(args: &BatchArgs) -> Vec<ReportFormat> {
    let mut formats = args.format.clone();
    formats.push(ReportFormat::Json);
    formats.sort_unstable();
    formats.dedup();
    formats
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
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
    let name = input.path.file_name().map_or_else(|| input.name.clone(), |n| n.to_string_lossy().into_owned());
    message.replace(&input.path.display().to_string(), &name)
}

/// One run on a line, for a log.
fn line(input: &Input, done: &Result<Done, String>) -> String {
    let name = &input.name;
    match done {
        Err(why) => format!("{name}: failed: {why}"),
        Ok(done) => {
            let cause = done
                .findings
                .root_cause()
                .map_or_else(String::new, |c| format!(", first suspect {}", c.service));
            let kept = if done.reused { " (analysed before)" } else { "" };
            format!("{name}: {}{cause}{kept}", done.findings.verdict.words())
        },
    }
}

fn reports(plan: &Plan, input: &Input) -> Vec<(&'static str, String)> {
    let link =
        |f: &ReportFormat| (f.extension(), report_path(&input.stem, *f).to_string_lossy().into_owned());
    plan.formats.iter().map(link).collect()
}

fn tell(index: &IndexModel) {
    let t = &index.totals;
    terminal::note(&format!(
        "{} runs, {} with an incident, {} not recovered, {} failed",
        t.runs, t.incidents, t.unrecovered, t.failed
    ));
}
