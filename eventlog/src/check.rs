//! The rules that only rows can break.
//!
//! `ingest` runs these checks inside its one pass, `validate` on their own: a run that breaks
//! them is refused, with the first rows that do.

use arrow::array::Array;

use crate::batch::Rows;
use crate::error::{Place, Problem, RunError};
use crate::metadata::RunMetadata;
use crate::run::{Run, Table};
use crate::schema::{ColumnType, Required, TableKind};

/// Problems beyond this many of one kind are counted, not listed.
const LISTED: u64 = 3;

/// Checks the rows of one table, batch by batch.
#[derive(Debug)]
pub struct RowChecker {
    kind: TableKind,
    last_seq: Option<i64>,
    last_time: Option<i64>,
    part: String,
    backwards_seq: Tally,
    backwards_time: Tally,
    nulls: Vec<Tally>,
    causes: Tally,
    nameless: Tally,
    /// Non-finite values, which read as null.
    non_finite: u64,
    file: String,
}

#[derive(Clone, Debug, Default)]
struct Tally {
    count: u64,
    first: Vec<String>,
}

impl Tally {
    fn add(&mut self, what: impl FnOnce() -> String) {
        self.count += 1;
        if self.count <= LISTED {
            self.first.push(what());
        }
    }
}

impl RowChecker {
    /// A checker for one table.
    #[must_use]
    pub fn new(kind: TableKind) -> Self {
        Self {
            kind,
            last_seq: None,
            last_time: None,
            part: String::new(),
            backwards_seq: Tally::default(),
            backwards_time: Tally::default(),
            nulls: vec![Tally::default(); kind.columns().len()],
            causes: Tally::default(),
            nameless: Tally::default(),
            non_finite: 0,
            file: String::new(),
        }
    }

    /// Checks a batch; columns that it does not hold are not checked.
    pub fn check(&mut self, rows: &Rows) {
        if self.file.is_empty() {
            self.file = rows.file().to_owned();
        }
        if self.part != rows.file() {
            // Parts are time buckets; only `seq` is ordered across them.
            self.part = rows.file().to_owned();
            self.last_time = None;
        }
        self.check_nulls(rows);
        self.check_names(rows);
        if self.kind == TableKind::Events {
            self.check_seq(rows);
            self.check_time(rows);
            self.check_causes(rows);
        }
        for column in rows.batch().columns() {
            if let Some(values) =
                arrow::array::AsArray::as_primitive_opt::<arrow::datatypes::Float64Type>(column)
            {
                // Nearly always all are finite, and that is quickly seen: their sum times zero is zero.
                // What stands behind a null may be anything, so then look closer.
                if values.values().iter().map(|v| v * 0.0).sum::<f64>() != 0.0 {
                    self.non_finite += values.iter().flatten().filter(|v| !v.is_finite()).count() as u64;
                }
            }
        }
    }

    fn check_nulls(&mut self, rows: &Rows) {
        for (column, tally) in self.kind.columns().iter().zip(&mut self.nulls) {
            if column.required != Required::NoNulls {
                continue;
            }
            let Some(array) = rows.batch().column_by_name(column.name) else { continue };
            // A dictionary may hide nulls among its values.
            if array.logical_null_count() > 0 {
                let logical = array.logical_nulls();
                let first = (0..array.len()).find(|i| logical.as_ref().is_some_and(|n| n.is_null(*i)));
                let row = rows.first_row() + first.and_then(|i| i64::try_from(i).ok()).unwrap_or(0);
                tally.add(|| format!("null at row {row}"));
            }
        }
    }

    /// A service without a name cannot be told apart, drawn or cited.
    fn check_names(&mut self, rows: &Rows) {
        // An unreadable dictionary is reported by whoever reads the column for its content.
        let Ok(Some(names)) = rows.texts("service") else { return };
        if !names.may_hold("") {
            return;
        }
        for i in (0..rows.len()).filter(|i| names.get(*i) == Some("")) {
            let row = rows.first_row() + i as i64;
            self.nameless.add(|| format!("empty name at row {row}"));
        }
    }

    fn check_seq(&mut self, rows: &Rows) {
        let Some(seq) = rows.ints("seq") else { return };
        for (i, value) in seq.values().iter().enumerate() {
            if let Some(last) = self.last_seq.filter(|last| value <= last) {
                let row = rows.first_row() + i as i64;
                let how = if *value == last { "repeats" } else { "runs back to" };
                self.backwards_seq.add(|| format!("row {row} {how} {value}"));
            }
            if self.last_seq.is_none() && *value != 0 {
                self.backwards_seq.add(|| format!("starts at {value}, not at 0"));
            }
            self.last_seq = Some(*value);
        }
    }

    fn check_time(&mut self, rows: &Rows) {
        let Some(time) = rows.ints("time_ns") else { return };
        for (i, value) in time.values().iter().enumerate() {
            if self.last_time.is_some_and(|last| *value < last) {
                let row = rows.first_row() + i as i64;
                self.backwards_time.add(|| format!("time runs backwards at row {row}"));
            }
            self.last_time = Some(*value);
        }
    }

    fn check_causes(&mut self, rows: &Rows) {
        let (Some(event), Some(cause)) = (rows.ints("event_id"), rows.ints("cause_id")) else { return };
        for i in 0..rows.len() {
            if !cause.is_null(i) && cause.value(i) >= event.value(i) {
                let row = rows.first_row() + i as i64;
                self.causes.add(|| {
                    format!("row {row}: event {} names {} as its cause", event.value(i), cause.value(i))
                });
            }
        }
    }

    /// Values that were NaN or infinite and read as null.
    #[must_use]
    pub const fn non_finite(&self) -> u64 {
        self.non_finite
    }

    /// Everything found, each kind once with its first rows and its count.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let mut push = |column: &str, tally: &Tally, rule: &str| {
            if tally.count > 0 {
                let more = if tally.count > LISTED {
                    format!(" and {} more", tally.count - LISTED)
                } else {
                    String::new()
                };
                let place = Place::new(self.file.clone(), format!("column `{column}`"));
                found.push(Problem::new(place, format!("{}{more}", tally.first.join("; "))).hint(rule));
            }
        };
        push("seq", &self.backwards_seq, "seq is the row number: 0, 1, 2, ... ascending and unique");
        push("time_ns", &self.backwards_time, "rows stand in time order within a part");
        push("service", &self.nameless, "a service has a name; null means that the row observes none");
        push("cause_id", &self.causes, "a cause is an earlier event");
        for (column, tally) in self.kind.columns().iter().zip(&self.nulls) {
            push(column.name, tally, "the column holds no nulls");
        }
        found
    }

    /// `Ok` if nothing was found.
    ///
    /// # Errors
    /// [`RunError::Invalid`] with everything found.
    pub fn finish(&self) -> Result<(), RunError> {
        let problems = self.problems();
        if problems.is_empty() { Ok(()) } else { Err(RunError::Invalid(problems)) }
    }
}

/// What a full check of a run found.
#[derive(Debug, Default)]
pub struct Validation {
    /// Breaks of the format.
    pub problems: Vec<Problem>,
    /// Things worth telling that break nothing.
    pub notes: Vec<String>,
    /// Rows read, by table.
    pub rows: Vec<(TableKind, i64)>,
}

/// Reads every fixed column and signal of every table and applies all rules.
///
/// # Errors
/// [`RunError::Damaged`] and the like if a table cannot be decoded; rule breaks are returned in
/// the [`Validation`], not as an error.
pub fn validate(run: &Run) -> Result<Validation, RunError> {
    let mut validation = Validation { notes: run.warnings().to_vec(), ..Validation::default() };
    for table in run.tables() {
        let mut columns: Vec<String> = table.kind().columns().iter().map(|c| c.name.to_owned()).collect();
        columns.extend(table.signal_columns());
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let mut checker = RowChecker::new(table.kind());
        let mut statuses = StatusChecker::default();
        for rows in table.read(&names) {
            let rows = rows?;
            checker.check(&rows);
            statuses.check(&rows, run.metadata())?;
        }
        if checker.non_finite() > 0 {
            validation.notes.push(format!(
                "{}: {} NaN or infinite values read as null",
                table.kind(),
                checker.non_finite()
            ));
        }
        validation.notes.extend(statuses.notes(table));
        validation.problems.extend(checker.problems());
        validation.rows.push((table.kind(), table.rows()));
    }
    Ok(validation)
}

#[derive(Default)]
struct StatusChecker {
    unknown: std::collections::BTreeSet<String>,
}

impl StatusChecker {
    fn check(&mut self, rows: &Rows, metadata: &RunMetadata) -> Result<(), RunError> {
        let Some(statuses) = rows.texts("status")? else { return Ok(()) };
        if metadata.statuses.is_empty() {
            return Ok(());
        }
        for i in 0..rows.len() {
            if let Some(status) = statuses.get(i)
                && self.unknown.len() < 8
                && !metadata.statuses.iter().any(|s| s.name == status)
            {
                self.unknown.insert(status.to_owned());
            }
        }
        Ok(())
    }

    fn notes(&self, table: &Table) -> Vec<String> {
        self.unknown
            .iter()
            .map(|s| {
                format!("{}: status `{}` is not in the run's status list", table.kind(), s.escape_debug())
            })
            .collect()
    }
}

/// Columns that a table's readers may ask for by type; used by documentation and tests.
#[must_use]
pub fn column_type(kind: TableKind, name: &str) -> Option<ColumnType> {
    kind.columns().iter().find(|c| c.name == name).map(|c| c.dtype)
}
