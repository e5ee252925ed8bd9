//! The list of fields in docs/template.md is the model's own.
//!
//! It is written from the declarations and their comments in the sources of this crate:
//! `INFRA_WRITE_DOCS=1 cargo test -p infra-report` puts it into the page anew.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands, in its helpers as well")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- fields -->\n";
const END: &str = "<!-- end -->\n";
const SOURCES: [&str; 4] = ["model.rs", "findings.rs", "time.rs", "cite.rs"];

/// A field: its name, its type as written, what its comment says.
struct Field {
    name: String,
    kind: String,
    what: String,
}

/// Public structs of a source by name. They are declared one field a line, as rustfmt writes them.
fn structs(source: &str, into: &mut BTreeMap<String, Vec<Field>>) {
    let mut inside: Option<String> = None;
    let mut what = String::new();
    for line in source.lines() {
        let text = line.trim();
        if let Some(name) = text.strip_prefix("pub struct ").and_then(|t| t.strip_suffix(" {")) {
            inside = Some(name.to_owned());
            into.insert(name.to_owned(), Vec::new());
        } else if line == "}" {
            inside = None;
        } else if let Some(words) = text.strip_prefix("/// ") {
            what = if what.is_empty() { words.to_owned() } else { format!("{what} {words}") };
            continue;
        } else if text.starts_with("#[") {
            assert!(!text.contains("rename = ") && !text.contains("flatten"), "{text}: teach this test");
            continue;
        } else if let Some(name) = &inside
            && let Some((field, kind)) = text.strip_prefix("pub ").and_then(|t| t.split_once(": "))
        {
            let kind = kind.trim_end_matches(',').to_owned();
            let fields = into.get_mut(name).unwrap();
            fields.push(Field { name: field.to_owned(), kind, what: what.clone() });
        }
        what.clear();
    }
}

fn inner<'a>(kind: &'a str, of: &str) -> Option<&'a str> {
    kind.strip_prefix(of)?.strip_prefix('<')?.strip_suffix('>')
}

/// One row a field, depth first, with its whole path.
fn rows(all: &BTreeMap<String, Vec<Field>>, of: &str, path: &str, out: &mut Vec<String>) {
    for field in &all[of] {
        let mut path = format!("{path}.{}", field.name);
        let mut kind = field.kind.as_str();
        let mut notes = Vec::new();
        loop {
            if let Some(item) = inner(kind, "Vec") {
                path.push_str("[]");
                kind = item;
            } else if let Some(some) = inner(kind, "Option") {
                notes.push("or none");
                kind = some;
            } else {
                break;
            }
        }
        let words = match kind {
            "Text" => "text",
            "&'static str" => "words",
            "String" => "string",
            "i64" | "u64" | "usize" => "whole number",
            "f64" => "number",
            "bool" => "true or false",
            "(usize, usize)" | "(i64, i64)" => "two whole numbers",
            "Verdict" | "Level" | "TimeUnit" => "name",
            other => {
                assert!(all.contains_key(other), "{of}.{}: no words for the type `{other}`", field.name);
                "fields"
            },
        };
        notes.insert(0, words);
        let what = field.what.replace("\\[", "[").replace("\\]", "]").replace('|', "\\|");
        out.push(format!("| `{path}` | {} | {} |\n", notes.join(", "), plain_links(&what)));
        if all.contains_key(kind) {
            rows(all, kind, &path, out);
        }
    }
}

/// Links of rustdoc as code: their targets are no pages.
fn plain_links(text: &str) -> String {
    text.replace("[`", "`").replace("`]", "`")
}

fn generated() -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = BTreeMap::new();
    for source in SOURCES {
        structs(&fs::read_to_string(here.join(source)).unwrap(), &mut all);
    }
    let mut found = Vec::new();
    rows(&all, "ReportModel", "report", &mut found);
    assert!(found.len() > 100, "only {} fields were found", found.len());
    let undocumented: Vec<_> = found.iter().filter(|row| row.ends_with("|  |\n")).collect();
    assert!(undocumented.is_empty(), "{undocumented:?}");
    format!("\n| field | type | what |\n| --- | --- | --- |\n{}\n", found.concat())
}

#[test]
fn the_page_lists_every_field() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/template.md");
    let text = fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (list, after) = rest.split_once(END).unwrap();
    let expected = generated();
    if std::env::var_os("INFRA_WRITE_DOCS").is_some() {
        fs::write(&page, format!("{before}{BEGIN}{expected}{END}{after}")).unwrap();
        return;
    }
    for (i, (is, should)) in list.lines().zip(expected.lines()).enumerate() {
        assert_eq!(is, should, "docs/template.md, line {i} of the list; INFRA_WRITE_DOCS=1 writes it anew");
    }
    assert_eq!(list, expected, "docs/template.md; INFRA_WRITE_DOCS=1 writes it anew");
}
