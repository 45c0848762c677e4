"""Fit the band of the cascade: as many posts settled early as a stated share of changed decisions allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

from flagger.fusion.cascade import Band

# Promised is 0.5 %; the goal on the posts that choose the band lies below it.
MOST_CHANGED: Final = 0.004
# Of the posts that the whole model raises on unverified, the largest share that may be settled as calm: few posts are
# raised, so that a limit on all changed decisions would let a cascade lose many of those that matter.
MOST_LOST: Final = 0.02
_STEPS: Final = 24
_FINE_STEPS: Final = 193

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

    def raised(self) -> npt.NDArray[np.bool_]:
        """Say which posts the whole model does not call clear on the unverified axis."""
        return np.asarray(self.unverified[:, 1] >= self.unverified_thresholds[:, 0])


def fit_band(
    sets: Sequence[StageScores], *, most_changed: float = MOST_CHANGED, most_lost: float = MOST_LOST
) -> tuple[Band, list[dict[str, float]]]:
    """Choose the band that settles most, with few changed decisions in every set of posts.

    :param sets: held-out scores of both stages, at least one set.
    :param most_changed: largest share of the posts of a set whose decision may change; one post more is let through.
    :param most_lost: largest share of the posts raised by the whole model that may be settled; one more is let through.
    :return: the band, and for each set the shares ``settled``, ``changed`` and ``lost``.
    """
    changed, raised = [stages.changed() for stages in sets], [stages.raised() for stages in sets]
    pairs = [(stages.unverified[:, 0], stages.sensitive[:, 0]) for stages in sets]
    unverified, sensitive = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    fine, coarse = np.linspace(0.02, 0.98, _FINE_STEPS), np.linspace(0.02, 0.98, _STEPS)
    # One post of a few hundred is no share to go by: it may stand above each limit.
    slack = [(1.0 / max(1, len(up)), 1.0 / max(1, int(up.sum()))) for up in raised]
    best = (0.0, Band(0.0, 0.0, 1.1), [(0.0, 0.0, 0.0)] * len(sets))
    limits = np.quantile(unverified, fine)
    for low, high in product(np.quantile(sensitive, coarse), (1.1, *np.quantile(sensitive, coarse[-8:]))):
        if high <= low:
            continue
        # A wider band settles more and changes more: the widest that is allowed is found by halving.
        first, last = 0, len(fine)
        while first < last:
            middle = (first + last) // 2
            band = Band(round(float(limits[middle]), 6), round(float(low), 6), round(float(high), 6))
            settled = [band.settles(*pair) for pair in pairs]
            shares = [
                (float(one.mean()), float((one & other).mean()), float((one & up).sum() / max(1, up.sum())))
                for one, other, up in zip(settled, changed, raised, strict=True)
            ]
            if all(
                cost <= most_changed + one_post and lost <= most_lost + one_raised
                for (_, cost, lost), (one_post, one_raised) in zip(shares, slack, strict=True)
            ):
                first = middle + 1
                share = sum(one for one, _, _ in shares) / len(shares)
                if share > best[0]:
                    best = (share, band, shares)
            else:
                last = middle
    names = ("settled", "changed", "lost")
    return best[1], [dict(zip(names, (round(value, 4) for value in shares), strict=True)) for shares in best[2]]
