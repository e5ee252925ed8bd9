"""Post-hoc failure analysis: what happened, where it started, how it spread.

    import infra_analyze as ia

    run = ia.read_run("results/run.parquet")
    run.report()                     # the report, rendered in a notebook
    run.rank().frame.to_polars()     # suspects, best first
    run.graph().to_networkx()        # dependencies with the network's attention
    run.summary()["windows"]         # every signal of every service over time

Numbers are those of the command line, to the last bit. Every frame is an Arrow stream
(`__arrow_c_stream__`): pyarrow, Polars, pandas and DuckDB take it without a copy. Nothing but the
standard library is needed; methods named after a package need that package.

The functions `summary`, `rank`, `graph` and `report` take a run, or what `read_run` takes.
"""

from __future__ import annotations

import os
from typing import Any, Union

from ._native import __version__
from ._native import constants as _constants
from .errors import InfraError, InternalError, OptionError, RunError, RunWarning
from .frame import Frame, Table
from .results import Ensemble, Graph, Ranking, Report, Summary
from .run import Run, Window, read_run

__all__ = [
    "Ensemble", "Frame", "Graph", "InfraError", "InternalError", "OptionError", "Ranking", "Report", "Run",
    "RunError", "RunWarning", "Summary", "Table", "Window", "__version__", "constants", "graph", "rank",
    "read_run", "report", "summary",
]

AnyRun = Union[Run, str, "os.PathLike[str]"]
"""A run that was read, or the path of one."""


def summary(run: AnyRun, **options: Any) -> Summary:
    """What one pass over the run left: frames by name. Options are those of `read_run`."""
    return _read(run, options).summary()


def rank(run: AnyRun, **options: Any) -> Ranking:
    """Root causes and paths. Options are those of `read_run`."""
    return _read(run, options).rank()


def graph(run: AnyRun, **options: Any) -> Graph:
    """The dependency graph with attention and scores. Options are those of `read_run`."""
    return _read(run, options).graph()


def report(run: AnyRun, **options: Any) -> Report:
    """The failure-analysis report. Options are those of `read_run`."""
    return _read(run, options).report()


def constants() -> list[dict[str, Any]]:
    """The constants of the analysis: name, value, low, high, unit, meaning."""
    return [
        {"name": name, "value": value, "low": low, "high": high, "unit": unit, "meaning": meaning}
        for name, value, (low, high), unit, meaning in _constants()
    ]


def _read(run: AnyRun, options: dict[str, Any]) -> Run:
    if not isinstance(run, Run):
        return read_run(run, **options)
    if options:
        raise OptionError(f"{', '.join(options)}: a run that was read has its options already")
    return run
