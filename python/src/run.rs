//! A run and its results.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use infra_analysis::frames::{edges, ensemble, ranking, summary};
use infra_analysis::ranking::ensemble::{Scheme, members};
use infra_analysis::report::{self, Drawing, drawn, rank};
use infra_analysis::session::FocusText;
use infra_analysis::{Analysis, AnalysisError, AnalysisOptions, Session, SessionOptions};
use infra_eventlog::TableKind;
use infra_ingest::polars::prelude::DataFrame;
use infra_report::ReportModel;
use pyo3::prelude::*;

use crate::error::raised;
use crate::frame::Frame;
use crate::table::Table;
use crate::work;

/// A run that was read; its results are computed once, when they are asked for.
#[pyclass(frozen, module = "infra_analyze._native")]
pub(crate) struct Run {
    session: Arc<Session>,
    results: Arc<OnceLock<Results>>,
    frames: Arc<OnceLock<BTreeMap<&'static str, DataFrame>>>,
}

/// What an analysis gives.
#[derive(Clone)]
struct Results {
    ranked: Ranked,
    edges: DataFrame,
    /// The report's renderings by media type, and its JSON.
    report: (BTreeMap<&'static str, String>, String),
    /// The graph in each language, then the report's own picture.
    drawings: BTreeMap<&'static str, String>,
}

/// A ranking: `infra-rank/1`, the lines for people, the frame.
type Ranked = (String, String, DataFrame);

/// A ranking as Python takes it.
type RankedFrame = (String, String, Frame);

impl Results {
    fn new(session: &Session) -> Result<Self, AnalysisError> {
        let analysis = session.analyse()?;
        let model = report::build(&analysis, session.world()?, session.provenance());
        let title = session.log.run().name();
        let drawings = [("graphml", Drawing::Graphml), ("dot", Drawing::Dot), ("mermaid", Drawing::Mermaid)]
            .into_iter()
            .map(|(name, drawing)| (name, drawn(&analysis, drawing, title)))
            .chain([("picture", model.graph.mermaid.clone())])
            .collect();
        Ok(Self {
            ranked: ranked(session, &analysis, None)?,
            edges: edges::frame(&analysis)?,
            report: (renderings(&model)?, infra_report::to_json(&model)?),
            drawings,
        })
    }
}

/// The report for every media type that it is rendered to; a notebook shows the richest one it
/// knows. A further renderer is a further line.
fn renderings(model: &ReportModel) -> Result<BTreeMap<&'static str, String>, AnalysisError> {
    Ok(BTreeMap::from([("text/markdown", infra_report::to_markdown(model, None)?)]))
}

fn ranked(session: &Session, analysis: &Analysis<'_>, why: Option<&str>) -> Result<Ranked, AnalysisError> {
    let seed = analysis.options.seed;
    let model = rank::build(analysis, analysis.options.top, why, session.provenance_from(seed))?;
    Ok((rank::to_json(&model)?, rank::to_table(&model), ranking::frame(analysis)?))
}

impl Run {
    /// The results, computed if need be.
    fn results(&self, py: Python<'_>) -> PyResult<Results> {
        let (session, results) = (Arc::clone(&self.session), Arc::clone(&self.results));
        work::done(py, move || {
            if let Some(known) = results.get() {
                return Ok(known.clone());
            }
            let made = Results::new(&session)?;
            Ok(results.get_or_init(|| made).clone())
        })
    }
}

/// A frame laid out for Python.
fn laid_out(df: DataFrame) -> Result<Frame, AnalysisError> {
    Ok(Frame::new(df)?)
}

#[pymethods]
impl Run {
    /// Reads a run: see `infra_analyze.read_run`.
    #[staticmethod]
    #[pyo3(signature = (path, *, map, incident, incident_window, baseline, symptom, top, seed, constants, memory, redact))]
    #[expect(clippy::too_many_arguments, reason = "Python's keywords; they become options at once")]
    fn open(
        py: Python<'_>,
        path: PathBuf,
        map: Vec<(String, String)>,
        incident: Option<String>,
        incident_window: Option<String>,
        baseline: Option<String>,
        symptom: Option<String>,
        top: usize,
        seed: u64,
        constants: Vec<(String, String)>,
        memory: Option<u64>,
        redact: bool,
    ) -> PyResult<Self> {
        let options = SessionOptions {
            focus: FocusText { incident, incident_window, baseline, symptom },
            analysis: AnalysisOptions { top, seed, ..AnalysisOptions::default() },
            constants,
            memory,
            map,
            redacted: redact,
        };
        let session = work::done(py, move || Session::open(&path, options))?;
        Ok(Self { session: Arc::new(session), results: Arc::default(), frames: Arc::default() })
    }

    /// File or folder name of the run.
    #[getter]
    fn name(&self) -> &str {
        self.session.log.run().name()
    }

    /// The run's metadata as it was written, JSON.
    #[getter]
    fn metadata(&self) -> &str {
        self.session.log.run().metadata_text()
    }

    /// Things worth telling that did not stop the reading.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.session.log.run().warnings().to_vec()
    }

    /// Name and row count of every table of the run.
    #[getter]
    fn tables(&self) -> Vec<(&'static str, i64)> {
        self.session.log.run().tables().map(|t| (t.kind().name(), t.rows())).collect()
    }

    /// A table of the run; None if it has no such table.
    fn table(&self, py: Python<'_>, name: &str) -> PyResult<Option<Table>> {
        let kind = TableKind::ALL.into_iter().find(|kind| kind.name() == name);
        kind.map_or(Ok(None), |kind| Table::of(&self.session, kind)).map_err(|e| raised(py, &e))
    }

    /// Names of the frames of the summary, in alphabetical order.
    fn frame_names(&self, py: Python<'_>) -> PyResult<Vec<&'static str>> {
        Ok(self.frames(py)?.into_keys().collect())
    }

    /// A frame of the summary; None if there is none of that name.
    fn frame(&self, py: Python<'_>, name: &str) -> PyResult<Option<Frame>> {
        let df = self.frames(py)?.remove(name);
        df.map(|df| work::done(py, move || laid_out(df))).transpose()
    }

    /// The ranking as JSON, as lines for people, and as a frame.
    #[pyo3(signature = (seed=None, why=None))]
    fn rank(&self, py: Python<'_>, seed: Option<u64>, why: Option<String>) -> PyResult<RankedFrame> {
        let own = self.session.options().analysis.seed;
        let (json, lines, df) = if why.is_none() && seed.is_none_or(|seed| seed == own) {
            self.results(py)?.ranked
        } else {
            let session = Arc::clone(&self.session);
            work::done(py, move || {
                let analysis = session.analyse_from(seed.unwrap_or(own))?;
                ranked(&session, &analysis, why.as_deref())
            })?
        };
        Ok((json, lines, laid_out(df).map_err(|e| raised(py, &e))?))
    }

    /// Places, rankings of the members and their attention, as frames.
    fn ensemble(
        &self,
        py: Python<'_>,
        scheme: String,
        seed: Option<u64>,
        count: usize,
    ) -> PyResult<(Frame, Frame, Frame)> {
        let session = Arc::clone(&self.session);
        work::done(py, move || {
            let scheme = Scheme::parse(&scheme)?;
            let analysis = session.analyse()?;
            let all = members(&analysis, scheme, seed.unwrap_or(analysis.options.seed), count)?;
            Ok((
                laid_out(ensemble::places(&analysis, &all)?)?,
                laid_out(ensemble::rankings(&analysis, &all)?)?,
                laid_out(ensemble::attention(&analysis, &all)?)?,
            ))
        })
    }

    /// Dependencies with the network's attention.
    fn edges(&self, py: Python<'_>) -> PyResult<Frame> {
        let df = self.results(py)?.edges;
        laid_out(df).map_err(|e| raised(py, &e))
    }

    /// The graph as text: graphml, dot, mermaid, or the report's picture (Mermaid).
    fn drawing(&self, py: Python<'_>, name: &str) -> PyResult<Option<String>> {
        Ok(self.results(py)?.drawings.remove(name))
    }

    /// The report's renderings by media type, and its JSON.
    fn report(&self, py: Python<'_>) -> PyResult<(BTreeMap<&'static str, String>, String)> {
        Ok(self.results(py)?.report)
    }
}

impl Run {
    /// The frames of the summary and the run's events, by name.
    fn frames(&self, py: Python<'_>) -> PyResult<BTreeMap<&'static str, DataFrame>> {
        let (session, known) = (Arc::clone(&self.session), Arc::clone(&self.frames));
        work::done(py, move || {
            if let Some(known) = known.get() {
                return Ok(known.clone());
            }
            let made = summary::frames(session.summary())?.into_iter().collect();
            Ok(known.get_or_init(|| made).clone())
        })
    }
}
