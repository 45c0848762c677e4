"""Grouped cross-validation: every post is scored by a model that saw neither it nor its near-duplicates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from flagger.evaluation.report import EvaluationReport, judge
from flagger.evaluation.scored import Scored, scored_rows, threshold_rows
from flagger.fusion.model import Fusion
from flagger.training.dataset import LabelledPost
from flagger.training.linear import OtherLogits, assemble, fuse, train
from flagger.training.table import TrainingTable, grouped_folds, read_table
from flagger.vocabulary import AXES, TOPICS

FOLDS = 5
SEED = 0
METHOD = f"grouped {FOLDS}-fold cross-validation"
AXIS_COLUMNS = ("unverified", "rumour", "sensitive", "local", "any_topic")


def evaluate_file(
    path: str | Path, *, authored: Sequence[str | Path] = (), progress: Callable[[str], None] | None = None
) -> EvaluationReport:
    """Cross-validate the n-gram recipe on a file of labelled posts, without any encoder.

    :param path: a table of labelled posts in the schema of the annotation guide.
    :param authored: files of posts that join every training part and are never judged.
    :param progress: called with a line of text as each fold ends.
    :return: the report.
    :raises InputError: when a row breaks the schema, or there are too few groups for the folds.
    """
    table, judged = read_table(path, authored)
    fused, _ = cross_validate(table, judged, progress=progress)
    return judge(fused, method=METHOD)


def cross_validate(
    table: TrainingTable,
    judged: int,
    *,
    other: OtherLogits | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[Scored, Scored]:
    """Score the first posts of a table out of fold.

    :param table: all posts; those from ``judged`` on only ever train.
    :param judged: number of posts to score.
    :param other: out-of-fold logits of another model that join the fusion.
    :param progress: called with a line of text as each fold ends.
    :return: held-out scores of the first ``judged`` posts: of everything together, and without the other model, which
        are the same where there is none.
    """
    posts: Sequence[LabelledPost] = table.posts[:judged]
    only_train = np.arange(judged, len(table.posts))
    fused, alone = _Held(posts), _Held(posts)
    for number, (fit_rows, held_out) in enumerate(grouped_folds(posts, FOLDS, seed=SEED), start=1):
        rows = np.concatenate([fit_rows, only_train])
        trained = train(table, rows, other)
        logits = np.stack([trained.space.logits(head, held_out) for head in trained.heads], axis=1)
        values = None if other is None else other.values[held_out]
        fused.add(held_out, trained.fusion, assemble(logits, table.rules[held_out], values, other)[0])
        if other is not None:
            without = fuse(table, rows, trained.logits, None)
            alone.add(held_out, without, assemble(logits, table.rules[held_out], None, None)[0])
        if progress is not None:
            progress(f"fold {number} of {FOLDS}: {len(fit_rows)} posts fitted, {len(held_out)} held out")
    return fused.scored(), (fused if other is None else alone).scored()


class _Held:
    """Collects held-out scores fold by fold."""

    def __init__(self, posts: Sequence[LabelledPost]) -> None:
        self._posts = posts
        self._columns = {name: np.zeros(len(posts)) for name in AXIS_COLUMNS}
        self._topics = np.zeros((len(posts), len(TOPICS)))
        self._thresholds = {axis: np.zeros((len(posts), 2)) for axis in AXES}

    def add(self, rows: npt.NDArray[np.int64], fusion: Fusion, matrix: npt.NDArray[np.float64]) -> None:
        *axes, self._topics[rows] = scored_rows(fusion.combine(matrix))
        for name, values in zip(AXIS_COLUMNS, axes, strict=True):
            self._columns[name][rows] = values
        for axis, thresholds in self._thresholds.items():
            thresholds[rows] = threshold_rows(fusion.thresholds[axis], len(rows))

    def scored(self) -> Scored:
        return Scored(
            posts=self._posts,
            **self._columns,
            topics=self._topics,
            unverified_thresholds=self._thresholds["unverified"],
            sensitive_thresholds=self._thresholds["sensitive"],
        )
