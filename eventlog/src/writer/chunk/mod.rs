//! From a column of a batch to a column chunk of the file.
//!
//! Parquet's own writer takes Arrow arrays and finds out anew which values repeat, a hash for
//! each row. Here the columns know their names by number already, and what else repeats is found
//! by small tables. One file for each way to put values into bytes: `hybrid`, `delta`; `distinct`
//! finds what repeats, `bounds` what is least and greatest, `pages` packs. A chunk has one data page, but for long texts.

mod bounds;
mod delta;
mod distinct;
mod hybrid;
mod pages;

use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnDescPtr;

use super::column::{Column, Presence, Values};
use super::encoding;
use super::names::Dictionary;
use distinct::distinct;
use pages::Pages;

/// Names stay dictionary-coded even with tens of thousands of services \[bytes\].
const NAMES: usize = 8 << 20;
/// Numbers and texts are dictionary-coded while few of them differ \[bytes\].
const FEW: usize = 32 << 10;
/// A page of texts ends when it has so many \[bytes\].
const TEXT_PAGE: usize = 1 << 20;

/// Memory that encoders use again for the next column.
pub(super) struct Scratch {
    compressor: zstd::bulk::Compressor<'static>,
    /// A page before and after compression.
    body: Vec<u8>,
    packed: Vec<u8>,
    keys: Vec<u32>,
}

impl Scratch {
    /// # Errors
    /// If the memory for compression is not there.
    pub(super) fn new() -> std::io::Result<Self> {
        let compressor = encoding::compressor()?;
        Ok(Self { compressor, body: Vec::new(), packed: Vec::new(), keys: Vec::new() })
    }
}

/// Encodes a column.
///
/// # Errors
/// If a text or a page is longer than the format allows.
pub(super) fn encode(
    column: &Column,
    descriptor: ColumnDescPtr,
    scratch: &mut Scratch,
) -> Result<(Bytes, ColumnCloseResult)> {
    let Column { rows, values } = column;
    let Scratch { compressor, body, packed, keys } = scratch;
    let mut pages = Pages::new(compressor, packed);
    body.clear();
    let is_nullable = descriptor.max_def_level() > 0;
    let absent = Some(rows.absent() as u64);
    if is_nullable {
        hybrid::levels(rows, body);
    }
    let statistics = match values {
        Values::Integers(numbers) => {
            if numbers.is_empty() {
                pages.data(body, rows.len(), Encoding::PLAIN)?;
            } else {
                delta::encode(numbers, body);
                pages.data(body, rows.len(), Encoding::DELTA_BINARY_PACKED)?;
            }
            let (least, greatest) = bounds::of_integers(numbers).unzip();
            Statistics::int64(least, greatest, None, absent, false)
        },
        Values::Reals(numbers) => {
            match distinct(numbers.iter().map(|number| number.to_bits()), FEW, keys) {
                Some(different) if !different.is_empty() => {
                    let dictionary: Vec<u8> = different.iter().flat_map(|bits| bits.to_le_bytes()).collect();
                    pages.dictionary(&dictionary, different.len())?;
                    hybrid::indices(keys, different.len(), body);
                    pages.data(body, rows.len(), Encoding::RLE_DICTIONARY)?;
                },
                _ => {
                    body.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
                    pages.data(body, rows.len(), Encoding::PLAIN)?;
                },
            }
            let (least, greatest) = bounds::of_reals(numbers).unzip();
            Statistics::double(least, greatest, None, absent, false)
        },
        Values::Names(Dictionary { names, keys }) => {
            let all = || names.iter().map(|name| name.as_bytes());
            if all().map(|name| name.len() + 4).sum::<usize>() <= NAMES {
                coded(&mut pages, body, rows.len(), keys, names.len(), all())?;
            } else {
                let texts = keys.iter().filter_map(|key| names.get_index(*key as usize));
                plain(&mut pages, is_nullable, rows, texts.map(|name| name.as_bytes()))?;
            }
            let (least, greatest) = bounds::of_names(all()).unzip();
            let (least, greatest) = (least.map(ByteArray::from), greatest.map(ByteArray::from));
            Statistics::byte_array(least, greatest, None, absent, false)
        },
        Values::Texts(texts) => {
            match distinct(texts.iter(), FEW, keys) {
                Some(different) => {
                    let count = different.len();
                    coded(&mut pages, body, rows.len(), keys, count, different.into_iter())?;
                },
                None => plain(&mut pages, is_nullable, rows, texts.iter())?,
            }
            Statistics::byte_array(None, None, None, absent, false)
        },
    };
    pages.finish(descriptor, statistics)
}

/// Writes texts as indices into a dictionary of `count` texts; `body` has the levels already.
fn coded<'t>(
    pages: &mut Pages<'_>,
    body: &mut Vec<u8>,
    rows: usize,
    keys: &[u32],
    count: usize,
    texts: impl Iterator<Item = &'t [u8]>,
) -> Result<()> {
    if count == 0 {
        return pages.data(body, rows, Encoding::PLAIN);
    }
    let mut dictionary = Vec::new();
    for text in texts {
        push_text(text, &mut dictionary)?;
    }
    pages.dictionary(&dictionary, count)?;
    hybrid::indices(keys, count, body);
    pages.data(body, rows, Encoding::RLE_DICTIONARY)
}

/// Writes texts as they are, in as many pages as they need.
fn plain<'t>(
    pages: &mut Pages<'_>,
    is_nullable: bool,
    rows: &Presence,
    mut texts: impl Iterator<Item = &'t [u8]>,
) -> Result<()> {
    let (mut values, mut body) = (Vec::new(), Vec::new());
    let mut page = Presence::default();
    let mut flags = rows.flags().peekable();
    while let Some(has_text) = flags.next() {
        if has_text {
            push_text(texts.next().unwrap_or_default(), &mut values)?;
            page.push();
        } else {
            page.push_absent();
        }
        if values.len() >= TEXT_PAGE || flags.peek().is_none() {
            body.clear();
            if is_nullable {
                hybrid::levels(&page, &mut body);
            }
            body.append(&mut values);
            pages.data(&body, page.len(), Encoding::PLAIN)?;
            page = Presence::default();
        }
    }
    Ok(())
}

fn push_text(text: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let length = i32::try_from(text.len());
    let length = length.map_err(|_| ParquetError::General(format!("a text of {} bytes", text.len())))?;
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(text);
    Ok(())
}
