//! The least and the greatest value of a chunk, for readers that look for times or names.

/// Longer names are not told \[bytes\].
const SHORT: usize = 64;

pub(super) fn of_integers(numbers: &[i64]) -> Option<(i64, i64)> {
    let first = *numbers.first()?;
    Some(numbers.iter().fold((first, first), |(least, greatest), n| (least.min(*n), greatest.max(*n))))
}

/// NaN is neither; a zero may be of either sign.
pub(super) fn of_reals(numbers: &[f64]) -> Option<(f64, f64)> {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    // `min` and `max` pass over NaN.
    let (least, greatest) =
        numbers.iter().fold(start, |(least, greatest), n| (least.min(*n), greatest.max(*n)));
    if least > greatest {
        return None;
    }
    let least = if least == 0.0 { -0.0 } else { least };
    Some((least, if greatest == 0.0 { 0.0 } else { greatest }))
}

/// Byte order.
pub(super) fn of_names<'n>(names: impl Iterator<Item = &'n [u8]>) -> Option<(&'n [u8], &'n [u8])> {
    let mut bounds: Option<(&[u8], &[u8])> = None;
    for name in names {
        let (least, greatest) = bounds.unwrap_or((name, name));
        bounds = Some((least.min(name), greatest.max(name)));
    }
    bounds.filter(|(least, greatest)| least.len() <= SHORT && greatest.len() <= SHORT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_none_do_not_count() {
        assert_eq!(of_reals(&[f64::NAN, 2.0, f64::NAN, -1.0]), Some((-1.0, 2.0)));
        assert_eq!(of_reals(&[f64::NAN]), None);
        let (least, greatest) = of_reals(&[0.0]).unwrap();
        assert_eq!((least.to_bits(), greatest.to_bits()), ((-0.0_f64).to_bits(), 0));
        assert_eq!((of_integers(&[3, -1, 2]), of_integers(&[])), (Some((-1, 3)), None));
    }
}
