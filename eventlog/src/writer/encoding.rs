//! How columns are stored: chosen by type, for speed first and size close behind.

use arrow::datatypes::{DataType, Schema};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use super::ROW_GROUP_ROWS;
use crate::error::RunError;

/// Compression level: higher ones cost much and gain little on columns.
const ZSTD_LEVEL: i32 = 3;
/// Names stay dictionary-coded even with tens of thousands of services \[bytes\].
const NAMES: usize = 8 << 20;
/// Numbers and texts are dictionary-coded while few of them differ: 4,096 numbers \[bytes\].
const FEW: usize = 32 << 10;

/// Properties of a table's file.
///
/// * Integers (numbers of rows and events, times) mostly ascend: differences, bit-packed.
/// * Names: a dictionary.
/// * Reals and texts: a dictionary as long as it is small. States that repeat cost next to
///   nothing then, and those that never do stop paying for a dictionary after a few thousand.
/// * Statistics of a row group (the reader checks times with them), none of pages.
///
/// # Errors
/// [`RunError::Producer`] if the compression level is refused.
pub(super) fn properties(
    schema: &Schema,
    footer: Option<Vec<KeyValue>>,
) -> Result<WriterProperties, RunError> {
    let level = ZstdLevel::try_new(ZSTD_LEVEL).map_err(|e| RunError::Producer(e.to_string()))?;
    let start = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(footer);
    let columns = schema.fields().iter();
    Ok(columns.fold(start, |properties, field| column(properties, field.name(), field.data_type())).build())
}

fn column(properties: WriterPropertiesBuilder, name: &str, dtype: &DataType) -> WriterPropertiesBuilder {
    let path = ColumnPath::from(name);
    match dtype {
        DataType::Int64 => properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
        DataType::Dictionary(..) => properties.set_column_dictionary_page_size_limit(path, NAMES),
        _ => properties.set_column_dictionary_page_size_limit(path, FEW),
    }
}
