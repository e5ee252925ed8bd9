"""What other tools make of our files, and we of theirs: python .ci/python_checks.py

pyarrow, Polars, pandas and DuckDB read exports and runs unchanged and see the same; runs written
without our code are validated and reported on. The binary: $INFRA_ANALYZE, else
target/release/infra-analyze. Exits non-zero if anything fails; every check is tried.
"""
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
BINARY = os.environ.get("INFRA_ANALYZE") or ROOT / "target/release/infra-analyze"
RUN = ROOT / "datasets/runs/flood-contagion.parquet"
FRAMES = {
    "calls", "clock", "edge_metrics", "edge_windows", "edges", "events", "excursions", "follows", "happenings", "operations", "ranking", "series", "services", "timeline",
    "transitions", "windows",
}


def infra(*arguments):
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(map(str, arguments))}: exit {done.returncode}: {done.stderr}"
    return done.stdout


def rows(columns):
    return list(zip(*columns))


def plain(value):
    """None for whatever pandas calls missing; numbers and texts as Python's own."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value


def kind(dtype):
    """A column's type in one word, the same for all four libraries."""
    name = str(dtype).lower()
    for word, parts in {
        "text": ("str", "varchar", "categorical", "category", "enum", "object"),
        "int": ("int",), "float": ("float", "double"), "bool": ("bool",),
    }.items():
        if any(part in name for part in parts):
            return word
    return name


def of_arrow(table):
    types = {field.name: "text" if pa.types.is_dictionary(field.type) else kind(field.type) for field in table.schema}
    return types, rows(column.to_pylist() for column in table.columns)


def of_polars(df):
    return {name: kind(dtype) for name, dtype in df.schema.items()}, rows(df[name].to_list() for name in df.columns)


def of_pandas(df):
    return {name: kind(df[name].dtype) for name in df.columns}, rows(map(plain, df[name]) for name in df.columns)


def of_duckdb(relation):
    types = {name: kind(dtype) for name, dtype in zip(relation.columns, relation.types)}
    return types, relation.fetchall()


def compare(what, expected, found):
    (types, values), (other_types, other_values) = expected, found
    assert list(types) == list(other_types), f"{what}: columns {list(other_types)}, not {list(types)}"
    for i, name in enumerate(types):
        # pandas has no integer or boolean column with gaps, and no type for a text column of none.
        gaps = what.startswith("pandas") and (not values or any(row[i] is None for row in values))
        assert gaps or types[name] == other_types[name], f"{what}: {name} is {other_types[name]}, not {types[name]}"
    assert len(values) == len(other_values), f"{what}: {len(other_values)} rows, not {len(values)}"
    for number, (row, other) in enumerate(zip(values, other_values)):
        assert row == other, f"{what}: row {number} is {other}, not {row}"


def export_is_read_alike(work):
    infra("--quiet", "export", RUN, "--format", "arrow,parquet,csv", "-o", work)
    found = {path.stem for path in work.glob("*.arrow")}
    assert found == FRAMES, f"frames {sorted(found)}"
    cells = 0
    for name in sorted(FRAMES):
        arrow, parquet = work / f"{name}.arrow", work / f"{name}.parquet"
        table = pa.ipc.open_file(arrow).read_all()
        assert all(not pa.types.is_unsigned_integer(field.type) for field in table.schema), f"{name}: unsigned"
        expected = of_arrow(table)
        assert set(expected[0].values()) <= {"text", "int", "float", "bool"}, f"{name}: {expected[0]}"
        compare(f"polars, {arrow.name}", expected, of_polars(pl.read_ipc(arrow)))
        compare(f"pandas, {arrow.name}", expected, of_pandas(pd.read_feather(arrow)))
        compare(f"duckdb, {arrow.name}", expected, of_duckdb(duckdb.from_arrow(table)))
        compare(f"pyarrow, {parquet.name}", expected, of_arrow(pq.read_table(parquet)))
        compare(f"polars, {parquet.name}", expected, of_polars(pl.read_parquet(parquet)))
        compare(f"pandas, {parquet.name}", expected, of_pandas(pd.read_parquet(parquet)))
        compare(f"duckdb, {parquet.name}", expected, of_duckdb(duckdb.read_parquet(str(parquet))))
        lines = pl.read_csv(work / f"{name}.csv", infer_schema=False)
        assert (lines.columns, lines.height) == (table.column_names, table.num_rows), f"{name}.csv"
        cells += table.num_rows * table.num_columns
    return f"{len(FRAMES)} frames, {cells} cells"


def export_holds_what_we_know(work):
    infra("--quiet", "export", RUN, "-o", work)
    frame = lambda name: pl.read_ipc(work / f"{name}.arrow")
    assert frame("events").height == 1265 and frame("services").height == 10 and frame("edges").height == 11
    assert frame("ranking").row(0, named=True)["service"] == "power"
    attention = frame("edges").filter(dependent="water", dependency="power")["attention"].item()
    assert attention > 0.9, f"power explains {attention} of water"
    worst = frame("windows").filter(service="power", signal="stress")["max"].max()
    assert worst == 4 / 3, f"worst stress of power is {worst}"
    names = duckdb.sql(f"select distinct service from '{RUN}' where service is not null").fetchall()
    assert {name for (name,) in names} == set(frame("services")["service"])
    return "row counts, first cause, attention, worst stress"


def run_is_read_alike(work):
    for path in sorted((ROOT / "datasets/runs").glob("*.parquet")):
        table = pq.read_table(path)
        expected = of_arrow(table)
        assert json.loads(pq.read_metadata(path).metadata[b"infra.run"])["schema"] == "infra-run/1"
        assert json.loads(pl.read_parquet_metadata(path)["infra.run"])["schema"] == "infra-run/1"
        compare(f"polars, {path.name}", expected, of_polars(pl.read_parquet(path)))
        compare(f"pandas, {path.name}", expected, of_pandas(pd.read_parquet(path)))
        compare(f"duckdb, {path.name}", expected, of_duckdb(duckdb.read_parquet(str(path))))
    return f"{len(list((ROOT / 'datasets/runs').glob('*.parquet')))} runs"


def strangers_run_gets_a_report(work):
    for script in ["write_run.py", "write_run_polars.py"]:
        run = work / f"{script}.parquet"
        subprocess.run([sys.executable, ROOT / "datasets/examples" / script, run], check=True)
        assert "ok" in infra("validate", run), f"{script}: not ok"
        report = infra("report", run)
        assert "started at `db`" in report, f"{script}: the report does not start at db\n{report[:600]}"
        path = r"`db` \([\d.]+ s\) → `cart` \([\d.]+ s\) → `shop` \([\d.]+ s\)"
        assert re.search(path, report), f"{script}: no path\n{report[:900]}"
        for section in ["Summary", "Impact", "Timeline", "Graph reasoning", "Counter-evidence", "Method"]:
            assert f"\n## {section}" in report, f"{script}: no section {section}"
        assert json.loads(infra("report", run, "--format", "json"))["summary"]["verdict_id"] == "capacity_bottleneck"
    return "pyarrow and Polars writers: report from db to shop"


def strangers_simulator_gets_a_report(work):
    """A simulator of a system that we do not know, by the documented schema alone."""
    script, run = ROOT / "datasets/examples/stranger.py", work / "print-shop.parquet"
    assert not re.search(r"infra_analyze|subprocess", script.read_text()), "it uses our code"
    subprocess.run([sys.executable, script, run], check=True)
    assert "ok" in infra("validate", run)
    told = json.loads(infra("report", run, "--format", "json"))
    found, minute = told["findings"], 60 * 10**9
    assert told["summary"]["verdict_id"] == "capacity_bottleneck", told["summary"]["verdict_id"]
    assert found["causes"][0]["service"] == "press" and found["confidence"] == "high", found["causes"][0]
    path = found["paths"][0]
    assert path["confirmed"] and [hop["service"] for hop in path["hops"]] == ["press", "bindery", "dispatch"], path
    # What the script did: the pump jams in minute 420, the customer calls in 450, the mechanic is done in 500.
    impact = found["impact"]
    assert 420 * minute <= impact["onset_ns"] < impact["detected_ns"] == 450 * minute, impact
    assert 500 * minute < impact["mitigated_ns"] < impact["recovered_ns"] < 900 * minute, impact
    text = infra("report", run)
    for section in ["Summary", "Impact", "Timeline", "Graph reasoning", "Counter-evidence", "Method"]:
        assert f"\n## {section}" in text, f"no section {section}"
    assert "`PUMP_REPLACED`" in text, "the remediation is not told"
    return f"capacity bottleneck at press, seen after {impact['mttd_ns'] // minute} min"


def example_tables_are_imported(work):
    tables, bundle = ROOT / "datasets/tables/contagion", work / "bundle"
    infra(
        "import", "tables", "--metrics", tables / "metrics.csv", "--edges", tables / "edges.csv",
        "--incidents", tables / "incidents.json", "--config", tables / "map.toml", "-o", bundle,
    )
    assert "ok" in infra("validate", bundle)
    told = json.loads(infra("rank", bundle, "--format", "json"))
    assert told["ranking"][0]["service"] == "power", told["ranking"][:3]
    given = pl.read_csv(tables / "metrics.csv")
    kept = pl.read_parquet(bundle / "metrics.parquet")
    assert sorted(kept["value"]) == sorted(given["value"]), "values were changed"
    return f"{kept.height} rows, first cause power"


def main():
    failures = 0
    for check in [
        export_is_read_alike, export_holds_what_we_know, run_is_read_alike, strangers_run_gets_a_report,
        strangers_simulator_gets_a_report, example_tables_are_imported,
    ]:
        name = check.__name__.replace("_", " ")
        with tempfile.TemporaryDirectory() as work:
            try:
                print(f"ok: {name} ({check(Path(work))})")
            except Exception as error:
                failures += 1
                print(f"FAILED: {name}: {type(error).__name__}: {str(error)[:2000]}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
