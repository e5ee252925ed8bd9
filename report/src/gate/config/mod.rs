//! `infra-analyze.toml`: gates and defaults of `batch` that a repository keeps beside its runs.
//!
//! ```toml
//! schema = "infra-config/1"
//!
//! [gates]
//! fail-on = ["verdict=collapse", "mttr>5min"]
//! warn-on = ["agreement<90%"]
//!
//! [[gate]]                   # the same with a name of its own
//! name = "error budget"
//! fail-on = "slo_budget<0"
//!
//! [batch]
//! jobs = 2
//! formats = ["md", "html"]
//! junit = "results/junit.xml"
//! ```
//!
//! The text is checked as a whole: unknown keys are refused with the nearest known one, and all
//! problems are told together, each with its line and column. Finding the file, and reading paths
//! relative to its folder, is the caller's work.

mod section;

use std::fmt;

use super::outcome::Gate;
use section::{Problems, Section};

/// The version that is read.
pub const CONFIG_SCHEMA: &str = "infra-config/1";
/// The file's name.
pub const CONFIG_FILE: &str = "infra-analyze.toml";
/// Formats of reports that a batch writes.
pub const FORMATS: [&str; 3] = ["md", "html", "json"];

/// Longer names of gates are refused \[characters\].
const MAX_NAME: usize = 80;
/// More threads are refused.
const MAX_JOBS: i64 = 1024;

/// A checked configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// Gates: those of `[gates]` first, then `[[gate]]`, in the order of the file.
    pub gates: Vec<Gate>,
    /// Defaults of `batch`.
    pub batch: BatchConfig,
}

/// Defaults of the `batch` command; `None` where the file says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchConfig {
    /// Runs analysed at a time, at least 1.
    pub jobs: Option<usize>,
    /// Formats of the reports, of [`FORMATS`]; at least one.
    pub formats: Option<Vec<&'static str>>,
    /// File for JUnit XML.
    pub junit: Option<String>,
    /// File for SARIF.
    pub sarif: Option<String>,
    /// File for the job summary.
    pub summary: Option<String>,
    /// Folder of an earlier batch that gates compare with.
    pub baseline: Option<String>,
}

impl Config {
    /// Reads and checks a configuration.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem, in the order of the text.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let mut problems = Problems::new(text);
        let config = Section::root(text, &mut problems).map(|root| read(root, &mut problems));
        let found = problems.into_sorted();
        match config {
            Some(config) if found.is_empty() => Ok(config),
            _ => Err(ConfigError { problems: found }),
        }
    }
}

fn read(mut root: Section<'_>, problems: &mut Problems) -> Config {
    match root.text("schema", problems) {
        Some((schema, at)) if schema != CONFIG_SCHEMA => {
            problems.add(
                at,
                format!("schema `{schema}` is not known"),
                format!("this version reads {CONFIG_SCHEMA}"),
            );
        },
        None if !root.had("schema") => {
            problems.add(0, "`schema` is missing".to_owned(), format!("write schema = \"{CONFIG_SCHEMA}\""));
        },
        _ => {},
    }
    let mut gates = Vec::new();
    if let Some(mut section) = root.section("gates", problems) {
        gates.extend(expressions(&mut section, "fail-on", problems));
        gates.extend(expressions(&mut section, "warn-on", problems).into_iter().map(Gate::as_warning));
        section.finish(problems);
    }
    for mut section in root.sections("gate", problems) {
        if let Some((gate, at)) = named(&mut section, problems) {
            if gates.iter().any(|g: &Gate| g.name == gate.name) {
                problems.add(
                    at,
                    format!("there are two gates `{}`", gate.name),
                    "give one another name".to_owned(),
                );
            }
            gates.push(gate);
        }
        section.finish(problems);
    }
    let batch = root.section("batch", problems).map_or_else(BatchConfig::default, |mut section| {
        let batch = batch(&mut section, problems);
        section.finish(problems);
        batch
    });
    root.finish(problems);
    Config { gates, batch }
}

/// The expressions of a list; one expression is a list too.
fn expressions(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Vec<Gate> {
    let mut gates: Vec<Gate> = Vec::new();
    for (text, at) in section.texts(key, problems).unwrap_or_default() {
        match Gate::parse(&text) {
            Ok(gate) if gates.contains(&gate) => {},
            Ok(gate) => gates.push(gate),
            Err(error) => problems.add(at, error.to_string(), String::new()),
        }
    }
    gates
}

/// One `[[gate]]`, and where its name stands.
fn named(section: &mut Section<'_>, problems: &mut Problems) -> Option<(Gate, usize)> {
    let name = section.text("name", problems);
    let fail = section.text("fail-on", problems);
    let warn = section.text("warn-on", problems);
    let (expr, warns) = match (fail, warn) {
        (Some(expr), None) => (expr, false),
        (None, Some(expr)) => (expr, true),
        (Some(_), Some((_, at))) => {
            problems.add(
                at,
                "a gate has `fail-on` or `warn-on`, not both".to_owned(),
                "make two of it".to_owned(),
            );
            return None;
        },
        (None, None) => {
            if !section.had("fail-on") && !section.had("warn-on") {
                let hint = "write fail-on = \"verdict=cascade\", say".to_owned();
                problems.add(section.at(), "[[gate]] has no `fail-on` and no `warn-on`".to_owned(), hint);
            }
            return None;
        },
    };
    let Some((name, at)) = name else {
        if !section.had("name") {
            let hint = "or list its expression under [gates]".to_owned();
            problems.add(section.at(), "[[gate]] has no `name`".to_owned(), hint);
        }
        return None;
    };
    if name.chars().count() > MAX_NAME || name.chars().any(crate::markdown::is_invisible) {
        let what = format!("a gate's name is one line of at most {MAX_NAME} characters");
        problems.add(at, what, String::new());
        return None;
    }
    match Gate::parse(&expr.0) {
        Ok(gate) => {
            let gate = Gate { name, ..gate };
            Some((if warns { gate.as_warning() } else { gate }, at))
        },
        Err(error) => {
            problems.add(expr.1, error.to_string(), String::new());
            None
        },
    }
}

fn batch(section: &mut Section<'_>, problems: &mut Problems) -> BatchConfig {
    let jobs = section.whole("jobs", 1..=MAX_JOBS, problems).and_then(|n| usize::try_from(n).ok());
    let mut formats = None;
    if let Some(texts) = section.texts("formats", problems) {
        let mut known = Vec::new();
        for (text, at) in texts {
            match FORMATS.into_iter().find(|f| *f == text) {
                Some(format) if known.contains(&format) => {},
                Some(format) => known.push(format),
                None => {
                    problems.add(at, format!("no format `{text}`"), format!("one of {}", FORMATS.join(", ")))
                },
            }
        }
        if known.is_empty() {
            problems.add(
                section.at_of("formats"),
                "`formats` names no format".to_owned(),
                format!("one of {}", FORMATS.join(", ")),
            );
        }
        formats = Some(known);
    }
    let mut path = |key| section.text(key, problems).map(|(path, _)| path);
    BatchConfig {
        jobs,
        formats,
        junit: path("junit"),
        sarif: path("sarif"),
        summary: path("summary"),
        baseline: path("baseline"),
    }
}

/// Everything that is wrong with a configuration.
///
/// Displayed, each problem starts with `line:column: `; the caller puts the file's name before
/// (see [`ConfigError::in_file`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The problems, in the order of the text; at least one.
    pub problems: Vec<ConfigProblem>,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong; of an expression, several lines.
    pub what: String,
    /// What to do; may be empty.
    pub hint: String,
}

impl ConfigError {
    /// The problems, each with the file's name: `infra-analyze.toml:3:1: ...`.
    #[must_use]
    pub fn in_file(&self, file: &str) -> String {
        let lines: Vec<String> = self.problems.iter().map(|problem| format!("{file}:{problem}")).collect();
        lines.join("\n")
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.what)?;
        if !self.hint.is_empty() {
            write!(f, " ({})", self.hint)?;
        }
        Ok(())
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_file(CONFIG_FILE))
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Severity;

    #[test]
    fn a_whole_file_is_read() {
        let config = Config::parse(
            "schema = \"infra-config/1\"\n[gates]\nfail-on = [\"verdict=collapse\", \"mttr>5min\"]\n\
             warn-on = \"agreement<90%\"\n[[gate]]\nname = \"error budget\"\nfail-on = \"slo_budget<0\"\n\
             [batch]\njobs = 2\nformats = [\"md\", \"html\", \"md\"]\njunit = \"r/junit.xml\"\n",
        )
        .unwrap();
        let names: Vec<(&str, Severity)> =
            config.gates.iter().map(|g| (g.name.as_str(), g.severity)).collect();
        assert_eq!(
            names,
            [
                ("verdict=congestion_collapse", Severity::Error),
                ("mttr>5min", Severity::Error),
                ("agreement<90%", Severity::Warning),
                ("error budget", Severity::Error),
            ]
        );
        assert_eq!(config.batch.jobs, Some(2));
        assert_eq!(config.batch.formats, Some(vec!["md", "html"]));
        assert_eq!(config.batch.junit.as_deref(), Some("r/junit.xml"));
    }

    #[test]
    fn every_problem_is_told_with_its_place() {
        let error = Config::parse(
            "schema = \"infra-config/2\"\n[gates]\nfail-on = [\"mttr>5min\",\n  \"mtr>5min\"]\nfailon = 1\n\
             [[gate]]\nname = \"x\"\n[batch]\njobs = 0\nformats = [\"pdf\"]\n[bacth]\n",
        )
        .unwrap_err();
        let text = error.in_file("ci.toml");
        for part in [
            "ci.toml:1:10: schema `infra-config/2` is not known",
            "ci.toml:4:3: `mtr>5min`: no field `mtr`",
            "did you mean `mttr`?",
            "ci.toml:5:1: no key `failon` in [gates] (did you mean `fail-on`?)",
            "ci.toml:6:1: [[gate]] has no `fail-on` and no `warn-on`",
            "ci.toml:9:8: `jobs` is a whole number from 1 to 1024",
            "ci.toml:10:12: no format `pdf`",
            "ci.toml:11:2: no key `bacth` (did you mean `batch`?)",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn a_file_that_is_no_toml_says_where() {
        let error = Config::parse("schema = \n").unwrap_err();
        assert_eq!(error.problems[0].line, 1);
        assert!(Config::parse("").unwrap_err().to_string().contains("`schema` is missing"));
    }
}
