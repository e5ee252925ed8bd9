//! Integers as differences, bit-packed (`DELTA_BINARY_PACKED`): times and numbers of rows mostly
//! ascend.

use super::hybrid::varint;

/// Differences of a block.
const BLOCK: usize = 128;
/// Differences that share a width.
const MINIBLOCK: usize = 32;

/// Appends all numbers.
pub(super) fn encode(numbers: &[i64], out: &mut Vec<u8>) {
    varint(BLOCK as u64, out);
    varint((BLOCK / MINIBLOCK) as u64, out);
    varint(numbers.len() as u64, out);
    varint(zigzag(numbers.first().copied().unwrap_or(0)), out);
    let mut differences = [0_i64; BLOCK];
    let mut before = numbers.first().copied().unwrap_or(0);
    for block in numbers.get(1..).unwrap_or_default().chunks(BLOCK) {
        let differences = &mut differences[..block.len()];
        for (difference, number) in differences.iter_mut().zip(block) {
            *difference = number.wrapping_sub(before);
            before = *number;
        }
        encode_block(differences, out);
    }
}

fn encode_block(differences: &[i64], out: &mut Vec<u8>) {
    let least = differences.iter().copied().min().unwrap_or(0);
    varint(zigzag(least), out);
    let widths = out.len();
    out.extend_from_slice(&[0; BLOCK / MINIBLOCK]);
    for (i, miniblock) in differences.chunks(MINIBLOCK).enumerate() {
        // Unsigned, the distance to the least is right whatever overflowed on the way.
        let above = |difference: &i64| difference.wrapping_sub(least).cast_unsigned();
        let width = u64::BITS - miniblock.iter().map(above).fold(0, |all, bits| all | bits).leading_zeros();
        out[widths + i] = width as u8;
        let end = out.len() + width as usize * MINIBLOCK / 8;
        let (mut bits, mut filled) = (0_u128, 0);
        for difference in miniblock {
            bits |= u128::from(above(difference)) << filled;
            filled += width;
            if filled >= 64 {
                out.extend_from_slice(&(bits as u64).to_le_bytes());
                bits >>= 64;
                filled -= 64;
            }
        }
        out.extend_from_slice(&(bits as u64).to_le_bytes());
        out.resize(end, 0);
    }
}

/// Small numbers of either sign as small numbers.
const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}
