//! Parquet's hybrid of runs and packed bits: definition levels and dictionary indices.

use crate::writer::column::Presence;

/// Runs of at least so many equal indices are written as such; others are packed.
const RUN: usize = 24;

/// Appends the definition levels of a column that may be null, with their length in front.
pub(super) fn levels(rows: &Presence, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    let (count, absent) = (rows.len(), rows.absent());
    if absent == 0 || absent == count {
        varint((count as u64) << 1, out);
        out.push(u8::from(absent == 0));
    } else {
        varint((count.div_ceil(8) as u64) << 1 | 1, out);
        out.extend_from_slice(&rows.bits());
    }
    // A batch has far fewer than 2^32 rows.
    let length = (out.len() - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

/// Appends indices below `values`, with their width in front.
pub(super) fn indices(keys: &[u32], values: usize, out: &mut Vec<u8>) {
    let most = u32::try_from(values.saturating_sub(1)).unwrap_or(u32::MAX);
    let width = (u32::BITS - most.leading_zeros()).max(1);
    out.push(width as u8);
    let (mut packed, mut at) = (0, 0);
    while let Some(&key) = keys.get(at) {
        let run = keys[at..].iter().take_while(|k| **k == key).count();
        if run >= RUN {
            // Packed bits come in eights: the run gives what is missing.
            let given = (8 - (at - packed) % 8) % 8;
            pack(&keys[packed..at + given], width, out);
            varint(((run - given) as u64) << 1, out);
            out.extend_from_slice(&key.to_le_bytes()[..width.div_ceil(8) as usize]);
            packed = at + run;
        }
        at += run;
    }
    pack(&keys[packed..], width, out);
}

/// Appends one stretch of packed bits, filled up with zeros to a multiple of eight indices.
fn pack(keys: &[u32], width: u32, out: &mut Vec<u8>) {
    if keys.is_empty() {
        return;
    }
    let groups = keys.len().div_ceil(8);
    varint((groups as u64) << 1 | 1, out);
    let end = out.len() + groups * width as usize;
    let (mut bits, mut filled) = (0_u64, 0);
    for key in keys {
        bits |= u64::from(*key) << filled;
        filled += width;
        if filled >= 32 {
            out.extend_from_slice(&(bits as u32).to_le_bytes());
            bits >>= 32;
            filled -= 32;
        }
    }
    out.extend_from_slice(&bits.to_le_bytes());
    out.resize(end, 0);
}

/// Appends a number seven bits at a time, the lowest first.
pub(super) fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
