"""Train a model folder with a transformer stage: the encoder fold by fold, then what stands on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from flagger.encoder.segmentation import segmenter_version
from flagger.encoder.settings import EncoderSettings
from flagger.errors import InputError
from flagger.evaluation.report import EvaluationReport
from flagger.recipes.on_encoder import FittedEncoder, fit_on_encoder, gather
from flagger.training.dataset import LabelledPost, with_grades
from flagger.training.encoder.crossfit import EncoderPlan, train_encoder
from flagger.training.encoder.examples import AuxiliarySet
from flagger.training.encoder.folder import write_trained
from flagger.training.encoder.loop import Log, LoopSettings
from flagger.training.table import HEADS

BASE_RATE = 1.5e-4
BASE_WIDTH = 384
EARLY_SHARE_OF_RATE = 2.0 / 3.0


def settings_for(base: str | Path, name: str | None = None) -> EncoderSettings:
    """Find out how an encoder is to be read.

    :param base: a local folder.
    :param name: what the user called it, a hub id perhaps; the name of the folder when left out.
    :return: PhoBERT's segmentation and pieces where the base has ``bpe.codes``, else its ``tokenizer.json``.
    """
    if (Path(base) / "bpe.codes").is_file():
        return EncoderSettings(HEADS, reader="phobert", most_pieces=254, segmenter=segmenter_version())
    prefix = "query:" if "e5" in Path(name or base).name else ""
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
    seeds: int = 1,
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
    :param seeds: how often every fold is trained; the weights are averaged.
    :return: the plan.
    :raises InputError: when the base is no encoder, or an auxiliary set is not named rightly.
    """
    folder = _local(base)
    rate = learning_rate if learning_rate is not None else _rate_for(folder)
    loop = LoopSettings(epochs=epochs, learning_rate=rate, pieces=pieces, accumulate=accumulate)
    return EncoderPlan(
        base=str(folder),
        name=Path(base).name,
        settings=settings_for(folder, base),
        loop=loop,
        early_rate=rate * EARLY_SHARE_OF_RATE,
        auxiliary=tuple(AuxiliarySet.parse(one) for one in auxiliary),
        patience=patience,
        seeds=seeds,
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
    grades: str | Path | None = None,
    work: str | Path,
    progress: Callable[[str], None],
    log: Log | None = None,
) -> EvaluationReport:
    """Train everything, and write a model folder.

    :param data: a table of labelled posts in the schema of the annotation guide; the only ones that are judged.
    :param folder: where the model goes.
    :param plan: how the encoder is trained.
    :param authored: files of posts that were written for training.
    :param more: labelled real posts that only train; those that are near-duplicates of judged ones are left out.
    :param grades: a second reader's grades of the labelled posts, by hash.
    :param work: where checkpoints go, so that a killed run can go on.
    :param progress: called with a line of text for each step.
    :param log: called with stage, step and loss of the encoder.
    :return: figures of the cross-validation, beside those of the n-grams alone.
    :raises InputError: when a row breaks the schema.
    :raises ModelFolderError: when the folder cannot be written.
    """
    posts = gather(data, authored, more, progress)
    judged = posts.judged if grades is None else with_grades(posts.judged, grades)
    fitted = train_encoder(plan, judged, posts.only_train, work, say=progress, log=log)
    settings = replace(plan.settings, heads=HEADS)
    encoder = FittedEncoder(
        fitted.logits,
        _describe(plan, graded=grades is not None),
        store=lambda target: write_trained(fitted.network, plan.base, target, settings),
    )
    return fit_on_encoder(posts, encoder, folder, progress=progress)


def _describe(plan: EncoderPlan, *, graded: bool) -> str:
    sets = ", ".join(f"`{one.path.stem}` ({one.field})" for one in plan.auxiliary)
    first = f"first learned {sets} as tasks of their own, then the posts that only train, and " if sets else ""
    means = "Its targets are the means of the labels and of a second reader's grades. " if graded else ""
    runs = f" {plan.seeds} times over, with averaged weights" if plan.seeds > 1 else ""
    return (
        f"An encoder fine-tuned from `{plan.name}` adds its logits, the mean over chunks of "
        f"{plan.settings.most_pieces} word pieces. It {first}was trained for {plan.loop.epochs} epochs on each fold of "
        f"the labelled posts{runs} (learning rate {plan.loop.learning_rate:.2g}, noise on {plan.loop.noise:.0%} of the "
        f"posts); its weights are the average of the folds'. {means}The fusion was fitted on out-of-fold logits."
    )
