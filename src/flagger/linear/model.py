"""Linear heads over hashed n-grams: term frequency, inverse document frequency, one matrix of weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from flagger.linear.ngrams import BLOCK_BITS, BUCKET_BITS, BUCKETS, Counts, Occurrences, count, count_known, occurrences
from flagger.text.post import PreparedPost

# How much of a post's vector its words and its character n-grams make up: squares of the two norms.
BLOCK_SHARES: Final = np.array([2.0 / 3.0, 1.0 / 3.0])

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LinearModel:
    """Linear classifiers that share one feature space of kept n-gram buckets.

    :param outputs: names of the heads.
    :param buckets: sorted uint32 of shape ``(kept,)``: the buckets that have weights; all others are ignored.
    :param document_frequency_weights: float32 of shape ``(kept,)``, above 0.
    :param weights: int8 of shape ``(kept, len(outputs))``.
    :param scales: float32 of shape ``(len(outputs),)``; a weight is its int8 value times its head's scale.
    :param intercepts: float32 of shape ``(len(outputs),)``.
    """

    outputs: tuple[str, ...]
    buckets: npt.NDArray[np.uint32]
    document_frequency_weights: Floats
    weights: npt.NDArray[np.int8]
    scales: Floats
    intercepts: Floats

    @cached_property
    def _index_of_bucket(self) -> npt.NDArray[np.int32]:
        index = np.full(BUCKETS, -1, dtype=np.int32)
        index[self.buckets] = np.arange(len(self.buckets), dtype=np.int32)
        return index

    @cached_property
    def _is_known(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self._index_of_bucket >= 0)

    def logits(self, posts: Sequence[PreparedPost]) -> Doubles:
        """Score a batch of posts; each row depends on its own post only.

        :param posts: the batch.
        :return: logits of shape ``(len(posts), len(outputs))``.
        """
        logits = np.zeros((len(posts), len(self.outputs)))
        if posts:
            rows, kept, values = self.unit_vectors(posts)
            bounds = np.searchsorted(rows, np.arange(len(posts) + 1)).tolist()
            # Post by post: the same bits in any batch, and what one post needs fits the processor's cache.
            for row, (first, end) in enumerate(pairwise(bounds)):
                logits[row] = np.dot(values[first:end], self.weights.take(kept[first:end], axis=0))
        return logits * self.scales + self.intercepts

    def unit_vectors(self, posts: Sequence[PreparedPost]) -> tuple[Integers, npt.NDArray[np.int32], Doubles]:
        """Give the vectors of a batch that the heads are products with, each of length 1.

        :param posts: the batch; at least one post.
        :return: for each n-gram that the model knows its post, its column (a row of ``weights``) and its value.
        """
        rows, kept, values, _ = self._weigh(count_known(posts, self._is_known))
        return rows, kept, values

    def running_shares(self, posts: Sequence[PreparedPost], output_weights: Mapping[str, float]) -> list[Doubles]:
        """Share out a weighted sum of heads over the characters of each post of a batch.

        :param posts: the batch; at least one post.
        :param output_weights: weight of each head in the sum; heads that are not named count nothing.
        :return: for each post an array of shape ``(len(post.masked) + 1,)``: what all characters before a position
            add to the sum, each n-gram shared out evenly over its characters; the last one is the sum of logits less
            the intercepts.
        """
        found = occurrences(posts)
        lengths = np.array([len(post.masked) for post in posts])
        begins = np.concatenate([[0], np.cumsum(lengths + 1)])
        density = self._shares(found, len(posts), output_weights) / np.maximum(found.ends - found.starts, 1)
        first, limits = begins[found.rows], lengths[found.rows]
        rises, falls = (
            np.bincount(first + np.minimum(edges, limits), weights=density, minlength=begins[-1])
            for edges in (found.starts, found.ends)
        )
        changes = rises - falls
        return [
            np.append(0.0, np.cumsum(np.cumsum(changes[begin : begin + length])))
            for begin, length in zip(begins.tolist(), lengths.tolist(), strict=False)
        ]

    def _shares(self, found: Occurrences, size: int, output_weights: Mapping[str, float]) -> Doubles:
        """Give the share of each occurrence in a weighted sum of heads."""
        rows, kept, values, numbers = self._weigh(count(found, size))
        mixture = np.array([output_weights.get(name, 0.0) for name in self.outputs]) * self.scales
        distinct = rows << BUCKET_BITS | self.buckets[kept].astype(np.int64)
        known = np.flatnonzero(self._is_known[found.buckets])
        places = np.searchsorted(distinct, found.rows[known] << BUCKET_BITS | found.buckets[known])
        shares = np.zeros(len(found.buckets))
        shares[known] = ((self.weights[kept] @ mixture) * values / numbers)[places]
        return shares

    def _weigh(self, counts: Counts) -> tuple[Integers, npt.NDArray[np.int32], Doubles, Doubles]:
        kept = self._index_of_bucket[counts.buckets]
        inside = kept >= 0
        rows, kept, numbers = counts.rows[inside], kept[inside], counts.counts[inside].astype(np.float64)
        buckets = counts.buckets[inside]
        return rows, kept, unit_values(rows, buckets, numbers, self.document_frequency_weights[kept]), numbers


def unit_values(rows: Integers, buckets: Integers, numbers: Doubles, weights: Floats) -> Doubles:
    """Turn counts into unit vectors: ``(1 + ln count) * weight``, with the norm of each block of n-grams fixed.

    :param rows: post of each n-gram.
    :param buckets: bucket of each n-gram, which tells its block.
    :param numbers: how often the n-gram occurs in its post, at least 1.
    :param weights: document-frequency weight of each n-gram, above 0.
    :return: the value of each n-gram; the squares of one post's values in a block add up to the block's share.
    """
    values = (1.0 + np.log(numbers)) * weights.astype(np.float64)
    blocks = buckets >> BLOCK_BITS
    keys = rows * len(BLOCK_SHARES) + blocks
    squares = np.bincount(keys, weights=values**2)
    return np.asarray(values * np.sqrt(BLOCK_SHARES[blocks] / squares[keys]))
