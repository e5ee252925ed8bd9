//! Texts for HTML: everything is escaped; our own words may hold light Markdown and citations.

use super::links::Links;
use crate::charts::push_escaped;
use crate::cite::Cite;
use crate::text::{Piece, pieces, unmarked};

/// Longer names and log lines are cut \[characters\].
const MAX_CHARS: usize = 240;

/// A marked text: names become code, words are ours.
pub(super) fn marked(text: &str, links: &Links) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => push_words(&mut out, words, links),
            Piece::Untrusted(name) => push_name(&mut out, name),
        }
    }
    out
}

/// Our own words, without marks.
pub(super) fn ours(words: &str, links: &Links) -> String {
    let mut out = String::with_capacity(words.len() + 16);
    push_words(&mut out, words, links);
    out
}

/// A text for an attribute, a title or a label: escaped, no markup.
pub(super) fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_cut(&mut out, &unmarked(text));
    out
}

fn push_name(out: &mut String, name: &str) {
    if !name.is_empty() {
        out.push_str("<code>");
        push_cut(out, name);
        out.push_str("</code>");
    }
}

/// At most [`MAX_CHARS`] characters.
fn push_cut(out: &mut String, text: &str) {
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => {
            push_escaped(out, &text[..end]);
            out.push('…');
        },
        None => push_escaped(out, text),
    }
}

/// `**bold**`, `*italic*`, `` `code` `` and `[rows 9-14]` become elements; what is not closed in
/// the same words stays as it is.
fn push_words(out: &mut String, words: &str, links: &Links) {
    let mut rest = words;
    while let Some(at) = rest.find(['*', '`', '[']) {
        push_escaped(out, &rest[..at]);
        rest = &rest[at..];
        if let Some((cite, length)) = Cite::at_start(rest) {
            links.push(out, &cite);
            rest = &rest[length..];
            continue;
        }
        let (mark, element) = match rest {
            _ if rest.starts_with("**") => ("**", "strong"),
            _ if rest.starts_with('*') => ("*", "em"),
            _ if rest.starts_with('`') => ("`", "code"),
            _ => ("[", ""),
        };
        let inside = &rest[mark.len()..];
        match inside.find(mark).filter(|end| !element.is_empty() && *end > 0) {
            Some(end) => {
                out.push_str(&format!("<{element}>"));
                match element {
                    "code" => push_escaped(out, &inside[..end]),
                    _ => push_words(out, &inside[..end], links),
                }
                out.push_str(&format!("</{element}>"));
                rest = &inside[end + mark.len()..];
            },
            None => {
                out.push_str(mark);
                rest = inside;
            },
        }
    }
    push_escaped(out, rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    fn shown(text: &Text) -> String {
        marked(serde_json::to_value(text).unwrap().as_str().unwrap(), &Links::to(&[]))
    }

    #[test]
    fn our_words_have_light_markup_and_names_have_none() {
        let mut text = Text::words("**bold** *it* `a<b` 2 * 3 & [ ] ");
        text.name("**x** `y` <img src=x onerror=1>");
        assert_eq!(
            shown(&text),
            "<strong>bold</strong> <em>it</em> <code>a&lt;b</code> 2 * 3 &amp; [ ] \
             <code>**x** `y` &lt;img src=x onerror=1&gt;</code>"
        );
        // Without a mark a text is nobody's of ours.
        assert_eq!(marked("*a*", &Links::to(&[])), "<code>*a*</code>");
    }

    #[test]
    fn long_names_are_cut_and_hidden_characters_show() {
        let mut text = Text::new();
        text.name(&format!("\u{202e}{}", "é".repeat(1000)));
        let out = shown(&text);
        assert!(out.starts_with("<code>\u{FFFD}é") && out.ends_with("é…</code>"));
        assert_eq!(out.chars().filter(|c| *c == 'é').count(), MAX_CHARS - 1);
        assert_eq!(bare("\"><script>"), "&quot;&gt;&lt;script&gt;");
    }
}
