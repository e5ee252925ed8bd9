//! A batch as JUnit XML: a test suite for each run, a test case for reading it and one for each gate.
//!
//! Valid against `junit-10.xsd` of the Jenkins xunit plugin, which other readers agree with. A run
//! that could not be read is an `<error>`, a gate that tripped a `<failure>` (one that only warns
//! says so in `<system-out>`), a gate that the record does not decide is `<skipped>`. No clock is
//! read, so every `time` is 0.

use std::fmt::Write;

use super::model::{Batch, BatchRun};
use crate::gate::{GateOutcome, Severity, Status};
use crate::markdown::is_invisible;

/// Longer messages are cut \[characters\]; the element's text has all of it.
const MAX_MESSAGE: usize = 500;

/// The batch as JUnit XML.
#[must_use]
pub fn to_junit(batch: &Batch) -> String {
    let suites: Vec<Suite> = batch.runs.iter().enumerate().map(|(i, run)| Suite::of(i, run)).collect();
    let sum = |of: fn(&Suite) -> usize| suites.iter().map(of).sum::<usize>();
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"infra-analyze\"".to_owned();
    attribute(&mut xml, "tests", &sum(|s| s.tests).to_string());
    attribute(&mut xml, "failures", &sum(|s| s.failures).to_string());
    attribute(&mut xml, "errors", &sum(|s| s.errors).to_string());
    xml.push_str(" time=\"0\">\n");
    suites.iter().for_each(|suite| xml.push_str(&suite.xml));
    xml.push_str("</testsuites>\n");
    xml
}

struct Suite {
    tests: usize,
    failures: usize,
    errors: usize,
    xml: String,
}

impl Suite {
    fn of(index: usize, run: &BatchRun) -> Self {
        let title = run.title();
        // A dot parts packages for Jenkins, which a file's name does not mean.
        let class = format!("infra-analyze.{}", title.replace('.', "_"));
        let tests = 1 + run.gates.len();
        let failures = run.gates.iter().filter(|g| g.fails()).count();
        let errors = usize::from(run.found.is_err());
        let skipped = run.gates.iter().filter(|g| g.status == Status::Undecided).count();

        let mut xml = "  <testsuite".to_owned();
        attribute(&mut xml, "name", &title);
        attribute(&mut xml, "tests", &tests.to_string());
        attribute(&mut xml, "failures", &failures.to_string());
        attribute(&mut xml, "errors", &errors.to_string());
        attribute(&mut xml, "skipped", &skipped.to_string());
        attribute(&mut xml, "id", &index.to_string());
        xml.push_str(" time=\"0\">\n    <properties>\n");
        for (name, value) in properties(run) {
            xml.push_str("      <property");
            attribute(&mut xml, "name", name);
            attribute(&mut xml, "value", &value);
            xml.push_str("/>\n");
        }
        xml.push_str("    </properties>\n");
        case(&mut xml, "analysis", &class, |xml| match &run.found {
            Ok(_) => false,
            Err(broken) => {
                element(xml, "error", "the run could not be read", "unreadable", &broken.message);
                true
            },
        });
        for gate in &run.gates {
            case(&mut xml, &gate.gate, &class, |xml| outcome(xml, gate));
        }
        xml.push_str("  </testsuite>\n");
        Self { tests, failures, errors, xml }
    }
}

/// What a run is known by.
fn properties(run: &BatchRun) -> Vec<(&'static str, String)> {
    let mut found: Vec<(&'static str, String)> = Vec::new();
    if let Some(f) = run.findings() {
        found.push(("verdict", f.verdict.id().to_owned()));
        found.extend(f.root_cause().map(|cause| ("root_cause", cause.service.clone())));
        found.extend(f.confidence.map(|level| ("confidence", level.words().to_owned())));
        found.push(("blast_radius", f.blast_radius().to_string()));
        found.push(("observed", f.observed.to_string()));
        let figures = [("incident", &f.incident), ("world", &f.world), ("scenario", &f.scenario)];
        found.extend(figures.into_iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| (n, v.clone())));
        found.extend(f.run_seed.map(|seed| ("seed", seed.to_string())));
        let provenance = [("version", &f.provenance.version), ("digest", &f.provenance.digest)];
        found.extend(provenance.into_iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| (n, v.clone())));
    }
    found.extend(run.report.iter().map(|report| ("report", report.clone())));
    found
}

/// One test case; `inside` writes what is in it and says whether it wrote anything.
fn case(xml: &mut String, name: &str, class: &str, inside: impl FnOnce(&mut String) -> bool) {
    xml.push_str("    <testcase");
    attribute(xml, "name", name);
    attribute(xml, "classname", class);
    xml.push_str(" time=\"0\"");
    let open = xml.len();
    xml.push_str(">\n");
    if inside(xml) {
        xml.push_str("    </testcase>\n");
    } else {
        xml.truncate(open);
        xml.push_str("/>\n");
    }
}

fn outcome(xml: &mut String, gate: &GateOutcome) -> bool {
    let why = gate.why.plain();
    let all = format!("{}\n{why}", gate.expr);
    match (gate.status, gate.severity) {
        (Status::Passed, _) => return false,
        (Status::Undecided, _) => element(xml, "skipped", &why, "undecided", &all),
        (Status::Tripped, Severity::Error) => element(xml, "failure", &why, "gate", &all),
        (Status::Tripped, Severity::Warning) => {
            xml.push_str("      <system-out>");
            push(xml, &format!("warning: {all}"), false);
            xml.push_str("</system-out>\n");
        },
    }
    true
}

fn element(xml: &mut String, name: &str, message: &str, kind: &str, text: &str) {
    let _ = write!(xml, "      <{name}");
    attribute(xml, "message", &super::plain::line(message, MAX_MESSAGE));
    attribute(xml, "type", kind);
    xml.push('>');
    push(xml, text, false);
    let _ = writeln!(xml, "</{name}>");
}

fn attribute(xml: &mut String, name: &str, value: &str) {
    let _ = write!(xml, " {name}=\"");
    push(xml, value, true);
    xml.push('"');
}

/// Adds text. What XML 1.0 cannot hold, and what hides in text, is replaced.
fn push(xml: &mut String, text: &str, in_attribute: bool) {
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            // A parser would make spaces of them in attributes, and drop a carriage return.
            '\n' | '\t' if in_attribute => {
                let _ = write!(xml, "&#{};", u32::from(c));
            },
            '\n' | '\t' => xml.push(c),
            '\r' => xml.push_str("&#13;"),
            '\u{FFFE}' | '\u{FFFF}' => xml.push('\u{FFFD}'),
            c if is_invisible(c) => xml.push('\u{FFFD}'),
            c => xml.push(c),
        }
    }
}
