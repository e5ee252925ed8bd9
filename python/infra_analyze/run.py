"""Reading a run and asking for its results."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Optional, Union

from . import _native
from .errors import OptionError, RunWarning
from .frame import Frame, Table
from .results import Ensemble, Graph, Ranking, Report, Summary

Window = Union[str, tuple[float, float]]
"""A stretch of time, end exclusive: `"A..B"` or `(A, B)`, in ticks for a run by ticks, else in
seconds from its origin; as a text also RFC 3339."""

MAX_MEMBERS = 4096
"""Largest ensemble."""


class Run:
    """A run that was read. Results are computed when they are asked for, and kept.

    The work is done without the interpreter's lock; an interrupt ends it with KeyboardInterrupt.
    """

    def __init__(self, native: _native.Run) -> None:
        self._native = native

    @property
    def name(self) -> str:
        """File or folder name."""
        return self._native.name

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """The run's metadata (docs/run-format.md)."""
        told: dict[str, Any] = json.loads(self._native.metadata)
        return told

    @property
    def warnings(self) -> list[str]:
        """Things worth telling that did not stop the reading."""
        return self._native.warnings

    @property
    def tables(self) -> dict[str, int]:
        """The run's tables and their rows."""
        return dict(self._native.tables)

    @property
    def time_unit(self) -> tuple[str, int]:
        """Unit in which times of this run are told, and its nanoseconds: ("ticks", n), ("s", 10**9)."""
        time = self.metadata.get("time") or {}
        if time.get("unit") == "tick":
            return "ticks", int(time.get("tick_ns") or 1_000_000_000)
        return "s", 1_000_000_000

    def table(self, name: str) -> Table:
        """A table as it was recorded: `events`, `metrics`, `spans`, `logs`, `calls`, ... Rows are
        decoded while a reader asks for them."""
        table = self._native.table(name)
        if table is None:
            raise KeyError(f"{self.name} has no table {name!r} (it has {', '.join(self.tables)})")
        return Table(name, table)

    def summary(self) -> Summary:
        """What one pass over the run left: frames by name."""
        return Summary(self._native)

    def rank(self, *, seed: int | None = None, why: str | None = None) -> Ranking:
        """Root causes and paths, as `infra-analyze rank`.

        `seed` is that of the ensembles; the ranking itself does not depend on it, its confidence and
        the random-weight baseline do. `why` adds one service's evidence.
        """
        return Ranking(*self._native.rank(_seed(seed), why))

    def ensemble(self, weights: str = "analytic", *, members: int = 64, seed: int | None = None) -> Ensemble:
        """The ranking many times over.

        `analytic`: the closed-form parameters with head weights and temperature shaken; 64 members
        are those that confidence is read from. `random`: on the same evidence and graph, a network a
        member with parameters drawn after Glorot. `seed` is the run's own where it is left out.
        """
        if not 1 <= members <= MAX_MEMBERS:
            raise OptionError(f"members = {members}: expected 1 to {MAX_MEMBERS}")
        places, rankings, attention = self._native.ensemble(weights, _seed(seed), members)
        return Ensemble(
            weights, Frame("places", places), Frame("rankings", rankings), Frame("attention", attention)
        )

    def graph(self) -> Graph:
        """The dependency graph with attention and scores."""
        return Graph(self._native, self.rank(), self.summary()["services"])

    def report(self) -> Report:
        """The failure-analysis report, as `infra-analyze report`."""
        return Report(*self._native.report())

    def __repr__(self) -> str:
        tables = ", ".join(f"{name}: {rows}" for name, rows in self.tables.items())
        return f"Run({self.name!r}, {tables})"


def read_run(
    path: Union[str, os.PathLike[str]],
    *,
    map: Optional[Mapping[str, str]] = None,
    incident: Optional[str] = None,
    incident_window: Optional[Window] = None,
    baseline: Optional[Window] = None,
    symptom: Optional[str] = None,
    top: int = 5,
    seed: int = 42,
    constants: Optional[Mapping[str, float]] = None,
    memory: Optional[int] = None,
    redact: bool = False,
) -> Run:
    """Reads a run: a Parquet file, or a bundle folder with run.json.

    path: the run, or any Parquet file with a time and a service column.
    map: columns of a foreign file, ours to theirs: `{"service": "host", "time_ns": "ts"}`.
    incident: the incident to analyse, by name; the first one where left out.
    incident_window, baseline: when it was, and what is normal; the run's own where left out.
    symptom: where the trouble was noticed, `SERVICE[/SIGNAL[/STATISTIC]]`.
    top: causes and paths told in full, 1 to 1000.
    seed: seed of the ensembles, 0 to 2**64 - 1.
    constants: constants of the analysis to set, by name (see `constants()`).
    memory: bytes to keep to; windows of long logs become wider until they fit.
    redact: replace log messages and attribute values in results.

    Raises RunError for a run that cannot be read, OptionError for an option that makes no sense;
    warns with RunWarning of what was noticed on the way.
    """
    if not 1 <= top <= 1000:
        raise OptionError(f"top = {top}: expected 1 to 1000")
    if memory is not None and memory < 0:
        raise OptionError(f"memory = {memory}: expected a number of bytes")
    native = _native.Run.open(
        path,
        map=sorted((map or {}).items()),
        incident=incident,
        incident_window=_window(incident_window),
        baseline=_window(baseline),
        symptom=symptom,
        top=top,
        seed=_seed(seed) or 0,
        constants=[(name, repr(value)) for name, value in (constants or {}).items()],
        memory=memory,
        redact=redact,
    )
    for warning in native.warnings:
        warnings.warn(f"{native.name}: {warning}", RunWarning, stacklevel=2)
    return Run(native)


def _window(window: Window | None) -> str | None:
    if window is None or isinstance(window, str):
        return window
    start, end = window
    return f"{start!r}..{end!r}"


def _seed(seed: int | None) -> int | None:
    if seed is not None and not 0 <= seed < 2**64:
        raise OptionError(f"seed = {seed}: expected 0 to 2**64 - 1")
    return seed
