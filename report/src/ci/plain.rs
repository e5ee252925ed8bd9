//! Text for outputs that show it as it is: one line, nothing invisible, of bounded length.

use crate::markdown::is_invisible;

/// `text` in one line: line breaks are spaces, what cannot be seen is replaced, the rest is cut off
/// after `most` characters.
pub(super) fn line(text: &str, most: usize) -> String {
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        match c {
            _ if i == most => {
                out.push('…');
                break;
            },
            '\n' | '\r' | '\t' => out.push(' '),
            c if is_invisible(c) => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_one_visible_line() {
        assert_eq!(line("a\nb\u{1b}[31m\u{202e}c", 99), "a b\u{FFFD}[31m\u{FFFD}c");
        assert_eq!(line("abc", 3), "abc");
        assert_eq!(line("abcd", 3), "abc…");
    }
}
