"""What the records say: medians, and our time divided by each peer's."""
import sys

OURS = "ours"
SHOWN = ("case", "rows", "nodes", "edges", "threads")


def groups(records):
    """Records of the same input, in the order in which inputs came."""
    out = {}
    for r in records:
        out.setdefault(tuple((k, r[k]) for k in SHOWN if k in r), []).append(r)
    return out


def timings(record):
    """Median seconds by operation; the whole is called 'total'."""
    if "seconds" not in record:
        return {}
    ops = {o: s["median"] for o, s in record.get("ops", {}).items() if s}
    return {**ops, "total": record["seconds"]["median"]} if not ops else ops


def show(seconds):
    return f"{seconds * 1e3:.3f} ms" if seconds < 1 else f"{seconds:.3f} s"


def lines(header, rows):
    width = [max(len(r[i]) for r in [header] + rows) for i in range(len(header))]
    for r in [header] + rows:
        yield "  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(r, width))).rstrip()


def print_tables(records, file=sys.stderr):
    for key, rs in groups(records).items():
        print("\n" + (", ".join(f"{k} {v}" for k, v in key) or "all"), file=file)
        ops = list(dict.fromkeys(o for r in rs for o in timings(r)))
        rows = []
        for r in rs:
            t = timings(r)
            note = "failed" if "error" in r else "noisy" if r.get("noisy") else ""
            rows.append([r["engine"]] + [show(t[o]) if o in t else "-" for o in ops] + [note])
        for line in lines(["engine, median"] + ops + [""], rows):
            print("  " + line, file=file)
        ours = next((timings(r) for r in rs if r["engine"] == OURS), None)
        if not ours:
            continue
        rows = []
        for r in rs:
            t = timings(r)
            if r["engine"] != OURS and t:
                rows.append([r["engine"]] + [f"{ours[o] / t[o]:.3f}" if o in t and o in ours else "-" for o in ops])
        if rows:
            print("  below 1: ours takes less time", file=file)
            for line in lines(["ours / peer"] + ops, rows):
                print("  " + line, file=file)
        for name, mine in next((r.get("check", {}) for r in rs if r["engine"] == OURS), {}).items():
            far = [r["engine"] for r in rs if isinstance(r.get("check", {}).get(name), (int, float))
                   and abs(r["check"][name] - mine) > 1e-3 * abs(mine)]
            if far:
                print(f"  check {name}: {', '.join(far)} found something else than ours", file=file)
