//! `rank`: root causes and paths, and one service's evidence.

use infra_analysis::report::rank::{build, to_csv, to_json, to_table};

use super::tell_warnings;
use crate::args::{RankArgs, RankFormat};
use crate::exit::Exit;
use crate::output;
use crate::session::Session;

pub(crate) fn run(args: &RankArgs, redacted: bool) -> anyhow::Result<Exit> {
    output::refuse_input(args.output.as_deref(), &args.analysis.run)?;
    let session = Session::open(&args.analysis, redacted)?;
    tell_warnings(session.log.run());
    let analysis = session.analyse()?;
    let top = analysis.options.top;
    let model = build(&analysis, top, args.why.as_deref(), session.provenance())?;
    let text = match args.format {
        RankFormat::Table => to_table(&model),
        RankFormat::Json => to_json(&model)?,
        RankFormat::Csv => to_csv(&model),
    };
    output::emit(args.output.as_deref(), text)?;
    Ok(Exit::Success)
}
