//! `compare`: what changed between two runs, or two folders of runs.

use std::path::Path;

use infra_report::compare::model::ComparisonModel;
use infra_report::compare::{Gate, Named, Side, compare, to_html, to_markdown};
use infra_report::json::without_marks;

use crate::args::{CompareArgs, CompareFormat, CompareGate};
use crate::exit::{CliError, Exit, usage};
use crate::findings::{Reading, file_name};
use crate::session::Method;
use crate::{output, terminal};

pub(crate) fn run(args: &CompareArgs, redacted: bool) -> anyhow::Result<Exit> {
    for input in [Some(&args.base), Some(&args.candidate), args.spread.as_ref()].into_iter().flatten() {
        output::refuse_input(args.output.as_deref(), input)?;
    }
    let reading = Reading { focus: &args.focus, method: Method::new(&args.method, redacted)? };
    let side = |path: &Path| -> anyhow::Result<Named<Side>> {
        Ok(Named { name: file_name(path), what: reading.side(path)? })
    };
    let (base, candidate) = (side(&args.base)?, side(&args.candidate)?);
    if matches!(
        (&base.what, &candidate.what),
        (Side::Run(_), Side::Folder(_)) | (Side::Folder(_), Side::Run(_))
    ) {
        return Err(usage("compare: one run and a folder: give two runs, or two folders of runs"));
    }
    let spread = args
        .spread
        .as_deref()
        .map(|dir| -> anyhow::Result<_> { Ok(Named { name: file_name(dir), what: reading.folder(dir)? }) });
    let model = compare(&base, &candidate, spread.transpose()?.as_ref(), env!("CARGO_PKG_VERSION"));
    if model.pairs.is_empty() {
        return Err(CliError::Input(format!(
            "{} and {}: no run of one has a counterpart in the other (same file stem, or same scenario and seed)",
            args.base.display(),
            args.candidate.display()
        ))
        .into());
    }
    tell_lonely(&model);
    let text = match args.format {
        CompareFormat::Md => to_markdown(&model)?,
        CompareFormat::Html => to_html(&model)?,
        CompareFormat::Json => without_marks(&model)?,
    };
    output::emit(args.output.as_deref(), text)?;
    Ok(judge(&args.fail_on, &model))
}

/// A spread that says nothing makes gates stricter, so it is told.
fn tell_lonely(model: &ComparisonModel) {
    for pair in &model.pairs {
        if pair.siblings.is_some_and(|s| s.used == 0) {
            terminal::warn(&format!("{}: no run of the spread is of its world and scenario", pair.name));
        }
    }
}

/// Tells every gate that trips.
fn judge(gates: &[CompareGate], model: &ComparisonModel) -> Exit {
    let mut exit = Exit::Success;
    for gate in gates {
        let (gate, name) = match gate {
            CompareGate::Worse => (Gate::Worse, "worse"),
            CompareGate::Changed => (Gate::Changed, "changed"),
        };
        if model.trips(gate) {
            terminal::say(&format!("gate tripped: {name} (conclusion: {})", model.conclusion.words()));
            exit = Exit::Gate;
        }
    }
    exit
}
