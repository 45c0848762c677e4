"""What stands on a trained encoder: n-grams, fusion, thresholds, cascade, card and record; fitted, or fitted again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flagger.encoder.storage import FOLDER, StoredEncoder
from flagger.errors import InputError
from flagger.evaluation.crossvalidation import METHOD, cross_validate
from flagger.evaluation.curves import draw_curves
from flagger.evaluation.report import EvaluationReport, compare, judge
from flagger.evaluation.scored import Scored
from flagger.fusion.cascade import Cascade
from flagger.lexicon import Lexicon
from flagger.model_folder import PICTURE_FILE, ModelFolder, read_model_folder, write_model_folder
from flagger.recipes.card import parity_section, render_card
from flagger.training.cascade import StageScores, fit_band
from flagger.training.dataset import LabelledPost, read_labelled, text_key
from flagger.training.encoder.overlap import without_copies
from flagger.training.linear import OtherLogits, fuse, train
from flagger.training.table import ENCODER_FEATURES, HEADS, TrainingTable, join_table
from flagger.training_record import TrainingRecord
from flagger.version import __version__

DESCRIPTION: Final = "encoder"
PARITY: Final = "parity"

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TrainingPosts:
    """The posts of a training, read.

    :param table: posts with features; those that are judged come first.
    :param count: how many are judged.
    :param only_train: posts that only train; some of them train the encoder alone and are not in the table.
    :param others: how many of these are real.
    :param lexicon_hash: hash of the lexicon that found the features.
    """

    table: TrainingTable
    count: int
    only_train: Sequence[LabelledPost]
    others: int
    lexicon_hash: str

    @property
    def judged(self) -> Sequence[LabelledPost]:
        """Give the posts that are judged."""
        return self.table.posts[: self.count]


@dataclass(frozen=True, slots=True)
class FittedEncoder:
    """An encoder that has been trained.

    :param logits: out-of-fold logits of the judged posts, of shape ``(posts, len(HEADS))``.
    :param description: what it is and how it was trained, in words for the card.
    :param store: writes it to a folder.
    :param parity: how its exported graph was found to differ from the trained one, with n-grams and fusion of before.
    :param untaught: keys of posts that only train and that it was not trained on.
    """

    logits: Doubles
    description: str
    store: Callable[[Path], StoredEncoder]
    parity: Mapping[str, Any] | None = None
    untaught: Collection[str] = ()


def gather(
    data: str | Path,
    authored: Sequence[str | Path],
    more: Sequence[LabelledPost],
    progress: Callable[[str], None],
) -> TrainingPosts:
    """Read the posts of a training.

    :param data: labelled posts, the only ones that are judged.
    :param authored: files of posts that were written for training.
    :param more: labelled real posts that only train; those that are near-duplicates of judged ones are left out.
    :param progress: called with a line of text.
    :return: the posts with their features.
    :raises InputError: when a row breaks the schema.
    """
    lexicon = Lexicon.default()
    judged = read_labelled(data)
    apart = without_copies(more, judged)
    progress(f"{len(apart)} of {len(more)} further labelled posts are no copies of judged ones")
    table = join_table(judged, authored, lexicon, more=apart)
    authored_end = len(table.posts) - sum(post.ngrams != "none" for post in apart)
    only_train = [*table.posts[len(judged) : authored_end], *apart]
    return TrainingPosts(table, len(judged), only_train, len(apart), lexicon.content_hash)


def fit_on_encoder(
    posts: TrainingPosts, encoder: FittedEncoder, folder: str | Path, *, progress: Callable[[str], None]
) -> EvaluationReport:
    """Fit n-grams, fusion, thresholds and cascade on an encoder's out-of-fold logits, and write a model folder.

    :param posts: the posts.
    :param encoder: the encoder.
    :param folder: where the model goes.
    :param progress: called with a line of text for each step.
    :return: figures of the cross-validation, beside those of the n-grams alone.
    :raises ModelFolderError: when the folder cannot be written.
    """
    table = posts.table
    values = np.full((len(table.posts), len(HEADS)), np.nan)
    # As the record keeps them, so that whoever evaluates the model finds the same figures.
    values[: posts.count] = encoder.logits.astype(np.float16)
    other = OtherLogits(values, ENCODER_FEATURES)
    fused, alone = cross_validate(table, posts.count, other=other, progress=progress)
    band, (shares,) = fit_band([_stages(alone, fused)])
    report = compare(judge(fused, method=METHOD), judge(alone, method=METHOD))
    report = EvaluationReport(
        {**report.figures, "cascade": {"labelled posts": shares}, DESCRIPTION: encoder.description}
    )
    metrics = report.to_dict()
    everything = np.arange(len(table.posts))
    trained = train(table, everything, other)
    card = render_card(
        *(report, trained.fusion),
        posts=posts.judged,
        authored=len(posts.only_train) - posts.others,
        others=posts.others,
        encoder=encoder.description,
        lexicon_hash=posts.lexicon_hash,
    )
    if encoder.parity:
        metrics[PARITY] = {**encoder.parity, "refitted": True}
        card += parity_section(metrics[PARITY])
    record = TrainingRecord.of(
        [text_key(post.text) for post in posts.judged],
        encoder.logits,
        [text_key(post.text) for post in posts.only_train],
        untaught=encoder.untaught,
    )
    model = ModelFolder(
        *(trained.linear_model(), trained.fusion, posts.lexicon_hash, metrics, card),
        encoder=encoder.store(Path(folder) / FOLDER),
        record=record,
        cascade=Cascade(fuse(table, everything, trained.logits, None), band),
    )
    write_model_folder(folder, model, version=__version__)
    draw_curves(fused, Path(folder) / PICTURE_FILE)
    progress(f"model written to {folder}")
    return report


def refit_model(
    data: str | Path,
    folder: str | Path,
    trained: str | Path,
    *,
    authored: Sequence[str | Path] = (),
    more: Sequence[LabelledPost] = (),
    progress: Callable[[str], None],
) -> EvaluationReport:
    """Fit again what stands on the encoder of a trained model; for minutes after a change of lexicon or normalisation.

    :param data: the labelled posts that the model was trained on.
    :param folder: where the new model goes.
    :param trained: folder of the trained model, in Hugging Face form or exported; it stays as it is.
    :param authored: files of posts that were written for training.
    :param more: labelled real posts that only train.
    :param progress: called with a line of text for each step.
    :return: figures of the cross-validation.
    :raises InputError: when the model has no encoder, or was not trained on all the posts.
    :raises ModelFolderError: when a folder cannot be read or written.
    """
    model, stored, record = read_with_encoder(trained, purpose="fit on")
    posts = gather(data, authored, more, progress)
    logits = out_of_fold_logits(record, posts, data=data, trained=trained)
    description, parity = str(model.metrics.get(DESCRIPTION, "")), model.metrics.get(PARITY)
    keys = [text_key(post.text) for post in posts.only_train]
    untaught = [key for key, known in zip(keys, record.taught_to_encoder(keys), strict=True) if not known]
    encoder = FittedEncoder(logits, description, stored.copy_to, parity, untaught)
    return fit_on_encoder(posts, encoder, folder, progress=progress)


def read_with_encoder(trained: str | Path, *, purpose: str) -> tuple[ModelFolder, StoredEncoder, TrainingRecord]:
    """Read a model that has an encoder, and the record of what it was judged on.

    :param trained: folder of the model, in Hugging Face form or exported.
    :param purpose: what the encoder is wanted for, for the message.
    :return: the model, its encoder and its record.
    :raises InputError: when it has none.
    :raises ModelFolderError: when the folder cannot be read.
    """
    model = read_model_folder(trained)
    if model.encoder is None or model.record is None:
        raise InputError(f"'{trained}' has no encoder to {purpose}. Give a model trained with --base.")
    return model, model.encoder, model.record


def out_of_fold_logits(
    record: TrainingRecord, posts: TrainingPosts, *, data: str | Path, trained: str | Path
) -> Doubles:
    """Look up what an encoder says of the judged posts, by the fold network that had not seen each.

    :param record: the record of the trained model.
    :param posts: the posts.
    :param data: name of the labelled posts, for messages.
    :param trained: name of the trained model, for messages.
    :return: logits of shape ``(posts, len(HEADS))``.
    :raises InputError: when the model was not judged on all of them.
    """
    _, logits = record.look_up([text_key(post.text) for post in posts.judged])
    strange = int(np.isnan(logits).any(axis=1).sum())
    if strange:
        raise InputError(
            f"{strange} of {posts.count} posts of '{data}' are not among those that the encoder of '{trained}' was "
            "judged on, so that it has no out-of-fold logits of them. Give the data that it was trained on, or train "
            "anew with --base."
        )
    return logits


def _stages(first: Scored, whole: Scored) -> StageScores:
    return StageScores(
        np.stack([first.unverified, whole.unverified], axis=1),
        np.stack([first.sensitive, whole.sensitive], axis=1),
        whole.unverified_thresholds,
        whole.sensitive_thresholds,
    )
