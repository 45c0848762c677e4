"""How sure a figure is: bootstrap over groups of near-duplicates."""

from __future__ import annotations

from typing import Final

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from flagger.evaluation.scored import Scored

ROUNDS: Final = 300
SEED: Final = 0
COVERAGE: Final = 0.95
AXES_JUDGED: Final = ("unverified", "rumour", "sensitive")

Intervals = dict[str, dict[str, list[float]]]


def intervals(
    scored: Scored, other: Scored | None = None, *, rounds: int = ROUNDS
) -> dict[str, dict[str, list[float]]]:
    """Give bootstrap intervals of the ranking figures (percentile method, Efron 1979).

    Groups are drawn whole, since near-duplicates carry no more news than one post.

    :param scored: held-out scores.
    :param other: scores of another model on the same posts; the intervals are then those of the gain over it.
    :param rounds: number of resamples.
    :return: by axis and figure the lower and upper end of the interval.
    """
    targets, judges = scored.targets, {axis: scored.judges(axis) for axis in AXES_JUDGED}
    _, groups = np.unique([post.group for post in scored.posts], return_inverse=True)
    order = np.argsort(groups, kind="stable")
    edges = np.searchsorted(groups[order], np.arange(groups.max() + 2))
    generator = np.random.default_rng(SEED)
    found: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        drawn = generator.integers(0, len(edges) - 1, len(edges) - 1)
        rows = np.concatenate([order[edges[group] : edges[group + 1]] for group in drawn])
        for axis in AXES_JUDGED:
            kept = rows[judges[axis][rows]]
            labels = targets[axis][kept]
            if labels.all() or not labels.any():
                continue
            for name, figure in (("roc_auc", roc_auc_score), ("average_precision", average_precision_score)):
                value = float(figure(labels, getattr(scored, axis)[kept]))
                if other is not None:
                    value -= float(figure(labels, getattr(other, axis)[kept]))
                found.setdefault((axis, name), []).append(value)
    ends = [(1.0 - COVERAGE) / 2.0, (1.0 + COVERAGE) / 2.0]
    figures: Intervals = {}
    for (axis, name), values in found.items():
        figures.setdefault(axis, {})[name] = [round(float(end), 4) for end in np.quantile(values, ends)]
    return figures
