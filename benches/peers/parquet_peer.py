#!/usr/bin/env python3
"""Parquet event-log ingest + aggregate: duckdb, polars, pandas/pyarrow, and floors.

Log: seq u64, time f64 (sorted, 0..1000), event_type dict(12), source dict(200),
service dict(200), stress, resource, load, latency_ms, error_rate, queue_depth f64;
zstd, row groups of 1 M rows, written by pyarrow.

Query (all engines, results compared):
  A  per service: mean, max, exact p95 (linear interpolation), sample std of the
     six signals, and the first time with stress > 0.8
  B  per (service, 100 equal time windows): mean stress
  C  rows per event_type
Engines: duckdb, duckdb_temp (decode once into a temp table, then A,B,C),
duckdb_approx (approx_quantile for p95), polars_stream, polars_mem, pandas,
decode_pyarrow (2 threads, read only), decode_pyarrow_1t, decode_polars,
floor_agg (agg_floor.cpp: the aggregate alone on decoded columns, exact),
floor_zstd (zstd decompression alone, 1 thread, estimated from one row group),
write_pyarrow, write_polars, write_duckdb (write the frame back; --write).
--ours and --extra placeholders: {file} {rows} {threads} {digest}
"""
import json
import os
import subprocess
import sys
import time

from common import DATA, HERE, Case, built, emit, interleave, joined, machine, parser

SIG = ["stress", "resource", "load", "latency_ms", "error_rate", "queue_depth"]
T = 1000.0
DEC_BYTES = 8 * 8 + 3 * 4  # per row decoded, dictionary columns as u32 codes


def path(rows):
    return DATA / "parquet" / f"events_{rows}.parquet"


def generate(rows):
    """Deterministic log: services drift under AR(1) stress, telemetry partly rounded."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    p = path(rows)
    if p.exists():
        return p
    p.parent.mkdir(parents=True, exist_ok=True)
    types = [f"EVENT_{k:02d}" for k in range(12)]
    svc = [f"service-{k:03d}" for k in range(200)]
    srcs = [f"source:{k:03d}" for k in range(200)]
    sch = pa.schema([("seq", pa.uint64()), ("time", pa.float64())]
                    + [(c, pa.dictionary(pa.int32(), pa.string())) for c in ("event_type", "source", "service")]
                    + [(c, pa.float64()) for c in SIG])
    tmp = str(p) + ".part"
    w = pq.ParquetWriter(tmp, sch, compression="zstd")
    base = np.random.default_rng(7).uniform(0.1, 0.55, 200)
    done, rg = 0, 1_000_000
    while done < rows:
        n = min(rg, rows - done)
        g = np.random.default_rng([11, done])
        t0, t1 = T * done / rows, T * (done + n) / rows
        time_ = np.sort(g.uniform(t0, t1, n))
        s = g.integers(0, 200, n)
        stress = np.clip(base[s] + 0.15 * np.sin(time_ / 60 + s) + 0.08 * g.standard_normal(n), 0, 1)
        load = np.round(g.gamma(4.0, 25.0, n) * (0.5 + stress), 2)
        err = np.where(g.random(n) < 0.7, 0.0, np.round(0.2 * stress**3 * g.random(n), 5))
        cols = [
            pa.array(np.arange(done, done + n, dtype=np.uint64)), pa.array(time_),
            pa.DictionaryArray.from_arrays(pa.array(np.minimum(g.geometric(0.3, n) - 1, 11).astype(np.int32)), types),
            pa.DictionaryArray.from_arrays(pa.array(((s + g.integers(0, 5, n)) % 200).astype(np.int32)), srcs),
            pa.DictionaryArray.from_arrays(pa.array(s.astype(np.int32)), svc),
            pa.array(stress), pa.array(1.0 - 0.6 * stress + 0.01 * g.standard_normal(n)), pa.array(load),
            pa.array(np.round(g.lognormal(3.0, 0.5, n) * (1 + 4 * stress**4), 3)), pa.array(err),
            pa.array(np.floor(np.maximum(0, 40 * (stress - 0.3)) * g.random(n))),
        ]
        w.write_table(pa.Table.from_arrays(cols, schema=sch), row_group_size=rg)
        done += n
    w.close()
    os.rename(tmp, p)
    return p


# ------------------------------------------------------------------ children
def digest(a, b, c):
    """a: service -> row tuple list, b: (service, w, mean), c: (type, n)."""
    a = sorted(a)
    return {
        "services": len(a), "a_sum": [round(sum(float(r[k]) for r in a), 6) for k in range(1, 25)],
        "first_sum": round(sum(float(r[25]) for r in a if r[25] is not None and r[25] == r[25]), 6),
        "b_rows": len(b), "b_sum": round(sum(float(r[2]) for r in b), 6), "c": {str(k): int(v) for k, v in sorted(c)},
    }


def sql(p, src, quant="quantile_cont({c}, 0.95)"):
    agg = ", ".join(f"avg({c}), max({c}), {quant.format(c=c)}, stddev_samp({c})" for c in SIG)
    return (f"SELECT service, {agg}, min(time) FILTER (stress > 0.8) FROM {src} GROUP BY service",
            f"SELECT service, least(cast(floor(time / {T} * 100) AS INT), 99) AS w, avg(stress) FROM {src} GROUP BY service, w",
            f"SELECT event_type, count(*) FROM {src} GROUP BY event_type")


def child(engine, rows, threads):
    p = str(path(rows))
    out, t_imp = {}, time.perf_counter()
    if engine.startswith("duckdb") or engine == "write_duckdb":
        import duckdb

        con = duckdb.connect()
        con.execute(f"SET threads={threads}")
        con.execute("SET preserve_insertion_order=true")
        out["version"] = duckdb.__version__
        out["import_s"] = time.perf_counter() - t_imp
        if engine == "write_duckdb":
            con.execute(f"CREATE TEMP TABLE e AS SELECT * FROM read_parquet('{p}')")
            dst = p + ".w.duckdb"
            t = time.perf_counter()
            con.execute(f"COPY e TO '{dst}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 1000000)")
            out["seconds"] = [time.perf_counter() - t]
            out["written_mb"] = os.path.getsize(dst) / 1e6
            os.remove(dst)
        else:
            t = time.perf_counter()
            src = f"read_parquet('{p}')"
            if engine == "duckdb_temp":
                con.execute(f"CREATE TEMP TABLE e AS SELECT event_type, service, time, {', '.join(SIG)} FROM {src}")
                src = "e"
            q = "approx_quantile({c}, 0.95)" if engine == "duckdb_approx" else "quantile_cont({c}, 0.95)"
            r = [con.execute(s).fetchall() for s in sql(p, src, q)]
            out["seconds"] = [time.perf_counter() - t]
            out["digest"] = digest(*r)
    elif engine in ("polars_stream", "polars_mem", "decode_polars", "write_polars"):
        import polars as pl

        out["version"] = pl.__version__
        out["import_s"] = time.perf_counter() - t_imp
        if engine == "decode_polars":
            t = time.perf_counter()
            df = pl.read_parquet(p)
            out["seconds"] = [time.perf_counter() - t]
            out["frame_mb"] = df.estimated_size("mb")
        elif engine == "write_polars":
            df = pl.read_parquet(p)
            dst = p + ".w.polars"
            t = time.perf_counter()
            df.write_parquet(dst, compression="zstd", compression_level=1, row_group_size=1_000_000)
            out["seconds"] = [time.perf_counter() - t]
            out["written_mb"] = os.path.getsize(dst) / 1e6
            os.remove(dst)
        else:
            t = time.perf_counter()
            lf = pl.scan_parquet(p)
            ex = []
            for c in SIG:
                ex += [pl.col(c).mean().alias(c + "_mean"), pl.col(c).max().alias(c + "_max"),
                       pl.col(c).quantile(0.95, interpolation="linear").alias(c + "_p95"), pl.col(c).std().alias(c + "_std")]
            ex.append(pl.col("time").filter(pl.col("stress") > 0.8).min().alias("first"))
            qa = lf.group_by("service").agg(ex)
            w = (pl.col("time") / T * 100).floor().cast(pl.Int32).clip(upper_bound=99).alias("w")
            qb = lf.group_by("service", w).agg(pl.col("stress").mean())
            qc = lf.group_by("event_type").agg(pl.len())
            r = pl.collect_all([qa, qb, qc], engine="streaming" if engine == "polars_stream" else "in-memory")
            rows_ = [x.rows() for x in r]
            out["seconds"] = [time.perf_counter() - t]
            out["digest"] = digest(*rows_)
            out["threads_used"] = pl.thread_pool_size()
    else:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pa.set_cpu_count(threads)
        out["version"] = pa.__version__
        dic = ["event_type", "source", "service"]
        if engine.startswith("decode_pyarrow"):
            out["import_s"] = time.perf_counter() - t_imp
            one = engine.endswith("_1t")
            t = time.perf_counter()
            tab = pq.read_table(p, read_dictionary=dic, use_threads=not one)
            out["seconds"] = [time.perf_counter() - t]
            out["frame_mb"] = tab.nbytes / 1e6
        elif engine == "floor_agg":
            import ctypes

            import numpy as np

            tab = pq.read_table(p, columns=["time", "event_type", "service"] + SIG, read_dictionary=["event_type", "service"]).combine_chunks()
            cod, names = {}, {}
            for k in ("event_type", "service"):
                c = tab[k].unify_dictionaries().combine_chunks()
                c = c.chunk(0) if isinstance(c, pa.ChunkedArray) else c
                cod[k], names[k] = c.indices.to_numpy(zero_copy_only=False).astype(np.int32), c.dictionary.to_pylist()
            col = {k: tab[k].combine_chunks().to_numpy() if not isinstance(tab[k].combine_chunks(), pa.ChunkedArray) else tab[k].combine_chunks().chunk(0).to_numpy()
                   for k in ["time"] + SIG}
            del tab
            lib = ctypes.CDLL(str(DATA / "libaggfloor.so"))
            ns, nt = len(names["service"]), len(names["event_type"])
            P = lambda a: a.ctypes.data_as(ctypes.c_void_p)  # noqa: E731
            stats, first = np.empty((ns, len(SIG), 4)), np.empty(ns)
            ws, wc, tc = np.empty((ns, 100)), np.empty((ns, 100), np.uint64), np.empty(nt, np.uint64)
            ptr = (ctypes.c_void_p * len(SIG))(*[col[k].ctypes.data for k in SIG])
            t = time.perf_counter()
            lib.agg(ctypes.c_uint64(rows), ns, nt, len(SIG), P(cod["service"]), P(cod["event_type"]), P(col["time"]), ptr,
                    ctypes.c_double(T), threads, P(stats), P(first), P(ws), P(wc), P(tc))
            out["seconds"] = [time.perf_counter() - t]
            ra = [(names["service"][i], *stats[i].reshape(-1), None if np.isinf(first[i]) else first[i]) for i in range(ns)]
            rb = [(names["service"][i], w, ws[i, w] / wc[i, w]) for i in range(ns) for w in range(100) if wc[i, w]]
            out["digest"] = digest(ra, rb, list(zip(names["event_type"], tc)))
        elif engine == "floor_zstd":
            import numpy as np

            md = pq.ParquetFile(p).metadata
            one = pq.ParquetFile(p).read_row_group(0)
            codec, tot, detail = pa.Codec("zstd"), 0.0, {}
            for j in range(md.num_columns):
                name = md.schema.column(j).name
                unc = sum(md.row_group(g).column(j).total_uncompressed_size for g in range(md.num_row_groups))
                a = one[name].combine_chunks()
                a = a.chunk(0) if isinstance(a, pa.ChunkedArray) else a
                raw = (a.dictionary_encode() if pa.types.is_string(a.type) else a)
                raw = (raw.indices.cast(pa.uint8()) if pa.types.is_dictionary(raw.type) else raw).buffers()[1].to_pybytes()
                pages = [raw[i:i + (1 << 20)] for i in range(0, len(raw), 1 << 20)]
                comp = [(codec.compress(x, asbytes=True), len(x)) for x in pages]
                best = 1e9
                for _ in range(3):
                    t = time.perf_counter()
                    for b, n in comp:
                        codec.decompress(b, n)
                    best = min(best, time.perf_counter() - t)
                detail[name] = round(len(raw) / best / 1e9, 3)
                tot += unc / (len(raw) / best)
            out["seconds"] = [tot]  # one thread, all columns, decompression only
            out["zstd_gbs"] = detail
            out["encoded_mb"] = sum(md.row_group(g).column(j).total_uncompressed_size for g in range(md.num_row_groups) for j in range(md.num_columns)) / 1e6
        elif engine == "write_pyarrow":
            tab = pq.read_table(p, read_dictionary=dic)
            dst = p + ".w.pyarrow"
            t = time.perf_counter()
            pq.write_table(tab, dst, compression="zstd", row_group_size=1_000_000)
            out["seconds"] = [time.perf_counter() - t]
            out["written_mb"] = os.path.getsize(dst) / 1e6
            os.remove(dst)
        elif engine == "pandas":
            import numpy as np
            import pandas as pd

            out["version"] = pd.__version__
            out["import_s"] = time.perf_counter() - t_imp
            t = time.perf_counter()
            cols = ["time", "event_type", "service"] + SIG
            tab = pq.read_table(p, columns=cols, read_dictionary=["event_type", "service"])
            df = tab.to_pandas(split_blocks=True, self_destruct=True)
            del tab
            g = df.groupby("service", observed=True)
            a = g[SIG].agg(["mean", "max", "std"])
            q = g[SIG].quantile(0.95)
            first = df[df["stress"] > 0.8].groupby("service", observed=True)["time"].min()
            w = np.minimum((df["time"].to_numpy() / T * 100).astype(np.int32), 99)
            b = df.groupby(["service", w], observed=True)["stress"].mean()
            c = df["event_type"].value_counts()
            ra = []
            for s in a.index:
                row = [str(s)]
                for k in SIG:
                    row += [a.at[s, (k, "mean")], a.at[s, (k, "max")], q.at[s, k], a.at[s, (k, "std")]]
                row.append(first.get(s))
                ra.append(tuple(row))
            rb = [(str(i[0]), int(i[1]), v) for i, v in b.items()]
            rc = [(str(k), int(v)) for k, v in c.items()]
            out["seconds"] = [time.perf_counter() - t]
            out["digest"] = digest(ra, rb, rc)
        else:
            raise SystemExit(f"unknown engine {engine}")
    print(json.dumps(out))


def same(d1, d2, tol=1e-6, p95_tol=1e-6):
    if d1["services"] != d2["services"] or d1["b_rows"] != d2["b_rows"] or d1["c"] != d2["c"]:
        return False
    xs = list(zip(d1["a_sum"] + [d1["first_sum"], d1["b_sum"]], d2["a_sum"] + [d2["first_sum"], d2["b_sum"]]))
    # every fourth number is a quantile, which a sketch approximates
    tols = [p95_tol if k < len(d1["a_sum"]) and k % 4 == 2 else tol for k in range(len(xs))]
    return all(abs(x - y) <= t * max(1.0, abs(x)) for (x, y), t in zip(xs, tols))


def main():
    ap = parser(__doc__, ours=f"{built('infra-analyze')} bench ingest --peer {{file}}")
    ap.add_argument("--rows", default="1000000,10000000,50000000")
    ap.add_argument("--engines", default="duckdb,duckdb_temp,duckdb_approx,polars_stream,polars_mem,pandas,decode_pyarrow,decode_pyarrow_1t,decode_polars,floor_agg,floor_zstd")
    ap.add_argument("--write", action="store_true", help="also time writing the frame back (zstd, 1M row groups)")
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--generate-only", action="store_true")
    ap.add_argument("--child", nargs=3, metavar=("ENGINE", "ROWS", "THREADS"), help="internal")
    a = ap.parse_args()
    if a.child:
        return child(a.child[0], int(a.child[1]), int(a.child[2]))
    records = []
    if "floor_agg" in a.engines and not a.generate_only:
        DATA.mkdir(parents=True, exist_ok=True)
        subprocess.run(["g++", "-O3", "-march=native", "-fopenmp", "-shared", "-fPIC", str(HERE / "agg_floor.cpp"), "-o", str(DATA / "libaggfloor.so")], check=True)
    for rows in (int(x) for x in a.rows.split(",")):
        if a.generate_only:
            generate(rows)
            continue
        p = path(rows)
        t = time.perf_counter()
        if not p.exists():  # in a child, so that this parent stays small
            subprocess.run([sys.executable, str(HERE / "parquet_peer.py"), "--generate-only", "--rows", str(rows)], check=True)
        print(f"{p}: {p.stat().st_size / 1e6:.1f} MB (made in {time.perf_counter() - t:.1f} s)", file=sys.stderr, flush=True)
        with open(p, "rb") as f:  # warm the page cache
            while f.read(1 << 24):
                pass
        par = {"rows": rows, "threads": a.threads, "file_mb": round(p.stat().st_size / 1e6, 1)}
        env = {"POLARS_MAX_THREADS": a.threads, "OMP_NUM_THREADS": a.threads}
        eng = a.engines.split(",") + (["write_pyarrow", "write_polars", "write_duckdb"] if a.write else [])
        cs = [Case(e, [sys.executable, str(HERE / "parquet_peer.py"), "--child", e, str(rows), str(a.threads)], env, par) for e in eng]
        cs += joined(a, {**par, "file": str(p), "digest": str(p) + ".digest.json"})
        recs = interleave(cs, a.rounds, quiet=not a.no_wait)
        ref = next((r["digest"] for r in recs if r["engine"] == "duckdb" and "digest" in r), None)
        for r in recs:
            if ref and "digest" in r:
                r["matches_duckdb"] = same(ref, r["digest"], p95_tol={"duckdb_approx": 2e-2, "ours": 1e-3}.get(r["engine"], 1e-6))
            if r["engine"] != "duckdb":
                r.pop("digest", None)
            if "seconds" in r:
                r["rows_per_s"] = rows / r["seconds"]["median"]
                r["decoded_gb_per_s"] = rows * DEC_BYTES / r["seconds"]["median"] / 1e9
            records.append(r)
    if not a.generate_only:
        emit({"kind": "parquet", "machine": machine(), "decoded_bytes_per_row": DEC_BYTES, "records": records}, a.out)


if __name__ == "__main__":
    main()
