//! Sections of a report that people write, kept when the report is written anew.
//!
//! In the Markdown such a section stands between two markers, each alone on its line:
//!
//! ```text
//! <!-- human:lessons -->
//! <!-- default 0123456789abcdef -->
//! - [ ] What would have stopped the spread at the first hop?
//! <!-- /human:lessons -->
//! ```
//!
//! [`seal`] puts the digest of the default text into a section; as long as it still fits, nobody
//! has written there and [`carry_over`] replaces the section by the new default. Otherwise the
//! section is a person's and is kept byte by byte. Names from a log cannot fake a marker, because
//! `<` is escaped in them.

use std::collections::BTreeMap;
use std::ops::Range;

/// How a marker begins, whether it opens or closes.
const OPENS: &str = "<!-- human:";
const CLOSES: &str = "<!-- /human:";
const ENDS: &str = " -->";
/// How the line with the digest begins.
const DEFAULT: &str = "<!-- default ";

/// Why sections cannot be told apart or carried over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HumanError {
    /// A marker is not as it must be.
    #[error("{file}: line {line}: {what}")]
    Marker {
        /// The document.
        file: String,
        /// 1-based.
        line: usize,
        /// What is wrong, and what to do.
        what: String,
    },
    /// What a person wrote has no place in the new report.
    #[error(
        "{file}: somebody wrote into the section `{name}`, which the new report does not have; give another -o, or a template with that section"
    )]
    NoPlace {
        /// The older document.
        file: String,
        /// The section.
        name: String,
    },
}

/// A section: where its body stands, without the lines of the markers.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Section {
    name: String,
    body: Range<usize>,
}

/// Marks every default text with its digest; what carries one already gets it anew.
///
/// # Errors
/// [`HumanError::Marker`] in the terms of `file`.
pub fn seal(document: &str, file: &str) -> Result<String, HumanError> {
    replaced(document, file, |_, body| {
        let text = without_digest(body).1;
        format!("{DEFAULT}{:016x}{ENDS}\n{text}", digest(text))
    })
}

/// The new report with the sections that people wrote into the older one.
///
/// # Errors
/// [`HumanError`]; nothing may be written then. `old` and `new` name the documents in messages.
pub fn carry_over(older: &str, old: &str, newer: &str, new: &str) -> Result<String, HumanError> {
    let written: BTreeMap<String, &str> = sections(older, old)?
        .into_iter()
        .map(|s| (s.name, &older[s.body]))
        .filter(|(_, body)| is_written(body))
        .collect();
    let places = sections(newer, new)?;
    if let Some(name) = written.keys().find(|name| places.iter().all(|p| p.name != **name)) {
        return Err(HumanError::NoPlace { file: old.to_owned(), name: name.clone() });
    }
    replaced(newer, new, |name, body| written.get(name).copied().unwrap_or(body).to_owned())
}

/// Whether a text has anything that looks like a marker.
#[must_use]
pub fn has_markers(document: &str) -> bool {
    document.contains(OPENS) || document.contains(CLOSES)
}

/// Whether a person wrote into a body: its digest is gone or does not fit.
fn is_written(body: &str) -> bool {
    let (said, text) = without_digest(body);
    said != Some(format!("{:016x}", digest(text)).as_str())
}

fn replaced(
    document: &str,
    file: &str,
    mut with: impl FnMut(&str, &str) -> String,
) -> Result<String, HumanError> {
    let mut out = String::with_capacity(document.len());
    let mut from = 0;
    for Section { name, body } in sections(document, file)? {
        out.push_str(&document[from..body.start]);
        let new = with(&name, &document[body.clone()]);
        out.push_str(&new);
        // The closing marker stays alone on its line.
        if !new.is_empty() && !new.ends_with('\n') {
            out.push('\n');
        }
        from = body.end;
    }
    out.push_str(&document[from..]);
    Ok(out)
}

/// The digest that a body begins with, and what follows.
fn without_digest(body: &str) -> (Option<&str>, &str) {
    let (first, rest) = body.split_once('\n').unwrap_or((body, ""));
    match first.trim().strip_prefix(DEFAULT).and_then(|d| d.strip_suffix(ENDS)) {
        Some(digest) => (Some(digest), rest),
        None => (None, body),
    }
}

/// FNV-1a over the lines; blanks at their ends and line endings do not count, which editors change.
fn digest(text: &str) -> u64 {
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    text.trim_end()
        .lines()
        .flat_map(|line| line.trim_end().bytes().chain([b'\n']))
        .fold(0xcbf2_9ce4_8422_2325, fold)
}

/// The sections of a document, in order.
fn sections(document: &str, file: &str) -> Result<Vec<Section>, HumanError> {
    let mut found: Vec<Section> = Vec::new();
    let mut open: Option<(String, usize, usize)> = None;
    let mut at = 0;
    for (i, line) in document.split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        let wrong = |what: String| HumanError::Marker { file: file.to_owned(), line: i + 1, what };
        let Some(marker) = marker(line).map_err(wrong)? else { continue };
        open = match (marker, open) {
            (Marker::Open(name), Some((other, from, _))) => {
                return Err(wrong(format!(
                    "the section `{name}` begins before `{other}` (line {from}) has ended"
                )));
            },
            (Marker::Open(name), None) => {
                if found.iter().any(|s| s.name == name) {
                    return Err(wrong(format!("a second section `{name}`; names are unique, remove one")));
                }
                Some((name, i + 1, at))
            },
            (Marker::Close(name), Some((other, _, body))) if name == other => {
                found.push(Section { name, body: body..start });
                None
            },
            (Marker::Close(name), Some((other, from, _))) => {
                return Err(wrong(format!(
                    "the section `{other}` (line {from}) ends as `{name}`; expected `{CLOSES}{other}{ENDS}`"
                )));
            },
            (Marker::Close(name), None) => {
                return Err(wrong(format!(
                    "the section `{name}` ends without a beginning; add `{OPENS}{name}{ENDS}` above it"
                )));
            },
        };
    }
    match open {
        Some((name, line, _)) => Err(HumanError::Marker {
            file: file.to_owned(),
            line,
            what: format!("the section `{name}` has no end; add `{CLOSES}{name}{ENDS}` below it"),
        }),
        None => Ok(found),
    }
}

enum Marker {
    Open(String),
    Close(String),
}

fn marker(line: &str) -> Result<Option<Marker>, String> {
    if !has_markers(line) {
        return Ok(None);
    }
    let text = line.trim();
    let name = |prefix: &str| text.strip_prefix(prefix)?.strip_suffix(ENDS).filter(|n| is_name(n));
    match (name(OPENS), name(CLOSES)) {
        (Some(name), _) => Ok(Some(Marker::Open(name.to_owned()))),
        (_, Some(name)) => Ok(Some(Marker::Close(name.to_owned()))),
        _ => Err(format!("a marker stands alone on its line, as `{OPENS}lessons{ENDS}`")),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REPORT: &str = "# Title\n\n<!-- human:lessons -->\n- [ ] why?\n<!-- /human:lessons -->\nend\n";

    fn sealed(document: &str) -> String {
        seal(document, "new").unwrap()
    }

    fn again(older: &str, newer: &str) -> Result<String, HumanError> {
        carry_over(older, "old.md", newer, "new")
    }

    #[test]
    fn an_untouched_section_becomes_the_new_default() {
        let new = sealed(&REPORT.replace("why?", "why, then?").replace("Title", "Other"));
        assert_eq!(again(&sealed(REPORT), &new).unwrap(), new);
        // Nor is it a person's text after an editor changed line endings and blanks.
        let edited = sealed(REPORT).replace('\n', " \r\n");
        assert_eq!(again(&edited, &new).unwrap(), new);
    }

    #[test]
    fn what_a_person_wrote_is_kept() {
        let old = sealed(REPORT).replace("why?", "because of **this**");
        let new = sealed(&REPORT.replace("Title", "Other"));
        let kept = again(&old, &new).unwrap();
        assert!(kept.contains("because of **this**") && kept.contains("# Other"), "{kept}");
        assert_eq!(again(&kept, &new).unwrap(), kept);
        // Without the line of the digest, too: nobody can tell that it was a default.
        let bare = REPORT.to_owned();
        assert!(again(&bare, &new).unwrap().contains("<!-- human:lessons -->\n- [ ] why?\n<!-- /human"));
        let emptied = "<!-- human:lessons -->\n<!-- /human:lessons -->\n";
        assert!(again(emptied, &new).unwrap().contains("<!-- human:lessons -->\n<!-- /human:lessons -->"));
    }

    #[test]
    fn a_section_without_a_place_is_refused_if_somebody_wrote_into_it() {
        let new = "# Without\n";
        assert_eq!(again(&sealed(REPORT), new).unwrap(), new);
        let error = again(&sealed(REPORT).replace("why", "how"), new).unwrap_err().to_string();
        assert!(error.starts_with("old.md: ") && error.contains("`lessons`"), "{error}");
    }

    #[test]
    fn markers_that_do_not_match_are_refused_with_their_line() {
        for (document, line, says) in [
            ("a\n<!-- human:a -->\n", 2, "has no end"),
            ("<!-- /human:a -->\n", 1, "without a beginning"),
            ("<!-- human:a -->\n<!-- human:b -->\n", 2, "before `a` (line 1) has ended"),
            ("<!-- human:a -->\n<!-- /human:b -->\n", 2, "ends as `b`"),
            ("<!-- human:a -->\n<!-- /human:a -->\n<!-- human:a -->\n", 3, "a second section `a`"),
            ("text <!-- human:a -->\n", 1, "alone on its line"),
            ("<!-- human:A b -->\n", 1, "alone on its line"),
            ("<!-- human: -->\n", 1, "alone on its line"),
        ] {
            let error = sections(document, "x.md").unwrap_err().to_string();
            assert!(error.starts_with(&format!("x.md: line {line}: ")) && error.contains(says), "{error}");
        }
    }

    /// Lines that are no markers, and pieces that nearly are.
    fn lines() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            "[^\r\n]{0,20}".prop_filter("no marker", |l: &String| !has_markers(l)),
            Just("<!-- default 0123456789abcdef -->".to_owned()),
            Just("<!-- human -->".to_owned()),
        ];
        prop::collection::vec(line, 0..6)
            .prop_map(|lines| lines.iter().map(|l| format!("{l}\n")).collect::<String>())
    }

    proptest! {
        #[test]
        fn text_of_people_survives_any_number_of_reports(default in lines(), text in lines(), later in lines()) {
            let document = |body: &str| format!("# r\n<!-- human:a -->\n{body}<!-- /human:a -->\n");
            let first = sealed(&document(&default));
            let changed = document(&text);
            let body_of = |d: &str| d[sections(d, "d").unwrap()[0].body.clone()].to_owned();
            let second = again(&changed, &sealed(&document(&later))).unwrap();
            if is_written(&text) {
                prop_assert_eq!(body_of(&second), text);
                prop_assert_eq!(&again(&second, &first).unwrap(), &second);
            } else {
                prop_assert_eq!(&second, &sealed(&document(&later)));
            }
            prop_assert_eq!(seal(&first, "again").unwrap(), first);
        }

        #[test]
        fn no_text_is_too_odd(pieces in prop::collection::vec(
            prop_oneof![
                Just("<!-- human:"), Just("<!-- /human:"), Just("a"), Just(" -->"), Just("\n"), Just("\r"),
                Just("é"), Just("<!-- default ")
            ], 0..24)) {
            let odd = pieces.concat();
            let new = sealed(REPORT);
            match again(&odd, &new) {
                Ok(out) => prop_assert!(sections(&out, "out").is_ok()),
                Err(error) => prop_assert!(error.to_string().starts_with("old.md: ")),
            }
        }
    }
}
