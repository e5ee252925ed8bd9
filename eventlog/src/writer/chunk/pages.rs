//! The pages of a column chunk, compressed, with what the footer tells about them.

use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, PageEncodingStats};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::super::encoding::compression;

/// Pages of one chunk under construction.
pub(super) struct Pages<'c> {
    out: TrackedWrite<Vec<u8>>,
    compressor: &'c mut zstd::bulk::Compressor<'static>,
    packed: &'c mut Vec<u8>,
    unpacked: usize,
    rows: usize,
    dictionary: Option<u64>,
    data: Option<u64>,
    encodings: Vec<PageEncodingStats>,
}

impl<'c> Pages<'c> {
    pub(super) fn new(compressor: &'c mut zstd::bulk::Compressor<'static>, packed: &'c mut Vec<u8>) -> Self {
        Self {
            out: TrackedWrite::new(Vec::new()),
            compressor,
            packed,
            unpacked: 0,
            rows: 0,
            dictionary: None,
            data: None,
            encodings: Vec::new(),
        }
    }

    /// Writes the dictionary, before all data.
    pub(super) fn dictionary(&mut self, body: &[u8], values: usize) -> Result<()> {
        let page = Page::DictionaryPage {
            buf: self.compressed(body)?,
            num_values: number(values)?,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        let place = self.write(page, body.len())?;
        self.dictionary = Some(place);
        Ok(())
    }

    /// Writes levels and values of the next rows.
    pub(super) fn data(&mut self, body: &[u8], rows: usize, encoding: Encoding) -> Result<()> {
        let page = Page::DataPage {
            buf: self.compressed(body)?,
            num_values: number(rows)?,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let place = self.write(page, body.len())?;
        self.data.get_or_insert(place);
        self.rows += rows;
        Ok(())
    }

    /// The chunk's bytes and what is known about them.
    pub(super) fn finish(
        self,
        column: ColumnDescPtr,
        statistics: Statistics,
    ) -> Result<(Bytes, ColumnCloseResult)> {
        let bytes = self.out.into_inner()?;
        let offset = |place: u64| i64::try_from(place).unwrap_or(i64::MAX);
        let mut encodings: Vec<Encoding> = self.encodings.iter().map(|used| used.encoding).collect();
        encodings.push(Encoding::RLE);
        let metadata = ColumnChunkMetaData::builder(column)
            .set_compression(Compression::ZSTD(compression()?))
            .set_encodings(encodings)
            .set_page_encoding_stats(self.encodings)
            .set_total_compressed_size(offset(bytes.len() as u64))
            .set_total_uncompressed_size(offset(self.unpacked as u64))
            .set_num_values(offset(self.rows as u64))
            .set_data_page_offset(offset(self.data.unwrap_or(0)))
            .set_dictionary_page_offset(self.dictionary.map(offset))
            .set_statistics(statistics)
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: self.rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        Ok((Bytes::from(bytes), close))
    }

    fn compressed(&mut self, body: &[u8]) -> Result<Bytes> {
        self.packed.clear();
        self.packed.reserve(zstd::zstd_safe::compress_bound(body.len()));
        self.compressor
            .compress_to_buffer(body, self.packed)
            .map_err(|e| ParquetError::General(format!("compression failed: {e}")))?;
        Ok(Bytes::copy_from_slice(self.packed))
    }

    fn write(&mut self, page: Page, unpacked: usize) -> Result<u64> {
        let encoding = page.encoding();
        let page_type = page.page_type();
        let written =
            SerializedPageWriter::new(&mut self.out).write_page(CompressedPage::new(page, unpacked))?;
        self.unpacked += written.uncompressed_size;
        match self.encodings.iter_mut().find(|used| (used.page_type, used.encoding) == (page_type, encoding))
        {
            Some(used) => used.count += 1,
            None => self.encodings.push(PageEncodingStats { page_type, encoding, count: 1 }),
        }
        Ok(written.offset)
    }
}

fn number(count: usize) -> Result<u32> {
    u32::try_from(count).map_err(|_| ParquetError::General(format!("{count} values in a page")))
}
