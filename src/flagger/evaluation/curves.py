"""Reliability diagram and precision-recall curves as a picture."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from flagger.errors import OutputError
from flagger.evaluation.metrics import reliability
from flagger.evaluation.scored import Scored

# Blue and orange of Okabe and Ito, which colour-blind people can tell apart.
COLOURS: Final = {"unverified": "#0072b2", "sensitive": "#d55e00"}
MARKERS: Final = {"unverified": "o", "sensitive": "s"}


def check_picture(path: str | Path) -> None:
    """Check before minutes of work that a picture can be drawn.

    :param path: where it is to go.
    :raises OutputError: when its suffix names no kind of picture, or its folder is missing or may not be written to.
    """
    from matplotlib.backend_bases import FigureCanvasBase

    known = FigureCanvasBase.get_supported_filetypes()
    target = Path(path)
    if target.suffix.lower().removeprefix(".") not in known:
        raise OutputError(f"Cannot draw '{path}': expected a name that ends with one of .{', .'.join(sorted(known))}.")
    if target.is_dir() or not os.access(target if target.exists() else target.parent, os.W_OK):
        raise OutputError(f"Cannot draw '{path}': '{target.parent}' is no folder that you may write to. Give another.")


def draw_curves(scored: Scored, path: str | Path) -> None:
    """Draw both axes: how often a probability comes true, and precision against recall.

    :param scored: held-out scores; an axis without posts of both classes is left out.
    :param path: the picture; its suffix chooses the format.
    """
    from matplotlib.figure import Figure
    from sklearn.metrics import precision_recall_curve

    figure = Figure(figsize=(9.0, 4.0), layout="constrained")
    diagram, curve = figure.subplots(1, 2)
    diagram.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1)
    for axis in COLOURS:
        rows = scored.judges(axis)
        targets, probabilities = scored.targets[axis][rows], getattr(scored, axis)[rows]
        if targets.all() or not targets.any():
            continue
        expected, observed, _ = reliability(targets, probabilities)
        style = {"color": COLOURS[axis], "marker": MARKERS[axis], "label": axis}
        diagram.plot(expected, observed, **style)
        precision, recall, _ = precision_recall_curve(targets, probabilities)
        curve.plot(recall, precision, color=COLOURS[axis], label=axis, linestyle="-" if axis == "unverified" else "-.")
    diagram.set(xlabel="probability given", ylabel="share that is so", title="Reliability, held-out posts")
    curve.set(xlabel="recall", ylabel="precision", title="Precision and recall, held-out posts", ylim=(0, 1.02))
    for plot in (diagram, curve):
        plot.grid(alpha=0.3)
        if plot.get_legend_handles_labels()[0]:
            plot.legend(frameon=False)
    # The name of the program, which only PNG takes, would change the picture with every version of it.
    figure.savefig(path, dpi=110, metadata={"Software": None} if Path(path).suffix.lower() == ".png" else None)
