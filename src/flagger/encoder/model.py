"""The encoder at scoring time: a graph run by onnxruntime, or by torch where only the trained weights are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from flagger.encoder.pieces import PieceReader, framed_chunks
from flagger.encoder.pooling import mean_of_chunks
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

    def run_many(self, sequences: Sequence[list[int]]) -> list[npt.NDArray[np.float32]]:
        """Run the encoder on many chunks.

        :param sequences: framed ids of the chunks.
        :return: for each chunk its logits, of shape ``(heads,)``.
        """
        ...


@dataclass(frozen=True, slots=True)
class Encoder:
    """A trained encoder, ready to score.

    No score depends on what else is scored. Exported graphs read chunks of one length together, without padding, where
    they are marked as rounding in fixed ranges, else one by one. Trained weights, which torch runs in float32, are run
    in padded batches.

    :param settings: how it is to be read.
    :param reader: cuts text into word pieces.
    :param graph: the network.
    :param folder: where its files lie, for explanations that read more than the graph; ``None`` if in no folder.
    """

    settings: EncoderSettings
    reader: PieceReader
    graph: Graph
    folder: Path | None = None

    def logits(self, posts: Sequence[PreparedPost]) -> Doubles:
        """Score a batch of posts; each row depends on its own post only.

        :param posts: the batch.
        :return: logits of shape ``(len(posts), len(settings.heads))``; a long post's are the means of its chunks.
        """
        return self.score_texts([cased(post).text for post in posts])

    def score_texts(self, texts: Sequence[str]) -> Doubles:
        """Score texts in the cased view.

        :param texts: the texts.
        :return: logits of shape ``(len(texts), len(settings.heads))``.
        """
        read = (self.reader.read(text).ids for text in texts)
        owners, sequences = framed_chunks(self.reader, read, self.settings.most_pieces)
        logits = np.asarray(self.graph.run_many(sequences)).reshape(-1, len(self.settings.heads))
        return mean_of_chunks(logits, owners, len(texts))

    def score_text(self, text: str) -> Doubles:
        """Score one text in the cased view.

        :param text: the text.
        :return: logits of shape ``(len(settings.heads),)``.
        """
        return np.asarray(self.score_texts([text])[0])
