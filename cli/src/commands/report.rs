//! `report`: the failure-analysis report.

use infra_analysis::report::build;
use infra_report::{to_json, to_markdown};

use super::tell_warnings;
use crate::args::{ReportArgs, ReportFormat};
use crate::exit::Exit;
use crate::output;
use crate::session::Session;

pub(crate) fn run(args: &ReportArgs, redacted: bool) -> anyhow::Result<Exit> {
    output::refuse_input(args.output.as_deref(), &args.analysis.run)?;
    let session = Session::open(&args.analysis, redacted)?;
    tell_warnings(session.log.run());
    let analysis = session.analyse()?;
    let model = build(&analysis, session.world()?, session.provenance());
    let text = match args.format {
        ReportFormat::Md => to_markdown(&model, None)?,
        ReportFormat::Json => to_json(&model)?,
    };
    output::emit(args.output.as_deref(), text)?;
    Ok(Exit::Success)
}
