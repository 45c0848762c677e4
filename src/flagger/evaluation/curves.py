"""Reliability diagram and precision-recall curves as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from flagger.evaluation.metrics import CALIBRATION_BINS
from flagger.evaluation.scored import Scored

# Blue and orange of Okabe and Ito, which colour-blind people can tell apart.
COLOURS: Final = {"unverified": "#0072b2", "sensitive": "#d55e00"}
MARKERS: Final = {"unverified": "o", "sensitive": "s"}


def draw_curves(scored: Scored, path: str | Path) -> None:
    """Draw both axes: how often a probability comes true, and precision against recall.

    :param scored: held-out scores.
    :param path: the picture; its suffix chooses the format.
    """
    from matplotlib.figure import Figure
    from sklearn.metrics import precision_recall_curve

    figure = Figure(figsize=(9.0, 4.0), layout="constrained")
    reliability, curve = figure.subplots(1, 2)
    reliability.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1)
    for axis, (targets, probabilities) in axes_of(scored).items():
        expected, observed = reliability_points(targets, probabilities)
        style = {"color": COLOURS[axis], "marker": MARKERS[axis], "label": axis}
        reliability.plot(expected, observed, **style)
        precision, recall, _ = precision_recall_curve(targets, probabilities)
        curve.plot(recall, precision, color=COLOURS[axis], label=axis, linestyle="-" if axis == "unverified" else "-.")
    reliability.set(xlabel="probability given", ylabel="share that is so", title="Reliability, held-out posts")
    curve.set(xlabel="recall", ylabel="precision", title="Precision and recall, held-out posts", ylim=(0, 1.02))
    for plot in (reliability, curve):
        plot.grid(alpha=0.3)
        plot.legend(frameon=False)
    figure.savefig(path, dpi=110, metadata={"Software": None})


def axes_of(scored: Scored) -> dict[str, tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]]:
    """Give targets and probabilities of both axes, each on the posts that may judge it.

    :param scored: held-out scores.
    :return: by axis the targets and the probabilities.
    """
    judged = np.array([post.trains_unverified for post in scored.posts])
    levels = np.array([post.unverified for post in scored.posts])
    harm = np.array([bool(post.topics) and post.is_local for post in scored.posts])
    return {
        "unverified": (levels[judged] > 0, scored.unverified[judged]),
        "sensitive": (harm, scored.sensitive),
    }


def reliability_points(
    targets: npt.NDArray[np.bool_], probabilities: npt.NDArray[np.float64]
) -> tuple[list[float], list[float]]:
    """Average probabilities and outcomes over bins of equal size.

    :param targets: labels of shape ``(posts,)``.
    :param probabilities: shape ``(posts,)``.
    :return: mean probability and share of positives in each bin.
    """
    order = np.argsort(probabilities, kind="stable")
    parts = [part for part in np.array_split(order, CALIBRATION_BINS) if len(part)]
    return (
        [float(probabilities[part].mean()) for part in parts],
        [float(targets[part].mean()) for part in parts],
    )
