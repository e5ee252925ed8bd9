//! Opening the inputs: each file goes to the section of its kind that it fits best.

use std::path::{Path, PathBuf};

use super::TableInputs;
use super::map::{Claim, Form, InputKind, TableMap};
use super::records::Records;
use super::sheet::{Sheet, missing_column};
use crate::error::IngestError;

/// All inputs, opened: by section of the map, in the order in which they were given.
pub(super) struct Intake {
    pub(super) metrics: Vec<Vec<Sheet>>,
    pub(super) spans: Vec<Vec<Sheet>>,
    pub(super) logs: Vec<Vec<Sheet>>,
    pub(super) calls: Vec<Vec<Sheet>>,
    pub(super) events: Vec<Vec<Records>>,
    pub(super) edges: Vec<Vec<Sheet>>,
    pub(super) services: Vec<Vec<Sheet>>,
    pub(super) incidents: Vec<Vec<Records>>,
    pub(super) excluded: Vec<Vec<Records>>,
}

impl Intake {
    /// Opens all inputs and checks that every column that the map names is there.
    pub(super) fn open(inputs: &TableInputs, map: &TableMap) -> Result<Self, IngestError> {
        let claims = map.claims();
        let mut problems = Vec::new();
        if inputs.metrics.is_empty() && inputs.spans.is_empty() && inputs.logs.is_empty() {
            problems.push("no table of metrics, spans or logs given (hint: --metrics FILE, --spans FILE or --logs FILE)".to_owned());
        }
        for kind in InputKind::ALL {
            let is_mapped = claims.iter().any(|claim| claim.kind == kind);
            if !inputs.of(kind).is_empty() && !is_mapped {
                let name = kind.name();
                problems.push(format!("--{name} is given, but the map has no section [{name}]"));
            }
        }
        fail_if_any(std::mem::take(&mut problems))?;
        let mut opener = Opener { inputs, claims: &claims, problems };
        let intake = Self {
            metrics: opener.sheets(InputKind::Metrics)?,
            spans: opener.sheets(InputKind::Spans)?,
            logs: opener.sheets(InputKind::Logs)?,
            calls: opener.sheets(InputKind::Calls)?,
            events: opener.records(InputKind::Events)?,
            edges: opener.sheets(InputKind::Edges)?,
            services: opener.sheets(InputKind::Services)?,
            incidents: opener.records(InputKind::Incidents)?,
            excluded: opener.records(InputKind::Excluded)?,
        };
        fail_if_any(opener.problems)?;
        Ok(intake)
    }
}

/// An error if there are problems.
pub(super) fn fail_if_any(problems: Vec<String>) -> Result<(), IngestError> {
    if problems.is_empty() { Ok(()) } else { Err(IngestError::Import(problems)) }
}

impl TableInputs {
    /// The files of one kind.
    pub(super) fn of(&self, kind: InputKind) -> &Vec<PathBuf> {
        match kind {
            InputKind::Metrics => &self.metrics,
            InputKind::Spans => &self.spans,
            InputKind::Logs => &self.logs,
            InputKind::Calls => &self.calls,
            InputKind::Events => &self.events,
            InputKind::Edges => &self.edges,
            InputKind::Services => &self.services,
            InputKind::Incidents => &self.incidents,
            InputKind::Excluded => &self.excluded,
        }
    }

    /// The files of one kind, to add to.
    pub(super) fn of_mut(&mut self, kind: InputKind) -> &mut Vec<PathBuf> {
        match kind {
            InputKind::Metrics => &mut self.metrics,
            InputKind::Spans => &mut self.spans,
            InputKind::Logs => &mut self.logs,
            InputKind::Calls => &mut self.calls,
            InputKind::Events => &mut self.events,
            InputKind::Edges => &mut self.edges,
            InputKind::Services => &mut self.services,
            InputKind::Incidents => &mut self.incidents,
            InputKind::Excluded => &mut self.excluded,
        }
    }
}

/// What assigning needs to know of an opened file.
trait Opened: Sized {
    fn open(path: &Path) -> Result<Self, IngestError>;
    fn label(&self) -> &str;
    fn form(&self) -> Form;
    fn columns(&self) -> Vec<String>;
    /// Whether it has no rows, and so need not have columns.
    fn is_blank(&self) -> bool;
}

impl Opened for Sheet {
    fn open(path: &Path) -> Result<Self, IngestError> {
        Self::open(path)
    }
    fn label(&self) -> &str {
        self.label()
    }
    fn form(&self) -> Form {
        Form::Table
    }
    fn columns(&self) -> Vec<String> {
        self.names().to_vec()
    }
    fn is_blank(&self) -> bool {
        false
    }
}

impl Opened for Records {
    fn open(path: &Path) -> Result<Self, IngestError> {
        Self::open(path)
    }
    fn label(&self) -> &str {
        &self.label
    }
    fn form(&self) -> Form {
        self.form()
    }
    fn columns(&self) -> Vec<String> {
        self.paths().into_iter().collect()
    }
    fn is_blank(&self) -> bool {
        self.items.is_empty()
    }
}

struct Opener<'a> {
    inputs: &'a TableInputs,
    claims: &'a [Claim<'a>],
    problems: Vec<String>,
}

impl Opener<'_> {
    fn sheets(&mut self, kind: InputKind) -> Result<Vec<Vec<Sheet>>, IngestError> {
        self.files(kind)
    }

    fn records(&mut self, kind: InputKind) -> Result<Vec<Vec<Records>>, IngestError> {
        self.files(kind)
    }

    fn files<F: Opened>(&mut self, kind: InputKind) -> Result<Vec<Vec<F>>, IngestError> {
        let claims: Vec<&Claim<'_>> = self.claims.iter().filter(|claim| claim.kind == kind).collect();
        let mut sections: Vec<Vec<F>> = claims.iter().map(|_| Vec::new()).collect();
        for path in self.inputs.of(kind) {
            let file = F::open(path)?;
            let columns = file.columns();
            let claim = best(&claims, &file, &columns);
            if let Some((claim, section)) = claim.and_then(|i| Some((claims.get(i)?, sections.get_mut(i)?))) {
                self.check(claim, &file, &columns);
                section.push(file);
            }
        }
        for (claim, files) in claims.iter().zip(&sections) {
            // These may be in some of the files only, but not in none.
            let columns: Vec<Vec<String>> = files.iter().map(Opened::columns).collect();
            for (column, key) in &claim.somewhere {
                let is_there = columns.iter().flatten().any(|c| c == column);
                if let Some((file, columns)) = files.first().zip(columns.first()).filter(|_| !is_there) {
                    let found = columns.iter().map(String::as_str);
                    self.problems.push(missing_column(file.label(), column, key, found));
                }
            }
        }
        Ok(sections)
    }

    fn check(&mut self, claim: &Claim<'_>, file: &impl Opened, columns: &[String]) {
        if file.is_blank() {
            return;
        }
        match (claim.takes(file.form()), claim.kind) {
            (true, _) => self.problems.extend(claim.lacks(file.label(), columns)),
            (false, InputKind::Excluded) if claim.required.is_empty() => {
                self.problems.push(format!("{}: expected an array of times", file.label()));
            },
            (false, _) => self.problems.push(format!("{}: expected an array of objects", file.label())),
        }
    }
}

/// The section that a file fits best, else the one that misses least of it.
fn best(claims: &[&Claim<'_>], file: &impl Opened, columns: &[String]) -> Option<usize> {
    let fits = claims.iter().enumerate().filter_map(|(i, claim)| {
        let known = claim.fit(file.label(), file.form(), columns)?;
        Some((known, std::cmp::Reverse(i)))
    });
    let lacking = |claim: &Claim<'_>| claim.lacks(file.label(), columns).len();
    let nearest = || (0..claims.len()).min_by_key(|i| lacking(claims[*i]));
    fits.max().map(|(_, i)| i.0).or_else(nearest)
}
