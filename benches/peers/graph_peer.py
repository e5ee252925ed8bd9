#!/usr/bin/env python3
"""Graph analytics peers on a random directed graph (default 30 k nodes, 120 k edges).

Edge (u,v) has probability p in [0.05,0.95); the most probable path minimises
sum(-ln p).  Operations: build (edge arrays -> graph), pagerank (alpha 0.85,
tol 1e-8, weight p), sssp (most probable path tree from one source, mean of 5
sources), yen (10 most probable simple paths, mean of --pairs pairs), reach
(descendants of one source, mean of 20).
Libraries: networkx, rustworkx, igraph, scipy, networkit.
Ours is the example `peer` of the graph crate (cargo build --release -p infra-graph
--example peer); its edges are read as a failure travels.
--ours and --extra placeholders: {file} (safetensors: src,dst U32, p F64, pairs U32) {nodes} {edges} {pairs} {k}
"""
import json
import subprocess
import sys
import time

from common import DATA, HERE, Case, built, emit, interleave, joined, machine, parser, st_read, st_write

K = 10


def path(n, e):
    return DATA / "graph" / f"g_{n}_{e}.safetensors"


def make(n, e):
    import numpy as np

    p = path(n, e)
    p.parent.mkdir(parents=True, exist_ok=True)
    g = np.random.default_rng(99)
    key = np.unique(g.integers(0, n, 2 * e, dtype=np.int64) * n + g.integers(0, n, 2 * e, dtype=np.int64))
    key = key[key // n != key % n]
    key = g.permutation(key)[:e]
    src, dst = (key // n).astype(np.uint32), (key % n).astype(np.uint32)
    pr = g.uniform(0.05, 0.95, e)
    # pairs that are connected: walk forward from random sources
    ptr = np.argsort(src, kind="stable")
    first = np.searchsorted(src[ptr], np.arange(n + 1))
    pairs = []
    while len(pairs) < 20:
        s = int(g.integers(n))
        v, seen = s, {s}
        for _ in range(25):
            o = dst[ptr[first[v]:first[v + 1]]]
            if len(o) == 0:
                break
            v = int(o[g.integers(len(o))])
            seen.add(v)
        if v != s and len(seen) > 15:
            pairs.append((s, v))
    st_write(p, {"src": src, "dst": dst, "p": pr, "pairs": np.array(pairs, np.uint32)})


def clock(fn):
    t = time.perf_counter()
    r = fn()
    return time.perf_counter() - t, r


def child(lib, n, e, npairs):
    import numpy as np

    d = st_read(path(n, e))
    src, dst, p = d["src"].astype(np.int64), d["dst"].astype(np.int64), np.array(d["p"])
    w = -np.log(p)
    pairs = [(int(a), int(b)) for a, b in d["pairs"]]
    out, ops, chk = {}, {}, {}
    sources = [s for s, _ in pairs[:5]]
    t0 = time.perf_counter()
    if lib == "networkx":
        import networkx as nx

        out["import_s"] = time.perf_counter() - t0
        out["version"] = nx.__version__

        def build():
            g = nx.DiGraph()
            g.add_nodes_from(range(n))
            g.add_weighted_edges_from(zip(src.tolist(), dst.tolist(), w.tolist()), weight="w")
            for (u, v, dd), q in zip(g.edges(data=True), range(e)):
                dd["p"] = float(np.exp(-dd["w"]))
            return g
        ops["build"], g = clock(build)
        ops["pagerank"], pr = clock(lambda: nx.pagerank(g, alpha=0.85, tol=1e-8 / n, max_iter=200, weight="p"))
        chk["pagerank_max"] = max(pr.values())
        ops["sssp"], ds = clock(lambda: [nx.single_source_dijkstra(g, s, weight="w")[0] for s in sources])
        ops["sssp"] /= len(sources)
        chk["sssp"] = sum(sum(x.values()) for x in ds)
        import itertools

        ops["yen"], ks = clock(lambda: [list(itertools.islice(nx.shortest_simple_paths(g, s, t, weight="w"), K)) for s, t in pairs[:npairs]])
        ops["yen"] /= npairs
        chk["yen"] = sum(sum(g[a][b]["w"] for a, b in zip(q, q[1:])) for k in ks for q in k)
        ops["reach"], rs = clock(lambda: [len(nx.descendants(g, s)) for s, _ in pairs])
        ops["reach"] /= len(pairs)
    elif lib == "rustworkx":
        import rustworkx as rx

        out["import_s"] = time.perf_counter() - t0
        out["version"] = rx.__version__

        def build():
            g = rx.PyDiGraph(multigraph=False)
            g.add_nodes_from(list(range(n)))
            g.add_edges_from(list(zip(src.tolist(), dst.tolist(), w.tolist())))
            return g
        ops["build"], g = clock(build)
        ops["pagerank"], pr = clock(lambda: rx.pagerank(g, alpha=0.85, tol=1e-8 / n, max_iter=200, weight_fn=lambda x: float(np.exp(-x))))
        chk["pagerank_max"] = max(dict(pr).values())
        ops["sssp"], ds = clock(lambda: [rx.dijkstra_shortest_path_lengths(g, s, lambda x: x) for s in sources])
        ops["sssp"] /= len(sources)
        chk["sssp"] = sum(sum(dict(x).values()) for x in ds)
        # no Yen in rustworkx: only the k-th shortest (non-simple) lengths
        ops["kth_lengths"], _ = clock(lambda: [rx.digraph_k_shortest_path_lengths(g, s, K, lambda x: x, goal=t) for s, t in pairs[:npairs]])
        ops["kth_lengths"] /= npairs
        ops["reach"], rs = clock(lambda: [len(rx.descendants(g, s)) for s, _ in pairs])
        ops["reach"] /= len(pairs)
    elif lib == "igraph":
        import igraph as ig

        out["import_s"] = time.perf_counter() - t0
        out["version"] = ig.__version__

        def build():
            g = ig.Graph(n=n, edges=np.stack([src, dst], 1), directed=True)
            g.es["w"] = w.tolist()
            g.es["p"] = p.tolist()
            return g
        ops["build"], g = clock(build)
        ops["pagerank"], pr = clock(lambda: g.pagerank(damping=0.85, weights="p"))
        chk["pagerank_max"] = max(pr)
        ops["sssp"], ds = clock(lambda: [g.distances(source=s, weights="w", mode="out")[0] for s in sources])
        ops["sssp"] /= len(sources)
        chk["sssp"] = float(sum(sum(v for v in x if v != float("inf")) for x in ds))
        ops["yen"], ks = clock(lambda: [g.get_k_shortest_paths(s, t, k=K, weights="w", output="epath") for s, t in pairs[:npairs]])
        ops["yen"] /= npairs
        chk["yen"] = float(sum(w[q].sum() for k in ks for q in k))
        ops["reach"], rs = clock(lambda: [len(g.subcomponent(s, mode="out")) for s, _ in pairs])
        ops["reach"] /= len(pairs)
    elif lib == "scipy":
        import scipy
        import scipy.sparse as sp
        from scipy.sparse import csgraph

        out["import_s"] = time.perf_counter() - t0
        out["version"] = scipy.__version__
        ops["build"], g = clock(lambda: sp.csr_array((w, (src.astype(np.int32), dst.astype(np.int32))), shape=(n, n)))

        def pagerank():
            a = sp.csr_array((p, (src, dst)), shape=(n, n))
            s = np.asarray(a.sum(axis=1)).ravel()
            inv = np.where(s > 0, 1 / np.where(s > 0, s, 1), 0)
            at = (sp.diags_array(inv) @ a).T.tocsr()
            dang = np.flatnonzero(s == 0)
            x = np.full(n, 1 / n)
            for _ in range(200):
                y = 0.85 * (at @ x + x[dang].sum() / n) + 0.15 / n
                if np.abs(y - x).sum() < 1e-8:
                    return y
                x = y
            return x
        ops["pagerank"], pr = clock(pagerank)
        chk["pagerank_max"] = float(pr.max())
        ops["sssp"], ds = clock(lambda: [csgraph.dijkstra(g, indices=s) for s in sources])
        ops["sssp"] /= len(sources)
        chk["sssp"] = float(sum(x[np.isfinite(x)].sum() for x in ds))
        if hasattr(csgraph, "yen"):
            ops["yen"], ks = clock(lambda: [csgraph.yen(g, s, t, K) for s, t in pairs[:npairs]])
            ops["yen"] /= npairs
            chk["yen"] = float(sum(k.sum() for k in ks))
        ops["reach"], rs = clock(lambda: [len(csgraph.breadth_first_order(g, s, return_predecessors=False)) for s, _ in pairs])
        ops["reach"] /= len(pairs)
    elif lib == "networkit":
        import networkit as nk

        out["import_s"] = time.perf_counter() - t0
        out["version"] = nk.__version__
        nk.setNumberOfThreads(2)

        def build():
            import scipy.sparse as sp

            return nk.GraphFromCoo((w, (src, dst)), n=n, weighted=True, directed=True)
        ops["build"], g = clock(build)
        gp = nk.GraphFromCoo((p, (src, dst)), n=n, weighted=True, directed=True)

        def pagerank():
            r = nk.centrality.PageRank(gp, damp=0.85, tol=1e-8, distributeSinks=nk.centrality.SinkHandling.DistributeSinks)
            r.run()
            return r.scores()
        ops["pagerank"], pr = clock(pagerank)
        chk["pagerank_max"] = max(pr)
        ops["sssp"], ds = clock(lambda: [nk.distance.Dijkstra(g, s, storePaths=False).run().getDistances() for s in sources])
        ops["sssp"] /= len(sources)
        chk["sssp"] = float(sum(v for x in ds for v in x if v < 1e300))
    out["ops"], out["check"] = ops, chk
    out["seconds"] = [sum(ops.values())]
    print(json.dumps(out))


def main():
    ap = parser(__doc__, ours=f"{built('examples/peer')} {{file}} {{pairs}} {{nodes}}")
    ap.add_argument("--nodes", type=int, default=30_000)
    ap.add_argument("--edges", type=int, default=120_000)
    ap.add_argument("--pairs", type=int, default=3)
    ap.add_argument("--libs", default="networkx,rustworkx,igraph,scipy,networkit")
    ap.add_argument("--make", action="store_true", help="write the graph, then stop")
    ap.add_argument("--child", metavar="LIB", help="internal")
    a = ap.parse_args()
    if a.make:
        return make(a.nodes, a.edges)
    if a.child:
        return child(a.child, a.nodes, a.edges, a.pairs)
    dims = ["--nodes", str(a.nodes), "--edges", str(a.edges), "--pairs", str(a.pairs)]
    me = [sys.executable, str(HERE / "graph_peer.py")]
    if not path(a.nodes, a.edges).exists():
        subprocess.run(me + ["--make"] + dims, check=True)
    par = {"nodes": a.nodes, "edges": a.edges, "k": K, "pairs": a.pairs}
    cs = [Case(x, me + ["--child", x] + dims, {"OMP_NUM_THREADS": 2}, par) for x in a.libs.split(",")]
    cs += joined(a, {**par, "file": str(path(a.nodes, a.edges))})
    recs = interleave(cs, a.rounds, quiet=not a.no_wait)
    emit({"kind": "graph", "machine": machine(), "records": recs}, a.out)


if __name__ == "__main__":
    main()
