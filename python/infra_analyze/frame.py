"""Frames and tables: results and raw rows that any Arrow reader takes.

Both speak Arrow's PyCapsule interface: `pyarrow.table(frame)`, `polars.DataFrame(frame)`,
`duckdb.from_arrow(pyarrow.table(frame))` and `pandas.DataFrame.from_arrow(frame)` share the memory
of numbers and texts with the frame. Integers are int64, texts are Arrow's large strings, times are
nanoseconds since the run's origin.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any, Union

from . import _native

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Value = Union[int, float, bool, str, None]
"""A cell as Python sees it."""

_SHOWN = 12
"""Rows that a notebook shows."""


class _Arrow:
    """What frames and tables have in common."""

    _native: _native.Frame | _native.Table

    @property
    def schema(self) -> dict[str, str]:
        """Column names and their types: int64, float64, bool, text."""
        return dict(self._native.columns)

    @property
    def columns(self) -> list[str]:
        """Column names, in order."""
        return [name for name, _ in self._native.columns]

    def __len__(self) -> int:
        return len(self._native)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """A stream of record batches (Arrow's PyCapsule interface)."""
        return self._native.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        """The type of a row (Arrow's PyCapsule interface)."""
        return self._native.__arrow_c_schema__()

    def to_arrow(self) -> pyarrow.Table:
        """All rows as a table of pyarrow, which has to be installed."""
        import pyarrow

        return pyarrow.table(self)

    def to_polars(self) -> polars.DataFrame:
        """All rows as a frame of Polars, which has to be installed."""
        import polars

        return polars.DataFrame(self)

    def to_pandas(self) -> pandas.DataFrame:
        """All rows as a frame of pandas, which has to be installed, as has pyarrow."""
        return self.to_arrow().to_pandas()


class Frame(_Arrow):
    """A result: some rows, held in memory, ready to be taken over by any Arrow reader."""

    def __init__(self, name: str, native: _native.Frame) -> None:
        self.name = name
        """What it is."""
        self._native = native

    def __getitem__(self, column: str) -> list[Value]:
        """The values of a column, None where there is none."""
        return self._frame.column(column)

    def to_dicts(self) -> list[dict[str, Value]]:
        """The rows as dictionaries; needs no other package."""
        return list(self._rows(len(self)))

    def __repr__(self) -> str:
        columns = ", ".join(f"{name}: {kind}" for name, kind in self._native.columns)
        return f"Frame({self.name!r}, {len(self)} rows, {columns})"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_shown(value))}</td>" for value in row.values()) + "</tr>"
            for row in self._rows(_SHOWN)
        )
        more = f"<p>{len(self)} rows, the first {_SHOWN} shown</p>" if len(self) > _SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"

    @property
    def _frame(self) -> _native.Frame:
        assert isinstance(self._native, _native.Frame)
        return self._native

    def _rows(self, head: int) -> Iterator[dict[str, Any]]:
        names = self.columns
        values = zip(*(self._frame.column(name, head) for name in names))
        return (dict(zip(names, row)) for row in values)


class Table(_Arrow):
    """A table of the run as it was recorded; rows are decoded while a reader asks for them.

    `pyarrow.RecordBatchReader.from_stream(table)` reads a log that is larger than memory.
    """

    def __init__(self, name: str, native: _native.Table) -> None:
        self.name = name
        """Its name in the run."""
        self._native = native

    def __repr__(self) -> str:
        columns = ", ".join(f"{name}: {kind}" for name, kind in self._native.columns)
        return f"Table({self.name!r}, {len(self)} rows, {columns})"


def _shown(value: Value) -> str:
    """A cell in a notebook: six digits of a number, the beginning of a text."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"
