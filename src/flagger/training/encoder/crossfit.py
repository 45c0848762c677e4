"""Train the encoder fold by fold: logits that no post had a part in, and one set of weights averaged over the folds."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from flagger.encoder.reading import load_reader
from flagger.encoder.settings import EncoderSettings
from flagger.errors import InputError
from flagger.training.dataset import LabelledPost
from flagger.training.encoder.early_stop import EarlyStop
from flagger.training.encoder.examples import (
    AuxiliarySet,
    Example,
    auxiliary_examples,
    head_names,
    labelled_examples,
)
from flagger.training.encoder.loop import Log, LoopSettings, Say, TextSource, predict, start, train_stage
from flagger.training.encoder.network import EncoderNetwork
from flagger.training.encoder.overlap import Overlap
from flagger.training.table import HEADS, grouped_folds

FOLDS: Final = 5
EARLY_STOP_FOLDS: Final = 10
SEED: Final = 0

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EncoderPlan:
    """What the encoder is trained on, in which order.

    First the auxiliary sets, then the posts that only train, then fold by fold the labelled posts with a sample of
    those that only train. Every fold starts from the same weights, so that the average of the folds is a network.

    :param base: a local folder or hub id of a Hugging Face encoder.
    :param name: what the user called it, for the card.
    :param settings: how it is to be read; its heads are filled in.
    :param loop: how the folds are trained.
    :param early_epochs: epochs of each of the first two stages.
    :param early_rate: their learning rate.
    :param auxiliary: sets with labels of their own.
    :param most_auxiliary: most rows of each.
    :param replayed: how many of the posts that only train come back in every fold.
    :param seeds: how often every fold is trained, with other noise and order; the weights are averaged.
    :param patience: after how many epochs without a better average precision a fold stops; its best weights are kept.
        0 trains all epochs. The precision is measured on a tenth of the fold's own posts, which then do not train.
    """

    base: str
    name: str
    settings: EncoderSettings
    loop: LoopSettings = field(default_factory=LoopSettings)
    early_epochs: int = 2
    early_rate: float = 1e-4
    auxiliary: tuple[AuxiliarySet, ...] = ()
    most_auxiliary: int = 2000
    replayed: int = 1600
    seeds: int = 1
    patience: int = 0


@dataclass(frozen=True, slots=True)
class CrossFitted:
    """An encoder after training.

    :param network: one network; its weights are the average of the folds'.
    :param logits: out-of-fold logits of the labelled posts, of shape ``(posts, len(HEADS))``.
    :param source: how its posts are read.
    """

    network: EncoderNetwork
    logits: Doubles
    source: TextSource


def train_encoder(
    plan: EncoderPlan,
    posts: Sequence[LabelledPost],
    more: Sequence[LabelledPost],
    folder: str | Path,
    *,
    say: Say,
    log: Log | None = None,
) -> CrossFitted:
    """Train as planned; what a killed run had finished is taken from the folder.

    :param plan: the plan.
    :param posts: labelled posts, which the folds are made of.
    :param more: posts that only train.
    :param folder: where checkpoints go; they are refused if they belong to another plan or other posts.
    :param say: called with a line of text for each step.
    :param log: called with stage, step and loss, for a picture of the training.
    :return: the encoder.
    :raises InputError: when the folder holds the checkpoints of another training.
    """
    heads = head_names(plan.auxiliary)
    work = Path(folder)
    work.mkdir(parents=True, exist_ok=True)
    _check_same_training(work / "plan.json", plan, posts, more)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    source = TextSource(plan.settings, load_reader(plan.base, plan.settings))
    network = EncoderNetwork.from_base(plan.base, heads).to(device)
    _early_stages(plan, network, posts, more, source, work, say=say, log=log)
    shared = {name: value.clone() for name, value in network.state_dict().items()}
    logits = np.zeros((len(posts), len(HEADS)))
    total: dict[str, torch.Tensor] = {}
    replayed = random.Random(SEED).sample(list(more), min(plan.replayed, len(more)))  # noqa: S311 - no secret
    for number, (fit, held_out) in enumerate(grouped_folds(posts, FOLDS, seed=SEED), start=1):
        mean: dict[str, torch.Tensor] = {}
        for seed in range(plan.seeds):
            network.load_state_dict(shared)
            name = f"fold {number}" if not seed else f"fold {number}, seed {seed + 1}"
            _train_fold(
                plan, seed, network, [posts[row] for row in fit], replayed, source, work, name, say=say, log=log
            )
            _add(mean, network, 1.0 / plan.seeds)
        network.load_state_dict({key: value.to(shared[key].dtype) for key, value in mean.items()})
        scored = work / f"fold-{number}.npy"
        if not scored.is_file():
            partial = scored.with_suffix(".partial.npy")
            np.save(partial, predict(network, [posts[row].text for row in held_out], source, heads=len(HEADS)))
            partial.replace(scored)
        logits[held_out] = np.load(scored)
        _add(total, network, 1.0 / FOLDS)
    network.load_state_dict({key: value.to(shared[key].dtype) for key, value in total.items()})
    return CrossFitted(network, logits, source)


def _train_fold(
    plan: EncoderPlan,
    seed: int,
    network: EncoderNetwork,
    posts: Sequence[LabelledPost],
    replayed: Sequence[LabelledPost],
    source: TextSource,
    work: Path,
    name: str,
    *,
    say: Say,
    log: Log | None,
) -> None:
    """Train a network on the posts of one fold, or take what a killed run left of it."""
    checkpoint = work / f"{name.replace(',', '').replace(' ', '-')}.pt"
    kept, stop = list(posts), None
    if plan.patience:
        kept, judged = _set_apart(kept)
        stop = EarlyStop(network, judged, source, checkpoint.with_suffix(".best.pt"), patience=plan.patience)
    train_stage(
        *(network, labelled_examples([*kept, *replayed], network.heads), source),
        replace(plan.loop, seed=plan.loop.seed + seed),
        name=name,
        checkpoint=checkpoint,
        say=say,
        log=log,
        after_epoch=stop,
    )
    if stop is not None:
        stop.restore_best()
    _drop_optimizer(checkpoint)


def _add(total: dict[str, torch.Tensor], network: EncoderNetwork, share: float) -> None:
    """Add a share of a network's weights to a sum of weights."""
    for key, value in network.state_dict().items():
        total[key] = value.double() * share + total.get(key, 0.0)


def _early_stages(
    plan: EncoderPlan,
    network: EncoderNetwork,
    posts: Sequence[LabelledPost],
    more: Sequence[LabelledPost],
    source: TextSource,
    work: Path,
    *,
    say: Say,
    log: Log | None,
) -> None:
    heads = network.heads
    overlap = Overlap(post.text for post in posts) if plan.auxiliary else None
    weak: list[Example] = []
    for one in plan.auxiliary:
        if overlap is not None:
            found = auxiliary_examples(one, heads, overlap, most=plan.most_auxiliary)
            say(f"{one.head}: {len(found)} rows")
            weak += found
    stages = (("auxiliary", weak), ("written", labelled_examples(more, heads)))
    loop = replace(plan.loop, epochs=plan.early_epochs, learning_rate=plan.early_rate)
    begun = False
    for name, examples in stages:
        if not examples:
            continue
        if not begun or name == "written":
            start(network, examples, source, seed=SEED)
        begun = True
        checkpoint = work / f"{name}.pt"
        train_stage(network, examples, source, loop, name=name, checkpoint=checkpoint, say=say, log=log)
        _drop_optimizer(checkpoint)
    if not begun:
        start(network, labelled_examples(posts, heads), source, seed=SEED)


def _set_apart(posts: Sequence[LabelledPost]) -> tuple[list[LabelledPost], list[LabelledPost]]:
    """Keep a tenth of the posts apart, whole groups of near-duplicates."""
    fit, apart = grouped_folds(posts, EARLY_STOP_FOLDS, seed=SEED)[0]
    return [posts[row] for row in fit], [posts[row] for row in apart if posts[row].trains_unverified]


def _drop_optimizer(checkpoint: Path) -> None:
    """Keep of a finished stage its weights only, a third of the bytes."""
    state = torch.load(checkpoint, weights_only=True, map_location="cpu")
    if "optimizer" in state:
        del state["optimizer"]
        partial = checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(checkpoint)


def _check_same_training(
    path: Path, plan: EncoderPlan, posts: Sequence[LabelledPost], more: Sequence[LabelledPost]
) -> None:
    def key(rows: Sequence[LabelledPost]) -> str:
        found = hashlib.sha256()
        for row in rows:
            values = (sorted(value) if isinstance(value, frozenset) else value for value in astuple(row))
            found.update(repr(list(values)).encode("utf-8", "surrogatepass"))
        return found.hexdigest()[:16]

    sets = {one.head: hashlib.sha256(one.path.read_bytes()).hexdigest()[:16] for one in plan.auxiliary}
    keys = {"posts": key(posts), "more": key(more), "sets": sets}
    described = json.dumps({**asdict(plan), **keys}, default=str, indent=2)
    if path.is_file() and path.read_text(encoding="utf-8") != described:
        raise InputError(
            f"'{path.parent}' holds the checkpoints of a training with other posts or settings. "
            "Give another folder, or remove it to start anew."
        )
    partial = path.with_suffix(".partial")
    partial.write_text(described, encoding="utf-8")
    partial.replace(path)
