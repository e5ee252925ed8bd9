//! `report`: the failure-analysis report.

use infra_report::to_json;

use super::tell_warnings;
use crate::args::{ReportArgs, ReportFormat};
use crate::exit::{Exit, usage};
use crate::session::Session;
use crate::{markdown, output};

pub(crate) fn run(args: &ReportArgs, redacted: bool) -> anyhow::Result<Exit> {
    output::refuse_input(args.output.as_deref(), &args.analysis.run)?;
    if args.template.is_some() && args.format != ReportFormat::Md {
        return Err(usage("--template: is for Markdown; leave out --format"));
    }
    let session = Session::open(&args.analysis, redacted)?;
    tell_warnings(session.log.run());
    let analysis = session.analyse()?;
    let model = session.report(&analysis)?;
    let text = match args.format {
        ReportFormat::Md => markdown::render(&model, args.template.as_deref(), args.output.as_deref())?,
        ReportFormat::Json => to_json(&model)?,
    };
    output::emit(args.output.as_deref(), text)?;
    Ok(Exit::Success)
}
