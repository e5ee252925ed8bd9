#!/usr/bin/env python3
"""PyTorch Geometric on the graph that gat/examples/cuda_bench.rs measures.

    gat_cuda_peer.py [N E H C RUNS] [--device cuda|cpu]

Prints one line of JSON, times are medians in milliseconds: GATConv and GATv2Conv without gradients
(whole layers, projections included: compare with `gat_layer_ms`), `propagate` of GATConv alone
(attention and weighted sum: compare with `gat_ms`), peak memory, and copy bandwidth in GB/s.

Wants torch (with CUDA) and torch_geometric; torch_scatter makes the peer faster where it is installed.
"""

import argparse
import json
import statistics
import sys
import time

try:
    import numpy as np
    import torch
    from torch_geometric.nn import GATConv, GATv2Conv
    from torch_geometric.utils import softmax
except ImportError as error:
    sys.exit(f"gat_cuda_peer: {error}: pip install torch torch_geometric")


def draw(count, limit, seed):
    """The numbers that `draw` of cuda_bench.rs gives, computed at once: a·s + c, k times over."""
    factor, step = np.uint64(6364136223846793005), np.uint64(1442695040888963407)
    with np.errstate(over="ignore"):
        powers = np.multiply.accumulate(np.full(count, factor, dtype=np.uint64))
        before = np.concatenate([np.ones(1, np.uint64), powers[:-1]])
        states = powers * np.uint64(seed) + step * np.cumsum(before, dtype=np.uint64)
    return ((states >> np.uint64(33)) % np.uint64(limit)).astype(np.int64)


def measure(runs, device, call):
    """Median milliseconds; the device has finished when the clock stops."""
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    times = []
    for _ in range(runs + 2):
        wait()
        started = time.perf_counter()
        call()
        wait()
        times.append((time.perf_counter() - started) * 1e3)
    return statistics.median(times[2:])


@torch.inference_mode()
def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("sizes", nargs="*", type=int)
    args.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    args = args.parse_args()
    defaults = [1_000_000, 20_000_000, 4, 32, 20]
    n, e, h, c, runs = args.sizes + defaults[len(args.sizes):]
    if args.device == "cuda" and not torch.cuda.is_available():
        sys.exit("gat_cuda_peer: no CUDA device")
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = False
    edge_index = torch.from_numpy(np.stack([draw(e, n, 1), draw(e, n, 2)]))
    # Sorted by destination, as our graph is when the clock starts.
    edge_index = edge_index[:, torch.argsort(edge_index[1], stable=True)].to(args.device)
    x = torch.rand(n, h * c, device=args.device) * 2 - 1
    values = x.view(n, h, c)
    src_part, dst_part = (torch.rand(n, h, device=args.device) * 2 - 1 for _ in range(2))

    def attention():
        source, target = edge_index
        scores = torch.nn.functional.leaky_relu(src_part[source] + dst_part[target], 0.2)
        alpha = softmax(scores, target, num_nodes=n)
        gathered = values[source] * alpha.unsqueeze(-1)
        return torch.zeros_like(values).index_add_(0, target, gathered)

    result = {"peer": "torch_geometric", "torch": torch.__version__, "device": args.device,
              "nodes": n, "edges": e, "heads": h, "channels": c, "runs": runs}
    calls = {"gat_ms": attention}
    for name, kind in (("gat_layer_ms", GATConv), ("gatv2_layer_ms", GATv2Conv)):
        layer = kind(h * c, c, heads=h, add_self_loops=False).to(args.device)
        calls[name] = lambda layer=layer: layer(x, edge_index)
    for name, call in calls.items():
        try:
            result[name] = round(measure(runs, args.device, call), 3)
        except torch.OutOfMemoryError:
            result[name] = None  # E·H·C numbers at once do not fit
            torch.cuda.empty_cache()
    if args.device == "cuda":
        result["peak_bytes"] = torch.cuda.max_memory_allocated()
        block = torch.zeros(256 << 20, device="cuda")
        result["copy_gb_s"] = round(2 * 4 * block.numel() / measure(runs, "cuda", block.clone) / 1e6)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
