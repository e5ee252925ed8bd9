//! The keys `files` and `optional` of every section that reads files.

use super::section::{Problems, Section};

/// What a section says about its files.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct Source {
    /// The section as messages name it: `[spans]`, or `[[spans]]` where there may be several.
    pub(in crate::import) section: String,
    /// Patterns of file names, `*` and `?` standing for anything; empty: any name will do.
    pub(in crate::import) files: Vec<String>,
    /// Whether a folder without such a file fits the map all the same.
    pub(in crate::import) optional: bool,
}

pub(super) fn read_source(section: &mut Section<'_>, problems: &mut Problems) -> Source {
    Source {
        section: section.key("").trim_end().to_owned(),
        files: section.texts("files", problems),
        optional: section.flag("optional", problems),
    }
}

impl Source {
    /// Whether the section is meant for files of this name.
    pub(in crate::import) fn takes(&self, file: &str) -> bool {
        self.files.is_empty() || self.files.iter().any(|pattern| matches(pattern.as_bytes(), file.as_bytes()))
    }
}

/// Whether `name` matches a pattern in which `*` stands for any bytes and `?` for any one.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    // Where the last star stood, and how much of the name it has swallowed.
    let mut star: Option<(usize, usize)> = None;
    let (mut p, mut n) = (0, 0);
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            },
            Some(wanted) if *wanted == b'?' || *wanted == name[n] => {
                p += 1;
                n += 1;
            },
            _ => match star {
                Some((at, swallowed)) => {
                    star = Some((at, swallowed + 1));
                    p = at + 1;
                    n = swallowed + 1;
                },
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_anything() {
        let fits = |pattern: &str, name: &str| matches(pattern.as_bytes(), name.as_bytes());
        for (pattern, name) in [
            ("edge_source*", "edge_source_p50.parquet"),
            ("*", ""),
            ("*.csv*", "a.b.csv.gz"),
            ("p?d*metrics*", "pod_metrics.csv"),
            ("a*b*c", "aXbbYc"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("edge_source*", "edge_destination"), ("a?", "a"), ("a*b", "abc"), ("", "a")]
        {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
