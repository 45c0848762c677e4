"""Thresholds chosen for stated goals on scores that no fitted post had a part in."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from flagger.fusion.model import Thresholds

# Goals on the posts that choose the thresholds. They lie above what is promised (80 % and 90 % for unverified, 85 % and
# 95 % for sensitive), because a threshold is always a little better on the posts that chose it.
FLAG_PRECISION = {"unverified": 0.90, "sensitive": 0.87}
REVIEW_RECALL = {"unverified": 0.92, "sensitive": 0.96}

_DECIMALS = 1e6

Doubles = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


def choose_thresholds(
    probabilities: Doubles,
    targets: Booleans,
    *,
    flag_precision: float,
    review_recall: float,
) -> Thresholds:
    """Choose the two thresholds of an axis.

    :param probabilities: of shape ``(posts,)``, from model logits out of fold; the few weights of the fusion may be
        fitted on the same posts.
    :param targets: labels of shape ``(posts,)``.
    :param flag_precision: the least precision among posts at and above ``flag``.
    :param review_recall: the least recall among posts at and above ``review``.
    :return: the lowest ``flag`` and the highest ``review`` that meet the goals; never more than ``flag``.
    """
    order = np.argsort(-probabilities, kind="stable")
    values, hits = probabilities[order], targets[order].cumsum()
    precision, recall = hits / np.arange(1, len(hits) + 1), hits / max(1, hits[-1])
    # Only where the next post has another probability can a threshold stand.
    edge = np.append(values[:-1] > values[1:], True)
    precise = np.flatnonzero(edge & (precision >= flag_precision))
    flag = float(values[precise[-1]]) if len(precise) else 1.0
    complete = np.flatnonzero(edge & (recall >= review_recall))
    review = float(values[complete[0]]) if len(complete) else flag
    # Rounded down: the posts that set a threshold must stay at or above it.
    review, flag = (math.floor(value * _DECIMALS) / _DECIMALS for value in (min(review, flag), flag))
    return Thresholds(review=review, flag=flag)


def choose_topic_threshold(probabilities: Doubles, targets: Booleans) -> float:
    """Choose the probability at and above which a topic counts as present: where F1 is best.

    :param probabilities: out-of-fold probabilities of shape ``(posts,)``.
    :param targets: labels of shape ``(posts,)``.
    :return: a threshold within [0.1, 0.7]; 0.5 when there are no positives.
    """
    if not targets.any():
        return 0.5
    candidates = np.linspace(0.1, 0.7, 61)
    scores = []
    for candidate in candidates:
        chosen = probabilities >= candidate
        scores.append(2.0 * (chosen & targets).sum() / max(1, chosen.sum() + targets.sum()))
    return round(float(candidates[int(np.argmax(scores))]), 4)
