#!/usr/bin/env python3
"""GAT inference: torch_geometric GATConv as in the seed model, and its peers.

Model: GATConv(in, hidden, heads) -> relu -> GATConv(hidden*heads, 1, heads=1)
-> sigmoid; float32, no grad.  Graphs are random directed (no self loops in the
input; every engine adds one per node as GATConv does).  Graph, features and
weights are written once per case as safetensors (src,dst U32; x, w1.. F32) with
a reference output ref.npy, so another program can load the same case.

Engines: pyg (eager), pyg_compile (torch.compile), pyg_v2 (GATv2Conv),
dgl (if --dgl-python is given), c_fused (gat_floor.c, practical floor),
c_fused_x (the same, layer 1 gathers x instead of W x: 32 bytes an edge, not 64).
--ours and --extra placeholders: {file} {ref} {nodes} {edges} {in_dim} {hidden} {heads} {threads} {reps}
"""
import ctypes
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from common import DATA, HERE, Case, built, emit, interleave, joined, machine, parser, st_read, st_write

CASES = {
    "10": (10, 20, 8, 8, 2),
    "1k": (1_000, 5_000, 8, 8, 2),
    "30k": (30_000, 120_000, 8, 8, 2),
    "100k": (100_000, 1_000_000, 8, 8, 2),
    "1M": (1_000_000, 5_000_000, 8, 8, 2),
    "100k_wide": (100_000, 1_000_000, 32, 32, 4),
}
REPS = {"10": 300, "1k": 200, "30k": 25, "100k": 8, "1M": 5, "100k_wide": 5}


def make(case):
    import numpy as np

    n, e, i, c, h = CASES[case]
    d = DATA / "gat"
    d.mkdir(parents=True, exist_ok=True)
    p = d / f"{case}.safetensors"
    if p.exists():
        return p
    g = np.random.default_rng(20240 + n + i)
    src = g.integers(0, n, e, dtype=np.uint32)
    dst = (src + 1 + g.integers(0, n - 1, e, dtype=np.uint32)) % np.uint32(n)

    def glorot(*s):
        lim = (6.0 / (s[-1] + s[-2])) ** 0.5
        return g.uniform(-lim, lim, s).astype(np.float32)

    st_write(p, {
        "src": src, "dst": dst.astype(np.uint32), "x": g.standard_normal((n, i)).astype(np.float32),
        "w1": glorot(h * c, i), "s1": glorot(1, h, c), "d1": glorot(1, h, c), "b1": g.uniform(-.1, .1, h * c).astype(np.float32),
        "w2": glorot(1, h * c), "s2": glorot(1, 1, 1), "d2": glorot(1, 1, 1), "b2": np.zeros(1, np.float32),
        # GATv2 has a second projection per layer
        "r1": glorot(h * c, i), "r2": glorot(1, h * c),
    })
    return p


def floors(case):
    """Bytes a two-layer inference has to move at least, three ways."""
    n, e, i, c, h = CASES[case]
    f = h * c
    io_coo64 = 4 * n * i + 16 * e + 4 * n
    io_csr32 = 4 * n * i + 4 * e + 4 * (n + 1) + 4 * n
    # both layers streamed from memory, every gathered row read once (cache holds it)
    streamed = (4 * n * i + 4 * n * (f + 2 * h)) + (4 * e + 4 * n + 4 * n * (f + 2 * h) + 4 * n * f) \
        + (4 * n * f + 4 * n * 3) + (4 * e + 4 * n + 4 * n * 3 + 4 * n)
    # every edge fetches its source row from memory (no reuse)
    gathered = streamed + (e * 4 * (f + h) - 4 * n * (f + h)) + (e * 4 * 2 - 4 * n * 2)
    flops = 2 * n * i * f + 4 * n * f + e * h * 6 + 2 * e * f + 2 * n * f + e * 8
    return {"bytes_io_coo64": io_coo64, "bytes_io_csr32": io_csr32, "bytes_streamed": streamed,
            "bytes_gathered": gathered, "flops": flops}


# ------------------------------------------------------------------ children
def timed(fn, reps):
    fn()
    out = []
    for _ in range(reps):
        t = time.perf_counter()
        fn()
        out.append(time.perf_counter() - t)
    return out


def rss_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def check(y, ref):
    import numpy as np

    if not os.path.exists(ref):
        return None
    return float(np.abs(y.reshape(-1) - np.load(ref).reshape(-1)).max())


def child(engine, case, threads, reps):
    t0 = time.perf_counter()
    out = {}
    p = DATA / "gat" / f"{case}.safetensors"
    ref = DATA / "gat" / f"{case}.{'ref2' if engine == 'pyg_v2' else 'ref'}.npy"
    n, e, i, c, h = CASES[case]
    if engine.startswith("c_fused"):
        import numpy as np

        d = st_read(p)
        lib = ctypes.CDLL(str(DATA / "libgatfloor.so"))
        lib.set_threads(threads)
        P = lambda a: a.ctypes.data_as(ctypes.c_void_p)  # noqa: E731
        ptr, col = np.empty(n + 1, np.uint32), np.zeros(e + 64, np.uint32)
        d = {k: np.ascontiguousarray(v) for k, v in d.items()}
        build = lambda: lib.csr_build(n, ctypes.c_uint64(e), P(d["src"]), P(d["dst"]), P(ptr), P(col))  # noqa: E731
        out["csr_build_s"] = sorted(timed(build, max(3, reps // 2)))[0]
        f = h * c
        hb, a1, a2 = np.empty(n * f, np.float32), np.empty(n * h, np.float32), np.empty(n * h, np.float32)
        mid, y = np.empty(n * f, np.float32), np.empty(n, np.float32)
        fn = getattr(lib, f"gat{'x' if engine == 'c_fused_x' else ''}_{i}_{h}_{c}")
        args = [n, P(ptr), P(col), P(d["x"])] + [P(d[k]) for k in ("w1", "s1", "d1", "b1", "w2", "s2", "d2", "b2")] \
            + [P(hb), P(a1), P(a2), P(mid), P(y)]
        out["rss_before_mb"] = rss_mb()
        out["seconds"] = timed(lambda: fn(*args), reps * 10)
        out["max_abs_diff_vs_pyg"] = check(y, ref)
    else:
        import torch

        t1 = time.perf_counter()
        if engine == "dgl":
            import dgl
            from dgl.nn.pytorch import GATConv
        else:
            from torch_geometric.nn import GATConv, GATv2Conv
        out["import_torch_s"], out["import_lib_s"] = t1 - t0, time.perf_counter() - t1
        torch.set_num_threads(threads)
        d = {k: torch.from_numpy(v.astype("int64") if v.dtype.kind == "u" else v.copy()) for k, v in st_read(p).items()}
        x = d["x"]
        with torch.no_grad():
            if engine == "dgl":
                l1, l2 = GATConv(i, c, h), GATConv(h * c, 1, 1)
                for l, k in ((l1, "1"), (l2, "2")):
                    l.fc.weight.copy_(d["w" + k]); l.attn_l.copy_(d["s" + k]); l.attn_r.copy_(d["d" + k]); l.bias.copy_(d["b" + k])
                g = dgl.add_self_loop(dgl.graph((d["src"], d["dst"]), num_nodes=n)).int()
                g.create_formats_()
                fwd = lambda: torch.sigmoid(l2(g, torch.relu(l1(g, x).flatten(1))).flatten(1))  # noqa: E731
            else:
                class Net(torch.nn.Module):
                    def __init__(s):
                        super().__init__()
                        K = GATv2Conv if engine == "pyg_v2" else GATConv
                        s.gat1, s.gat2 = K(i, c, heads=h), K(h * c, 1)

                    def forward(s, x, ei):
                        x = torch.relu(s.gat1(x, ei))
                        return torch.sigmoid(s.gat2(x, ei))

                net = Net().eval()
                for l, k in ((net.gat1, "1"), (net.gat2, "2")):
                    if engine == "pyg_v2":
                        l.lin_l.weight.copy_(d["w" + k]); l.lin_r.weight.copy_(d["r" + k]); l.att.copy_(d["s" + k])
                        l.lin_l.bias.zero_(); l.lin_r.bias.zero_(); l.bias.copy_(d["b" + k])
                    else:
                        l.lin.weight.copy_(d["w" + k]); l.att_src.copy_(d["s" + k]); l.att_dst.copy_(d["d" + k]); l.bias.copy_(d["b" + k])
                ei = torch.stack([d["src"], d["dst"]])
                run = torch.compile(net) if engine == "pyg_compile" else net
                fwd = lambda: run(x, ei)  # noqa: E731
            out["rss_before_mb"] = rss_mb()
            t = time.perf_counter()
            y = fwd()
            out["first_call_s"] = time.perf_counter() - t
            out["seconds"] = timed(fwd, reps)
        y = y.numpy()
        if engine in ("pyg", "pyg_v2") and not os.path.exists(ref):
            import numpy as np

            np.save(ref, y)
        out["max_abs_diff_vs_pyg"] = check(y, ref)
        out["torch"] = torch.__version__
    print(json.dumps(out))


def main():
    ap = parser(__doc__, ours=f"{built('infra-analyze')} bench gat --peer {{file}} --threads {{threads}} --reps {{reps}}")
    ap.add_argument("--cases", default=",".join(CASES), help="comma list of " + ",".join(CASES))
    ap.add_argument("--engines", default="pyg,pyg_compile,pyg_v2,dgl,c_fused,c_fused_x")
    ap.add_argument("--dgl-python", default="", help="python of a venv that has dgl")
    ap.add_argument("--threads", default="2,1")
    ap.add_argument("--make", metavar="CASE", help="write one case's graph and weights, then stop")
    ap.add_argument("--child", nargs=4, metavar=("ENGINE", "CASE", "THREADS", "REPS"), help="internal")
    a = ap.parse_args()
    if a.child:
        return child(a.child[0], a.child[1], int(a.child[2]), int(a.child[3]))
    if a.make:
        return make(a.make) and None
    DATA.mkdir(parents=True, exist_ok=True)
    subprocess.run(["gcc", "-O3", "-march=native", "-fno-strict-aliasing", "-fopenmp", "-shared", "-fPIC",
                    str(HERE / "gat_floor.c"), "-o", str(DATA / "libgatfloor.so"), "-lm"], check=True)
    records = []
    for case in a.cases.split(","):
        p = DATA / "gat" / f"{case}.safetensors"
        if not p.exists():  # in a child, so that this parent stays small
            subprocess.run([sys.executable, str(HERE / "gat_peer.py"), "--make", case], check=True)
        n, e, i, c, h = CASES[case]
        print(f"case {case}: {n} nodes, {e} edges, in {i}, hidden {c}, heads {h}", file=sys.stderr, flush=True)
        for th in (int(x) for x in a.threads.split(",")):
            env = {"OMP_NUM_THREADS": th, "MKL_NUM_THREADS": th}
            par = {"case": case, "nodes": n, "edges": e, "in_dim": i, "hidden": c, "heads": h, "threads": th, "reps": REPS[case]}
            cs = []
            for eng in a.engines.split(","):
                if eng == "pyg_v2" and case not in ("100k", "100k_wide"):
                    continue
                if eng == "c_fused_x" and (i, h, c) != (8, 2, 8):
                    continue
                if eng == "pyg_compile" and th == 1:
                    continue
                py = sys.executable
                if eng == "dgl":
                    if not a.dgl_python:
                        continue
                    py = a.dgl_python
                cs.append(Case(eng, [py, str(HERE / "gat_peer.py"), "--child", eng, case, str(th), str(REPS[case])], env, par))
            cs += joined(a, {**par, "file": str(p), "ref": str(DATA / "gat" / f"{case}.ref.npy")})
            for r in interleave(cs, a.rounds, quiet=not a.no_wait):
                r["floors"] = floors(case)
                records.append(r)
    emit({"kind": "gat", "machine": machine(), "records": records}, a.out)


if __name__ == "__main__":
    main()
