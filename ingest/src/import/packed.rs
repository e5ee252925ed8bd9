//! Text files, packed or not: gzip and Zstandard are told by their first bytes, whatever the name.
//!
//! A file may unpack to more than memory holds. What is read is counted against a cap, and a small
//! file that unpacks to very much is refused early.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use infra_eventlog::RunError;
use infra_eventlog::run::{MAX_RATIO, SUSPICIOUS_CHUNK_BYTES};

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// What a read is allowed to take, and how messages name it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cap {
    /// Most unpacked bytes.
    pub(super) bytes: u64,
    /// What is read.
    pub(super) what: &'static str,
    /// What to do about too much of it.
    pub(super) hint: &'static str,
}

/// Whether the file is packed.
pub(super) fn is_packed(path: &Path) -> Result<bool, RunError> {
    let head = head(path, 4)?;
    Ok(head.starts_with(GZIP) || head == ZSTD)
}

/// Up to `bytes` first bytes of a file, as they are.
pub(super) fn head(path: &Path, bytes: u64) -> Result<Vec<u8>, RunError> {
    let unreadable = |source| RunError::Unreadable { path: path.to_owned(), source };
    let mut head = Vec::new();
    File::open(path).map_err(unreadable)?.take(bytes).read_to_end(&mut head).map_err(unreadable)?;
    Ok(head)
}

/// Up to `bytes` first bytes of what a file holds, unpacked.
pub(super) fn unpacked_head(path: &Path, label: &str, bytes: u64) -> Result<Vec<u8>, RunError> {
    let mut head = Vec::new();
    open(path)?.take(bytes).read_to_end(&mut head).map_err(|e| damaged(label, &e))?;
    Ok(head)
}

/// All that a file holds, unpacked.
pub(super) fn read(path: &Path, label: &str, cap: Cap) -> Result<Vec<u8>, RunError> {
    let packed = std::fs::metadata(path)
        .map_err(|source| RunError::Unreadable { path: path.to_owned(), source })?
        .len();
    let too_large = |bytes, cap_bytes, hint| {
        let (file, what) = (label.to_owned(), cap.what.to_owned());
        Err(RunError::TooLarge { file, what, bytes, cap: cap_bytes, hint })
    };
    if packed > cap.bytes {
        return too_large(packed, cap.bytes, cap.hint);
    }
    let mut source = open(path)?;
    let mut text = Vec::new();
    loop {
        let before = text.len();
        let mut piece = source.by_ref().take(SUSPICIOUS_CHUNK_BYTES);
        piece.read_to_end(&mut text).map_err(|e| damaged(label, &e))?;
        let bytes = text.len() as u64;
        if bytes > cap.bytes {
            return too_large(bytes, cap.bytes, cap.hint);
        }
        if bytes > SUSPICIOUS_CHUNK_BYTES && bytes / packed.max(1) > MAX_RATIO {
            let hint = "no honest text packs that well; unpack it yourself if you trust it";
            return too_large(bytes, packed.saturating_mul(MAX_RATIO), hint);
        }
        if text.len() == before {
            return Ok(text);
        }
    }
}

fn open(path: &Path) -> Result<Box<dyn Read>, RunError> {
    let unreadable = |source| RunError::Unreadable { path: path.to_owned(), source };
    let head = head(path, 4)?;
    let file = BufReader::new(File::open(path).map_err(unreadable)?);
    if head.starts_with(GZIP) {
        return Ok(Box::new(MultiGzDecoder::new(file)));
    }
    if head == ZSTD {
        return Ok(Box::new(zstd::Decoder::with_buffer(file).map_err(unreadable)?));
    }
    Ok(Box::new(file))
}

fn damaged(label: &str, error: &std::io::Error) -> RunError {
    RunError::Damaged { file: label.to_owned(), why: format!("cannot be unpacked: {error}") }
}

/// The file's name without the ending of a packer.
pub(super) fn plain_name(path: &Path) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    let endings = [".gz", ".gzip", ".zst", ".zstd"];
    let ending = endings.iter().find(|ending| lower.ends_with(**ending)).map_or(0, |e| e.len());
    name[..name.len() - ending].to_owned()
}

/// The ending of that name in lower case, without its dot; empty if there is none.
pub(super) fn extension(path: &Path) -> String {
    let name = plain_name(path);
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}
