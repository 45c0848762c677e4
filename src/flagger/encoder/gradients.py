"""What the encoder read a score from, by layer integrated gradients (extra ``explain``).

Integrated gradients (Sundararajan, Taly and Yan 2017) walk from a text without content, all pieces blank, to the post,
and share the difference of the scores out over the pieces. Captum takes them at the table of word pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from captum.attr import LayerIntegratedGradients
from torch import Tensor, nn

from flagger.encoder.model import Encoder
from flagger.encoder.onnx_in_torch import OnnxModule
from flagger.encoder.pieces import chunks
from flagger.encoder.storage import EXACT_GRAPH_FILE, GRAPH_FILE
from flagger.encoder.torch_graph import TorchGraph

# Steps of the walk: doubled until the shares add up to the difference of the scores. How many that takes depends on the
# model and the post: with 48 one of nine posts of a default model missed the difference by 7 %.
STEPS: Final = (24, 48, 96, 192)
# How far the sum of the shares may lie from the difference: a part of it, or a logit so small that nobody cares.
LARGEST_GAP: Final = 0.01
SMALLEST_GAP: Final = 0.005
# Steps that are run at once.
BATCH: Final = 8

Doubles = npt.NDArray[np.float64]


class TrainedModule(nn.Module):
    """A trained body with its heads.

    :param graph: the folder in Hugging Face form, as it is run for scoring.
    """

    def __init__(self, graph: TorchGraph) -> None:
        super().__init__()
        self._graph = graph
        self.embedding: nn.Module = graph.body.get_input_embeddings()

    def forward(self, ids: Tensor) -> Tensor:
        """Score a batch.

        :param ids: framed ids of shape ``(posts, pieces)``.
        :return: logits of shape ``(posts, heads)``.
        """
        return self._graph.logits(ids)


class Gradients:
    """Takes integrated gradients of one encoder.

    :param encoder: the encoder, trained or exported.
    :param folder: where its files lie.
    :raises ModelFolderError: when its graph cannot be turned into a torch module.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        if isinstance(encoder.graph, TorchGraph):
            self.module: TrainedModule | OnnxModule = TrainedModule(encoder.graph)
            self._device = encoder.graph.device
        else:
            exact = folder / EXACT_GRAPH_FILE
            self.module = OnnxModule(exact if exact.is_file() else folder / GRAPH_FILE)
            self._device = "cpu"

    def word_shares(
        self, text: str, words: Sequence[tuple[int, int]], head_weights: Doubles
    ) -> list[tuple[int, int, float]]:
        """Share a weighted sum of heads out over the words of a text.

        :param text: the text, in the cased view.
        :param words: spans of its words, in order.
        :param head_weights: weight of each head, of shape ``(heads,)``.
        :return: ``(start, end, share)`` for each word; what stands outside all words is left out.
        """
        pieces = self._encoder.reader.read(text)
        cuts = chunks(len(pieces), self._encoder.settings.most_pieces)
        shares = [0.0] * len(words)
        for start, end in cuts:
            values = self._piece_shares(pieces.ids[start:end], head_weights) / len(cuts)
            for (first, last), value in zip(pieces.spans[start:end], values.tolist(), strict=True):
                # A piece counts for the words that it stands on, such as those that a segmenter joined.
                meets = [number for number, (low, high) in enumerate(words) if low < last and first < high]
                for number in meets:
                    shares[number] += value / len(meets)
        return [(*span, share) for span, share in zip(words, shares, strict=True)]

    def _piece_shares(self, ids: list[int], head_weights: Doubles) -> Doubles:
        if not ids:
            return np.zeros(0)
        reader = self._encoder.reader
        framed = torch.tensor([reader.frame(ids)], device=self._device)
        blank = torch.tensor([reader.frame([reader.blank] * len(ids))], device=self._device)
        weights = torch.tensor(head_weights, dtype=torch.float32, device=self._device)

        def score(batch: Tensor) -> Tensor:
            logits: Tensor = self.module(batch)
            return logits @ weights

        explainer = LayerIntegratedGradients(score, self.module.embedding)
        with torch.no_grad():
            difference = float((score(framed) - score(blank)).abs())
        for steps in STEPS:
            found, gap = explainer.attribute(
                *(framed, blank), n_steps=steps, internal_batch_size=BATCH, return_convergence_delta=True
            )
            if float(gap.abs()) <= max(LARGEST_GAP * difference, SMALLEST_GAP):
                break
        values = found[0].sum(dim=-1).detach().cpu().numpy()[reader.marks_before : reader.marks_before + len(ids)]
        return np.asarray(values, dtype=np.float64)
