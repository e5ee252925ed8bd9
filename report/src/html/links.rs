//! Citations as links to the rows that they name, and back.

use std::collections::BTreeMap;
use std::sync::Mutex;

use minijinja::value::Value;

use crate::cite::Cite;
use crate::exhibits::Excerpt;

/// Places that are told with an excerpt; further ones are not.
const MOST_PLACES: usize = 12;

/// Which citations have an excerpt in the page, and where each was printed.
#[derive(Debug)]
pub(super) struct Links {
    /// Numbers of the places where each anchor was cited, in the order of printing.
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    printed: usize,
    of: BTreeMap<String, Vec<usize>>,
}

impl Links {
    /// Links to these excerpts.
    pub(super) fn to(excerpts: &[Excerpt]) -> Self {
        let of = excerpts.iter().map(|e| (e.cite.anchor(), Vec::new())).collect();
        Self { places: Mutex::new(Places { printed: 0, of }) }
    }

    /// Prints a citation: a link if its rows are in the page, else its text.
    pub(super) fn push(&self, out: &mut String, cite: &Cite) {
        let anchor = cite.anchor();
        let Ok(mut places) = self.places.lock() else { return };
        let number = places.printed + 1;
        if let Some(of) = places.of.get_mut(&anchor) {
            of.push(number);
            places.printed = number;
            out.push_str(&format!("<a class=\"cite\" id=\"cite-{number}\" href=\"#{anchor}\">{cite}</a>"));
        } else {
            out.push_str(&format!("<span class=\"cite\">{cite}</span>"));
        }
    }

    /// Numbers of the first places where an anchor was cited so far.
    pub(super) fn places_of(&self, anchor: &str) -> Value {
        let places = self.places.lock().ok();
        let found = places.as_ref().and_then(|p| p.of.get(anchor));
        found.into_iter().flatten().take(MOST_PLACES).copied().map(Value::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_shown_is_linked() {
        let cite = Cite::rows("events", 9, 14);
        let excerpt = Excerpt { cite: cite.clone(), columns: vec![], rows: vec![], omitted: 0 };
        let links = Links::to(&[excerpt]);
        let mut out = String::new();
        links.push(&mut out, &cite);
        links.push(&mut out, &Cite::row("events", 1));
        links.push(&mut out, &cite);
        assert_eq!(
            out,
            "<a class=\"cite\" id=\"cite-1\" href=\"#rows-events-9-14\">[rows 9-14]</a>\
             <span class=\"cite\">[row 1]</span>\
             <a class=\"cite\" id=\"cite-2\" href=\"#rows-events-9-14\">[rows 9-14]</a>"
        );
        assert_eq!(links.places_of("rows-events-9-14").to_string(), "[1, 2]");
    }
}
