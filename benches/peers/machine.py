"""What machine this is, and how busy others keep it."""
from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

NICE = int(os.environ.get("PEERS_NICE", "0"))  # e.g. -15: children outrank other work on a shared machine

def read_text(p, default=""):
    try:
        return Path(p).read_text()
    except OSError:
        return default


def _cmd(argv):
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=30).stdout.strip()
    except Exception:
        return ""


def machine():
    info = {}
    for line in read_text("/proc/cpuinfo").splitlines():
        k, _, v = line.partition(":")
        info.setdefault(k.strip(), v.strip())
    flags = set(info.get("flags", "").split())
    mem = {}
    for line in read_text("/proc/meminfo").splitlines():
        k, _, v = line.partition(":")
        mem[k] = v.strip()
    lscpu = {}
    for line in _cmd(["lscpu"]).splitlines():
        k, _, v = line.partition(":")
        lscpu[k.strip()] = v.strip()
    return {
        "cpu": info.get("model name", platform.processor()),
        "cpu_family": info.get("cpu family"),
        "cpus": os.cpu_count(),
        "mhz_nominal": info.get("cpu MHz"),
        "caches": {k: lscpu.get(k) for k in ("L1d cache", "L2 cache", "L3 cache")},
        "hypervisor": lscpu.get("Hypervisor vendor"),
        "simd": sorted(f for f in flags if f in ("avx2", "fma", "avx512f", "avx512vl", "avx512_bf16", "avx_vnni")),
        "mem_total": mem.get("MemTotal"),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "gcc": _cmd(["gcc", "-dumpfullversion"]),
        "rustc": _cmd(["rustc", "--version"]),
        "date_utc": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "child_nice": NICE,
        "loadavg": read_text("/proc/loadavg").split()[:3],
    }


def cpu_ticks():
    f = read_text("/proc/stat").splitlines()[0].split()[1:]
    v = [int(x) for x in f]
    return {"idle": v[3] + v[4], "steal": v[7] if len(v) > 7 else 0, "total": sum(v[:8])}


def noise(a, b, own_cpu_s=0.0):
    tot = max(1, b["total"] - a["total"])
    busy = tot - (b["idle"] - a["idle"])
    own = own_cpu_s * os.sysconf("SC_CLK_TCK")
    return {
        "idle": round((b["idle"] - a["idle"]) / tot, 3),
        "steal": round((b["steal"] - a["steal"]) / tot, 3),
        # share of the machine's CPU time taken by anything but this child (steal included)
        "foreign": round(max(0.0, busy - own) / tot, 3),
    }


MAX_WAIT = float(os.environ.get("PEERS_MAX_WAIT", "60"))  # seconds to wait for a quiet machine before each child
# A sample is noisy if its threads waited for a CPU longer than this share of its
# wall time while other programs used more than this share of the machine, or if
# the hypervisor took more than half of it (steal).
QUIET = 0.10


def wait_quiet(max_wait=None, need_idle=0.85, window=1.0, log=True):
    """Wait until the machine is nearly idle; returns (seconds waited, last idle)."""
    max_wait = MAX_WAIT if max_wait is None else max_wait
    t0 = time.time()
    if max_wait <= 0:
        return 0.0, None
    while True:
        a = cpu_ticks()
        time.sleep(window)
        n = noise(a, cpu_ticks())
        waited = time.time() - t0
        if n["idle"] >= need_idle or waited > max_wait:
            if log and waited > 10:
                print(f"    (waited {waited:.0f} s for a quiet machine, idle now {n['idle']:.2f})", file=sys.stderr)
            return waited, n["idle"]
