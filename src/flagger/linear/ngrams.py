"""Hashed word and character n-grams of a batch of posts, counted by whole arrays and never by a Python loop.

The hash of any span comes from prefix sums of a polynomial over the integers modulo 2**64 (Karp and Rabin 1987), so
every n-gram of every length costs a few array operations. A bucket keeps the n-gram's position, which is how evidence
finds its way back to the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from flagger.text.post import PreparedPost

BUCKET_BITS: Final = 20
BUCKETS: Final = 1 << BUCKET_BITS
# The highest bit of a bucket tells words from characters, so that each kind can be weighed as a block of its own.
BLOCK_BITS: Final = BUCKET_BITS - 1
WORDS: Final = 0
CHARACTERS: Final = 1
CHARACTER_LENGTHS: Final = (2, 3, 4, 5)
PLAIN_CHARACTER_LENGTHS: Final = (3, 4, 5)

_BASE: Final = 0x9E3779B97F4A7C15 | 1
_INVERSE_BASE: Final = pow(_BASE, -1, 1 << 64)
_MIX: Final = 0xD6E8FEB86659FD93
_LETTER_TABLE_SIZE: Final = 0x3000

_SPACE: Final = 0
_LETTER: Final = 1
_SYMBOL: Final = 2

Integers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


def _character_classes() -> npt.NDArray[np.uint8]:
    classes = np.full(_LETTER_TABLE_SIZE, _SYMBOL, dtype=np.uint8)
    for code in range(_LETTER_TABLE_SIZE):
        character = chr(code)
        if character.isalnum() or character == "_":
            classes[code] = _LETTER
        elif character.isspace() or not character.isprintable():
            classes[code] = _SPACE
    return classes


_CLASSES: Final = _character_classes()


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every n-gram occurrence of a batch of posts.

    :param rows: index of the post within the batch, one per occurrence.
    :param buckets: hashed n-gram in ``[0, BUCKETS)``.
    :param starts: first character of the n-gram in the post's masked view.
    :param ends: just after its last character.
    """

    rows: Integers
    buckets: Integers
    starts: Integers
    ends: Integers


@dataclass(frozen=True, slots=True)
class Counts:
    """Distinct n-grams of each post of a batch, sorted by post and bucket.

    :param rows: index of the post, one per distinct bucket of a post.
    :param buckets: the bucket.
    :param counts: how often it occurs in the post.
    :param size: number of posts in the batch.
    """

    rows: Integers
    buckets: Integers
    counts: Integers
    size: int


class _SpanHasher:
    """Hashes of any span of one text given as code points."""

    def __init__(self, codes: npt.NDArray[np.uint32]) -> None:
        powers, self._inverse_powers = _powers(len(codes))
        terms = (codes.astype(np.uint64) + np.uint64(1)) * powers[: len(codes)]
        self._prefix = np.zeros(len(codes) + 1, dtype=np.uint64)
        np.cumsum(terms, out=self._prefix[1:])

    def spans(self, starts: Integers, ends: Integers, seed: int) -> Integers:
        """Hash the given spans into ``BLOCK_BITS`` bits; ``seed`` keeps families of n-grams apart."""
        return _mixed((self._prefix[ends] - self._prefix[starts]) * self._inverse_powers[starts], seed)

    def runs(self, length: int, seed: int) -> Integers:
        """Hash every span of one length, as :meth:`spans` does."""
        count = len(self._prefix) - length
        return _mixed((self._prefix[length:] - self._prefix[:count]) * self._inverse_powers[:count], seed)


def _mixed(hashes: Hashes, seed: int) -> Integers:
    hashes += np.uint64((seed * _MIX) & 0xFFFFFFFFFFFFFFFF)
    hashes ^= hashes >> np.uint64(32)
    hashes *= np.uint64(_MIX)
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(_MIX)
    return np.asarray(hashes >> np.uint64(64 - BLOCK_BITS), dtype=np.int64)


_power_cache: tuple[Hashes, Hashes] = (np.ones(1, dtype=np.uint64), np.ones(1, dtype=np.uint64))


def _powers(length: int) -> tuple[Hashes, Hashes]:
    global _power_cache
    # Another thread may put a shorter one in its place meanwhile, so that what is returned is not read from it again.
    found = _power_cache
    if len(found[0]) <= length:
        size = max(1 << 14, 2 * length)
        factors = np.full(size, _BASE, dtype=np.uint64)
        inverse_factors = np.full(size, _INVERSE_BASE, dtype=np.uint64)
        factors[0] = inverse_factors[0] = 1
        found = _power_cache = (np.cumprod(factors), np.cumprod(inverse_factors))
    return found


def _encode(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint32], Integers]:
    """Join texts with a space around each; gives code points and where each text begins in them."""
    joined = " " + "  ".join(texts) + " "
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32)
    lengths = np.fromiter((len(text) for text in texts), dtype=np.int64, count=len(texts))
    begins = np.ones(len(texts), dtype=np.int64)
    np.cumsum(lengths[:-1] + 2, out=begins[1:])
    begins[1:] += 1
    return codes, begins


def _classify(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    classes = np.full(len(codes), _SYMBOL, dtype=np.uint8)
    small = codes < _LETTER_TABLE_SIZE
    classes[small] = _CLASSES[codes[small]]
    return classes


def _token_spans(classes: npt.NDArray[np.uint8]) -> tuple[Integers, Integers]:
    """Words are runs of letters and digits; every other visible character is a token of its own."""
    letters = classes == _LETTER
    previous = np.empty_like(letters)
    previous[0] = False
    previous[1:] = letters[:-1]
    begins = (letters & ~previous) | (classes == _SYMBOL)
    starts = np.flatnonzero(begins)
    following = np.empty_like(letters)
    following[-1] = False
    following[:-1] = letters[1:]
    finishes = (letters & ~following) | (classes == _SYMBOL)
    return starts, np.flatnonzero(finishes) + 1


@dataclass(frozen=True, slots=True)
class _Grams:
    """N-grams of one kind in the joined texts of a batch.

    :param buckets: hashed n-grams.
    :param starts: first character in the joined texts.
    :param ends: just after the last character.
    """

    buckets: Integers
    starts: Integers
    ends: Integers


class _Family:
    """Word 1-2-grams and character n-grams of one view of a batch.

    :param texts: one text of each post.
    :param character_lengths: lengths of the character n-grams.
    :param seed: keeps the n-grams of different views apart.
    """

    def __init__(self, texts: Sequence[str], *, character_lengths: Sequence[int], seed: int) -> None:
        codes, self.begins = _encode(texts)
        self._classes = _classify(codes)
        self._hasher = _SpanHasher(np.where(self._classes == _SPACE, np.uint32(32), codes))
        self.row_of = np.repeat(np.arange(len(texts)), np.diff(np.append(self.begins - 1, len(codes))))
        self._character_lengths = [length for length in character_lengths if length <= len(codes)]
        self._seed = seed

    def __iter__(self) -> Iterator[_Grams]:
        """Give all n-grams, kind by kind."""
        starts, ends = _token_spans(self._classes)
        yield _Grams(self._hasher.spans(starts, ends, self._seed) | WORDS << BLOCK_BITS, starts, ends)
        first = np.flatnonzero(self.row_of[starts[:-1]] == self.row_of[starts[1:]])
        # A pair is hashed as the sum of its two spans' own hashes, so that white space between them does not matter.
        if len(first):
            pair = (
                self._hasher.spans(starts[first], ends[first], self._seed + 1) * 3
                + self._hasher.spans(starts[first + 1], ends[first + 1], self._seed + 2)
            )  # fmt: skip
            yield _Grams((pair * 0x9E3779B1 & 0xFFFFFFFF) >> (32 - BLOCK_BITS), starts[first], ends[first + 1])
        blank = np.append(0, np.cumsum(self._classes == _SPACE))
        for length in self._character_lengths:
            # Only n-grams inside one post (its padding spaces included) that hold more than white space.
            inside = self.row_of[: 1 - length] == self.row_of[length - 1 :]
            inside &= (blank[length:] - blank[:-length]) < length - 1
            positions = np.flatnonzero(inside)
            buckets = self._hasher.runs(length, self._seed + 10 + length)[positions]
            yield _Grams(buckets | CHARACTERS << BLOCK_BITS, positions, positions + length)


def _families(posts: Sequence[PreparedPost]) -> tuple[_Family, _Family]:
    """Read a batch in the masked view and beside it in the one without diacritics."""
    return (
        _Family([post.masked.text for post in posts], character_lengths=CHARACTER_LENGTHS, seed=100),
        _Family([post.masked_plain.text for post in posts], character_lengths=PLAIN_CHARACTER_LENGTHS, seed=200),
    )


def occurrences(posts: Sequence[PreparedPost]) -> Occurrences:
    """Find every n-gram of a batch of posts, in the masked view and beside it in the one without diacritics.

    :param posts: the batch; at least one post.
    :return: rows, buckets and positions of all occurrences.
    """
    found = []
    for family in _families(posts):
        for grams in family:
            rows = family.row_of[grams.starts]
            first = family.begins[rows]
            found.append((rows, grams.buckets, grams.starts - first, grams.ends - first))
    rows, buckets, starts, ends = (np.concatenate(parts) for parts in zip(*found, strict=True))
    lengths = np.fromiter((len(post.masked) for post in posts), dtype=np.int64, count=len(posts))
    return Occurrences(rows, buckets, np.maximum(starts, 0), np.minimum(ends, lengths[rows]))


def count_known(posts: Sequence[PreparedPost], is_known: npt.NDArray[np.bool_]) -> Counts:
    """Count the n-grams of a batch that a model knows; the rest is dropped before it costs anything more.

    :param posts: the batch; at least one post.
    :param is_known: for each of ``BUCKETS`` whether it is counted.
    :return: what :func:`count` gives for all n-grams, less those that are not known.
    """
    keys = []
    for family in _families(posts):
        for grams in family:
            kept = np.flatnonzero(is_known[grams.buckets])
            keys.append(family.row_of[grams.starts[kept]] << BUCKET_BITS | grams.buckets[kept])
    return _counted(np.concatenate(keys), len(posts))


def count(found: Occurrences, size: int) -> Counts:
    """Count how often each n-gram occurs in each post.

    :param found: occurrences of the batch.
    :param size: number of posts in the batch.
    :return: distinct buckets of each post with their counts.
    """
    return _counted(found.rows << BUCKET_BITS | found.buckets, size)


def _counted(keys: Integers, size: int) -> Counts:
    keys = np.sort(keys)
    if len(keys) == 0:
        return Counts(keys, keys, keys, size)
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    counts = np.diff(np.append(first, len(keys)))
    keys = keys[first]
    return Counts(keys >> BUCKET_BITS, keys & (BUCKETS - 1), counts, size)
