//! `completions`: a completion script for a shell.

use clap::CommandFactory;

use crate::args::{Arguments, CompletionsArgs};
use crate::exit::Exit;
use crate::output;

pub(crate) fn run(args: &CompletionsArgs) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "infra-analyze", &mut script);
    output::stdout(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Success)
}
