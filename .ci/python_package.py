"""The Python package, held against the command line: python .ci/python_package.py

Numbers are the same to the last bit, reports the same bytes; frames are handed over without a copy and
read alike by pyarrow, Polars, pandas and DuckDB; errors are ours; an interrupt is one. The binary:
$INFRA_ANALYZE, else target/release/infra-analyze. Exits non-zero if anything fails; every check is tried.
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

import infra_analyze as ia

ROOT = Path(__file__).resolve().parent.parent
BINARY = os.environ.get("INFRA_ANALYZE") or ROOT / "target/release/infra-analyze"
RUNS = sorted((ROOT / "datasets/runs").glob("*.parquet"))
CONTAGION = ROOT / "datasets/runs/flood-contagion.parquet"


def infra(*arguments, code=0):
    done = subprocess.run([BINARY, "--quiet", *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == code, f"{' '.join(map(str, arguments))}: exit {done.returncode}: {done.stderr}"
    return done.stdout if code == 0 else done.stderr


def bundle_of_tables(work):
    tables, bundle = ROOT / "datasets/tables/contagion", work / "bundle"
    infra(
        "import", "tables", "--metrics", tables / "metrics.csv", "--edges", tables / "edges.csv",
        "--incidents", tables / "incidents.json", "--config", tables / "map.toml", "-o", bundle,
    )
    return bundle


def foreign_run(work, rows=600, services=("db", "cart", "shop")):
    """A Parquet file that is no run of ours, under names of its own."""
    slow = {name: 40 + i for i, name in enumerate(services)}
    cells = [(t * rows // 60, s, 0.02 + 0.001 * (t % 7) + 0.3 * (t >= slow[s])) for t in range(60) for s in services]
    when, host, took = zip(*cells)
    path = work / "foreign.parquet"
    pq.write_table(pa.table({"ts": [t * 10**9 for t in when], "host": host, "latency": took}), path)
    return path, {"time_ns": "ts", "service": "host"}


def numbers_are_the_command_lines(work):
    cases = [(run, [], {}) for run in RUNS] + [
        (bundle_of_tables(work), [], {}),
        (CONTAGION, ["--seed", "7", "--top", "2"], {"seed": 7, "top": 2}),
        (CONTAGION, ["--constant", "tau=0.7", "--symptom", "shelters/stress"], {"constants": {"tau": 0.7}, "symptom": "shelters/stress"}),
        (CONTAGION, ["--incident-window", "20..60", "--baseline", "0..10"], {"incident_window": (20, 60), "baseline": "0..10"}),
    ]
    file, columns = foreign_run(work)
    cases.append((file, [f"--map={ours}={theirs}" for ours, theirs in sorted(columns.items())], {"map": columns}))
    floats = 0
    for path, flags, options in cases:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ia.RunWarning)
            run = ia.read_run(path, **options)
        text = infra("rank", path, *flags, "--format", "json")
        ranking, told = run.rank(), json.loads(text)
        assert ranking.to_json() == text, f"{path.name} {flags}: another rank JSON"
        assert [place["service"] for place in told["ranking"]] == ranking.frame["service"]
        for column in ["score", "local", "absorbed"]:
            theirs, ours = [place[column] for place in told["ranking"]], ranking.frame[column]
            assert [f.hex() for f in map(float, theirs)] == [f.hex() for f in ours], f"{path.name} {flags}: {column}"
            floats += len(ours)
        assert str(ranking) == infra("rank", path, *flags)
        report = run.report()
        assert report.markdown.rstrip("\n") == infra("report", path, *flags).rstrip("\n"), f"{path.name} {flags}: report"
        assert report.to_json() == infra("report", path, *flags, "--format", "json"), f"{path.name} {flags}: report JSON"
    told = ia.read_run(CONTAGION).rank(seed=7, why="water")
    assert told.to_json() == infra("rank", CONTAGION, "--seed", 7, "--why", "water", "--format", "json")
    return f"{len(cases)} runs, {floats} numbers of the ranking, all reports"


def frames_are_the_exported_ones(work):
    cells = 0
    for path in [*RUNS, bundle_of_tables(work)]:
        run, folder = ia.read_run(path), work / f"export-{path.stem}"
        infra("export", path, "--format", "arrow,dot,graphml,mermaid", "-o", folder)
        frames = {**run.summary(), "edges": run.graph().edges, "ranking": run.rank().frame}
        if "events" in run.tables:
            frames["events"] = run.table("events")
        assert set(frames) == {file.stem for file in folder.glob("*.arrow")}
        for name, frame in frames.items():
            exported, ours = pa.ipc.open_file(folder / f"{name}.arrow").read_all(), pa.table(frame)
            assert ours.schema.equals(exported.schema), f"{path.name} {name}: {ours.schema} is not {exported.schema}"
            assert ours.combine_chunks().equals(exported.combine_chunks()), f"{path.name} {name}: other rows"
            assert (len(frame), frame.columns) == (exported.num_rows, exported.column_names)
            cells += ours.num_rows * ours.num_columns
        graph = run.graph()
        for file, text in {"dot": graph.to_dot(), "graphml": graph.to_graphml(), "mmd": graph.to_mermaid()}.items():
            assert (folder / f"graph.{file}").read_text() == text, f"{path.name}: graph.{file}"
    return f"{cells} cells"


def frames_are_handed_over_without_a_copy(_):
    run = ia.read_run(CONTAGION)
    buffers = 0
    for frame in [*run.summary().values(), run.rank().frame, run.graph().edges]:
        first, second = pa.table(frame), pa.table(frame)
        for one, other in zip(first.columns, second.columns):
            for a, b in zip(one.chunks, other.chunks):
                places = [[buffer and buffer.address for buffer in chunk.buffers()] for chunk in (a, b)]
                assert places[0] == places[1], f"{frame.name}: copied"
                buffers += sum(place is not None for place in places[0])
        kept = first.slice(0)
        del first, second
        assert kept.num_rows == len(frame)
    # What was handed over outlives whoever gave it, and is released once.
    table = pa.table(ia.read_run(CONTAGION).summary()["windows"])
    assert table["service"].to_pylist() == run.summary()["windows"]["service"]
    for _ in range(200):
        run.rank().frame.__arrow_c_stream__(), run.rank().__arrow_c_schema__(), run.table("events").__arrow_c_stream__()
    return f"{buffers} buffers at the same address"


def frames_are_read_alike(_):
    run = ia.read_run(CONTAGION)
    cells = 0
    for frame in [*run.summary().values(), run.rank(), run.graph(), run.ensemble("random", members=3), run.table("events")]:
        table = pa.table(frame)
        expected = list(zip(*(column.to_pylist() for column in table.columns)))
        polars = pl.DataFrame(frame)
        assert polars.columns == table.column_names and polars.rows() == expected
        relation = duckdb.from_arrow(table)
        assert relation.columns == table.column_names and relation.fetchall() == expected
        pandas = pd.DataFrame.from_arrow(frame)
        assert list(pandas.columns) == table.column_names and len(pandas) == len(expected)
        for i, name in enumerate(table.column_names):
            values = [None if pd.isna(value) else value for value in pandas[name]]
            assert values == [row[i] for row in expected], name
        cells += table.num_rows * table.num_columns
    frame = run.rank().frame
    assert frame.to_polars().equals(pl.DataFrame(frame)) and frame.to_arrow().equals(pa.table(frame))
    assert list(frame.to_pandas()["service"]) == frame["service"]
    assert [tuple(row.values()) for row in frame.to_dicts()] == pl.DataFrame(frame).rows()
    return f"{cells} cells in four libraries"


def raw_tables_are_streamed(work):
    run = ia.read_run(CONTAGION)
    raw, ours = pq.read_table(CONTAGION), pa.table(run.table("events"))
    assert ours.to_pydict() == raw.select(ours.column_names).to_pydict()
    # Several row groups, a bundle of several tables and parts.
    path = work / "long.parquet"
    n = 100_000
    metadata = {"infra.run": json.dumps({"schema": "infra-run/1", "signals": [{"name": "latency", "unit": "s"}]})}
    long = pa.table({
        "seq": range(n), "event_id": range(n), "time_ns": [i * 10**9 for i in range(n)], "event_type": ["S"] * n,
        "source": ["p"] * n, "service": [f"s{i % 3}" for i in range(n)], "latency": [0.1 + i % 5 for i in range(n)],
        "message": [f"secret {i}" for i in range(n)],
    }).replace_schema_metadata(metadata)
    pq.write_table(long, path, row_group_size=30_000)
    reader = pa.RecordBatchReader.from_stream(ia.read_run(path).table("events"))
    batches = [batch.num_rows for batch in reader]
    assert sum(batches) == n and max(batches) <= 16_384 and len(batches) > 4, batches
    assert pa.table(ia.read_run(path).table("events")).to_pydict() == long.select(ours.column_names[:0] or [
        "seq", "event_id", "time_ns", "event_type", "source", "service", "message", "latency",
    ]).to_pydict()
    hidden = pa.table(ia.read_run(path, redact=True).table("events"))
    assert set(hidden["message"].to_pylist()) == {"[redacted]"}
    # A reader that stops early, and one that never starts.
    stopped = pa.RecordBatchReader.from_stream(ia.read_run(path).table("events"))
    stopped.read_next_batch()
    del stopped
    bundle = ia.read_run(bundle_of_tables(work))
    assert pa.table(bundle.table("metrics")).to_pydict() == pq.read_table(work / "bundle/metrics.parquet").to_pydict()
    return f"{len(batches)} batches of {n} rows"


def damage_is_told(work):
    """The second row group does not decode: the rows before come, then our error, not the end of the table."""
    path = work / "run.parquet"
    n = 40_000
    metadata = {"infra.run": json.dumps({"schema": "infra-run/1"})}
    noise = [((i * 2654435761) % 2**32) / 2**32 for i in range(n)]
    table = pa.table({
        "seq": range(n), "event_id": range(n), "time_ns": range(n), "event_type": ["S"] * n, "source": ["p"] * n,
        "service": ["s"] * n, "latency": noise,
    }).replace_schema_metadata(metadata)
    pq.write_table(table, path, row_group_size=20_000)
    run = ia.read_run(path)
    chunk = pq.read_metadata(path).row_group(1).column(6)
    data = bytearray(path.read_bytes())
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    data[start : start + chunk.total_compressed_size] = bytes(chunk.total_compressed_size)
    path.write_bytes(data)
    try:
        pa.table(run.table("events"))
        raise AssertionError("a damaged table was read")
    except (OSError, pa.ArrowException) as error:
        assert "run.parquet: damaged" in str(error), error
        return str(error).splitlines()[0]


def errors_are_ours(work):
    def refused(kind, call, *parts):
        try:
            call()
        except kind as error:
            assert isinstance(error, (ia.InfraError, KeyError)), type(error)
            assert all(part in str(error) for part in parts), f"{error} lacks one of {parts}"
            return 1
        raise AssertionError(f"nothing was refused; expected {kind.__name__} {parts}")

    (work / "noise.parquet").write_bytes(bytes(range(256)) * 40)
    half = work / "half.parquet"
    half.write_bytes(CONTAGION.read_bytes()[:9000])
    file, _ = foreign_run(work)
    run = ia.read_run(CONTAGION)
    count = sum([
        refused(ia.RunError, lambda: ia.read_run(work / "none.parquet"), "none.parquet", "cannot be read"),
        refused(ia.RunError, lambda: ia.read_run(work / "noise.parquet"), "noise.parquet"),
        refused(ia.RunError, lambda: ia.read_run(half), "half.parquet"),
        refused(ia.RunError, lambda: ia.read_run(work), "not a run", "run.json"),
        refused(ia.RunError, lambda: ia.read_run(file, map={"service": "hostt"}), "hostt"),
        refused(ia.OptionError, lambda: ia.read_run(CONTAGION, incident="x"), "no incident `x`"),
        refused(ia.OptionError, lambda: ia.read_run(CONTAGION, symptom="watr"), "did you mean `water`"),
        refused(ia.OptionError, lambda: ia.read_run(CONTAGION, incident_window="3"), "incident_window 3: expected A..B"),
        refused(ia.OptionError, lambda: ia.read_run(CONTAGION, incident_window=(5, 5)), "ends before it starts"),
        refused(ia.OptionError, lambda: ia.read_run(CONTAGION, constants={"tua": 0.5}), "did you mean `tau`"),
        refused(ia.OptionError, lambda: ia.read_run(CONTAGION, top=0), "top"),
        refused(ia.OptionError, lambda: ia.read_run(CONTAGION, seed=-1), "seed"),
        refused(ValueError, lambda: run.rank(why="watr"), "did you mean `water`"),
        refused(ia.OptionError, lambda: run.ensemble("glorot"), "analytic, random"),
        refused(ia.OptionError, lambda: run.ensemble(members=0), "members"),
        refused(ia.OptionError, lambda: ia.rank(run, top=3), "top"),
        refused(ia.OptionError, lambda: run.report().save(work / "report.pdf"), ".md, .json"),
        refused(KeyError, lambda: run.summary()["window"], "windows"),
        refused(KeyError, lambda: run.table("spans"), "events"),
        refused(KeyError, lambda: run.rank().frame["scores"], "scores"),
    ])
    told = infra("report", half, code=3).removeprefix("error: ").strip()
    try:
        ia.read_run(half)
    except ia.RunError as error:
        assert str(error).splitlines()[0] in told, f"{error} is not {told}"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ia.read_run(file, map={"time_ns": "ts", "service": "host"})
    assert caught and all(w.category is ia.RunWarning and w.filename == __file__ for w in caught)
    return f"{count} refusals, {len(caught)} warnings"


def results_are_shown(work):
    """In a notebook, without any other package, and with nothing from a log taken for markup."""
    names = ("<script>alert(1)</script>", "cart", "[x](javascript:y)")
    file, columns = foreign_run(work, services=names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run = ia.read_run(file, map=columns)
    for shown in [run.rank(), run.summary()["windows"], run.summary(), run.graph().edges, run.ensemble(members=2)]:
        html = shown._repr_html_()
        assert "<table>" in html and "<script" not in html, html[:300]
    bundle = run.report()._repr_mimebundle_()
    assert bundle["text/markdown"] == run.report().markdown == run.report()._repr_markdown_()
    assert "<script" not in bundle["text/markdown"]
    drawn = ia.graph(CONTAGION)._repr_mimebundle_()["text/markdown"]
    assert drawn.startswith("```mermaid\nflowchart") and "power" in drawn
    assert drawn.removeprefix("```mermaid\n").removesuffix("\n```") in ia.report(CONTAGION).markdown
    for path in [work / "report.md", work / "report.json"]:
        run.report().save(path)
        assert path.read_text() in (run.report().markdown, run.report().to_json())
    bare = subprocess.run(
        [sys.executable, "-c", "\n".join([
            "import sys",
            "for name in ('pyarrow', 'pandas', 'polars', 'numpy', 'networkx', 'duckdb'): sys.modules[name] = None",
            "import infra_analyze as ia",
            f"run = ia.read_run({str(CONTAGION)!r})",
            "things = [run, run.rank(), run.rank().frame, run.graph(), run.report(), run.summary(), run.table('events'), run.ensemble(members=1)]",
            "print(*map(repr, things), sep='\\n')",
            "assert run.rank().frame['service'][0] == 'power' and run.rank().frame._repr_html_() and run.graph().nodes",
        ])], capture_output=True, text=True,
    )
    assert bare.returncode == 0, bare.stderr
    return f"{len(bare.stdout.splitlines())} lines without any other package"


def graph_is_networkx(_):
    run = ia.read_run(CONTAGION)
    graph = run.graph().to_networkx()
    edges = {(row["dependency"], row["dependent"]): row["attention"] for row in run.graph().edges.to_dicts()}
    assert {edge: data["attention"] for *edge, data in graph.edges(data=True) for edge in [tuple(edge)]} == edges
    assert dict(graph.nodes(data="score")) == dict(zip(run.rank().frame["service"], run.rank().frame["score"]))
    quiet = ia.read_run(CONTAGION, incident_window=(0, 3)).graph()
    assert len(quiet.nodes) == 10
    return f"{graph.number_of_nodes()} nodes, {graph.number_of_edges()} edges"


def ensembles_are_those_of_the_method(work):
    for path in [CONTAGION, bundle_of_tables(work)]:
        run = ia.read_run(path)
        ranking, shaken = run.rank(), run.ensemble("analytic")
        first = dict(zip(shaken.places["service"], shaken.places["first"]))
        assert first[ranking.services[0]] == ranking.agreement, path.name
        places = {row["service"]: (row["rank_low"], row["rank_high"]) for row in shaken.places.to_dicts()}
        assert places == {row["service"]: (row["rank_low"], row["rank_high"]) for row in ranking.frame.to_dicts()}
        random, again = run.ensemble("random", members=16, seed=5), run.ensemble("random", members=16, seed=5)
        other = run.ensemble("random", members=16, seed=6)
        for name in ["places", "rankings", "attention"]:
            assert pa.table(getattr(random, name)).equals(pa.table(getattr(again, name))), f"{name} moves"
        assert not pa.table(random.rankings).equals(pa.table(other.rankings)), "the seed does not matter"
        short = pl.DataFrame(run.ensemble("random", members=4, seed=5).rankings)
        assert pl.DataFrame(random.rankings).filter(pl.col("member") < 4).equals(short), "members depend on their number"
        mean = pl.DataFrame(random.rankings).group_by("service").agg(pl.col("score").mean())
        for row in mean.join(pl.DataFrame(random.places), on="service").to_dicts():
            assert abs(row["score"] - row["score_right"]) < 1e-9, row
        shares = pl.DataFrame(random.attention)["attention"]
        assert shares.min() >= 0 and shares.max() <= 1
    return "analytic: the confidence's members; random: stable, by seed"


def threads_agree_and_do_not_wait(_):
    expected = ia.rank(CONTAGION).to_json()
    found, run = [], ia.read_run(CONTAGION)
    work = lambda: found.extend([run.rank().to_json(), ia.rank(CONTAGION).to_json()])
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 16
    return "8 threads"


def interrupts_are_obeyed(work):
    """An interrupt during a long analysis ends it with KeyboardInterrupt, long before its end."""
    script = work / "long.py"
    script.write_text("\n".join([
        "import sys, time, infra_analyze as ia",
        f"run = ia.read_run({str(CONTAGION)!r})",
        "print('ready', flush=True)",
        "start = time.monotonic()",
        "try:",
        "    for scheme in ['random'] * 10**6: run.ensemble(scheme, members=4096)",
        "except KeyboardInterrupt:",
        "    assert run.rank().services[0] == 'power', 'the package works no more'",
        "    print('interrupted', flush=True)",
    ]))
    child = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "ready\n"
    time.sleep(0.3)
    asked = time.monotonic()
    child.send_signal(signal.SIGINT)
    said = child.stdout.readline()
    waited = time.monotonic() - asked
    out, err = child.communicate(timeout=120)
    assert said == "interrupted\n" and child.returncode == 0, f"{said!r} {err[-800:]}"
    return f"after {waited:.2f} s"


def the_version_is_ours(_):
    version = subprocess.run([BINARY, "--version"], capture_output=True, text=True).stdout.split()[-1]
    assert ia.__version__ == version
    constants = {c["name"]: c["value"] for c in ia.constants()}
    told = infra("config", "show", "--format", "json")
    assert all(name in told for name in constants) and constants["tau"] == 0.5
    missing = [name for name in ia.__all__ if not getattr(ia, name).__doc__ and name not in ("Window", "__version__")]
    assert not missing, f"without documentation: {missing}"
    return f"{version}, {len(constants)} constants"


def stubs_are_true(work):
    package = Path(ia.__file__).parent
    for tool in [
        ["mypy", "--strict", "--disable-error-code", "import-untyped", "--cache-dir", str(work / "mypy"), "-p", "infra_analyze"],
        ["mypy.stubtest", "infra_analyze._native", "--allowlist", str(ROOT / ".ci/stubtest.txt")],
    ]:
        done = subprocess.run([sys.executable, "-m", *tool], capture_output=True, text=True, cwd=work)
        assert done.returncode == 0, f"{tool[0]}: {done.stdout[-1500:]}{done.stderr[-500:]}"
    assert (package / "py.typed").exists() and (package / "_native.pyi").exists()
    return "mypy --strict, stubtest"


CHECKS = [
    numbers_are_the_command_lines, frames_are_the_exported_ones, frames_are_handed_over_without_a_copy,
    frames_are_read_alike, raw_tables_are_streamed, damage_is_told, errors_are_ours, results_are_shown,
    graph_is_networkx, ensembles_are_those_of_the_method, threads_agree_and_do_not_wait, interrupts_are_obeyed,
    the_version_is_ours, stubs_are_true,
]


def main(names):
    failures = 0
    for check in CHECKS:
        if names and check.__name__ not in names:
            continue
        name = check.__name__.replace("_", " ")
        with tempfile.TemporaryDirectory() as work:
            try:
                print(f"ok: {name} ({check(Path(work))})")
            except Exception as error:
                failures += 1
                print(f"FAILED: {name}: {type(error).__name__}: {str(error)[:2000]}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
