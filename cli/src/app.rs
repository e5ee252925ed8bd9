//! From arguments to an exit code: panics are caught, signals handled, errors told in one place.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command};
use crate::commands;
use crate::exit::{self, Exit};
use crate::signals;
use crate::terminal::{self, Verbosity};

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    std::panic::set_hook(Box::new(tell_panic));
    let done = catch_unwind(AssertUnwindSafe(run));
    // A panic has been told by the hook; what was half-written goes.
    let exit = done.unwrap_or_else(|_| {
        drop(infra_eventlog::atomic::remove_unfinished());
        Exit::Environment
    });
    exit.into()
}

fn run() -> Exit {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return tell_usage(&error),
    };
    let verbosity = Verbosity::new(arguments.global.quiet, arguments.global.verbose);
    terminal::set_verbosity(verbosity);
    if let Err(error) = signals::install() {
        terminal::warn(&format!("interrupts are not handled: {error}"));
    }
    match dispatch(&arguments) {
        Ok(exit) => exit,
        Err(error) => {
            terminal::error(&error);
            exit::of(&error)
        },
    }
}

fn dispatch(arguments: &Arguments) -> anyhow::Result<Exit> {
    let redact = arguments.global.redact;
    match &arguments.command {
        Command::Simulate(args) => commands::simulate::run(args),
        Command::Import(args) => commands::import::run(args),
        Command::Report(args) => commands::report::run(args, redact),
        Command::Batch(args) => commands::batch::run(args, redact),
        Command::Rank(args) => commands::rank::run(args, redact),
        Command::Compare(args) => commands::compare::run(args, redact),
        Command::Inspect(args) => commands::inspect::run(args, redact),
        Command::Validate(args) => commands::validate::run(args),
        Command::Export(args) => commands::export::run(args, redact),
        Command::Evaluate(args) => commands::evaluate::run(args),
        Command::Verify(args) => commands::verify::run(args),
        Command::Bench(args) => commands::bench::run(args),
        Command::Template(args) => commands::template::run(args),
        Command::Config(args) => commands::config::run(args),
        Command::Completions(args) => commands::completions::run(args),
        Command::Man(args) => commands::man::run(args),
    }
}

/// Help and version are no errors; a closed pipe is none either.
fn tell_usage(error: &clap::Error) -> Exit {
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Success }
}

/// One line for a bug of ours; silence while a decoder is guarded, whose panic becomes an error.
fn tell_panic(info: &PanicHookInfo<'_>) {
    if infra_eventlog::guard::is_guarded() {
        return;
    }
    let payload = info.payload();
    let what = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no reason given");
    let place = info.location().map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
    terminal::say(&format!("internal error: {what}{place} (please report it with the command line)"));
}
