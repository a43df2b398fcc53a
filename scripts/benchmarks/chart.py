"""Draws what `bench.py --growth` measured: `chart.py FILE`, with its JSON on stdin.

A process of its own, since only one environment has the library. Lines differ in more than colour, for paper.
"""

import json
import sys
from typing import Any

import matplotlib

matplotlib.use("Agg")  # needs no screen
from matplotlib import pyplot
from matplotlib.ticker import LogLocator, NullFormatter

#: How each client's line looks. The first is ours.
LOOKS: list[dict[str, Any]] = [
    {"color": "black", "linestyle": "-", "marker": "o", "linewidth": 2},
    {"color": "0.35", "linestyle": "--", "marker": "s", "markerfacecolor": "white"},
    {"color": "0.35", "linestyle": ":", "marker": "^", "markerfacecolor": "white"},
    {"color": "0.6", "linestyle": "-.", "marker": "D", "markerfacecolor": "white"},
]
#: What is shown of the samples, and how it is called.
SHOWN = {"wall": "wall time, s", "memory": "peak memory, MB"}


def main(file: str) -> None:
    """Draw a panel for each series and figure, and save them all."""
    found = json.load(sys.stdin)
    matplotlib.rcParams.update({"font.size": 9, "svg.hashsalt": "bench", "axes.grid": True, "grid.color": "0.9"})
    series, looks = found["series"], _looks(found["series"])
    figure, axes = pyplot.subplots(
        len(SHOWN), len(series), figsize=(10, 5.4), sharex="col", sharey="row", squeeze=False, layout="constrained"
    )
    for row, (key, label) in zip(axes, SHOWN.items(), strict=True):
        for panel, each in zip(row, series, strict=True):
            _draw(panel, each, key, looks)
        row[0].set_ylabel(label)
    for panel, each in zip(axes[0], series, strict=True):
        panel.set_title(each["name"], fontsize=10)
    for panel, each in zip(axes[-1], series, strict=True):
        panel.set_xlabel(each["unit"])
    lines = {line.get_label(): line for panel in axes.flat for line in panel.lines}
    figure.legend(lines.values(), lines.keys(), loc="outside lower center", ncols=len(lines), frameon=False)
    about = found["about"]
    facts = f"Python {about['python']}, {about['processors']} processors, the least of up to {about['runs']} rounds"
    figure.suptitle(facts, fontsize=9, color="0.35")
    # No date: a chart of the same figures is the same file.
    figure.savefig(file, dpi=150, metadata={"Date": None} if file.endswith(".svg") else None)


def _looks(series: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A look for each client, in the order in which they first come."""
    clients = {client: None for each in series for row in each["rows"] for client in row["clients"]}
    return dict(zip(clients, LOOKS, strict=False))


def _draw(panel: Any, series: dict[str, Any], key: str, looks: dict[str, dict[str, Any]]) -> None:
    """One panel: a line for each client."""
    for client, look in looks.items():
        rows = [row for row in series["rows"] if client in row["clients"]]
        values = [min(row["clients"][client][key]) for row in rows]
        if rows:
            panel.plot([row["size"] for row in rows], values, label=client, markersize=5, **look)
    panel.set(xscale="log", yscale="log")
    # Memory stays within one power of ten: without the steps between, its axis would have one number.
    panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5) if key == "memory" else (1,)))
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_formatter("{x:,g}")
        axis.set_minor_formatter(NullFormatter())


if __name__ == "__main__":
    main(sys.argv[1])
