//! A result as an Arrow stream.

use infra_ingest::polars::prelude::{CompatLevel, DataFrame, DataType, PolarsResult};
use polars_arrow::array::{Array, StructArray};
use polars_arrow::datatypes::{ArrowDataType, Field};
use polars_arrow::ffi::{export_field_to_c, export_iterator};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};

use crate::error::internal;

/// One column as an Arrow array, or whole rows as an array of structs.
pub(crate) type AnyArray = Box<dyn Array>;

/// A frame in the layouts that every reader of the last years knows, as `export` writes them.
///
/// Texts are laid out once, here; every stream shares the buffers.
#[pyclass(frozen, module = "infra_analyze._native")]
pub(crate) struct Frame {
    df: DataFrame,
    field: Field,
    chunks: Vec<AnyArray>,
}

impl Frame {
    /// Lays a frame out.
    pub(crate) fn new(df: DataFrame) -> PolarsResult<Self> {
        let chunks = structs(&df)?;
        Ok(Self { field: row_type(&df), chunks, df })
    }
}

/// The type of a frame's rows.
pub(crate) fn row_type(df: &DataFrame) -> Field {
    let fields = df.columns().iter().map(|c| c.field().to_arrow(CompatLevel::oldest())).collect();
    Field::new("".into(), ArrowDataType::Struct(fields), false)
}

/// A frame's rows, an array of structs a chunk.
pub(crate) fn structs(df: &DataFrame) -> PolarsResult<Vec<AnyArray>> {
    let mut df = df.clone();
    df.align_chunks();
    let dtype = row_type(&df).dtype().clone();
    df.iter_chunks(CompatLevel::oldest(), false)
        .map(|batch| {
            let (rows, arrays) = (batch.height(), batch.into_arrays());
            Ok(StructArray::try_new(dtype.clone(), rows, arrays, None)?.boxed())
        })
        .collect()
}

/// A stream in its capsule. Who takes it out releases it, else the capsule does.
///
/// # Errors
/// Python's, if there is no memory.
pub(crate) fn stream<'py>(
    py: Python<'py>,
    field: &Field,
    chunks: impl Iterator<Item = PolarsResult<AnyArray>> + Send + 'static,
) -> PyResult<Bound<'py, PyCapsule>> {
    let stream = export_iterator(Box::new(chunks), field.clone());
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}

/// A type in its capsule.
///
/// # Errors
/// Python's, if there is no memory.
pub(crate) fn schema<'py>(py: Python<'py>, field: &Field) -> PyResult<Bound<'py, PyCapsule>> {
    PyCapsule::new_with_value(py, export_field_to_c(field), c"arrow_schema")
}

/// Names and types of the columns of a row type.
pub(crate) fn columns(field: &Field) -> Vec<(String, &'static str)> {
    let ArrowDataType::Struct(fields) = field.dtype() else { return Vec::new() };
    fields.iter().map(|f| (f.name.to_string(), type_name(f.dtype()))).collect()
}

fn type_name(dtype: &ArrowDataType) -> &'static str {
    match dtype {
        ArrowDataType::Int64 => "int64",
        ArrowDataType::Float64 => "float64",
        ArrowDataType::Boolean => "bool",
        ArrowDataType::LargeUtf8 | ArrowDataType::Utf8 | ArrowDataType::Utf8View => "text",
        _ => "other",
    }
}

#[pymethods]
impl Frame {
    /// Name and type (int64, float64, bool, text) of every column.
    #[getter]
    fn columns(&self) -> Vec<(String, &'static str)> {
        columns(&self.field)
    }

    fn __len__(&self) -> usize {
        self.df.height()
    }

    /// The values of a column, or its first ones.
    #[pyo3(signature = (name, head=None))]
    fn column<'py>(&self, py: Python<'py>, name: &str, head: Option<usize>) -> PyResult<Bound<'py, PyList>> {
        let column = self.df.column(name).map_err(|_| PyKeyError::new_err(name.to_owned()))?;
        let series = column.as_materialized_series().head(Some(head.unwrap_or(usize::MAX).min(column.len())));
        let odd = |e: infra_ingest::polars::error::PolarsError| internal(py, &e.to_string());
        match series.dtype() {
            DataType::Int64 => PyList::new(py, series.i64().map_err(odd)?.iter().collect::<Vec<_>>()),
            DataType::Float64 => PyList::new(py, series.f64().map_err(odd)?.iter().collect::<Vec<_>>()),
            DataType::Boolean => PyList::new(py, series.bool().map_err(odd)?.iter().collect::<Vec<_>>()),
            DataType::String => PyList::new(py, series.str().map_err(odd)?.iter().collect::<Vec<_>>()),
            other => Err(internal(py, &format!("column `{name}` is of type {other}"))),
        }
    }

    /// Arrow's PyCapsule interface; the schema asked for is not looked at, as it allows.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        stream(py, &self.field, self.chunks.clone().into_iter().map(Ok))
    }

    /// Arrow's PyCapsule interface: the type of a row.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        schema(py, &self.field)
    }
}
