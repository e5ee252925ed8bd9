//! `export`: frames, graph and telemetry as files for other tools.

use std::collections::BTreeSet;
use std::io::Write;

use infra_analysis::frames::{all, tables as rows};
use infra_eventlog::TableKind;
use polars::prelude::DataFrame;

use super::tell_warnings;
use crate::args::{ExportArgs, ExportFormat};
use crate::exit::Exit;
use crate::export::folder::Folder;
use crate::export::{graph, otlp, tables};
use crate::session::{Session, reading};
use crate::{output, terminal};

pub(crate) fn run(args: &ExportArgs, redacted: bool) -> anyhow::Result<Exit> {
    let formats: BTreeSet<ExportFormat> = args.format.iter().copied().collect();
    let session = Session::open(&args.analysis, redacted)?;
    tell_warnings(session.log.run());
    let mut folder = Folder::create(&args.output)?;
    if formats.contains(&ExportFormat::Otlp) {
        for note in &otlp::write(&session.log, redacted, &mut folder)?.0 {
            terminal::note(note);
        }
    }
    if formats.iter().any(|format| *format != ExportFormat::Otlp) {
        results(&session, &formats, redacted, &mut folder)?;
    }
    let files = folder.commit()?;
    let path = args.output.display().to_string();
    output::stdout(&format!("{files} files: {}\n", terminal::safe(&path)))?;
    Ok(Exit::Success)
}

/// Frames and graphs: what the analysis made of the run.
fn results(
    session: &Session,
    formats: &BTreeSet<ExportFormat>,
    redacted: bool,
    folder: &mut Folder,
) -> anyhow::Result<()> {
    let analysis = session.analyse()?;
    let wants_frames = formats.iter().any(|f| tables::ending(*f).is_some());
    let mut frames = if wants_frames { all_frames(session, &analysis, redacted)? } else { Vec::new() };
    for format in formats.iter().copied() {
        if let Some(ending) = tables::ending(format) {
            for (name, df) in &mut frames {
                folder.write(&format!("{name}.{ending}"), |file| tables::write(df, format, file))?;
            }
        }
        if let Some((name, text)) = graph::file(format, &analysis, session.log.run().name()) {
            folder.write(name, |file| file.write_all(text.as_bytes()))?;
        }
    }
    Ok(())
}

fn all_frames(
    session: &Session,
    analysis: &infra_analysis::Analysis<'_>,
    redacted: bool,
) -> anyhow::Result<Vec<(&'static str, DataFrame)>> {
    let mut frames = all(session.summary(), analysis)?;
    match reading(session.log.run().name(), || rows::events(&session.log, redacted))?? {
        Some(df) => frames.push(("events", df)),
        None if session.log.run().table(TableKind::Events).is_some() => {
            terminal::note(&format!(
                "the events table has more than {} rows and was left out",
                rows::MAX_ROWS
            ));
        },
        None => {},
    }
    Ok(frames)
}
