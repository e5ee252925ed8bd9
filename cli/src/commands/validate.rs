//! `validate`: a run checked against the format, every row of it.

use infra_eventlog::Run;
use infra_eventlog::check::validate;

use crate::args::ValidateArgs;
use crate::exit::Exit;
use crate::session::reading;
use crate::{output, terminal};

pub(crate) fn run(args: &ValidateArgs) -> anyhow::Result<Exit> {
    let run = Run::open(&args.run)?;
    let found = reading(run.name(), || validate(&run))??;
    let rows: Vec<String> = found.rows.iter().map(|(table, n)| format!("{table} {n}")).collect();
    let verdict = match found.problems.len() {
        0 => "ok".to_owned(),
        1 => "1 problem".to_owned(),
        n => format!("{n} problems"),
    };
    let mut text = format!("{}: {verdict}; rows: {}\n", terminal::safe(run.name()), rows.join(", "));
    for problem in &found.problems {
        text.push_str(&format!("problem: {}\n", terminal::safe(&problem.to_string())));
    }
    for note in &found.notes {
        text.push_str(&format!("note: {}\n", terminal::safe(note)));
    }
    output::stdout(&text)?;
    Ok(if found.problems.is_empty() { Exit::Success } else { Exit::Input })
}
