"""Windows of one post beside each other: a harm may be told in one and its place named in the next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from flagger.fusion.combination import select
from flagger.fusion.model import ANY_TOPIC, BOTH, LOCAL, FusedScores, Fusion

Doubles = npt.NDArray[np.float64]


def with_places_beside(
    scores: FusedScores, features: Sequence[Doubles], fusions: Sequence[Fusion], counts: Sequence[int]
) -> tuple[Doubles, list[Doubles]]:
    """Score harm in a place as if each window knew the places of the windows beside it.

    :param scores: scores of all windows of all posts, in order.
    :param features: all features of each window.
    :param fusions: the fusion that scored each window.
    :param counts: how many windows each post has, in order.
    :return: sensitive logits of shape ``(windows,)``, none below those of ``scores``, and what they were computed
        from: the window's own features, or a copy with the locality of the window beside it.
    """
    logits, read = scores.sensitive.copy(), list(features)
    first = 0
    for count in counts:
        for row in range(first, first + count) if count > 1 else ():
            beside = scores.local[max(first, row - 1) : min(first + count, row + 2)].max()
            if beside <= scores.local[row]:
                continue
            fusion = fusions[row]
            changed = features[row].copy()
            changed[fusion.names.index(LOCAL)] = beside
            changed[fusion.names.index(BOTH)] = min(changed[fusion.names.index(ANY_TOPIC)], beside)
            logit = float(fusion.sensitive.logits(select(changed[None], fusion.names, fusion.sensitive.features))[0])
            if logit > logits[row]:
                logits[row], read[row] = logit, changed
        first += count
    return logits, read
