"""Train a model folder from labelled posts: cross-validate, fit on everything, write the card from what happened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from flagger.evaluation.crossvalidation import AUTHORED_WEIGHT, cross_validate
from flagger.evaluation.report import EvaluationReport, judge
from flagger.lexicon import Lexicon
from flagger.model_folder import ModelFolder, write_model_folder
from flagger.recipes.card import render_card
from flagger.training.dataset import read_labelled
from flagger.training.linear import train
from flagger.training.table import build_table
from flagger.version import __version__


def train_model(
    data: str | Path, folder: str | Path, *, authored: str | Path | None = None, progress: Callable[[str], None]
) -> EvaluationReport:
    """Train the n-gram model and its fusion, and write them as a model folder.

    :param data: labelled posts, JSON Lines in the schema of the annotation guide.
    :param folder: where the model goes.
    :param authored: posts that join the training and are never judged; none when left out.
    :param progress: called with a line of text for each step.
    :return: figures of the cross-validation that ran first.
    :raises InputError: when a row breaks the schema.
    :raises ModelFolderError: when the folder cannot be written.
    """
    posts = read_labelled(data)
    extra = read_labelled(authored) if authored is not None else []
    lexicon = Lexicon.default()
    table = build_table([*posts, *extra], [1.0] * len(posts) + [AUTHORED_WEIGHT] * len(extra), lexicon)
    progress(f"{len(posts)} labelled posts and {len(extra)} written for training are prepared")
    report = judge(cross_validate(table, len(posts), progress=progress), method="grouped 5-fold cross-validation")
    trained = train(table, np.arange(len(table.posts)))
    card = render_card(report, trained.fusion, posts=posts, authored=extra, lexicon_hash=lexicon.content_hash)
    model = ModelFolder(trained.linear_model(), trained.fusion, lexicon.content_hash, report.to_dict(), card)
    write_model_folder(folder, model, version=__version__)
    progress(f"model written to {folder}")
    return report
