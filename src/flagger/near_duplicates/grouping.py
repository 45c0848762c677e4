"""From signatures to groups by locality-sensitive hashing, band after band, in some bytes of memory a post."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from flagger.near_duplicates.signatures import PERMUTATIONS, Signatures

# Two posts meet in a bucket when all values of a band agree: nearly surely above a similarity of 0.7.
BANDS: Final = 16
BAND_VALUES: Final = PERMUTATIONS // BANDS
SIMILARITY: Final = 0.6
_BLOCK: Final = 1 << 16
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(29)

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Groups:
    """The group of each post.

    :param first: for each post the index of the first post of its group; -1 for one that cannot be compared.
    :param size: for each post the number of posts in its group; 0 for one that cannot be compared.
    """

    first: Integers
    size: Integers


def group(signatures: Signatures, comparable: npt.NDArray[np.bool_]) -> Groups:
    """Group posts that are copies of one another but for small edits.

    A group is a chain: each of its posts is similar to another one, not always to all.

    :param signatures: MinHash signatures of shape ``(posts, PERMUTATIONS)``.
    :param comparable: which posts have anything to compare, of shape ``(posts,)``.
    :return: the groups; the same for the same posts in the same order.
    """
    parents = np.arange(len(signatures))
    members = np.flatnonzero(comparable)
    for band in range(BANDS):
        for first, second in _similar_pairs(signatures, *_buckets(signatures, members, band), parents):
            _join(parents, first, second)
        parents = _roots(parents)
    roots = parents
    sizes = np.bincount(roots[members], minlength=len(roots))[roots] if len(roots) else roots
    return Groups(np.where(comparable, roots, -1), np.where(comparable, sizes, 0))


def _buckets(signatures: Signatures, members: Integers, band: int) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Give the posts of one bucket of a band after those of another, each in order, and where a bucket starts."""
    keys = _band_keys(signatures, members, band)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    return members[order], np.append(True, keys[1:] != keys[:-1])[: len(keys)]


def _band_keys(signatures: Signatures, members: Integers, band: int) -> npt.NDArray[np.uint64]:
    keys = np.empty(len(members), dtype=np.uint64)
    columns = slice(band * BAND_VALUES, (band + 1) * BAND_VALUES)
    for begin in range(0, len(members), _BLOCK):
        values = signatures[members[begin : begin + _BLOCK], columns].astype(np.uint64)
        key = np.zeros(len(values), dtype=np.uint64)
        for column in range(BAND_VALUES):
            key = (key ^ values[:, column]) * _MIX
            key ^= key >> _SHIFT
        keys[begin : begin + _BLOCK] = key
    return keys


def _similar_pairs(
    signatures: Signatures, members: Integers, starts: npt.NDArray[np.bool_], parents: Integers
) -> Iterator[tuple[int, int]]:
    """Compare each post of a bucket with the one before it and with the first, unless they are joined already."""
    heads, followers = np.flatnonzero(starts), np.flatnonzero(~starts)
    for begin in range(0, len(followers), _BLOCK):
        block = followers[begin : begin + _BLOCK]
        for others in (block - 1, heads[np.searchsorted(heads, block) - 1]):
            first, second = members[others], members[block]
            apart = parents[first] != parents[second]
            first, second = first[apart], second[apart]
            similar = (signatures[first] == signatures[second]).mean(axis=1) >= SIMILARITY
            yield from zip(first[similar].tolist(), second[similar].tolist(), strict=True)


def _root(parents: Integers, post: int) -> int:
    while (parent := int(parents[post])) != post:
        parents[post] = parents[parent]
        post = parent
    return post


def _join(parents: Integers, first: int, second: int) -> None:
    one, other = _root(parents, first), _root(parents, second)
    # The first post of a group is its root.
    parents[max(one, other)] = min(one, other)


def _roots(parents: Integers) -> Integers:
    roots = parents
    while True:
        above = roots[roots]
        if np.array_equal(above, roots):
            return np.asarray(roots)
        roots = above
