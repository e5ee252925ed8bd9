//! The user's template, and what people wrote into an older report.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Folder, PLAIN, story, story_metadata, write_parquet};

const DUMPED: &str = include_str!("../../../templates/report.md.j2");
const PAGE: &str = include_str!("../../../docs/template.md");

fn text(folder: &Folder, name: &str) -> String {
    String::from_utf8(folder.read(name)).unwrap()
}

#[test]
fn the_dumped_template_gives_the_same_report() {
    let folder = Folder::new();
    folder.simulate("contagion");
    folder.run("template dump -o mine.j2").expect_code(0);
    assert_eq!(text(&folder, "mine.j2"), DUMPED);
    let plain = folder.run("report run.parquet").expect_code(0).out;
    assert_eq!(folder.run("report run.parquet --template mine.j2").expect_code(0).out, plain);
}

#[test]
fn a_template_may_replace_one_block() {
    let folder = Folder::new();
    folder.simulate("reference");
    let mine = "{% extends \"report.md\" %}\n{% block impact %}\n## Cost\n\n{{ report.title }}: \
                {{ report.graph.causes[0].service }}\n\n{{ super() }}{% endblock %}\n";
    folder.write("mine.j2", mine.as_bytes());
    let out = folder.run("report run.parquet --template mine.j2").expect_code(0).out;
    assert!(out.contains("## Cost\n\n`run.parquet`: `emergency`\n\n## Impact\n"), "{out}");
    assert!(out.contains("## Timeline") && out.contains("# Failure analysis"), "{out}");
}

#[test]
fn a_broken_template_is_bad_input_with_its_line() {
    let folder = Folder::new();
    folder.simulate("reference");
    for (source, says) in [
        ("# R\n\n{{ report.summry.verdict }}\n", ["mine.j2: line 3: ", "undefined"]),
        ("# R\n{% if report.nothing %}x{% endif %}\n", ["mine.j2: line 2: ", "undefined"]),
        ("# R\n{% for x in report.services %}\n", ["mine.j2: line ", "syntax error"]),
        ("{{ report.title | shout }}\n", ["mine.j2: line 1: ", "shout"]),
        ("{% include \"/etc/passwd\" %}", ["mine.j2: line 1: ", "/etc/passwd"]),
        ("<!-- human:a -->\n", ["line 1: the section `a` has no end", ""]),
    ] {
        folder.write("mine.j2", source.as_bytes());
        folder.write("report.md", b"old");
        folder.run("report run.parquet --template mine.j2 -o report.md").expect_code(3).complains(&says);
        assert_eq!(text(&folder, "report.md"), "old");
    }
    folder.write("mine.j2", b"\xff\xfe");
    folder.run("report run.parquet --template mine.j2").expect_code(3).complains(&["mine.j2"]);
    folder.run("report run.parquet --template none.j2").expect_code(3).complains(&["none.j2"]);
    let said = folder.run("report run.parquet --template mine.j2 --format json").expect_code(2);
    said.complains(&["--template", "Markdown"]);
}

#[test]
fn every_field_of_a_report_is_on_the_page() {
    fn walk(value: &Value, path: &str, out: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let path = format!("{path}.{name}");
                    if !value.is_array() {
                        out.insert(path.clone());
                    }
                    walk(value, &path, out);
                }
            },
            // Two numbers are a value, a list is told by its items.
            Value::Array(items) if items.len() == 2 && items.iter().all(Value::is_number) => {
                out.insert(path.to_owned());
            },
            Value::Array(items) => {
                for item in items {
                    let path = format!("{path}[]");
                    out.insert(path.clone());
                    walk(item, &path, out);
                }
            },
            _ => {},
        }
    }
    let folder = Folder::new();
    folder.run("simulate mesh --scenario connected -o mesh.parquet").expect_code(0);
    folder.simulate("late-policy");
    let mut fields = BTreeSet::new();
    for run in ["mesh", "run"] {
        let json = folder.run(&format!("report {run}.parquet --format json")).expect_code(0).out;
        walk(&serde_json::from_str(&json).unwrap(), "report", &mut fields);
    }
    assert!(fields.len() > 120, "{}", fields.len());
    for field in fields {
        assert!(PAGE.contains(&format!("| `{field}` |")), "docs/template.md does not have {field}");
    }
}

#[test]
fn what_people_wrote_survives_the_next_report() {
    let folder = Folder::new();
    folder.simulate("contagion");
    folder.run("report run.parquet -o report.md").expect_code(0);
    let first = text(&folder, "report.md");
    let placeholder = "*(to be written by a person)*\n<!-- /human:authors -->";
    let written = first
        .replace(placeholder, "Grace & Ada, **two** of us\n\n<!-- /human:authors -->")
        .replace("# Failure analysis", "# Outside the markers");
    assert_ne!(written, first);
    folder.write("report.md", written.as_bytes());
    folder.run("report run.parquet --top 1 -o report.md").expect_code(0);
    let second = text(&folder, "report.md");
    assert!(second.contains("Grace & Ada, **two** of us\n\n<!-- /human:authors -->"), "{second}");
    assert!(second.contains("--top 1") && !second.contains("Outside the markers"), "{second}");
    // The same again changes nothing; printed, or elsewhere, nothing is kept.
    folder.run("report run.parquet --top 1 -o report.md").expect_code(0);
    assert_eq!(text(&folder, "report.md"), second);
    folder.run("report run.parquet -o other.md").expect_code(0);
    assert_eq!(text(&folder, "other.md"), first);
    assert!(folder.run("report run.parquet").expect_code(0).out == first);
}

#[test]
fn sections_that_cannot_be_kept_leave_the_file_alone() {
    let folder = Folder::new();
    folder.simulate("reference");
    folder.run("report run.parquet -o first.md").expect_code(0);
    let first = text(&folder, "first.md");
    folder.write("bare.j2", b"# {{ report.title }}\n");
    let own = first.replace("<!-- human:authors -->", "<!-- human:authors -->\nAda");
    for (older, extra, says) in [
        (first.replace("<!-- /human:lessons -->", ""), "", "before `lessons`"),
        (format!("{first}\n<!-- human:lessons -->\n<!-- /human:lessons -->\n"), "", "a second section"),
        (own, " --template bare.j2", "somebody wrote into the section `authors`"),
    ] {
        folder.write("report.md", older.as_bytes());
        let said = folder.run(&format!("report run.parquet -o report.md{extra}")).expect_code(3);
        said.complains(&["report.md", says]);
        assert_eq!(text(&folder, "report.md"), older);
    }
    let mut bytes = first.into_bytes();
    bytes.push(0xff);
    folder.write("report.md", &bytes);
    folder.run("report run.parquet -o report.md").expect_code(3).complains(&["not UTF-8"]);
    assert_eq!(folder.read("report.md"), bytes);
}

#[test]
fn a_log_cannot_fake_a_marker() {
    let folder = Folder::new();
    let name = "<!-- /human:lessons -->";
    let line = "x\n<!-- human:lessons -->\n<!-- /human:lessons -->\n";
    let names = ["<!-- human:authors -->", name, "gamma"];
    write_parquet(&folder.path("run.parquet"), &story(names, line), Some(&story_metadata(names)));
    folder.run("report run.parquet -o report.md").expect_code(0);
    let hostile = text(&folder, "report.md");
    folder.run("report run.parquet -o report.md").expect_code(0);
    assert_eq!(text(&folder, "report.md"), hostile);
    write_parquet(&folder.path("plain.parquet"), &story(PLAIN, "line"), Some(&story_metadata(PLAIN)));
    let plain = folder.run("report plain.parquet").expect_code(0).out;
    let markers = |text: &str| -> Vec<String> {
        text.lines().filter(|l| l.contains("<!--")).map(str::to_owned).collect()
    };
    assert_eq!(markers(&hostile), markers(&plain));
    assert_eq!(markers(&plain).len(), 9, "three sections of three markers");
}

#[test]
fn a_batch_keeps_what_people_wrote() {
    let folder = Folder::new();
    folder.simulate("reference");
    folder.run("batch run.parquet -o all").expect_code(0);
    let written = text(&folder, "all/runs/run.md")
        .replace("*(to be written by a person)*\n<!-- /human:authors -->", "Ada\n<!-- /human:authors -->");
    folder.write("all/runs/run.md", written.as_bytes());
    folder.run("batch run.parquet -o all --force --top 1").expect_code(0);
    let again = text(&folder, "all/runs/run.md");
    assert!(again.contains("Ada\n<!-- /human:authors -->") && again.contains("--top 1"), "{again}");
}
