"""Train the linear model and the fusion step, with every fusion input out of fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flagger.fusion.features import RULE_FEATURES
from flagger.fusion.model import Fusion
from flagger.linear.model import LinearModel
from flagger.training.fusion import fit_fusion
from flagger.training.gram import GramSpace, Head
from flagger.training.table import HEADS, TrainingTable, grouped_folds

LINEAR_FEATURES = tuple(f"linear.{name}" for name in HEADS)
INVERSE_PENALTY = 6.0
INNER_FOLDS = 5
SEED = 0

Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained linear model with its fusion.

    :param space: the n-gram space of the training rows.
    :param heads: fitted heads, in the order of ``HEADS``.
    :param fusion: the fusion.
    """

    space: GramSpace
    heads: tuple[Head, ...]
    fusion: Fusion

    def linear_model(self) -> LinearModel:
        """Give the n-gram model to store."""
        return self.space.model(HEADS, self.heads)


def train(
    table: TrainingTable, rows: Integers, extra: Doubles | None = None, extra_names: Sequence[str] = ()
) -> Trained:
    """Train on some rows of a table.

    :param table: all posts.
    :param rows: rows to train on.
    :param extra: logits of another model, out of fold, of shape ``(posts, len(extra_names))``.
    :param extra_names: names of these columns, ``part.head`` each.
    :return: the trained model.
    """
    space = GramSpace(table.counts, rows)
    logits = np.zeros((len(table.posts), len(HEADS)))
    for fit_rows, held_out in grouped_folds([table.posts[row] for row in rows], INNER_FOLDS, seed=SEED + 1):
        heads = _fit_heads(space, table, rows[fit_rows])
        for position, head in enumerate(heads):
            logits[rows[held_out], position] = space.logits(head, rows[held_out])
    heads = _fit_heads(space, table, rows)
    matrix, names = assemble(logits, table.rules, extra, extra_names)
    posts = [table.posts[row] for row in rows]
    fusion = fit_fusion(matrix[rows], names, posts, table.weights[rows])
    return Trained(space, tuple(heads), fusion)


def assemble(
    linear: Doubles, rules: Doubles, extra: Doubles | None, extra_names: Sequence[str]
) -> tuple[Doubles, tuple[str, ...]]:
    """Put the inputs of the fusion side by side.

    :param linear: logits of shape ``(posts, len(HEADS))``.
    :param rules: rule features of shape ``(posts, len(RULE_FEATURES))``.
    :param extra: logits of another model, or ``None``.
    :param extra_names: names of its columns.
    :return: the matrix and the names of its columns.
    """
    parts = [linear, rules] if extra is None else [linear, rules, extra]
    return np.concatenate(parts, axis=1), (
        *LINEAR_FEATURES,
        *RULE_FEATURES,
        *(extra_names if extra is not None else ()),
    )


def _fit_heads(space: GramSpace, table: TrainingTable, rows: Integers) -> list[Head]:
    heads = []
    for name in HEADS:
        allowed = rows[table.trains(name)[rows]]
        heads.append(space.fit(table.targets(name), allowed, table.weights, inverse_penalty=INVERSE_PENALTY))
    return heads
