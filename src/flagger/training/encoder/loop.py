"""The training loop: batches under a budget of word pieces, warm-up and decay, a checkpoint after every epoch."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from flagger.encoder.batching import pad, plan_batches
from flagger.encoder.pieces import PieceReader, framed_chunks
from flagger.encoder.pooling import mean_of_chunks
from flagger.encoder.settings import EncoderSettings
from flagger.text import prepare
from flagger.text.cased import cased
from flagger.training.encoder.examples import Example, loss_weights
from flagger.training.encoder.network import EncoderNetwork
from flagger.training.encoder.noise import add_noise

WARM_UP: Final = 0.1
LAST_RATE: Final = 0.02
HEAD_SHARE_OF_CUT: Final = 0.75
_SORTED_TOGETHER: Final = 512
_MOST_POSTS: Final = 24
_SAMPLE_POSTS: Final = 400

Say = Callable[[str], None]
Log = Callable[[str, int, float], None]


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """How a stage is trained.

    :param epochs: passes over the examples.
    :param learning_rate: of the last layer, at its height.
    :param layer_decay: factor from each layer to the one below.
    :param head_factor: the heads' learning rate over that of the last layer.
    :param noise: share of the posts that noise is added to.
    :param pieces: word pieces of a batch, padding counted.
    :param accumulate: batches for one step of the optimizer.
    :param seed: seed of everything random.
    """

    epochs: int = 2
    learning_rate: float = 1.5e-4
    layer_decay: float = 0.9
    head_factor: float = 10.0
    noise: float = 0.35
    pieces: int = 1536
    accumulate: int = 1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class TextSource:
    """Turns posts into ids, as scoring will.

    :param settings: how the encoder is to be read.
    :param reader: cuts text into word pieces.
    """

    settings: EncoderSettings
    reader: PieceReader

    def pieces(self, text: str) -> list[int]:
        """Give the ids of a post without marks, however long.

        :param text: the post.
        :return: ids.
        """
        return self.reader.read(cased(prepare(text)).text).ids

    def cut(self, text: str) -> list[int]:
        """Give what one training example shows of a post: all of it, or its beginning and its end.

        :param text: the post.
        :return: framed ids.
        """
        ids, most = self.pieces(text), self.settings.most_pieces
        if len(ids) > most:
            head = int(most * HEAD_SHARE_OF_CUT)
            ids = ids[:head] + ids[len(ids) - (most - head) :]
        return self.reader.frame(ids)


def pooled_sample(
    network: EncoderNetwork, examples: Sequence[Example], source: TextSource, *, seed: int
) -> torch.Tensor:
    """Pool a sample of the posts.

    :param network: the network.
    :param examples: what it will be trained on first.
    :param source: turns posts into ids.
    :param seed: seed of the sample.
    :return: pooled vectors of shape ``(posts, width)``, in any order.
    """
    sample = random.Random(seed).sample(list(examples), min(_SAMPLE_POSTS, len(examples)))  # noqa: S311 - no secret
    sequences = [source.cut(example.text) for example in sample]
    network.eval()
    with torch.no_grad():
        vectors = [network.pooled(*_tensors(network, [sequences[i] for i in rows])) for rows in _plan(sequences, 4096)]
    return torch.cat(vectors)


def start(network: EncoderNetwork, examples: Sequence[Example], source: TextSource, *, seed: int) -> None:
    """Standardise by a sample of the posts and start the heads at their priors.

    :param network: the network.
    :param examples: what it will be trained on first.
    :param source: turns posts into ids.
    :param seed: seed of the sample.
    """
    vectors = pooled_sample(network, examples, source, seed=seed)
    network.start_heads(vectors, np.stack([example.targets for example in examples]))


def train_stage(
    network: EncoderNetwork,
    examples: Sequence[Example],
    source: TextSource,
    settings: LoopSettings,
    *,
    name: str,
    checkpoint: Path | None = None,
    say: Say,
    log: Log | None = None,
    after_epoch: Callable[[int], bool] | None = None,
) -> None:
    """Train on examples; what was trained before a kill is taken from the checkpoint.

    Every epoch has seeds of its own, so that a run that goes on from a checkpoint ends like one that was never stopped.

    :param network: the network; changed in place.
    :param examples: the examples.
    :param source: turns posts into ids.
    :param settings: how to train.
    :param name: name of the stage; a part of its seeds.
    :param checkpoint: file that holds the state after each epoch; none is kept when left out.
    :param say: called with a line of text after each epoch.
    :param log: called with stage, step and loss after each batch.
    :param after_epoch: called with the number of the epoch; ends the stage when it returns ``False``.
    """
    optimizer = torch.optim.AdamW(
        network.parameter_groups(
            settings.learning_rate, layer_decay=settings.layer_decay, head_factor=settings.head_factor
        ),
        weight_decay=0.01,
    )
    peaks = [group["lr"] for group in optimizer.param_groups]
    weights = torch.tensor(loss_weights(network.heads), device=_device(network))
    done, is_over = _restore(checkpoint, network, optimizer)
    # A kill may have come between the end of an epoch and its judgement.
    if is_over or (done and after_epoch is not None and not after_epoch(done)):
        return
    for epoch in range(done, settings.epochs):
        generator = random.Random(f"{settings.seed} {name} {epoch}")  # noqa: S311 - no secret
        torch.manual_seed(generator.getrandbits(31))
        shown = [
            add_noise(example.text, generator) if generator.random() < settings.noise else example.text
            for example in examples
        ]
        sequences = [source.cut(text) for text in shown]
        batches = _plan(sequences, settings.pieces, generator)
        # The rate must not depend on how chance cut the batches of this epoch, so progress is counted in shares of it.
        losses: list[float] = []
        network.train()
        optimizer.zero_grad()
        for number, rows in enumerate(_shown(batches, f"{name}, epoch {epoch + 1}", losses)):
            factor = _rate((epoch + number / len(batches)) / settings.epochs)
            for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                group["lr"] = peak * factor
            loss = _loss(network, [sequences[i] for i in rows], [examples[i] for i in rows], weights)
            (loss / settings.accumulate).backward()  # type: ignore[no-untyped-call]
            losses.append(float(loss.detach()))
            if log is not None:
                log(name, epoch * len(batches) + number, losses[-1])
            if (number + 1) % settings.accumulate == 0 or number + 1 == len(batches):
                torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimizer.step()
                optimizer.zero_grad()
        say(f"{name}: epoch {epoch + 1} of {settings.epochs}, {len(examples)} posts, loss {np.mean(losses):.4f}")
        if checkpoint is not None:
            _store(checkpoint, network, optimizer, epoch + 1)
        if after_epoch is not None and not after_epoch(epoch + 1):
            return


@torch.no_grad()
def predict(
    network: EncoderNetwork, texts: Sequence[str], source: TextSource, *, heads: int
) -> npt.NDArray[np.float64]:
    """Score posts as scoring will: all of a long post, the mean of its chunks.

    :param network: the network.
    :param texts: the posts.
    :param source: turns posts into ids.
    :param heads: how many of the first heads to give.
    :return: logits of shape ``(posts, heads)``.
    """
    network.eval()
    owners, sequences = framed_chunks(source.reader, map(source.pieces, texts), source.settings.most_pieces)
    found = np.zeros((len(sequences), heads))
    for rows in _plan(sequences, 4096):
        found[rows] = network(*_tensors(network, [sequences[i] for i in rows]))[:, :heads].float().cpu().numpy()
    return mean_of_chunks(found, owners, len(texts))


def _loss(
    network: EncoderNetwork, sequences: list[list[int]], examples: list[Example], weights: torch.Tensor
) -> torch.Tensor:
    device = _device(network)
    targets = torch.tensor(np.stack([example.targets for example in examples]), device=device)
    known = ~torch.isnan(targets)
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda"):
        logits = network(*_tensors(network, sequences))
    losses = binary_cross_entropy_with_logits(logits.float(), torch.nan_to_num(targets), reduction="none")
    shares = weights * known
    return (losses * shares).sum() / shares.sum().clamp(min=1e-6)


def _rate(progress: float) -> float:
    return min(1.0, progress / WARM_UP) * max(LAST_RATE, 1.0 - progress)


def _plan(sequences: Sequence[list[int]], pieces: int, generator: random.Random | None = None) -> list[list[int]]:
    """Put sequences of like length together, within a budget of pieces."""
    order = list(range(len(sequences)))
    if generator is not None:
        generator.shuffle(order)
    batches = []
    for first in range(0, len(order), _SORTED_TOGETHER):
        rows = order[first : first + _SORTED_TOGETHER]
        planned = plan_batches([len(sequences[row]) for row in rows], most_pieces=pieces, most_rows=_MOST_POSTS)
        batches += [[rows[position] for position in batch] for batch in planned]
    if generator is not None:
        generator.shuffle(batches)
    return batches


def _tensors(network: EncoderNetwork, sequences: Sequence[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    ids, mask = pad(sequences, int(getattr(network.body.config, "pad_token_id", None) or 0))
    device = _device(network)
    return torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device)


def _device(network: EncoderNetwork) -> torch.device:
    return network.head.weight.device


def _restore(checkpoint: Path | None, network: EncoderNetwork, optimizer: torch.optim.Optimizer) -> tuple[int, bool]:
    """Go back to a checkpoint; give its epoch, and whether its stage had ended: it has no optimizer then."""
    if checkpoint is None or not checkpoint.is_file():
        return 0, False
    state: dict[str, Any] = torch.load(checkpoint, weights_only=True, map_location=_device(network))
    network.load_state_dict(state["network"])
    is_over = "optimizer" not in state
    if not is_over:
        optimizer.load_state_dict(state["optimizer"])
    return int(state["epoch"]), is_over


def _store(checkpoint: Path, network: EncoderNetwork, optimizer: torch.optim.Optimizer, epoch: int) -> None:
    state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
    partial = checkpoint.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(checkpoint)


def _shown(batches: list[list[int]], name: str, losses: list[float]) -> Any:  # noqa: ANN401 - a generator of batches
    """Go through the batches, with a bar that shows the loss if there is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if not console.is_terminal:
        yield from batches
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(name, total=len(batches))
        for batch in batches:
            yield batch
            recent = losses[-50:]
            mean = sum(recent) / len(recent) if recent else math.nan
            progress.update(task, advance=1, description=f"{name}, loss {mean:.4f}")
