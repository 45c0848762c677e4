"""The encoder at scoring time: a graph run by onnxruntime, or by torch where only the trained weights are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from flagger.encoder.pieces import PieceReader, chunks
from flagger.encoder.settings import EncoderSettings
from flagger.text.cased import cased
from flagger.text.post import PreparedPost

Doubles = npt.NDArray[np.float64]


class Graph(Protocol):
    """Anything that turns the ids of one chunk into logits."""

    def run(self, ids: list[int]) -> npt.NDArray[np.float32]:
        """Run the encoder on one chunk.

        :param ids: framed ids.
        :return: logits of shape ``(heads,)``.
        """
        ...


@dataclass(frozen=True, slots=True)
class Encoder:
    """A trained encoder, ready to score.

    Every chunk is run alone: int8 graphs scale their activations by what is in a batch, so in a batch the score of one
    post would depend on the others. On a CPU that costs nothing, since there is no padding.

    :param settings: how it is to be read.
    :param reader: cuts text into word pieces.
    :param graph: the network.
    """

    settings: EncoderSettings
    reader: PieceReader
    graph: Graph

    def logits(self, posts: Sequence[PreparedPost]) -> Doubles:
        """Score a batch of posts; each row depends on its own post only.

        :param posts: the batch.
        :return: logits of shape ``(len(posts), len(settings.heads))``; a long post's are the means of its chunks.
        """
        scores = np.zeros((len(posts), len(self.settings.heads)))
        for row, post in enumerate(posts):
            scores[row] = self.score_text(cased(post).text)
        return scores

    def score_text(self, text: str) -> Doubles:
        """Score one text in the cased view.

        :param text: the text.
        :return: logits of shape ``(len(settings.heads),)``.
        """
        ids = self.reader.read(text).ids
        cuts = chunks(len(ids), self.settings.most_pieces)
        found = [self.graph.run(self.reader.frame(ids[start:end])) for start, end in cuts]
        return np.asarray(np.mean(np.asarray(found, dtype=np.float64), axis=0))
