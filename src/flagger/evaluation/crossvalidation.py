"""Grouped cross-validation: every post is scored by a model that saw neither it nor its near-duplicates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from flagger.evaluation.report import EvaluationReport, Scored, judge, scored_rows, threshold_rows
from flagger.training.dataset import LabelledPost
from flagger.training.linear import assemble, train
from flagger.training.table import HEADS, TrainingTable, grouped_folds, read_table
from flagger.vocabulary import TOPICS

FOLDS = 5
SEED = 0
METHOD = f"grouped {FOLDS}-fold cross-validation"


def evaluate_file(
    path: str | Path, *, authored: Sequence[str | Path] = (), progress: Callable[[str], None] | None = None
) -> EvaluationReport:
    """Cross-validate the training recipe of the default model on a file of labelled posts.

    :param path: labelled posts, JSON Lines in the schema of the annotation guide.
    :param authored: files of posts that join every training part and are never judged.
    :param progress: called with a line of text as each fold ends.
    :return: the report.
    :raises InputError: when a row breaks the schema, or there are too few groups for the folds.
    """
    table, judged = read_table(path, authored)
    return judge(cross_validate(table, judged, progress=progress), method=METHOD)


def cross_validate(table: TrainingTable, judged: int, *, progress: Callable[[str], None] | None = None) -> Scored:
    """Score the first posts of a table out of fold.

    :param table: all posts; those from ``judged`` on only ever train.
    :param judged: number of posts to score.
    :param progress: called with a line of text as each fold ends.
    :return: held-out scores of the first ``judged`` posts.
    """
    posts: Sequence[LabelledPost] = table.posts[:judged]
    authored = np.arange(judged, len(table.posts))
    columns = {name: np.zeros(judged) for name in ("unverified", "rumour", "sensitive", "local", "any_topic")}
    topics = np.zeros((judged, len(TOPICS)))
    thresholds = {axis: np.zeros((judged, 2)) for axis in ("unverified", "sensitive")}
    for number, (fit_rows, held_out) in enumerate(grouped_folds(posts, FOLDS, seed=SEED), start=1):
        trained = train(table, np.concatenate([fit_rows, authored]))
        logits = np.zeros((len(table.posts), len(HEADS)))
        for position, head in enumerate(trained.heads):
            logits[held_out, position] = trained.space.logits(head, held_out)
        matrix, _ = assemble(logits, table.rules, None, ())
        *axes, topics[held_out] = scored_rows(trained.fusion.combine(matrix[held_out]))
        for name, values in zip(columns, axes, strict=True):
            columns[name][held_out] = values
        for axis, rows in thresholds.items():
            rows[held_out] = threshold_rows(trained.fusion.thresholds[axis], len(held_out))
        if progress is not None:
            progress(f"fold {number} of {FOLDS}: {len(fit_rows)} posts fitted, {len(held_out)} held out")
    return Scored(
        posts,
        columns["unverified"],
        columns["rumour"],
        columns["sensitive"],
        columns["local"],
        columns["any_topic"],
        topics,
        thresholds["unverified"],
        thresholds["sensitive"],
    )
