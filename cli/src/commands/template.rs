//! `template dump`: the report's built-in template, to start one's own from.

use infra_report::markdown::TEMPLATE;

use crate::args::{TemplateArgs, TemplateKind};
use crate::exit::Exit;
use crate::output;

pub(crate) fn run(args: &TemplateArgs) -> anyhow::Result<Exit> {
    let TemplateKind::Dump { output } = &args.kind;
    output::emit(output.as_deref(), TEMPLATE.to_owned())?;
    Ok(Exit::Success)
}
