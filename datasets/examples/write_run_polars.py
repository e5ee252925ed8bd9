"""The run of write_run.py, written with Polars alone: python write_run_polars.py RUN.parquet"""
import json
import sys

import polars as pl

SLOW_FROM = {"db": 40, "cart": 41, "shop": 42}  # seconds
rows = [(t, s, 0.02 + 0.001 * (t % 7) + 0.3 * (t >= at)) for t in range(60) for s, at in SLOW_FROM.items()]
edges = [{"from": "shop", "to": "cart"}, {"from": "cart", "to": "db"}]  # who depends on whom
run = {"schema": "infra-run/1", "edges": edges, "signals": [{"name": "latency", "unit": "s", "warning": 0.1}]}
df = pl.DataFrame(rows, schema=["event_id", "service", "latency"], orient="row").with_row_index("seq")
df = df.with_columns(
    pl.col("seq").cast(pl.Int64),  # integers are Int64, all of them
    (pl.col("event_id") * 10**9).alias("time_ns"),
    pl.lit("SAMPLE").alias("event_type"),
    pl.lit("probe").alias("source"),
)
df.write_parquet(sys.argv[1], metadata={"infra.run": json.dumps(run)})
