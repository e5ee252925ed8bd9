//! The input digest that every output carries.
//!
//! BLAKE3 over the metadata text and, per part in table and name order, its size and its bytes:
//! all of them up to [`WHOLE_FILE_BYTES`], the last [`TAIL_BYTES`] (which hold the footer with
//! the statistics of every row group) beyond, so that a huge log is not read twice.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use crate::error::RunError;
use crate::run::{Part, Run};

/// Parts up to this size are hashed whole \[bytes\].
pub const WHOLE_FILE_BYTES: u64 = 64 << 20;
/// Of larger parts this much of the end is hashed \[bytes\].
pub const TAIL_BYTES: u64 = 4 << 20;

/// Hex digest of a run's input.
///
/// # Errors
/// [`RunError::Unreadable`].
pub fn input_digest(run: &Run) -> Result<String, RunError> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(run.metadata_text().as_bytes());
    for table in run.tables() {
        for part in table.parts() {
            hasher.update(table.kind().name().as_bytes());
            hash_part(part, &mut hasher)
                .map_err(|source| RunError::Unreadable { path: part.path().to_owned(), source })?;
        }
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// Digest of several inputs, in the given order.
#[must_use]
pub fn combined_digest<'a>(digests: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = blake3::Hasher::new();
    for digest in digests {
        hasher.update(digest.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().to_hex().to_string()
}

fn hash_part(part: &Part, hasher: &mut blake3::Hasher) -> std::io::Result<()> {
    let mut file = File::open(part.path())?;
    let size = file.metadata()?.len();
    hasher.update(&size.to_le_bytes());
    if size > WHOLE_FILE_BYTES {
        file.seek(SeekFrom::End(-(TAIL_BYTES.cast_signed())))?;
    }
    let mut buffer = vec![0_u8; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            n => hasher.update(&buffer[..n]),
        };
    }
}
