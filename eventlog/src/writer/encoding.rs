//! How files are stored: for speed first, and size close behind.

use parquet::basic::ZstdLevel;
use parquet::errors::Result;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

/// Compression level: higher ones cost much and gain little on columns.
const ZSTD_LEVEL: i32 = 1;

/// What packs pages.
///
/// # Errors
/// If the memory for it is not there.
pub(super) fn compressor() -> std::io::Result<zstd::bulk::Compressor<'static>> {
    zstd::bulk::Compressor::new(ZSTD_LEVEL)
}

/// The compression level as the footer wants it.
pub(super) fn compression() -> Result<ZstdLevel> {
    ZstdLevel::try_new(ZSTD_LEVEL)
}

/// Properties of a table's file; how columns are encoded, `chunk` decides:
///
/// * Integers (numbers of rows and events, times) mostly ascend: differences, bit-packed.
/// * Names: a dictionary.
/// * Reals and texts: a dictionary if it is small. States that repeat cost next to nothing then,
///   and those that never do stop paying for a dictionary after a few thousand.
/// * Statistics of a row group (the reader checks times with them), none of pages.
pub(super) fn properties(footer: Option<Vec<KeyValue>>) -> WriterProperties {
    WriterProperties::builder().set_key_value_metadata(footer).build()
}
