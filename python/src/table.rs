//! A table of the run, streamed: rows are decoded while they are asked for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use infra_analysis::frames::tables::Shape;
use infra_analysis::{AnalysisError, Session};
use infra_eventlog::TableKind;
use infra_ingest::polars::error::{PolarsError, PolarsResult};
use infra_ingest::polars::prelude::DataFrame;
use polars_arrow::datatypes::Field;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::frame::{self, AnyArray, row_type, structs};
use crate::work;

/// Batches decoded ahead of the reader.
const AHEAD: usize = 2;

/// A table as it stands in the run, in row order.
#[pyclass(frozen, module = "infra_analyze._native")]
pub(crate) struct Table {
    session: Arc<Session>,
    kind: TableKind,
    rows: usize,
    shape: Shape,
    field: Field,
}

impl Table {
    /// A table of a run; `None` if the run has no such table.
    pub(crate) fn of(session: &Arc<Session>, kind: TableKind) -> Result<Option<Self>, AnalysisError> {
        let Some(table) = session.log.run().table(kind) else { return Ok(None) };
        let shape = Shape::of(table);
        let field = row_type(&shape.nothing()?);
        let rows = usize::try_from(table.rows()).unwrap_or(0);
        Ok(Some(Self { session: Arc::clone(session), kind, rows, shape, field }))
    }
}

#[pymethods]
impl Table {
    /// Name and type (int64, float64, text) of every column.
    #[getter]
    fn columns(&self) -> Vec<(String, &'static str)> {
        frame::columns(&self.field)
    }

    fn __len__(&self) -> usize {
        self.rows
    }

    /// Arrow's PyCapsule interface. Every call reads the table anew.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        let (sender, receiver) = sync_channel(AHEAD);
        let (session, shape, kind) = (Arc::clone(&self.session), self.shape.clone(), self.kind);
        let reader = thread::Builder::new().name("infra-table".to_owned());
        reader
            .spawn(move || send(&session, &shape, kind, &sender))
            .map_err(|e| crate::error::internal(py, &format!("no thread can be started: {e}")))?;
        frame::stream(py, &self.field, Batches(Some(receiver)))
    }

    /// Arrow's PyCapsule interface: the type of a row.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        frame::schema(py, &self.field)
    }
}

/// A batch; `None` after the last one; or what went wrong.
type Sent = Result<Option<DataFrame>, String>;

/// Decodes the table until its end, or until nobody wants more.
fn send(session: &Session, shape: &Shape, kind: TableKind, sender: &SyncSender<Sent>) {
    let work = || -> Result<(), AnalysisError> {
        let Some(table) = session.log.run().table(kind) else { return Ok(()) };
        for rows in table.read(&shape.names()) {
            let batch = shape.frame(&rows?, session.options().redacted)?;
            if sender.send(Ok(Some(batch))).is_err() {
                break;
            }
        }
        Ok(())
    };
    let last = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => Ok(None),
        Ok(Err(error)) => Err(error.to_string()),
        Err(panic) => Err(format!("internal error: {} (please report it)", work::reason(panic.as_ref()))),
    };
    // Whoever stopped reading does not want to know.
    let _ = sender.send(last);
}

/// The batches of a reading thread, until its last word.
struct Batches(Option<Receiver<Sent>>);

impl Iterator for Batches {
    type Item = PolarsResult<AnyArray>;

    fn next(&mut self) -> Option<Self::Item> {
        let receiver = self.0.as_ref()?;
        let failed = |text: String| PolarsError::ComputeError(text.into());
        let sent = receiver.recv().unwrap_or_else(|_| Err("the reading thread was lost".to_owned()));
        let batch = match sent {
            // A batch of rows is one chunk.
            Ok(Some(df)) => structs(&df).map(|chunks| chunks.into_iter().next()),
            Ok(None) => Ok(None),
            Err(text) => Err(failed(text)),
        };
        if !matches!(batch, Ok(Some(_))) {
            self.0 = None;
        }
        batch.transpose()
    }
}
