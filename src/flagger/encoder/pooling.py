"""Means: of the pieces of a chunk, and of the chunks of a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from torch import Tensor

Doubles = npt.NDArray[np.float64]


def mean_of_pieces(states: Tensor, mask: Tensor | None = None) -> Tensor:
    """Average the last hidden states of chunks.

    :param states: shape ``(chunks, pieces, width)``.
    :param mask: shape ``(chunks, pieces)``: 1 for pieces and 0 for padding; all are pieces when left out.
    :return: shape ``(chunks, width)``.
    """
    if mask is None:
        return states.mean(dim=1)
    weights = mask[..., None].to(states.dtype)
    return (states * weights).sum(dim=1) / weights.sum(dim=1)


def mean_of_chunks(logits: npt.ArrayLike, owners: Sequence[int], texts: int) -> Doubles:
    """Average the logits of the chunks of each text.

    :param logits: shape ``(chunks, heads)``.
    :param owners: for each chunk the number of its text; every text has at least one.
    :param texts: number of texts.
    :return: shape ``(texts, heads)``.
    """
    values = np.asarray(logits, dtype=np.float64)
    sums = np.zeros((texts, values.shape[1]))
    np.add.at(sums, owners, values)
    return np.asarray(sums / np.bincount(owners, minlength=texts)[:, None])
