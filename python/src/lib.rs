//! The Python package's native half.
//!
//! Runs are read and analysed by the same code as on the command line (`infra_analysis::session`),
//! so numbers are the same to the last bit; frames are handed over through Arrow's C interface
//! without a copy. The Python half, in `infra_analyze/`, gives all of this its shape. Reading order:
//!
//! * `run`: a run and its results;
//! * `frame`, `table`: results and raw rows as Arrow streams;
//! * `work`: work without the interpreter's lock, interruptible, panics caught;
//! * `error`: our errors as Python's.

mod error;
mod frame;
mod run;
mod table;
mod work;

use infra_analysis::Constants;
use pyo3::prelude::*;

/// A constant: its name, value, smallest and largest, unit, meaning.
type Constant = (&'static str, f64, (f64, f64), &'static str, &'static str);

/// The constants of the analysis, in their order.
#[pyfunction]
fn constants() -> Vec<Constant> {
    let all = Constants::default();
    all.entries().into_iter().map(|c| (c.name, c.default, c.range, c.unit, c.doc)).collect()
}

/// Native half of `infra_analyze`.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    work::keep_panics_quiet();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(constants, module)?)?;
    module.add_class::<frame::Frame>()?;
    module.add_class::<table::Table>()?;
    module.add_class::<run::Run>()?;
    Ok(())
}
