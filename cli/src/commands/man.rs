//! `man`: the manual page of the program or of one command.

use clap::{Command, CommandFactory};
use infra_eventlog::error::nearest;

use crate::args::{Arguments, ManArgs};
use crate::exit::{Exit, usage};
use crate::output;

pub(crate) fn run(args: &ManArgs) -> anyhow::Result<Exit> {
    let mut program = Arguments::command();
    program.build();
    let command = match &args.command {
        None => program,
        Some(name) => find(&program, name)?,
    };
    let mut page = Vec::new();
    let title = args
        .command
        .as_ref()
        .map_or_else(|| "infra-analyze".to_owned(), |name| format!("infra-analyze-{name}"));
    clap_mangen::Man::new(command).title(title).render(&mut page)?;
    output::stdout(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Success)
}

fn find(program: &Command, name: &str) -> anyhow::Result<Command> {
    let Some(command) = program.find_subcommand(name) else {
        let names = program.get_subcommands().map(Command::get_name);
        let hint = nearest(name, names).map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
        return Err(usage(format!("no command `{name}`{hint}")));
    };
    Ok(command.clone())
}
