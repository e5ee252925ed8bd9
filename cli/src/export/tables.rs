//! One frame as an Arrow, Parquet or CSV file.

use std::io::{self, Write};

use infra_eventlog::atomic::AtomicFile;
use polars::prelude::{CompatLevel, CsvWriter, DataFrame, IpcWriter, ParquetWriter, PolarsError, SerWriter};

use crate::args::ExportFormat;

/// Ending of a frame's file; `None` for formats without frames.
pub(crate) const fn ending(format: ExportFormat) -> Option<&'static str> {
    match format {
        ExportFormat::Arrow => Some("arrow"),
        ExportFormat::Parquet => Some("parquet"),
        ExportFormat::Csv => Some("csv"),
        ExportFormat::Graphml | ExportFormat::Dot | ExportFormat::Mermaid | ExportFormat::Otlp => None,
    }
}

/// Writes a frame.
///
/// Arrow files are uncompressed and use the layouts that every reader of the last years knows.
///
/// # Errors
/// What the disk or Polars refuses.
pub(crate) fn write(df: &mut DataFrame, format: ExportFormat, file: &mut AtomicFile) -> io::Result<()> {
    // Polars takes its writer by value.
    let file = &mut *file as &mut (dyn Write + Send);
    match format {
        ExportFormat::Arrow => {
            IpcWriter::new(file).with_compat_level(CompatLevel::oldest()).with_parallel(false).finish(df)
        },
        ExportFormat::Parquet => ParquetWriter::new(file).set_parallel(false).finish(df).map(|_| ()),
        ExportFormat::Csv => CsvWriter::new(file).include_header(true).n_threads(1).finish(df),
        ExportFormat::Graphml | ExportFormat::Dot | ExportFormat::Mermaid | ExportFormat::Otlp => Ok(()),
    }
    .map_err(into_io)
}

fn into_io(error: PolarsError) -> io::Error {
    match error {
        PolarsError::IO { error, .. } => io::Error::new(error.kind(), error.to_string()),
        other => io::Error::other(other.to_string()),
    }
}
