"""Writes a run with pyarrow and none of our code: python write_run.py RUN.parquet

A database gets slow; a second later the cart does, then the shop. The columns are those of the
`events` table of format infra-run/1, the dependencies stand in the footer under `infra.run`.
"""
import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq

SLOW_FROM = {"db": 40, "cart": 41, "shop": 42}  # seconds
rows = [(t, s, 0.02 + 0.001 * (t % 7) + 0.3 * (t >= at)) for t in range(60) for s, at in SLOW_FROM.items()]
time, service, latency = zip(*rows)
ids = {"seq": range(len(rows)), "event_id": time, "time_ns": [t * 10**9 for t in time]}
names = {"event_type": ["SAMPLE"] * len(rows), "source": ["probe"] * len(rows), "service": service}
edges = [{"from": "shop", "to": "cart"}, {"from": "cart", "to": "db"}]  # who depends on whom
run = {"schema": "infra-run/1", "edges": edges, "signals": [{"name": "latency", "unit": "s", "warning": 0.1}]}
table = pa.table(ids | names | {"latency": latency}, metadata={"infra.run": json.dumps(run)})
pq.write_table(table, sys.argv[1])
