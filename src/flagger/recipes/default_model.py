"""Train a model folder from labelled posts: cross-validate, fit on everything, write the card from what happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from flagger.evaluation.crossvalidation import METHOD, cross_validate
from flagger.evaluation.report import EvaluationReport, judge
from flagger.lexicon import Lexicon
from flagger.model_folder import ModelFolder, write_model_folder
from flagger.recipes.card import render_card
from flagger.training.dataset import LabelledPost, read_labelled, text_key
from flagger.training.encoder.overlap import without_copies
from flagger.training.linear import train
from flagger.training.table import join_table
from flagger.training_record import TrainingRecord
from flagger.version import __version__


def train_model(
    data: str | Path,
    folder: str | Path,
    *,
    authored: Sequence[str | Path] = (),
    more: Sequence[LabelledPost] = (),
    progress: Callable[[str], None] | None = None,
) -> EvaluationReport:
    """Train the n-gram model and its fusion, and write them as a model folder.

    :param data: a table of labelled posts in the schema of the annotation guide.
    :param folder: where the model goes.
    :param authored: files of posts that join the training and are never judged.
    :param more: labelled real posts that join the training and are never judged; those that are near-duplicates of
        judged ones are left out.
    :param progress: called with a line of text for each step.
    :return: figures of the cross-validation that ran first.
    :raises InputError: when a row breaks the schema.
    :raises ModelFolderError: when the folder cannot be written.
    """
    say = progress if progress is not None else _keep_quiet
    lexicon = Lexicon.default()
    posts = read_labelled(data)
    apart = without_copies(more, posts)
    if more:
        say(f"{len(apart)} of {len(more)} further labelled posts are no copies of judged ones")
    table = join_table(posts, authored, lexicon, more=apart)
    judged, extra = len(posts), table.posts[len(posts) :]
    others = sum(post.ngrams != "none" for post in apart)
    say(f"{len(posts)} labelled posts and {len(extra)} written for training are prepared")
    report = judge(cross_validate(table, judged, progress=progress)[0], method=METHOD)
    trained = train(table, np.arange(len(table.posts)))
    card = render_card(
        *(report, trained.fusion),
        posts=posts,
        authored=len(extra) - others,
        others=others,
        lexicon_hash=lexicon.content_hash,
    )
    keys, only_train = ([text_key(post.text) for post in part] for part in (posts, extra))
    model = ModelFolder(
        *(trained.linear_model(), trained.fusion, lexicon.content_hash, report.to_dict(), card),
        record=TrainingRecord.of(keys, np.zeros((len(keys), 0)), only_train),
    )
    write_model_folder(folder, model, version=__version__)
    say(f"model written to {folder}")
    return report


def _keep_quiet(line: str) -> None:
    del line
