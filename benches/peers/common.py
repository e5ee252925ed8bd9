"""Shared harness for the peer benchmarks (standard library only).

Every measured case runs in a fresh child process, cases are interleaved round
by round (so that a slow minute of a shared machine hits every engine alike),
and wall time, CPU time and peak RSS come from wait4().  A child prints one
JSON object as the last line of its stdout; "seconds" in it is the list of
timed repetitions.  The product, or any other program, joins the same run with
  --extra 'NAME=command with {placeholders}'
where the placeholders are the case's parameters.  If the command prints no
JSON with "seconds", its whole wall time is the measurement.
"""
from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import NICE, QUIET, cpu_ticks, machine, noise, read_text, wait_quiet  # noqa: F401
from tables import OURS, print_tables
from tensors import st_read, st_write  # noqa: F401

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DATA = Path(os.environ.get("PEERS_DATA", ".peers/data"))


# --------------------------------------------------------------- statistics
def summary(xs):
    xs = [float(x) for x in xs]
    if not xs:
        return None
    return {"median": statistics.median(xs), "min": min(xs), "max": max(xs), "n": len(xs)}


# ------------------------------------------------------------------ children
def hwm_kb(pid="self"):
    for line in read_text(f"/proc/{pid}/status").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    return 0


def run_delay(pid, seen):
    """Seconds the process's threads have waited on a run queue (kernel schedstat)."""
    try:
        tids = os.listdir(f"/proc/{pid}/task")
    except OSError:
        tids = []
    for t in tids:
        f = read_text(f"/proc/{pid}/task/{t}/schedstat").split()
        if len(f) >= 2:
            seen[t] = int(f[1])
    return sum(seen.values()) / 1e9


def run_child(argv, env=None, timeout=1800, cwd=None):
    """Run argv; return wall, user, sys, peak RSS and the JSON it printed last."""
    if NICE:
        argv = ["nice", "-n", str(NICE)] + list(argv)
    full = dict(os.environ)
    if env:
        full.update({k: str(v) for k, v in env.items()})
    a = cpu_ticks()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        t0 = time.perf_counter()
        p = subprocess.Popen(argv, stdout=out, stderr=err, env=full, cwd=cwd)
        deadline = time.time() + timeout
        nap, hwm, seen, waited, next_look = 0.0002, 0, {}, 0.0, 0.0
        while True:
            pid, status, ru = os.wait4(p.pid, os.WNOHANG)
            if pid:
                break
            now = time.perf_counter()
            if now >= next_look:  # peak RSS and run-queue delay: every ms at first, then every 10 ms
                hwm = max(hwm, hwm_kb(p.pid))
                waited = run_delay(p.pid, seen)
                next_look = now + (0.001 if now - t0 < 0.1 else 0.01)
            if time.time() > deadline:
                p.kill()
                pid, status, ru = os.wait4(p.pid, 0)
                break
            time.sleep(nap)
            nap = min(nap * 1.5, 0.005)
        wall = time.perf_counter() - t0
        p.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        so, se = out.read(), err.read()
    res = {
        "rc": p.returncode,
        "wall_s": wall,
        "user_s": ru.ru_utime,
        "sys_s": ru.ru_stime,
        # ru_maxrss starts at this parent's own peak (vfork), so it only counts above that
        "peak_rss_mb": (ru.ru_maxrss if ru.ru_maxrss > hwm_kb() + 2048 else hwm) / 1024.0,
        "noise": {**noise(a, cpu_ticks(), ru.ru_utime + ru.ru_stime), "run_delay": round(waited / wall, 3)},
    }
    for line in reversed(so.strip().splitlines()):
        if line.startswith("{"):
            try:
                res["json"] = json.loads(line)
            except json.JSONDecodeError:
                pass
            break
    if p.returncode != 0:
        res["stderr"] = se[-1500:]
    return res


class Case:
    def __init__(self, name, argv, env=None, params=None, timeout=1800, cwd=None, rounds=None):
        self.name, self.argv, self.env = name, argv, env
        self.params = params or {}
        self.timeout, self.cwd, self.rounds = timeout, cwd, rounds


def built(name):
    """Where cargo leaves this repository's release programs."""
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / name


def joined(a, params, rounds=None):
    """Our program (--ours), unless it is not built, and those of --extra, as cases."""
    specs = list(a.extra)
    if a.ours:
        program = shlex.split(a.ours)[0]
        if shutil.which(program):
            specs.insert(0, f"{OURS}={a.ours}")
        else:
            print(f"{program} is not built: the peers run without it", file=sys.stderr)
    known = {k: v for k, v in params.items() if k not in ("file", "ref", "digest")}  # paths are no results
    out = []
    for spec in specs:
        name, _, cmd = spec.partition("=")
        out.append(Case(name, shlex.split(cmd.format(**params)), params=known, rounds=rounds))
    return out


def interleave(cases, rounds, quiet=True, verbose=True, max_factor=2):
    """Run all cases round-robin until each has `rounds` quiet samples.

    Noisy samples (see QUIET) are kept and repeated; a case gets at most
    rounds*max_factor samples.
    Medians use the quiet samples when there are at least 3 (or as many as
    rounds asks), else all of them ("noisy": true).
    """
    acc = {c.name: [] for c in cases}
    failed = set()

    def calm_(x):
        n = x["noise"]  # a program with more threads than cores also waits, for itself: only count that with others about
        return not (n["run_delay"] > QUIET and n["foreign"] > QUIET) and n["steal"] <= QUIET / 2

    def quiet_n(c):
        return sum(1 for x in acc[c.name] if calm_(x))

    for r in range(rounds * (max_factor if quiet else 1)):
        for c in cases:
            want = c.rounds if c.rounds is not None else rounds
            if c.name in failed or (quiet_n(c) >= want if quiet else r >= want):
                continue
            if quiet:
                wait_quiet()
            res = run_child(c.argv, c.env, c.timeout, c.cwd)
            acc[c.name].append(res)
            if res["rc"] != 0:
                failed.add(c.name)
            if verbose:
                js = res.get("json", {})
                secs = js.get("seconds")
                shown = statistics.median(secs) if secs else res["wall_s"]
                print(
                    f"  round {r + 1} {c.name:32s} {shown:10.5f} s  rss {res['peak_rss_mb']:8.0f} MB"
                    f"  delay {res['noise']['run_delay']:.2f} steal {res['noise']['steal']:.2f} foreign {res['noise']['foreign']:.2f}"
                    + ("" if res["rc"] == 0 else f"  FAILED rc={res['rc']} {res.get('stderr', '')[-300:]}"),
                    file=sys.stderr,
                    flush=True,
                )
    records = []
    for c in cases:
        rs = [x for x in acc[c.name] if x["rc"] == 0]
        rec = {"engine": c.name, **c.params}
        if not rs:
            rec["error"] = (acc[c.name][-1].get("stderr", "") if acc[c.name] else "not run")[-600:]
            records.append(rec)
            continue
        calm = [x for x in rs if calm_(x)]
        if len(calm) >= min(3, c.rounds or rounds):
            rec["noisy"] = False
        else:
            calm, rec["noisy"] = rs, True
        rec["samples"] = f"{len(calm)} of {len(rs)}"
        rs = calm
        secs, extra = [], {}
        for x in rs:
            js = x.get("json", {})
            secs += js.get("seconds") or [x["wall_s"]]
            for k, v in js.items():
                if k != "seconds":
                    extra.setdefault(k, []).append(v)
        rec["seconds"] = summary(secs)
        rec["process_wall_s"] = summary([x["wall_s"] for x in rs])
        rec["cpu_s"] = summary([x["user_s"] + x["sys_s"] for x in rs])
        rec["peak_rss_mb"] = round(max(x["peak_rss_mb"] for x in rs), 1)
        for k in ("run_delay", "steal", "foreign"):
            rec[k + "_max"] = max(x["noise"][k] for x in rs)
        for k, v in extra.items():
            if k == "ops":  # one timing per named operation
                rec[k] = {o: summary([z[o] for z in v if o in z]) for o in v[0]}
            elif all(isinstance(z, (int, float)) and not isinstance(z, bool) for z in v):
                rec[k] = v[0] if len(set(v)) == 1 else summary(v)
            else:
                rec[k] = v[0]
        records.append(rec)
    return records


# ------------------------------------------------------------------- output
def parser(doc, ours=""):
    ap = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--ours", default=ours, metavar="CMD",
                    help="our program, with {placeholders}; empty: only the peers (default: %(default)s)")
    ap.add_argument("--out", help="write the JSON result to this file (default: stdout only)")
    ap.add_argument("--rounds", type=int, default=5, help="interleaved rounds (default 5)")
    ap.add_argument("--no-wait", action="store_true", help="do not wait for a quiet machine before each child")
    ap.add_argument("--extra", action="append", default=[], metavar="NAME=CMD",
                    help="join another program to the same run; CMD may use the case's {placeholders}; repeatable")
    return ap


def compact(obj, depth=0):
    """Indented JSON that keeps small objects on one line."""
    flat = json.dumps(obj)
    if len(flat) <= 150 or not isinstance(obj, (dict, list)) or not obj:
        return flat
    pad = " " * (depth + 1)
    if isinstance(obj, dict):
        body = [f"{pad}{json.dumps(k)}: {compact(v, depth + 1)}" for k, v in obj.items()]
        return "{\n" + ",\n".join(body) + "\n" + " " * depth + "}"
    return "[\n" + ",\n".join(pad + compact(v, depth + 1) for v in obj) + "\n" + " " * depth + "]"


def emit(obj, out):
    print_tables(obj.get("records", []))
    text = compact(obj)
    if out:
        Path(out).write_text(text + "\n")
        print(f"wrote {out}", file=sys.stderr)
    else:
        print(text)
