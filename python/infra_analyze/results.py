"""What an analysis gives: a summary, a graph, a ranking, an ensemble of rankings, a report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _native
from .errors import OptionError
from .frame import Frame

if TYPE_CHECKING:
    import networkx


class Summary(Mapping[str, Frame]):
    """What one pass over the run left: frames by name.

    `services`; `series` (a signal of a service); `windows` (count, mean, extremes and last value of
    each series in each window); `excursions` (beyond a declared threshold); `transitions` (of
    status); `timeline` and `happenings` (events); `calls`; of spans and log lines `clock`,
    `operations`, `edge_windows`, `edge_metrics`, `follows`. Columns that end in `_ns` are
    nanoseconds since the run's origin, values are in their signal's unit.
    """

    def __init__(self, run: _native.Run) -> None:
        self._run = run
        self._names = run.frame_names()

    def __getitem__(self, name: str) -> Frame:
        frame = self._run.frame(name)
        if frame is None:
            raise KeyError(f"no frame {name!r} (there are {', '.join(self._names)})")
        return Frame(name, frame)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"Summary({', '.join(f'{name}: {len(frame)}' for name, frame in self.items())})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{name}</td><td>{len(frame)}</td><td>{escape(', '.join(frame.columns))}</td></tr>"
            for name, frame in self.items()
        )
        return (
            "<table><thead><tr><th>frame</th><th>rows</th><th>columns</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )


class Ranking:
    """Suspects, best first: the frame of `infra-analyze export`, the JSON of `infra-analyze rank`.

    The ranking itself is an Arrow stream: `rank`, `service`, `score`, `local` (evidence of its own),
    `absorbed` (share of the risk walk that rests there, 0..1), `rank_low` and `rank_high` (over the
    ensemble), `onset_ns`.
    """

    def __init__(self, text: str, lines: str, frame: _native.Frame) -> None:
        self.frame = Frame("ranking", frame)
        """One row a service; empty if there was nothing to rank."""
        self._text = text
        self._lines = lines

    @cached_property
    def _told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self._text)
        return told

    @property
    def verdict(self) -> str:
        """What kind of failure it was, as in files: `cascade`, `no_incident`, ..."""
        return str(self._told["verdict"])

    @property
    def confidence(self) -> str | None:
        """How sure the first place is: `high`, `medium`, `low`; None if nothing was ranked."""
        level = self._told["confidence"]
        return None if level is None else str(level)

    @property
    def agreement(self) -> float | None:
        """Share of the ensemble that puts the same service first, 0..1."""
        share = self._told["agreement"]
        return None if share is None else float(share)

    @property
    def services(self) -> list[str]:
        """Names, best first."""
        return [str(place["service"]) for place in self._told["ranking"]]

    @property
    def causes(self) -> list[dict[str, Any]]:
        """The first ones in full: evidence with the rows behind it, what explains it away."""
        return list(self._told["causes"])

    @property
    def why(self) -> dict[str, Any] | None:
        """The service asked about, in full."""
        why: dict[str, Any] | None = self._told["why"]
        return why

    @property
    def paths(self) -> list[dict[str, Any]]:
        """Paths over which it spread: `confirmed`, `probability`, `services` from the origin on."""
        return list(self._told["paths"])

    @property
    def baselines(self) -> dict[str, list[str]]:
        """First places of simpler methods."""
        return {b["name"]: list(b["services"]) for b in self._told["baselines"]}

    def to_dict(self) -> dict[str, Any]:
        """All of it, as in the JSON."""
        return dict(self._told)

    def to_json(self) -> str:
        """All of it, `infra-rank/1`: the bytes of `infra-analyze rank --format json`."""
        return self._text

    def __len__(self) -> int:
        return len(self.frame)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The frame as an Arrow stream."""
        return self.frame.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        """The type of the frame's rows."""
        return self.frame.__arrow_c_schema__()

    def __str__(self) -> str:
        return self._lines

    def __repr__(self) -> str:
        first = self.services[0] if self.services else None
        return f"Ranking({self.verdict}, first {first!r}, confidence {self.confidence})"

    def _repr_html_(self) -> str:
        sure = "" if self.confidence is None else f", confidence {escape(self.confidence)}"
        return f"<p>{escape(self.verdict.replace('_', ' '))}{sure}</p>{self.frame._repr_html_()}"


@dataclass(frozen=True)
class Ensemble:
    """The ranking many times over, by copies of one weight scheme."""

    weights: str
    """The scheme: `analytic` or `random`."""
    places: Frame
    """One row a service, best first: `rank`, `service`, `score` (mean over the members), `rank_low`,
    `rank_high` (best and worst rank, the outer 5 % cut off), `first` (share of members that put it
    first, 0..1)."""
    rankings: Frame
    """One row a member and service: `member`, `rank`, `service`, `score`."""
    attention: Frame
    """One row a member and dependency: `member`, `dependent`, `dependency`, `attention` (how much of
    the dependent's distress the dependency explains, 0..1)."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The places as an Arrow stream."""
        return self.places.__arrow_c_stream__(requested_schema)

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.weights)} weights</p>{self.places._repr_html_()}"


class Graph:
    """The dependency graph with the network's attention on its edges and scores on its nodes."""

    def __init__(self, run: _native.Run, ranking: Ranking, services: Frame) -> None:
        self._run = run
        self._ranking = ranking
        self._services = services
        self.edges = Frame("edges", run.edges())
        """One row a dependency: `dependent`, `dependency`, `kind`, `declared`, `weight`, `attention`
        (0..1; None if the network was not asked), and the attention of each evidence head."""

    @property
    def nodes(self) -> list[str]:
        """Services, in the order of the ranking, else of the run."""
        names: dict[Any, None] = dict.fromkeys(self._ranking.services)
        names |= dict.fromkeys(self._services["service"])
        for end in ("dependent", "dependency"):
            names |= dict.fromkeys(self.edges[end])
        return [str(name) for name in names]

    def to_networkx(self) -> networkx.DiGraph:
        """The graph for NetworkX, which has to be installed.

        Edges run the way a failure travels, from the dependency to its dependent, with `attention`
        (0 where the network was not asked), `kind`, `weight` and `declared`; nodes have `score`,
        `rank` and `onset_ns`, None where there is none.
        """
        import networkx

        graph = networkx.DiGraph()
        places = {place["service"]: place for place in self._ranking.frame.to_dicts()}
        for name in self.nodes:
            place = places.get(name, {})
            graph.add_node(name, **{key: place.get(key) for key in ("score", "rank", "onset_ns")})
        for edge in self.edges.to_dicts():
            graph.add_edge(
                edge["dependency"],
                edge["dependent"],
                attention=edge["attention"] or 0.0,
                kind=edge["kind"],
                weight=edge["weight"],
                declared=edge["declared"],
            )
        return graph

    def to_mermaid(self) -> str:
        """As much of it as can be looked at, as Mermaid."""
        return self._drawing("mermaid")

    def to_dot(self) -> str:
        """All of it as Graphviz DOT."""
        return self._drawing("dot")

    def to_graphml(self) -> str:
        """All of it as GraphML."""
        return self._drawing("graphml")

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The edges as an Arrow stream."""
        return self.edges.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"Graph({len(self.nodes)} services, {len(self.edges)} dependencies)"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook may show: the report's picture."""
        picture = self._drawing("picture")
        shown = {"text/plain": repr(self)}
        if picture:
            shown["text/markdown"] = f"```mermaid\n{picture}\n```"
        return shown

    def _drawing(self, name: str) -> str:
        return self._run.drawing(name) or ""


class Report:
    """The failure-analysis report: the bytes of `infra-analyze report`."""

    def __init__(self, renderings: dict[str, str], text: str) -> None:
        self._renderings = renderings
        self._text = text

    @property
    def markdown(self) -> str:
        """The report in Markdown."""
        return self._renderings["text/markdown"]

    @cached_property
    def _told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self._text)
        return told

    @property
    def verdict(self) -> str:
        """What kind of failure it was, as in files."""
        return str(self._told["summary"]["verdict_id"])

    @property
    def findings(self) -> dict[str, Any]:
        """What was found, as figures: causes, paths, onsets, impact, objectives, detectors. Times and
        durations are nanoseconds, None where the log does not tell."""
        return dict(self._told["findings"])

    def to_dict(self) -> dict[str, Any]:
        """All of it, as in the JSON."""
        return dict(self._told)

    def to_json(self) -> str:
        """All of it, `infra-report/1`: the bytes of `infra-analyze report --format json`."""
        return self._text

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the report; the name's ending says how (`.md`, `.json`)."""
        path = Path(path)
        texts = {".md": self.markdown, ".json": self._text}
        if "text/html" in self._renderings:
            texts[".html"] = self._renderings["text/html"]
        if path.suffix not in texts:
            raise OptionError(f"{path}: the report is written as {', '.join(texts)}")
        part = path.with_name(path.name + ".part")
        try:
            part.write_text(texts[path.suffix], encoding="utf-8")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def __str__(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return f"Report({self.verdict})"

    def _repr_markdown_(self) -> str:
        return self.markdown

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook may show: every rendering that there is."""
        return {"text/plain": repr(self), **self._renderings}
