"""Draws the pictures of the five worlds: docs/worlds/WORLD.svg, one showcase run each.

    pip install matplotlib
    python docs/worlds/pictures.py [--png DIR] [WORLD ...]

Simulates each showcase with `infra-analyze` (or the program that INFRA_ANALYZE names), exports it with
`export --format csv` and reads `events.csv`. The same version draws the same bytes. Nothing but
mechanism rows that are named as such, and what an operator could have seen, is drawn.
"""

import argparse
import collections
import csv
import json
import os
import pathlib
import subprocess
import tempfile

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = os.environ.get("INFRA_ANALYZE", "infra-analyze")
# Okabe and Ito, told apart with any colour vision.
BLACK, ORANGE, SKY, GREEN, BLUE, RED, PINK = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7")
GREY = "#767676"

plt.rcParams.update({
    "svg.hashsalt": "infra-analyze", "svg.fonttype": "path", "font.family": "DejaVu Sans", "font.size": 9,
    "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 9.5, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.edgecolor": GREY, "axes.linewidth": 0.8, "legend.frameon": False,
    "figure.facecolor": "white", "savefig.facecolor": "white",
})


def events(world, scenario):
    """Rows of the run's events table as dicts of text; absent is ''."""
    with tempfile.TemporaryDirectory() as folder:
        run = f"{folder}/run.parquet"
        subprocess.run([PROGRAM, "-q", "simulate", world, "--scenario", scenario, "-o", run], check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run([PROGRAM, "-q", "export", run, "--format", "csv", "-o", f"{folder}/csv"], check=True,
                       stdout=subprocess.DEVNULL)
        with open(f"{folder}/csv/events.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


def seconds(row):
    return int(row["time_ns"]) / 1e9


def attributes(row):
    return json.loads(row["attributes"]) if row["attributes"] else {}


def last_per_time(rows, service, signal, unit=1e9):
    """The signal's last value at each time, in order of time."""
    values = {}
    for row in rows:
        if row["service"] == service and row[signal]:
            values[int(row["time_ns"]) / unit] = float(row[signal])
    return list(values), list(values.values())


def flood():
    rows = events("flood", "contagion")
    services = list(dict.fromkeys(row["service"] for row in rows if row["service"]))
    series = {s: last_per_time(rows, s, "stress") for s in services}
    onset = {s: next((t for t, v in zip(*series[s]) if v > 0), float("inf")) for s in services}
    order = sorted(services, key=lambda s: (onset[s], services.index(s)))
    figure, axes = plt.subplots(len(order), 1, figsize=(7.6, 5.9), sharex=True, sharey=True)
    for axis, service in zip(axes, order):
        times, values = series[service]
        axis.fill_between(times, values, step="post", color=RED, alpha=0.35, linewidth=0)
        axis.step(times, values, where="post", color=RED, linewidth=1.4)
        axis.axhline(1.0, color=BLACK, linewidth=0.7, linestyle=(0, (4, 3)))
        axis.set_ylim(0, 1.55)
        axis.set_yticks([0, 1])
        axis.set_ylabel(service, rotation=0, ha="right", va="center", labelpad=18, fontsize=9)
        axis.tick_params(length=2.5, labelsize=8, bottom=axis is axes[-1])
        if onset[service] < float("inf"):
            axis.annotate(f"t={onset[service]:.0f}", (onset[service], 0.08), xytext=(-3, 0),
                          textcoords="offset points", ha="right", va="bottom", fontsize=8)
        hits = [seconds(r) for r in rows if r["event_type"] == "FLOOD_IMPACT" and not r["service"]
                and service in attributes(r)["affected_services"]]
        axis.plot(hits, [1.36] * len(hits), marker="v", color=BLUE, markersize=5, linestyle="none", clip_on=False)
        acts = [seconds(r) for r in rows if r["event_type"] == "POLICY_INTERVENTION" and not r["service"]]
        axis.vlines(acts, 0, 1.55, color=GREEN, linewidth=1.4)
    axes[0].set_title("Overload travels from the substation to the shelters", fontsize=10.5, pad=22)
    axes[0].set_xlim(0, max(t for times, _ in series.values() for t in times))
    axes[-1].set_xlabel("time [ticks]")
    figure.supylabel("stress [1]", fontsize=9, x=0.008)
    figure.legend(handles=[
        Line2D([], [], color=RED, label="stress"),
        Line2D([], [], color=BLACK, linewidth=0.8, linestyle=(0, (4, 3)), label="overload threshold"),
        Line2D([], [], color=BLUE, marker="v", linestyle="none", markersize=5, label="flood hits"),
        Line2D([], [], color=GREEN, linewidth=1.4, label="council acts, without effect on stress"),
    ], loc="upper left", bbox_to_anchor=(0.175, 0.948), ncols=4, fontsize=8, columnspacing=1.3, handletextpad=0.5)
    figure.subplots_adjust(left=0.185, right=0.97, top=0.895, bottom=0.08, hspace=0.28)
    return figure


def queue():
    rows = events("queue", "retry-storm")
    ticks = [r for r in rows if r["event_type"] == "CONTROL_TICK" and not r["service"]]
    first = next(seconds(r) for r in ticks if attributes(r).get("state") == "COLLAPSED")
    depth = last_per_time(rows, "queue", "queue_depth")
    buffer = 120
    width = 0.25
    tries = {False: collections.Counter(), True: collections.Counter()}
    good = collections.Counter()
    for row in rows:
        what, when = attributes(row), int(seconds(row) / width)
        if row["event_type"] in ("REQUEST_CREATED", "FAULT_INJECTED"):
            tries[what["attempt"] > 0][when] += 1 / width
        if row["event_type"] == "REQUEST_COMPLETED" and what["failure_mode"] == "NOMINAL_OPERATION":
            good[when] += 1 / width
    bins = range(int(max(seconds(r) for r in rows) / width) + 1)
    edges = [i * width for i in bins]
    figure, axes = plt.subplots(3, 1, figsize=(7.6, 6.2), sharex=True,
                                gridspec_kw={"height_ratios": [1, 1.35, 1]})
    axes[0].plot(*depth, color=BLUE, linewidth=1.5)
    axes[0].fill_between(*depth, color=BLUE, alpha=0.15, linewidth=0)
    for level, text in ((1.0, "buffer is full"), (0.85, "85 %: COLLAPSED"), (0.4, "40 %: DEGRADED")):
        axes[0].axhline(level * buffer, color=GREY, linewidth=0.7, linestyle=(0, (4, 3)))
        axes[0].text(7.12, level * buffer, text, fontsize=7.5, color="#444444", ha="left", va="center")
    axes[0].set_ylabel("queue depth\n[requests]")
    axes[0].set_ylim(0, 140)
    axes[0].set_title("Requests that wait")
    new = [tries[False][i] for i in bins]
    again = [tries[True][i] for i in bins]
    axes[1].bar(edges, new, width, align="edge", color=SKY, label="first attempts", linewidth=0)
    axes[1].bar(edges, again, width, bottom=new, align="edge", color=ORANGE, label="repeated attempts", linewidth=0)
    axes[1].step([*edges, edges[-1] + width], [*(good[i] for i in bins), good[bins[-1]]], where="post",
                 color=BLACK, linewidth=1.5, label="good answers in time")
    axes[1].set_ylabel("rate\n[1/s]")
    axes[1].legend(fontsize=8, loc="upper right", bbox_to_anchor=(1.02, 1.0))
    axes[1].set_title("Attempts multiply while answers dry up")
    axes[2].plot(*last_per_time(rows, "clients", "error_rate"), color=RED, linewidth=1.3)
    axes[2].set_ylabel("failed attempts\n[share]")
    axes[2].set_ylim(0, 1.05)
    axes[2].set_title("What clients see")
    axes[2].set_xlabel("time [s]")
    axes[2].set_xlim(0, 7.06)
    onset = next(t for t, v in zip(*depth) if v >= 0.4 * buffer)
    for axis in axes:
        axis.axvline(first, color=PINK, linewidth=1.3)
        axis.axvline(onset, color=GREEN, linewidth=1.3)
    axes[0].text(first + 0.05, 117, f"break-\npoint\n{first:.2f} s", fontsize=7.5, va="top", color="#A0457A")
    axes[0].text(onset + 0.05, 3, f"pressure\nabove 40 %\n{onset:.2f} s", fontsize=7.5, va="bottom", color="#006B4E")
    figure.align_ylabels(axes)
    figure.subplots_adjust(left=0.105, right=0.865, top=0.955, bottom=0.075, hspace=0.32)
    return figure


def health_map(axis, rows, first, last):
    """A cell per server and round, with what struck and what was tried."""
    checks = [r for r in rows if r["event_type"] == "HEALTH_CHECK" and r["service"]]
    servers = list(dict.fromkeys(r["service"] for r in checks))
    height = {s: len(servers) - 1 - i for i, s in enumerate(servers)}
    round_of = lambda row: int(row["time_ns"]) // 60_000_000_000
    cells = {(r["service"], round_of(r)): float(r["health"]) for r in checks}
    axis.set_facecolor(HEALTH[-1][1])
    for below, colour in HEALTH[:-1]:
        above = max((limit for limit, _ in HEALTH if limit < below), default=-1)
        ill = [(n, height[s]) for (s, n), health in cells.items()
               if first <= n <= last and above < health <= below]
        if ill:
            rounds, places = zip(*ill)
            axis.bar(rounds, 1, 1, [place - 0.5 for place in places], color=colour, linewidth=0)
    axis.vlines([n - 0.5 for n in range(first, last + 2)], -0.5, len(servers) - 0.5, color="white", linewidth=1.2)
    axis.hlines([i - 0.5 for i in range(len(servers) + 1)], first - 0.5, last + 0.5, color="white", linewidth=1.2)
    axis.set_xlim(first - 0.5, last + 0.5)
    axis.set_ylim(-0.5, len(servers) - 0.5)
    marks = {"chaos": [], "worked": [], "failed": []}
    tried = collections.Counter()
    for row in rows:
        kind = {"CHAOS_INJECT": "chaos", "REMEDIATION_RESULT": "remedy"}.get(row["event_type"])
        if kind and first <= round_of(row) <= last:
            before = tried[kind, row["service"], round_of(row)]
            tried[kind, row["service"], round_of(row)] += 1
            if kind == "remedy":
                kind = "worked" if attributes(row)["success"] else "failed"
            rise = 0.27 if kind == "chaos" else -0.22
            marks[kind].append((round_of(row) - 0.2 + 0.4 * (before % 2), height[row["service"]] + rise))
    for kind, (marker, colour, face, size, edge, width) in MARKS.items():
        axis.plot(*zip(*marks[kind]), marker=marker, color=colour, markerfacecolor=face, markersize=size,
                  markeredgecolor=edge, markeredgewidth=width, linestyle="none")
    axis.set_yticks(range(len(servers)), list(reversed(servers)))
    axis.set_xticks(range(first if first % 2 else first + 1, last + 1, 2))
    axis.tick_params(length=0)
    for side in ("left", "bottom"):
        axis.spines[side].set_visible(False)


# Colours of health up to a limit.
HEALTH = [(25, "#8C2D04"), (50, "#EC7014"), (80, "#FEE391"), (100, "#E8EEF2")]
MARKS = {"chaos": ("v", BLUE, BLUE, 5.4, "white", 0.5), "worked": ("o", BLACK, "white", 4.2, BLACK, 1.1),
         "failed": ("x", BLACK, BLACK, 4.2, BLACK, 1.1)}


def systems():
    figure, axes = plt.subplots(2, 1, figsize=(7.6, 5.6))
    health_map(axes[0], events("systems", "cascading-outage"), 1, 30)
    health_map(axes[1], events("systems", "extreme-junior"), 1, 30)
    axes[0].set_title("cascading-outage: the primary database runs out of memory, and what needs it follows")
    axes[1].set_title("extreme-junior: unrelated failures pile up faster than one engineer mends them")
    axes[1].set_xlabel("round [min]")
    figure.legend(handles=[
        Patch(color="#E8EEF2", label="OK (health above 80)"), Patch(color="#FEE391", label="WARN (51 to 80)"),
        Patch(color="#EC7014", label="CRIT (26 to 50)"), Patch(color="#8C2D04", label="CRIT (0 to 25)"),
        Line2D([], [], marker="v", color=BLUE, linestyle="none", markersize=5, label="chaos strikes (mechanism row)"),
        Line2D([], [], marker="o", color=BLACK, markerfacecolor="white", linestyle="none", markersize=5,
               label="remedy worked"),
        Line2D([], [], marker="x", color=BLACK, linestyle="none", markersize=5, label="remedy failed"),
    ], loc="lower center", ncols=4, fontsize=8, columnspacing=1.4, handletextpad=0.5)
    figure.subplots_adjust(left=0.105, right=0.99, top=0.95, bottom=0.185, hspace=0.3)
    return figure


def mesh():
    rows = events("mesh", "connected")
    path = ["fraud-store", "checkout-worker", "fraud-service", "profile-bff"]
    minutes = 60e9 / 2  # ticks of 30 s
    figure, axes = plt.subplots(len(path), 1, figsize=(7.6, 5.6), sharex=True, sharey=True)
    colours = {"degraded": "#FEE391", "critical": "#EC7014", "down": "#8C2D04"}
    halted = next(int(r["time_ns"]) / minutes for r in rows if r["event_type"] == "OPERATION")
    began = next(int(r["time_ns"]) / minutes for r in rows if r["event_type"] == "FAULT_INJECTED")
    notes = ["the deployment goes wrong here", "calls fraud-store", "calls checkout-worker",
             "calls fraud-service; users meet it"]
    for axis, service, note in zip(axes, path, notes):
        times, values = last_per_time(rows, service, "error_rate", minutes)
        changes = [(int(r["time_ns"]) / minutes, attributes(r)["new"]) for r in rows
                   if r["service"] == service and r["event_type"] in ("STATUS_CHANGE", "STATUS_CLEARED")]
        for (start, status), (end, _) in zip(changes, [*changes[1:], (times[-1], "")]):
            if status in colours:
                axis.axvspan(start, end, color=colours[status], alpha=0.55, linewidth=0)
        axis.plot(times, values, color=BLACK, linewidth=1.5)
        for limit in (0.1, 0.5, 0.9):
            axis.axhline(limit, color=GREY, linewidth=0.5, linestyle=(0, (2, 3)))
        axis.axvline(halted, color=BLUE, linewidth=1.4)
        axis.axvline(began, color=BLUE, linewidth=1.2, linestyle=(0, (3, 2)))
        axis.set_ylim(0, 1.08)
        axis.set_yticks([0, 0.5, 1])
        axis.text(0.4, 0.96, service, fontweight="bold", va="top")
        axis.text(0.4, 0.76, note, va="top", color="#444444", fontsize=8.5)
    axes[0].set_title("An error climbs from callee to caller, layer by layer", fontsize=10.5, pad=24)
    axes[0].set_xlim(0, 60)
    axes[-1].set_xlabel("time [ticks of 30 s]")
    figure.supylabel("error rate [1]", fontsize=9, x=0.012)
    figure.legend(handles=[
        *(Patch(color=colour, alpha=0.55, label=status) for status, colour in colours.items()),
        Line2D([], [], color=BLUE, linewidth=1.2, linestyle=(0, (3, 2)), label="fault begins (mechanism row)"),
        Line2D([], [], color=BLUE, linewidth=1.4, label="operator halts it"),
    ], loc="upper left", bbox_to_anchor=(0.07, 0.955), ncols=5, fontsize=8, columnspacing=1.3, handletextpad=0.5)
    figure.subplots_adjust(left=0.085, right=0.985, top=0.895, bottom=0.085, hspace=0.16)
    return figure


def coordination():
    rows = events("coordination", "sector-outage")
    maps = [r for r in rows if r["event_type"] == "GLOBAL_MAP"]
    modes = [(seconds(r), r["event_type"]) for r in rows if r["event_type"] in ("MODE", "MODE_RECOVERY")]
    down = [(seconds(r), r["event_type"]) for r in rows
            if r["event_type"] in ("BREAKER_OPEN", "BREAKER_RECOVERY")]
    figure, axes = plt.subplots(2, 1, figsize=(7.6, 4.9), sharex=True)
    for axis, signal in zip(axes, ("availability", "coverage")):
        axis.axvspan(123, 243, color=ORANGE, alpha=0.18, linewidth=0, zorder=0)
        for service, colour, width in (("orchestrator", BLUE, 1.9), ("SECTOR7", RED, 1.5), ("SECTOR3", GREY, 1.0)):
            times, values = last_per_time(maps, service, signal)
            axis.plot(times, values, color=colour, linewidth=width, marker="o", markersize=2.6, label=service)
        axis.set_ylim(-0.05, 1.08)
        for time, _ in modes:
            axis.axvline(time, color=GREEN, linewidth=1.1, linestyle=(0, (4, 2)))
    axes[0].set_ylabel("availability\n[share of agents active]")
    axes[1].set_ylabel("coverage\n[share of targets ready]")
    axes[1].set_xlabel("time [s]")
    axes[0].set_xlim(0, 362)
    axes[0].text(183, 0.47, "SECTOR7 is out of reach\n123 s to 243 s", ha="center", fontsize=8.5)
    for (time, _), text, side in zip(modes, ("mode DEGRADED_LIGHT", "mode FULL"), ("right", "left")):
        axes[0].text(time + (-9 if side == "right" else 4), 0.17, text, ha=side, fontsize=8, color="#006B4E")
    axes[0].legend(fontsize=8, loc="lower right", bbox_to_anchor=(1.0, 0.3))
    axes[0].set_title("The map sees the sector leave and come back")
    axes[1].set_title("Operations reach fewer agents, and still end with SUCCESS")
    figure.align_ylabels(axes)
    figure.subplots_adjust(left=0.115, right=0.985, top=0.94, bottom=0.1, hspace=0.24)
    return figure


WORLDS = {"flood": flood, "queue": queue, "systems": systems, "mesh": mesh, "coordination": coordination}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("worlds", nargs="*", choices=[[], *WORLDS], help="default: all")
    parser.add_argument("--png", type=pathlib.Path, help="also write WORLD.png into this folder")
    options = parser.parse_args()
    for world in options.worlds or WORLDS:
        figure = WORLDS[world]()
        figure.savefig(HERE / f"{world}.svg", metadata={"Date": None, "Creator": None})
        if options.png:
            figure.savefig(options.png / f"{world}.png", dpi=110)
        plt.close(figure)
