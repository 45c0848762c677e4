"""Train the linear model and the fusion step, with every fusion input out of fold."""

from __future__ import annotations

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
    :param logits: out-of-fold logits of the training rows, of shape ``(posts, len(HEADS))``.
    """

    space: GramSpace
    heads: tuple[Head, ...]
    fusion: Fusion
    logits: Doubles

    def linear_model(self) -> LinearModel:
        """Give the n-gram model to store."""
        return self.space.model(HEADS, self.heads)


@dataclass(frozen=True, slots=True)
class OtherLogits:
    """Logits of another model that join the fusion.

    :param values: out-of-fold logits of shape ``(posts, len(names))``; not-a-number for posts that have none, which
        then train the n-grams but not the fusion.
    :param names: ``part.head`` for each column.
    """

    values: Doubles
    names: tuple[str, ...]


def train(table: TrainingTable, rows: Integers, other: OtherLogits | None = None) -> Trained:
    """Train on some rows of a table.

    :param table: all posts.
    :param rows: rows to train on.
    :param other: logits of another model for all posts of the table.
    :return: the trained model.
    """
    space = GramSpace(table.counts, rows)
    logits = np.zeros((len(table.posts), len(HEADS)))
    for fit_rows, held_out in grouped_folds([table.posts[row] for row in rows], INNER_FOLDS, seed=SEED + 1):
        heads = _fit_heads(space, table, rows[fit_rows])
        for position, head in enumerate(heads):
            logits[rows[held_out], position] = space.logits(head, rows[held_out])
    heads = _fit_heads(space, table, rows)
    return Trained(space, tuple(heads), fuse(table, rows, logits, other), logits)


def fuse(table: TrainingTable, rows: Integers, logits: Doubles, other: OtherLogits | None) -> Fusion:
    """Fit the fusion alone.

    :param table: all posts.
    :param rows: rows to train on.
    :param logits: out-of-fold logits of the n-gram model, of shape ``(posts, len(HEADS))``.
    :param other: logits of another model for all posts of the table.
    :return: the fusion.
    """
    fused = rows if other is None else rows[~np.isnan(other.values[rows]).any(axis=1)]
    matrix, names = assemble(logits[fused], table.rules[fused], None if other is None else other.values[fused], other)
    return fit_fusion(matrix, names, [table.posts[row] for row in fused], table.weights[fused])


def assemble(
    linear: Doubles, rules: Doubles, values: Doubles | None, other: OtherLogits | None
) -> tuple[Doubles, tuple[str, ...]]:
    """Put the inputs of the fusion side by side.

    :param linear: logits of shape ``(rows, len(HEADS))``.
    :param rules: rule features of shape ``(rows, len(RULE_FEATURES))``.
    :param values: logits of another model for the same rows, or ``None``.
    :param other: names the columns of ``values``.
    :return: the matrix and the names of its columns.
    """
    names = (*LINEAR_FEATURES, *RULE_FEATURES)
    if values is None or other is None:
        return np.concatenate([linear, rules], axis=1), names
    return np.concatenate([linear, rules, values], axis=1), (*names, *other.names)


def _fit_heads(space: GramSpace, table: TrainingTable, rows: Integers) -> list[Head]:
    targets = np.stack([table.targets(name) for name in HEADS], axis=1)
    weights = np.stack([table.weights * table.trains(name) for name in HEADS], axis=1)
    return space.fit(targets, rows, weights, inverse_penalty=INVERSE_PENALTY)
