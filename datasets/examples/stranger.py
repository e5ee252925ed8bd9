"""A simulator that knows nothing of us, and its log by docs/run-format.md: python stranger.py RUN.parquet

A print shop: an order goes from desk to prepress, press, bindery and dispatch, one a minute at most. In
minute 420 the press's ink pump jams; until a mechanic has replaced it, few sheets come out of the press.
"""
import json
import random
import sys

import pyarrow as pa
import pyarrow.parquet as pq

LINE, JAMMED, COMPLAINT, MENDED, END = ["desk", "prepress", "press", "bindery", "dispatch"], 420, 450, 500, 900
chance, trays, log = random.Random(7), {station: [] for station in LINE}, []  # trays hold orders' first minutes
said = {JAMMED: ("JAM", "press"), COMPLAINT: ("COMPLAINT", "customer"), MENDED: ("PUMP_REPLACED", "mechanic")}
for minute in range(END):
    if minute in said:
        log.append((2 * minute, minute, *said[minute], None, None, None))
    if chance.random() < 0.6:
        trays["desk"].append(minute)
    for station, after in zip(LINE[::-1], [None, *LINE[:0:-1]]):
        speed = 0.1 if station == "press" and JAMMED <= minute < MENDED else 0.9
        order = trays[station].pop(0) if trays[station] and chance.random() < speed else None
        if order is not None and after:
            trays[after].append(order)
        age = None if order is None else 60.0 * (minute - order)  # of what left the station [s]
        log.append((2 * minute + 1, minute, "ROUND", "foreman", station, age, float(len(trays[station]))))

columns = dict(zip(["event_id", "minute", "event_type", "source", "service", "latency", "queue_depth"], zip(*log)))
columns = {"seq": range(len(log)), "time_ns": [60 * 10**9 * m for m in columns.pop("minute")]} | columns
run = {
    "schema": "infra-run/1", "world": "print shop", "producer": "stranger.py",
    "edges": [{"from": after, "to": before} for before, after in zip(LINE, LINE[1:])],  # who needs whom
    "signals": [{"name": "latency", "unit": "s", "warning": 900.0}, {"name": "queue_depth", "unit": "jobs"}],
    "event_types": [{"name": "COMPLAINT", "role": "alert"}, {"name": "PUMP_REPLACED", "role": "remediation"}],
}
pq.write_table(pa.table(columns, metadata={"infra.run": json.dumps(run)}), sys.argv[1])
