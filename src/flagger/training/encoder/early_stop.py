"""Stop a training that no longer gets better, and keep its best weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from sklearn.metrics import average_precision_score

from flagger.training.dataset import LabelledPost
from flagger.training.encoder.loop import TextSource, predict
from flagger.training.encoder.network import EncoderNetwork


class EarlyStop:
    """Judges a network after each epoch by its average precision on the unverified axis.

    What it has seen lies in a file, so that a training that was killed goes on as if it had not been.

    :param network: the network.
    :param posts: posts that do not train.
    :param source: turns posts into ids.
    :param path: where the best weights are kept.
    :param patience: after how many epochs without a gain to stop.
    """

    def __init__(
        self, network: EncoderNetwork, posts: Sequence[LabelledPost], source: TextSource, path: Path, *, patience: int
    ) -> None:
        self._network = network
        self._posts = posts
        self._source = source
        self._path = path
        self._patience = patience

    def __call__(self, epoch: int) -> bool:
        """Judge the network.

        :param epoch: number of the epoch that has ended, from 1.
        :return: whether to go on.
        """
        logits = predict(self._network, [post.text for post in self._posts], self._source, heads=1)[:, 0]
        precision = float(average_precision_score([post.unverified > 0 for post in self._posts], logits))
        best_epoch, best = self._best()
        if precision > best:
            state = {"network": self._network.state_dict(), "epoch": epoch, "precision": precision}
            partial = self._path.with_suffix(".partial")
            torch.save(state, partial)
            partial.replace(self._path)
            return True
        return epoch - best_epoch < self._patience

    def restore_best(self) -> None:
        """Give the network the weights of its best epoch."""
        if self._path.is_file():
            self._network.load_state_dict(torch.load(self._path, weights_only=True)["network"])

    def _best(self) -> tuple[int, float]:
        if not self._path.is_file():
            return 0, -1.0
        state = torch.load(self._path, weights_only=True)
        return int(state["epoch"]), float(state["precision"])
