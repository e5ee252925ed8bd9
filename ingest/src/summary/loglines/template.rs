//! Log templates: which lines come from the same statement.
//!
//! A line that names its source location (`TravelServiceImpl#532`, `cart.go:88`) is told by it.
//! Other lines go through a fixed-depth tree like Drain's (P. He et al., *Drain: An Online Log
//! Parsing Approach with Fixed Depth Tree*, ICWS 2017): by service, number of words and first
//! word, then to the first template that shares more than two thirds of its words. Words with a
//! digit are parameters from the start, and so are the names before them (`TraceID: 4f2a`): what
//! every line of a service begins with must not make its lines alike. The same lines in the same
//! order give the same templates.

use std::collections::BTreeMap;

use infra_eventlog::batch::Interner;

/// What stands for a parameter.
const PARAMETER: &str = "*";
/// Words of a line that are looked at.
const MAX_WORDS: usize = 48;
/// Longest text kept of a word or location \[bytes\].
const MAX_WORD: usize = 64;
/// Words in which a source location is looked for.
const LOCATION_WORDS: usize = 8;
/// Most templates of one leaf; a line that fits none of them joins the last.
const MAX_LEAF: usize = 256;

/// All templates of a run.
#[derive(Debug, Default)]
pub(super) struct Templates {
    words: Vec<Vec<String>>,
    located: BTreeMap<String, u32>,
    leaves: BTreeMap<(u32, usize, String), Vec<u32>>,
    /// Lines seen as they are, so that a repeated one is not parsed again.
    seen: Interner,
    seen_code: Vec<(u32, u32)>,
}

/// Distinct lines remembered as they are.
const MAX_SEEN: usize = 50_000;

impl Templates {
    /// The template of a service's line.
    pub(super) fn code(&mut self, service: u32, line: &str) -> u32 {
        if let Some(known) = self.seen.find(line)
            && let Some(&(who, code)) = self.seen_code.get(known as usize)
            && who == service
        {
            return code;
        }
        let code = self.parse(service, line);
        if self.seen_code.len() < MAX_SEEN && line.len() < 1_024 && self.seen.find(line).is_none() {
            self.seen.code(line);
            self.seen_code.push((service, code));
        }
        code
    }

    /// The template's text.
    pub(super) fn text(&self, code: u32) -> String {
        self.words.get(code as usize).map(|w| w.join(" ")).unwrap_or_default()
    }

    fn parse(&mut self, service: u32, line: &str) -> u32 {
        let raw: Vec<&str> = line.split_whitespace().take(MAX_WORDS).collect();
        if let Some(location) = raw.iter().take(LOCATION_WORDS).copied().find(|w| is_location(w)) {
            if let Some(&code) = self.located.get(location) {
                return code;
            }
            let code = self.new_template(vec![location.to_owned()]);
            self.located.insert(location.to_owned(), code);
            return code;
        }
        let mut words: Vec<&str> = raw.iter().map(|w| masked(w)).collect();
        for i in 1..words.len() {
            if words[i] == PARAMETER && words[i - 1].ends_with([':', '=']) {
                words[i - 1] = PARAMETER;
            }
        }
        let first = words.first().copied().unwrap_or_default().to_owned();
        let leaf = self.leaves.entry((service, words.len(), first)).or_default();
        let alike = |template: &[String]| {
            let told = template.iter().zip(&words).filter(|(t, w)| *t != PARAMETER || **w != PARAMETER);
            let (same, all) = told.fold((0, 0), |(same, all), (t, w)| (same + usize::from(t == w), all + 1));
            same * 3 > all * 2 || all == 0
        };
        let fits = leaf.iter().copied().find(|&code| alike(&self.words[code as usize]));
        let full = leaf.len() >= MAX_LEAF;
        if let Some(code) = fits.or_else(|| leaf.last().copied().filter(|_| full)) {
            for (t, w) in self.words[code as usize].iter_mut().zip(&words) {
                if t != w {
                    PARAMETER.clone_into(t);
                }
            }
            return code;
        }
        let code = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        leaf.push(code);
        self.new_template(words.into_iter().map(str::to_owned).collect())
    }

    fn new_template(&mut self, words: Vec<String>) -> u32 {
        let code = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.words.push(words);
        code
    }
}

/// `Name#123`, `file.go:88`, `Name.java:12`: a name, a separator and a line number.
fn is_location(word: &str) -> bool {
    let word = word.trim_matches(|c: char| "()[]<>,;".contains(c));
    let Some((name, number)) = word.rsplit_once(['#', ':']) else { return false };
    let numbered = !number.is_empty() && number.len() <= 6 && number.bytes().all(|b| b.is_ascii_digit());
    let separator = word.as_bytes().get(name.len());
    let named = name.len() <= MAX_WORD
        && name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._$/-".contains(&b));
    // `host:8080` and `10:42:11` are no locations: a colon needs a file's ending before it.
    let ending = name.rsplit_once('.').is_some_and(|(_, e)| SOURCES.contains(&e));
    numbered && named && (separator == Some(&b'#') || ending)
}

/// Endings of source files.
const SOURCES: [&str; 16] =
    ["go", "java", "py", "rs", "js", "ts", "cs", "cpp", "cc", "c", "rb", "php", "kt", "scala", "ex", "erl"];

/// A word, or the parameter if it holds a digit or is very long.
fn masked(word: &str) -> &str {
    if word.len() > MAX_WORD || word.bytes().any(|b| b.is_ascii_digit()) { PARAMETER } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_location_tells_the_statement() {
        let mut t = Templates::default();
        let a = t.code(0, "16:42:22.382 INFO t.s.TravelServiceImpl#532 TraceID: ff [Route is: x]");
        let b = t.code(0, "17:01:09.001 INFO t.s.TravelServiceImpl#532 TraceID: 0a [Route is: y, z]");
        let c = t.code(0, "17:01:09.001 INFO t.s.TravelServiceImpl#529 TraceID: 0a [Route is: y, z]");
        assert!(a == b && b != c);
        assert_eq!(t.text(a), "t.s.TravelServiceImpl#532");
        assert!(is_location("cart.go:88") && !is_location("10:42:11") && !is_location("redis:6379"));
    }

    #[test]
    fn words_that_differ_become_parameters() {
        let mut t = Templates::default();
        let a = t.code(0, "user alice logged in from 10.0.0.1");
        let b = t.code(0, "user bob logged in from 10.0.0.7");
        let c = t.code(0, "payment of 3 refused by the bank");
        assert!(a == b && a != c);
        assert_eq!(t.text(a), "user * logged in from *");
    }

    #[test]
    fn ids_that_every_line_begins_with_do_not_make_lines_alike() {
        let mut t = Templates::default();
        let a = t.code(0, "TraceID: 04c87ec9 SpanID: e4006dce Query Recommendations");
        let b = t.code(0, "TraceID: 77aa01b2 SpanID: 0006dce7 Query Recommendations");
        let c = t.code(0, "TraceID: 04c87ec9 SpanID: e4006dce Carry money");
        assert!(a == b && a != c);
        assert_eq!(t.text(c), "* * * * Carry money");
        assert_eq!(t.code(0, "1 2 3"), t.code(0, "4 5 6"));
    }

    #[test]
    fn services_do_not_share_templates_and_nonsense_is_a_template() {
        let mut t = Templates::default();
        assert_ne!(t.code(0, "started well"), t.code(1, "started well"));
        assert_eq!(t.code(0, ""), t.code(0, "   "));
        t.code(0, &"x".repeat(1 << 20));
    }
}
