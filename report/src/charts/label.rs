//! Names that have to fit: cut in the middle, where long names differ least.

use crate::markdown::is_invisible;

/// Width of a text \[px\], estimated for a wide font: nothing here knows the reader's.
pub(super) fn width(text: &str, font_px: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * font_px
}

fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.3,
        'f' | 't' | 'r' | ' ' | '-' | '/' | '(' | ')' | '[' | ']' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '<' | '>' | '=' | '+' | '~' | '&' | '#' | '^' => 0.95,
        'A'..='Z' => 0.74,
        c if is_invisible(c) => 1.0,
        c if c.is_ascii() => 0.64,
        // Wide scripts take a whole em.
        '\u{1100}'..='\u{11FF}'
        | '\u{2E80}'..='\u{D7AF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF00}'..='\u{FFEF}' => 1.0,
        c if u32::from(c) >= 0x1_0000 => 1.1,
        _ => 0.65,
    }
}

/// The text, or its beginning and end around `…`, within `most_px`.
pub(super) fn fit(text: &str, most_px: f64, font_px: f64) -> String {
    // Longer texts are cut anyway; they need not be measured.
    let chars: Vec<char> = text.chars().take(400).collect();
    let whole = chars.len() < 400;
    let size = |chars: &[char]| chars.iter().copied().map(advance).sum::<f64>() * font_px;
    if whole && size(&chars) <= most_px {
        return text.to_owned();
    }
    let room = most_px - 0.9 * font_px;
    let mut head = 0;
    while head < chars.len() && size(&chars[..=head]) <= 0.58 * room {
        head += 1;
    }
    let mut tail = chars.len();
    while tail > head && size(&chars[tail - 1..]) <= 0.42 * room {
        tail -= 1;
    }
    let tail = if whole { &chars[tail..] } else { &[] };
    chars[..head].iter().chain(&['…']).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_stay_and_long_ones_keep_both_ends() {
        assert_eq!(fit("payment", 100.0, 12.0), "payment");
        let cut = fit("petInfo_AWS::DynamoDB::Table", 100.0, 12.0);
        assert!(cut.starts_with("petInfo") && cut.ends_with("Table") && cut.contains('…'), "{cut}");
        assert!(width(&cut, 12.0) <= 100.0);
        for hostile in ["x".repeat(100_000), "漢".repeat(50), "\u{1F600}".repeat(30)] {
            assert!(width(&fit(&hostile, 90.0, 12.0), 12.0) <= 90.0);
        }
    }
}
