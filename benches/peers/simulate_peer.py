#!/usr/bin/env python3
"""Simulation peers: the event queue, and writing the log.

hold: a queue of 30,000 pending events from which the first is taken and one is
  scheduled anew, over and over. SimPy: one process an event's successor, with
  delays spread exponentially (mean 1); also a bare heapq, as a floor for Python.
  Ours: `bench simulate --case kernel` (10 million events, delays spread evenly;
  the delays' spread changes neither engine's work an event by much).
write: a frame of 12 columns like the mesh's log (four of them dictionaries, one
  JSON text that is mostly null, two signals) to Parquet with zstd. Polars, pyarrow,
  DuckDB have the frame in memory beforehand. Ours: `bench simulate --case log`,
  which makes each row and writes it.
Rates (events/s, rows/s) are compared, since sizes may differ (--events, --rows).
--ours is the program alone: `PROGRAM bench simulate ...` is added here.
"""
import heapq
import json
import os
import random
import shutil
import subprocess
import sys
import time

from common import DATA, HERE, Case, built, emit, interleave, machine, parser
from tables import OURS

PENDING = 30_000
SERVICES = ["frontend", "checkout", "payments", "inventory", "orders-db", "cache", "recommendations"]


# -------------------------------------------------------------------- hold
def hold_simpy(events):
    import simpy

    env = simpy.Environment()
    draw = random.Random(1).expovariate
    done = 0

    def hold(_):  # a callback instead of a process: SimPy's fastest way
        nonlocal done
        done += 1
        env.timeout(draw(1.0)).callbacks.append(hold)

    for _ in range(PENDING):
        env.timeout(draw(1.0)).callbacks.append(hold)
    step = env.step
    t = time.perf_counter()
    while done < events:
        step()
    return time.perf_counter() - t, {"version": simpy.__version__, "work": done}


def hold_simpy_process(events):
    """The way SimPy is meant: 30,000 processes, each of which waits, and waits again."""
    import simpy

    env = simpy.Environment()
    draw = random.Random(1).expovariate
    done = 0

    def agent():
        nonlocal done
        while True:
            yield env.timeout(draw(1.0))
            done += 1

    for _ in range(PENDING):
        env.process(agent())
    step = env.step
    for _ in range(PENDING):  # starts of processes are no holds
        step()
    t = time.perf_counter()
    while done < events:
        step()
    return time.perf_counter() - t, {"version": simpy.__version__, "work": done}


def hold_heapq(events):
    draw = random.Random(1).expovariate
    queue = [(draw(1.0), k) for k in range(PENDING)]
    heapq.heapify(queue)
    t = time.perf_counter()
    for k in range(PENDING, PENDING + events):
        at, _ = queue[0]
        heapq.heapreplace(queue, (at + draw(1.0), k))
    return time.perf_counter() - t, {"work": events}


# ------------------------------------------------------------------- write
def columns(rows):
    """The log of `rows` // 8 ticks: an event of the clock, then the state of each service."""
    import numpy as np
    import pyarrow as pa

    g = np.random.default_rng(1)
    seq = np.arange(rows, dtype=np.int64)
    event, slot = seq // 8, seq % 8
    state = slot > 0
    error = np.where(g.random(rows) < 0.05, g.random(rows), 0.0)

    def coded(codes, words, valid=None):
        mask = None if valid is None else ~valid
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=mask), words)

    texts = [f'{{"demand":{k}}}' for k in range(1000)]
    demand = pa.array(g.integers(0, 1000, rows).astype(np.int32), mask=state)
    return pa.table({
        "seq": seq, "event_id": event, "cause_id": pa.array(event - 1, mask=event == 0),
        "time_ns": event * 1_000_000_000,
        "event_type": coded(np.where(state, 1, 0), ["TICK", "STATE"]),
        "source": coded(slot, ["clock"] + SERVICES),
        "service": coded(np.maximum(slot - 1, 0), SERVICES, state),
        "status": coded((error * 2.999).astype(np.int32), ["healthy", "degraded", "down"], state),
        "attributes": pa.array(texts).take(demand),
        "run": pa.array(np.zeros(rows, np.int32)),
        "latency": pa.array(0.05 + g.random(rows), mask=~state),
        "error_rate": pa.array(error, mask=~state),
    })


def write(engine, rows, threads):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_cpu_count(threads)
    DATA.mkdir(parents=True, exist_ok=True)
    path = str(DATA / f"simulate.{engine}.parquet")
    table = columns(rows)
    if engine == "write_polars":
        import polars as pl

        frame, version = pl.from_arrow(table), pl.__version__
        run = lambda: frame.write_parquet(path, compression="zstd", compression_level=1, row_group_size=1_000_000)  # noqa: E731
    elif engine == "write_duckdb":
        import duckdb

        con, version = duckdb.connect(), duckdb.__version__
        con.execute(f"SET threads={threads}")
        con.register("frame", table)
        con.execute("CREATE TEMP TABLE log AS SELECT * FROM frame")
        run = lambda: con.execute(f"COPY log TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 1000000)")  # noqa: E731
    else:
        version = pa.__version__
        run = lambda: pq.write_table(table, path, compression="zstd", row_group_size=1_000_000)  # noqa: E731
    t = time.perf_counter()
    run()
    seconds = time.perf_counter() - t
    size = os.path.getsize(path)
    os.remove(path)
    return seconds, {"version": version, "work": rows, "written_mb": size / 1e6}


def ours(program, case):
    """One measurement of ours; it takes its own time, in a process of its own."""
    command = [program, "bench", "simulate", "--case", case, "--runs", "1", "--format", "json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)["cases"][0]
    return found["runs_s"][0], {"work": found["work"]}


HOLD = {"simpy": hold_simpy, "simpy_process": hold_simpy_process, "heapq": hold_heapq}
WRITE = ["write_polars", "write_pyarrow", "write_duckdb"]


def child(engine, size, threads, program):
    if engine in HOLD:
        seconds, said = HOLD[engine](size)
    elif engine in WRITE:
        seconds, said = write(engine, size, threads)
    else:
        seconds, said = ours(program, engine)
    # Per million, so that engines that do more or less can be held against each other.
    print(json.dumps({"seconds": [seconds / said["work"] * 1e6], "rate": said["work"] / seconds, **said}))


def main():
    ap = parser(__doc__, ours=str(built("infra-analyze")))
    ap.add_argument("--events", type=int, default=10_000_000)
    ap.add_argument("--rows", type=int, default=4_000_000)
    ap.add_argument("--threads", type=int, default=1, help="of the writers (ours has one)")
    ap.add_argument("--cases", default="hold,write")
    ap.add_argument("--child", nargs=4, metavar=("ENGINE", "SIZE", "THREADS", "PROGRAM"), help="internal")
    a = ap.parse_args()
    if a.child:
        return child(a.child[0], int(a.child[1]), int(a.child[2]), a.child[3])
    if a.extra:
        ap.error("--extra: this script has one program of its own only, --ours")
    program = shutil.which(a.ours) if a.ours else None
    if a.ours and not program:
        print(f"{a.ours} is not built: the peers run without it", file=sys.stderr)
    records = []
    for case in a.cases.split(","):
        engines, size, own = {"hold": (list(HOLD), a.events, "kernel"), "write": (WRITE, a.rows, "log")}[case]
        par = {"case": f"{case}, time for a million"}
        env = {"POLARS_MAX_THREADS": a.threads, "OMP_NUM_THREADS": a.threads}
        me = [sys.executable, str(HERE / "simulate_peer.py"), "--child"]
        cs = [Case(e, me + [e, str(size), str(a.threads), "-"], env, par) for e in engines]
        if program:
            cs.insert(0, Case(OURS, me + [own, "0", "1", program], env, par))
        records += interleave(cs, a.rounds, quiet=not a.no_wait)
    emit({"kind": "simulate", "machine": machine(), "records": records}, a.out)


if __name__ == "__main__":
    main()
