"""Fit the band of the cascade: as many posts settled early as a stated share of changed decisions allows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

from flagger.fusion.cascade import Band

# Promised is 0.5 %; the goal on the posts that choose the band lies below it.
MOST_CHANGED: Final = 0.004
_STEPS: Final = 24

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StageScores:
    """Held-out probabilities of the two stages on the same posts.

    :param unverified: shape ``(posts, 2)``: first stage, whole model.
    :param sensitive: shape ``(posts, 2)``.
    :param unverified_thresholds: shape ``(posts, 2)``: review and flag of the whole model.
    :param sensitive_thresholds: shape ``(posts, 2)``.
    """

    unverified: Doubles
    sensitive: Doubles
    unverified_thresholds: Doubles
    sensitive_thresholds: Doubles

    def changed(self) -> npt.NDArray[np.bool_]:
        """Say for which posts any decision would differ if the first stage settled them."""
        changed = np.zeros(len(self.unverified), dtype=bool)
        for scores, limits in (
            (self.unverified, self.unverified_thresholds),
            (self.sensitive, self.sensitive_thresholds),
        ):
            early, full = ((scores[:, side, None] >= limits).sum(axis=1) for side in (0, 1))
            changed |= early != full
        return changed


def fit_band(stages: StageScores, *, most_changed: float = MOST_CHANGED) -> tuple[Band, dict[str, float]]:
    """Choose the band.

    :param stages: held-out scores of both stages.
    :param most_changed: largest share of all posts whose decision may change.
    :return: the band, and the shares ``settled`` and ``changed`` on these posts.
    """
    changed = stages.changed()
    unverified, sensitive = stages.unverified[:, 0], stages.sensitive[:, 0]
    steps = np.linspace(0.02, 0.98, _STEPS)
    best = (0.0, 0.0, Band(0.0, 0.0, 1.1))
    for below, low, high in product(
        np.quantile(unverified, steps), np.quantile(sensitive, steps), (1.1, *np.quantile(sensitive, steps[-8:]))
    ):
        if high <= low:
            continue
        band = Band(round(float(below), 6), round(float(low), 6), round(float(high), 6))
        settled = band.settles(unverified, sensitive)
        share, cost = float(settled.mean()), float((settled & changed).mean())
        if cost <= most_changed and share > best[0]:
            best = (share, cost, band)
    return best[2], {"settled": round(best[0], 4), "changed": round(best[1], 4)}
