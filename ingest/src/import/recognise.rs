//! Which file of a folder is what, told by the columns that each section of a map asks for.

use std::path::{Path, PathBuf};

use infra_eventlog::RunError;

use super::TableInputs;
use super::map::{Claim, Form, TableMap, builtin_maps};
use super::records::Records;
use super::sheet::{Sheet, label};
use super::tally::shown;
use crate::error::IngestError;

/// What the files of a folder are, by one map.
#[derive(Clone, Debug, Default)]
pub struct Recognition {
    /// The files, by section.
    pub inputs: TableInputs,
    /// Every file of the folder that may be an input, by name.
    pub files: Vec<RecognisedFile>,
    /// Why the map does not fit the folder; empty if it does.
    pub problems: Vec<String>,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecognisedFile {
    /// Name of the file, without its folder.
    pub name: String,
    /// The section of the map that takes it, as `[spans]`.
    pub section: Option<String>,
    /// Why it is taken, or why it is not.
    pub reason: String,
}

impl Recognition {
    /// Whether every required section has a file.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.problems.is_empty()
    }

    /// An error with all problems, if there are any.
    ///
    /// # Errors
    /// [`IngestError::Import`] if a required section has no file.
    pub fn require(&self) -> Result<(), IngestError> {
        if self.fits() { Ok(()) } else { Err(IngestError::Import(self.problems.clone())) }
    }

    /// How many files have a section.
    #[must_use]
    pub fn recognised(&self) -> usize {
        self.files.iter().filter(|file| file.section.is_some()).count()
    }
}

impl TableMap {
    /// Tells which file of a folder belongs to which section, by name patterns and columns.
    ///
    /// Looked at are `*.parquet`, `*.csv`, `*.tsv` and `*.json`, also as `.gz` and `.zst`, in this
    /// folder only; never `labels*` and `*.truth.*`, which hold what an analysis must not know. Of
    /// a table only the footer or the first line is read. A file that several sections could
    /// take goes to the one that knows most of its columns.
    ///
    /// # Errors
    /// [`RunError`] if the folder cannot be read. That the map does not fit is no error: see
    /// [`Recognition::problems`].
    pub fn recognise(&self, dir: &Path) -> Result<Recognition, IngestError> {
        Ok(self.recognise_shapes(&shapes(dir)?))
    }

    /// The built-in map that recognises most files of a folder.
    ///
    /// # Errors
    /// [`IngestError::Import`] if none fits, with what each of them lacks, else as for
    /// [`TableMap::recognise`].
    pub fn builtin_for(dir: &Path) -> Result<(Self, Recognition), IngestError> {
        let shapes = shapes(dir)?;
        let mut best: Option<(Self, Recognition)> = None;
        let mut problems = vec![format!("{}: no built-in map fits this folder", label(dir))];
        for (name, text) in builtin_maps() {
            let map = Self::parse(text, &format!("{name}.toml"))?;
            let found = map.recognise_shapes(&shapes);
            if !found.fits() {
                problems.extend(found.problems.iter().map(|problem| format!("{name}: {problem}")));
            } else if best.as_ref().is_none_or(|(_, known)| known.recognised() < found.recognised()) {
                best = Some((map, found));
            }
        }
        best.ok_or_else(|| {
            problems.push("(hint: write a map of your own and pass it with --config MAP.toml)".to_owned());
            IngestError::Import(problems)
        })
    }

    fn recognise_shapes(&self, shapes: &[Shape]) -> Recognition {
        let claims = self.claims();
        let mut found = Recognition::default();
        let mut taken = vec![false; claims.len()];
        for shape in shapes {
            let name = shape.name.clone();
            let (section, reason) = match shape.best(&claims) {
                Ok((i, known)) => {
                    taken[i] = true;
                    found.inputs.of_mut(claims[i].kind).push(shape.path.clone());
                    (Some(claims[i].source.section.clone()), format!("{known} of its columns are known"))
                },
                Err(reason) => (None, reason),
            };
            found.files.push(RecognisedFile { name, section, reason });
        }
        let missing = claims.iter().zip(taken).filter(|(claim, taken)| !taken && !claim.source.optional);
        found.problems = missing.map(|(claim, _)| nobody(claim, shapes)).collect();
        found
    }
}

/// A file as far as recognising it needs.
struct Shape {
    path: PathBuf,
    name: String,
    /// Form and columns, or why the file cannot be read.
    content: Result<(Form, Vec<String>), String>,
}

impl Shape {
    fn of(path: PathBuf) -> Self {
        let content = if Records::is_named_like_some(&path) {
            Records::open(&path).map(|records| (records.form(), records.paths().into_iter().collect()))
        } else {
            Sheet::column_names(&path).map(|names| (Form::Table, names))
        };
        Self { name: label(&path), path, content: content.map_err(|e| e.to_string()) }
    }

    /// The claim that knows most of the file's columns, and how many.
    fn best(&self, claims: &[Claim<'_>]) -> Result<(usize, usize), String> {
        let (form, columns) = self.content.as_ref().map_err(Clone::clone)?;
        let fits = claims.iter().enumerate().filter_map(|(i, claim)| {
            let known = claim.fit(&self.name, *form, columns)?;
            Some((known, std::cmp::Reverse(i)))
        });
        let (known, i) = fits.max().ok_or("no section of the map knows its columns")?;
        Ok((i.0, known))
    }

    /// How many of a section's required columns are missing, if there are others.
    fn lacks(&self, claim: &Claim<'_>) -> Option<Vec<String>> {
        let (form, columns) = self.content.as_ref().ok()?;
        let missing = claim.lacks(&self.name, columns);
        (claim.takes(*form) && missing.len() < claim.required.len()).then_some(missing)
    }
}

/// Why no file is one of a section's: the nearest file, and what it lacks.
fn nobody(claim: &Claim<'_>, shapes: &[Shape]) -> String {
    let section = &claim.source.section;
    let named: Vec<&Shape> = shapes.iter().filter(|shape| claim.source.takes(&shape.name)).collect();
    if named.is_empty() && !claim.source.files.is_empty() {
        let patterns: Vec<String> = claim.source.files.iter().map(|p| shown(p)).collect();
        return format!("{section}: no file is named {}", patterns.join(" or "));
    }
    let nearest = named.iter().filter_map(|shape| shape.lacks(claim)).min_by_key(Vec::len);
    match nearest {
        Some(missing) if !missing.is_empty() => {
            format!("{section}: no file has its columns; nearest: {}", missing.join("; "))
        },
        _ => format!("{section}: no file has its columns"),
    }
}

/// The files of a folder that may be inputs, by name.
fn shapes(dir: &Path) -> Result<Vec<Shape>, IngestError> {
    let unreadable = |source| RunError::Unreadable { path: dir.to_owned(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let may_be_input = Records::is_named_like_some(&path) || Sheet::is_named_like_one(&path);
        if may_be_input && !is_answer(&label(&path)) && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths.into_iter().map(Shape::of).collect())
}

/// Whether a file tells what was injected where: only an evaluation may open it.
fn is_answer(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("labels") || name.contains(".truth.")
}
