//! The pictures of a Markdown report: files beside it, or data inside it.

use serde::Serialize;

use crate::charts::{self, Drawing};
use crate::exhibits::Exhibits;

/// A picture that a Markdown report shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Picture {
    /// What it is; our own words.
    pub title: String,
    /// Where it is: a relative reference or a data URI, safe inside Markdown's parentheses.
    pub target: String,
}

/// The pictures of a report; `None` where there is nothing to draw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pictures {
    /// The dependency graph.
    pub dependencies: Option<Picture>,
    /// The most telling signals of affected services.
    pub evidence: Option<Picture>,
    /// Who left its band when.
    pub propagation: Option<Picture>,
}

/// Names of the files that [`files`] makes.
const NAMES: [&str; 3] = ["dependencies.svg", "evidence.svg", "propagation.svg"];

/// The pictures as files: name and content.
#[must_use]
pub fn files(exhibits: &Exhibits) -> Vec<(&'static str, String)> {
    let drawn = drawings(exhibits).into_iter().zip(NAMES);
    drawn.filter_map(|(drawing, name)| Some((name, drawing?.standalone()))).collect()
}

impl Pictures {
    /// Pictures in a folder that lies at `folder`, relative to the report; its parts are joined
    /// by slashes.
    #[must_use]
    pub fn beside(exhibits: &Exhibits, folder: &str) -> Self {
        let folder = percent_encoded(folder);
        Self::new(exhibits, |name, _| match folder.as_str() {
            "" => name.to_owned(),
            folder => format!("{}/{name}", folder.trim_end_matches('/')),
        })
    }

    /// Pictures inside the report.
    #[must_use]
    pub fn embedded(exhibits: &Exhibits) -> Self {
        Self::new(exhibits, |_, drawing| {
            format!("data:image/svg+xml;base64,{}", crate::base64::encode(drawing.standalone().as_bytes()))
        })
    }

    fn new(exhibits: &Exhibits, target: impl Fn(&str, &Drawing) -> String) -> Self {
        let picture = |drawing: Option<Drawing>, name: &str| {
            drawing.map(|d| Picture { target: target(name, &d), title: d.title })
        };
        let [dependencies, evidence, propagation] = drawings(exhibits);
        Self {
            dependencies: picture(dependencies, NAMES[0]),
            evidence: picture(evidence, NAMES[1]),
            propagation: picture(propagation, NAMES[2]),
        }
    }
}

fn drawings(exhibits: &Exhibits) -> [Option<Drawing>; 3] {
    [charts::dependencies(exhibits), charts::evidence(exhibits), charts::propagation(exhibits)]
}

/// A path as a relative reference: everything but letters, digits, `-._~` and slashes is encoded.
fn percent_encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte))
            },
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exhibits::NodeExhibit;

    #[test]
    fn paths_end_no_link() {
        let exhibits = Exhibits { nodes: vec![NodeExhibit::default()], ..Exhibits::default() };
        let target = |folder: &str| Pictures::beside(&exhibits, folder).dependencies.unwrap().target;
        assert_eq!(target("a) b/ä"), "a%29%20b/%C3%A4/dependencies.svg");
        assert_eq!(target("../out/"), "../out/dependencies.svg");
        assert_eq!(target(""), "dependencies.svg");
        let inside = Pictures::embedded(&exhibits);
        assert!(inside.dependencies.unwrap().target.starts_with("data:image/svg+xml;base64,PHN2Zy"));
        assert_eq!((inside.evidence, inside.propagation), (None, None));
    }
}
