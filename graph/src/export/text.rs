//! Numbers and names as pictures show them.

/// Four decimals; from a billion on, or where four decimals would show nothing, an exponent.
///
/// At most 15 characters, never a negative zero.
pub(super) fn fixed(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0.0000".to_owned()
    } else if (0.00005..1e9).contains(&size) {
        format!("{value:.4}")
    } else {
        format!("{value:.2e}")
    }
}

/// A name without characters that act instead of showing something.
///
/// Control characters become their pictures (U+2400 and on); C1 controls, bidirectional controls,
/// line separators and invisible formats become U+FFFD.
pub(super) fn visible(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().map(|c| match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        _ if acts(c) => '\u{fffd}',
        _ => c,
    })
}

/// Whether a character beyond ASCII controls is one that acts: it formats, hides or turns text.
pub(super) fn acts(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'        // C1 controls
        | '\u{ad}'                 // soft hyphen
        | '\u{61c}'                // Arabic letter mark
        | '\u{180e}'               // Mongolian vowel separator
        | '\u{200b}'..='\u{200f}'  // zero-width characters, left-to-right and right-to-left marks
        | '\u{2028}'..='\u{202e}'  // line and paragraph separators, embeddings, overrides
        | '\u{2060}'..='\u{206f}'  // word joiner, isolates, deprecated formats
        | '\u{feff}'               // byte order mark
        | '\u{fff9}'..='\u{fffb}'  // interlinear annotations
        | '\u{fe00}'..='\u{fe0f}'  // variation selectors
        | '\u{e0000}'..='\u{e0fff}' // tags and further variation selectors
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_never_minus_zero() {
        for (value, text) in [
            (0.0, "0.0000"),
            (-0.0, "0.0000"),
            (0.123_45, "0.1235"),
            (-2.5, "-2.5000"),
            (1e-9, "1.00e-9"),
            (1e300, "1.00e300"),
            (999_999_999.0, "999999999.0000"),
        ] {
            assert_eq!(fixed(value), text);
        }
    }

    #[test]
    fn acting_characters_become_visible() {
        let shown: String = visible("a\u{1b}[31m\u{202e}b\u{9b}\u{7f}\n\u{e0041}é").collect();
        assert_eq!(shown, "a␛[31m\u{fffd}b\u{fffd}␡␊\u{fffd}é");
    }
}
