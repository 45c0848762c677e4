"""What an encoder reads: word pieces with their spans, cut into chunks that it can take at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Pieces:
    """The word pieces of one text, without any marks around them.

    :param ids: id of each piece.
    :param spans: for each piece its span in the text that was read.
    """

    ids: list[int]
    spans: list[tuple[int, int]]

    def __len__(self) -> int:
        """Give the number of pieces."""
        return len(self.ids)


class PieceReader(Protocol):
    """Turns text into word pieces; the only thing that differs between encoders.

    :param blank: id of a piece without content.
    :param marks_before: number of marks that :meth:`frame` puts before the pieces.
    """

    blank: int
    marks_before: int

    def read(self, text: str) -> Pieces:
        """Cut a text into word pieces.

        :param text: any text.
        :return: its pieces, with spans in ``text``.
        """
        ...

    def frame(self, ids: list[int]) -> list[int]:
        """Put the marks around pieces that the encoder expects.

        :param ids: ids of a chunk.
        :return: what the encoder is given.
        """
        ...


def chunks(size: int, most: int) -> list[tuple[int, int]]:
    """Cut a sequence into chunks of nearly equal length, so that no chunk is a mere remnant.

    :param size: number of pieces.
    :param most: most pieces of a chunk, at least 1.
    :return: spans that follow one another and cover the sequence; one span, maybe empty, when it is short enough.
    """
    return even_spans(size, max(1, -(-size // most)))


def framed_chunks(reader: PieceReader, texts: Iterable[list[int]], most: int) -> tuple[list[int], list[list[int]]]:
    """Cut texts into the chunks that an encoder is given.

    :param reader: puts the marks around each chunk.
    :param texts: ids of each text, without marks.
    :param most: most pieces of a chunk, at least 1.
    :return: for each chunk the number of its text, and its framed ids; every text has at least one.
    """
    owners: list[int] = []
    sequences: list[list[int]] = []
    for number, ids in enumerate(texts):
        for start, end in chunks(len(ids), most):
            owners.append(number)
            sequences.append(reader.frame(ids[start:end]))
    return owners, sequences


def even_spans(size: int, count: int) -> list[tuple[int, int]]:
    """Cut a sequence into a number of spans of nearly equal length.

    :param size: length of the sequence.
    :param count: number of spans, at least 1.
    :return: spans that follow one another and cover the sequence.
    """
    edges = [round(number * size / count) for number in range(count + 1)]
    return list(pairwise(edges))
