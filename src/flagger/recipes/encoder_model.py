"""Train a model folder with a transformer stage: encoder fold by fold, n-grams and fusion on top, card and record."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from flagger.encoder.segmentation import segmenter_version
from flagger.encoder.settings import EncoderSettings
from flagger.encoder.storage import FOLDER
from flagger.errors import InputError
from flagger.evaluation.crossvalidation import METHOD, cross_validate
from flagger.evaluation.curves import draw_curves
from flagger.evaluation.report import EvaluationReport, compare, judge
from flagger.evaluation.scored import Scored
from flagger.fusion.cascade import Cascade
from flagger.lexicon import Lexicon
from flagger.model_folder import ModelFolder, write_model_folder
from flagger.recipes.card import render_card
from flagger.training.cascade import StageScores, fit_band
from flagger.training.dataset import LabelledPost, read_labelled, text_key
from flagger.training.encoder.crossfit import EncoderPlan, train_encoder
from flagger.training.encoder.examples import AuxiliarySet
from flagger.training.encoder.folder import write_trained
from flagger.training.encoder.loop import Log, LoopSettings
from flagger.training.encoder.overlap import Overlap
from flagger.training.linear import OtherLogits, fuse, train
from flagger.training.table import HEADS, read_table
from flagger.training_record import TrainingRecord
from flagger.version import __version__

BASE_RATE = 1.5e-4
BASE_WIDTH = 384
EARLY_SHARE_OF_RATE = 2.0 / 3.0
CURVES_FILE = "quality.png"
ENCODER_FEATURES = tuple(f"encoder.{name}" for name in HEADS)


def settings_for(base: str | Path) -> EncoderSettings:
    """Find out how an encoder is to be read.

    :param base: a local folder or a hub id.
    :return: PhoBERT's segmentation and pieces where the base has ``bpe.codes``, else its ``tokenizer.json``.
    """
    if (Path(base) / "bpe.codes").is_file():
        return EncoderSettings(HEADS, reader="phobert", most_pieces=254, segmenter=segmenter_version())
    prefix = "query:" if "e5" in Path(base).name else ""
    return EncoderSettings(HEADS, prefix=prefix)


def plan_for(
    base: str,
    *,
    auxiliary: Sequence[str],
    epochs: int,
    learning_rate: float | None,
    pieces: int,
    accumulate: int,
    patience: int = 0,
) -> EncoderPlan:
    """Plan the training of an encoder.

    :param base: a local folder or a hub id; a hub id is downloaded.
    :param auxiliary: auxiliary sets as ``FILE:FIELD`` or ``FILE:FIELD=WORD``.
    :param epochs: passes over the labelled posts.
    :param learning_rate: highest learning rate; falls with the square of the width when left out, which gives 1.5e-4
        for 384 dimensions and 3.8e-5 for 768.
    :param pieces: word pieces of a batch.
    :param accumulate: batches for one step of the optimizer.
    :param patience: after how many epochs without a gain on posts set apart a fold stops; 0 for never.
    :return: the plan.
    :raises InputError: when the base is no encoder, or an auxiliary set is not named rightly.
    """
    folder = _local(base)
    rate = learning_rate if learning_rate is not None else _rate_for(folder)
    loop = LoopSettings(epochs=epochs, learning_rate=rate, pieces=pieces, accumulate=accumulate)
    return EncoderPlan(
        base=str(folder),
        settings=settings_for(folder),
        loop=loop,
        early_rate=rate * EARLY_SHARE_OF_RATE,
        auxiliary=tuple(AuxiliarySet.parse(one) for one in auxiliary),
        patience=patience,
    )


def _local(base: str) -> Path:
    if Path(base).is_dir():
        return Path(base)
    from huggingface_hub import snapshot_download

    wanted = ["*.json", "*.safetensors", "*.txt", "*.codes", "*.model", "pytorch_model.bin"]
    try:
        return Path(snapshot_download(base, allow_patterns=wanted))
    except Exception as error:
        raise InputError(
            f"No folder '{base}' here, and the hub gave no encoder of that name ({type(error).__name__}). "
            "Check the name and the network, or give a local folder."
        ) from error


def _rate_for(folder: Path) -> float:
    try:
        width = json.loads((folder / "config.json").read_text(encoding="utf-8"))["hidden_size"]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"'{folder}' is no Hugging Face encoder: no config.json with a 'hidden_size'.") from error
    return float(BASE_RATE * (BASE_WIDTH / width) ** 2)


def train_encoder_model(
    data: str | Path,
    folder: str | Path,
    plan: EncoderPlan,
    *,
    authored: Sequence[str | Path] = (),
    more: Sequence[LabelledPost] = (),
    work: str | Path,
    progress: Callable[[str], None],
    log: Log | None = None,
) -> EvaluationReport:
    """Train everything, and write a model folder.

    :param data: labelled posts, JSON Lines in the schema of the annotation guide; the only ones that are judged.
    :param folder: where the model goes.
    :param plan: how the encoder is trained.
    :param authored: files of posts that were written for training.
    :param more: labelled real posts that only train; those that are near-duplicates of judged ones are left out.
    :param work: where checkpoints go, so that a killed run can go on.
    :param progress: called with a line of text for each step.
    :param log: called with stage, step and loss of the encoder.
    :return: figures of the cross-validation, beside those of the n-grams alone.
    :raises InputError: when a row breaks the schema.
    :raises ModelFolderError: when the folder cannot be written.
    """
    lexicon = Lexicon.default()
    overlap = Overlap(post.text for post in read_labelled(data))
    apart = [post for post in more if not overlap.holds(post.text)]
    progress(f"{len(apart)} of {len(more)} further labelled posts are no copies of judged ones")
    table, judged = read_table(data, authored, lexicon, more=apart)
    posts, only_train = table.posts[:judged], table.posts[judged:]
    fitted = train_encoder(plan, posts, only_train, work, say=progress, log=log)
    values = np.full((len(table.posts), len(HEADS)), np.nan)
    values[:judged] = fitted.logits
    other = OtherLogits(values, ENCODER_FEATURES)
    fused, alone = cross_validate(table, judged, other=other, progress=progress)
    band, shares = fit_band(_stages(alone, fused))
    report = compare(judge(fused, method=METHOD), judge(alone, method=METHOD))
    report = EvaluationReport({**report.figures, "cascade": shares})
    everything = np.arange(len(table.posts))
    trained = train(table, everything, other)
    settings = replace(plan.settings, heads=HEADS)
    card = render_card(
        *(report, trained.fusion),
        posts=posts,
        authored=len(only_train) - len(apart),
        others=len(apart),
        encoder=_describe(plan),
        lexicon_hash=lexicon.content_hash,
    )
    record = TrainingRecord.of(
        [text_key(post.text) for post in posts], fitted.logits, [text_key(post.text) for post in only_train]
    )
    model = ModelFolder(
        *(trained.linear_model(), trained.fusion, lexicon.content_hash, report.to_dict(), card),
        encoder=write_trained(fitted.network, plan.base, Path(folder) / FOLDER, settings),
        record=record,
        cascade=Cascade(fuse(table, everything, trained.logits, None), band),
    )
    write_model_folder(folder, model, version=__version__)
    draw_curves(fused, Path(folder) / CURVES_FILE)
    progress(f"model written to {folder}")
    return report


def _describe(plan: EncoderPlan) -> str:
    sets = ", ".join(f"`{one.path.stem}` ({one.field})" for one in plan.auxiliary)
    first = f"first learned {sets} as tasks of their own, then the posts that only train, and " if sets else ""
    return (
        f"An encoder fine-tuned from `{Path(plan.base).name}` adds its logits, the mean over chunks of "
        f"{plan.settings.most_pieces} word pieces. It {first}was trained for {plan.loop.epochs} epochs on each fold of "
        f"the labelled posts (learning rate {plan.loop.learning_rate:.2g}, noise on {plan.loop.noise:.0%} of the "
        "posts); its weights are the average of the folds'. The fusion was fitted on out-of-fold logits."
    )


def _stages(first: Scored, whole: Scored) -> StageScores:
    return StageScores(
        np.stack([first.unverified, whole.unverified], axis=1),
        np.stack([first.sensitive, whole.sensitive], axis=1),
        whole.unverified_thresholds,
        whole.sensitive_thresholds,
    )
