"""Figures of merit, each from scikit-learn where it has one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, roc_auc_score

CALIBRATION_BINS = 10

Doubles = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


def ranking(targets: Booleans, scores: Doubles) -> dict[str, float | int | None]:
    """Judge an order of posts.

    :param targets: labels of shape ``(posts,)``.
    :param scores: any monotone score of shape ``(posts,)``.
    :return: ``roc_auc``, ``average_precision`` (both ``None`` unless both classes occur), ``positives`` and ``posts``.
    """
    both = bool(targets.any() and not targets.all())
    return {
        "roc_auc": round(float(roc_auc_score(targets, scores)), 4) if both else None,
        "average_precision": round(float(average_precision_score(targets, scores)), 4) if both else None,
        "positives": int(targets.sum()),
        "posts": len(targets),
    }


def calibration_error(targets: Booleans, probabilities: Doubles, *, bins: int = CALIBRATION_BINS) -> float | None:
    """Expected calibration error over bins of equal size (Naeini et al. 2015 with adaptive bins).

    :param targets: labels of shape ``(posts,)``.
    :param probabilities: probabilities of shape ``(posts,)``.
    :param bins: number of bins.
    :return: mean absolute gap between predicted and observed rate, in [0, 1]; ``None`` of no posts.
    """
    if not len(targets):
        return None
    expected, observed, sizes = reliability(targets, probabilities, bins=bins)
    gaps = zip(expected, observed, sizes, strict=True)
    return round(sum(size / len(targets) * abs(given - found) for given, found, size in gaps), 4)


def reliability(
    targets: Booleans, probabilities: Doubles, *, bins: int = CALIBRATION_BINS
) -> tuple[list[float], list[float], list[int]]:
    """Average probabilities and outcomes over bins of equal size, from low to high probability.

    :param targets: labels of shape ``(posts,)``.
    :param probabilities: probabilities of shape ``(posts,)``.
    :param bins: number of bins; those that stay empty are left out.
    :return: mean probability, share of positives and number of posts of each bin.
    """
    order = np.argsort(probabilities, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return (
        [float(probabilities[part].mean()) for part in parts],
        [float(targets[part].mean()) for part in parts],
        [len(part) for part in parts],
    )


def operating_point(targets: Booleans, chosen: Booleans) -> dict[str, float | int | None]:
    """Judge a set of chosen posts.

    :param targets: labels of shape ``(posts,)``.
    :param chosen: the posts that a threshold picks.
    :return: ``precision``, ``recall`` (``None`` when undefined) and ``rate``, the share of posts picked.
    """
    hits = int((targets & chosen).sum())
    return {
        "precision": round(hits / int(chosen.sum()), 4) if chosen.any() else None,
        "recall": round(hits / int(targets.sum()), 4) if targets.any() else None,
        "rate": round(float(chosen.mean()), 4) if len(chosen) else None,
    }
