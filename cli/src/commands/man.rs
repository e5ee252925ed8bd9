//! `man`: the manual page of the program or of one command.

use clap::{Command, CommandFactory};
use infra_eventlog::error::nearest;

use crate::args::{Arguments, ManArgs};
use crate::exit::{Exit, usage};
use crate::output;

pub(crate) fn run(args: &ManArgs) -> anyhow::Result<Exit> {
    let mut command = Arguments::command();
    command.build();
    for name in &args.command {
        command = find(&command, name)?;
    }
    let title = std::iter::once("infra-analyze").chain(args.command.iter().map(String::as_str));
    let title = title.collect::<Vec<_>>().join("-");
    let mut page = Vec::new();
    clap_mangen::Man::new(command).title(title).render(&mut page)?;
    output::stdout(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Success)
}

fn find(command: &Command, name: &str) -> anyhow::Result<Command> {
    let Some(found) = command.find_subcommand(name) else {
        let names = command.get_subcommands().map(Command::get_name);
        let hint = nearest(name, names).map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
        return Err(usage(format!("no command `{name}`{hint}")));
    };
    Ok(found.clone())
}
