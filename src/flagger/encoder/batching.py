"""Batches of chunks of like length, for networks that read many chunks at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


def plan_batches(lengths: Sequence[int], *, most_pieces: int, most_rows: int) -> list[list[int]]:
    """Put sequences of like length together, the short ones first.

    :param lengths: number of pieces of each sequence.
    :param most_pieces: most pieces of a batch, padding counted in; a longer sequence is a batch of its own.
    :param most_rows: most sequences of a batch, at least 1.
    :return: positions of the sequences, each in one batch.
    """
    batches: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lambda position: lengths[position]):
        size = len(batches[-1]) if batches else most_rows
        if size >= most_rows or lengths[row] * (size + 1) > most_pieces:
            batches.append([])
        batches[-1].append(row)
    return batches


def pad(sequences: Sequence[Sequence[int]], blank: int) -> tuple[Integers, Integers]:
    """Bring sequences to one length.

    :param sequences: ids of each, at least one sequence.
    :param blank: the id that fills the ends.
    :return: ids and mask of shape ``(sequences, longest)``; the mask is 1 for pieces and 0 for what was filled in.
    """
    ids = np.full((len(sequences), max(map(len, sequences))), blank, dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = sequence
        mask[row, : len(sequence)] = 1
    return ids, mask
