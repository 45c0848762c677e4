"""Train the encoder of a model further on posts that it has not seen, then fit again what stands on it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from flagger.encoder.reading import load_reader
from flagger.errors import InputError
from flagger.evaluation.report import EvaluationReport
from flagger.recipes.on_encoder import (
    DESCRIPTION,
    FittedEncoder,
    fit_on_encoder,
    gather,
    out_of_fold_logits,
    read_with_encoder,
)
from flagger.training.dataset import LabelledPost, text_key
from flagger.training.encoder.crossfit import EncoderPlan
from flagger.training.encoder.examples import labelled_examples
from flagger.training.encoder.folder import write_trained
from flagger.training.encoder.loop import Log, TextSource, pooled_sample, predict, train_stage
from flagger.training.encoder.restored import restored_network, standardise

# Of the learning rate of a whole training: what was learned should stay.
SHARE_OF_RATE: Final = 1.0 / 3.0
# Share of the weights after the further training in the average with those before: between the two lie networks that
# keep what the old one knew and gain most of what the new one learned (WiSE-FT, Wortsman et al. 2022).
SHARE_OF_NEW: Final = 0.6
STAGE: Final = "further"
SEED: Final = 0

Doubles = npt.NDArray[np.float64]


def train_model_further(
    data: str | Path,
    folder: str | Path,
    plan: EncoderPlan,
    trained: str | Path,
    *,
    authored: Sequence[str | Path] = (),
    more: Sequence[LabelledPost] = (),
    progress: Callable[[str], None],
    log: Log | None = None,
) -> EvaluationReport:
    """Train an encoder further on the posts that only train and are new to it, beside a sample of those that it knows.

    The judged posts take no part. Their out-of-fold logits are those of the fold networks of before, which are not
    kept, with each head brought to the scale that its logits have now. That changes no order: what the last step does
    to single judged posts must not count, since the averaged network had seen their labels and what it says of them
    shows these.

    :param data: the labelled posts that the model was trained on.
    :param folder: where the new model goes.
    :param plan: its base, loop and number of posts to replay are used; the learning rate is a third of the plan's.
    :param trained: folder of the trained model, in Hugging Face form or exported; it stays as it is.
    :param authored: files of posts that were written for training.
    :param more: labelled real posts that only train.
    :param progress: called with a line of text for each step.
    :param log: called with stage, step and loss of the encoder.
    :return: figures of the cross-validation.
    :raises InputError: when the model has no encoder, was not trained on all the posts, or knows all that only train.
    :raises ModelFolderError: when a folder cannot be read or written.
    """
    model, stored, record = read_with_encoder(trained, purpose="train further")
    posts = gather(data, authored, more, progress)
    logits = out_of_fold_logits(record, posts, data=data, trained=trained)
    known = record.taught_to_encoder([text_key(post.text) for post in posts.only_train])
    fresh = [post for post, is_known in zip(posts.only_train, known, strict=True) if not is_known]
    familiar = [post for post, is_known in zip(posts.only_train, known, strict=True) if is_known]
    if not fresh:
        raise InputError(
            f"The encoder of '{trained}' has seen all {len(familiar)} posts that only train. Give posts that are new "
            "to it by --authored or --labels, or use --refit."
        )
    replayed = random.Random(SEED).sample(familiar, min(plan.replayed, len(familiar)))  # noqa: S311 - no secret
    network = restored_network(stored, plan.base)
    source = TextSource(stored.settings, load_reader(stored.folder, stored.settings))
    texts, heads = [post.text for post in posts.judged], len(stored.settings.heads)
    examples = labelled_examples([*fresh, *replayed], network.heads)
    progress(f"{len(fresh)} posts are new to the encoder, {len(replayed)} that it knows come back")
    before = predict(network, texts, source, heads=heads)
    standardise(network, pooled_sample(network, examples, source, seed=SEED))
    loop = replace(plan.loop, learning_rate=plan.loop.learning_rate * SHARE_OF_RATE)
    earlier = {name: value.clone() for name, value in network.state_dict().items()}
    train_stage(network, examples, source, loop, name=STAGE, say=progress, log=log)
    network.load_state_dict(
        {name: torch.lerp(earlier[name], value, SHARE_OF_NEW) for name, value in network.state_dict().items()}
    )
    rescaled = on_scale_of(logits, before, predict(network, texts, source, heads=heads))
    description = (
        f"{model.metrics.get(DESCRIPTION, '')} It was then trained for {loop.epochs} epochs more on {len(fresh)} posts "
        f"that only train, beside {len(replayed)} of the earlier ones (learning rate {loop.learning_rate:.2g}); the "
        f"weights are {SHARE_OF_NEW} of those after that and {1.0 - SHARE_OF_NEW:.1f} of those before. The out-of-fold "
        "logits are those of the fold networks of before, each head's on the scale that it has now, so that the "
        "figures of the cross-validation do not know of that last step."
    )
    encoder = FittedEncoder(
        rescaled, description.strip(), lambda target: write_trained(network, stored.folder, target, stored.settings)
    )
    return fit_on_encoder(posts, encoder, folder, progress=progress)


def on_scale_of(logits: Doubles, before: Doubles, after: Doubles) -> Doubles:
    """Bring logits to the scale of a changed network, head by head, by the straight line that fits the change best.

    :param logits: shape ``(posts, heads)``.
    :param before: logits of some posts by the network of before, of shape ``(others, heads)``.
    :param after: logits of the same posts by the changed network.
    :return: logits of the shape of the first, in the same order within each head.
    """
    lines = [np.polyfit(before[:, head], after[:, head], 1) for head in range(logits.shape[1])]
    return np.stack([np.polyval(line, logits[:, head]) for head, line in enumerate(lines)], axis=1)
