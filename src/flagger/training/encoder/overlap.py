"""Which texts are near-duplicates of labelled posts: they may not train what those posts judge."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from flagger.training.dataset import LabelledPost

SHINGLE_WORDS: Final = 4
MOST_SHARED: Final = 0.4

_WORDS: Final = re.compile(r"\w+")


class Overlap:
    """An index of word shingles of known texts.

    :param texts: the known texts.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._sizes: list[int] = []
        self._posts: dict[int, list[int]] = {}
        for number, text in enumerate(texts):
            shingles = _shingles(text)
            self._sizes.append(len(shingles))
            for shingle in shingles:
                self._posts.setdefault(shingle, []).append(number)

    def holds(self, text: str) -> bool:
        """Say whether a text shares much of the shorter of the two with a known one.

        :param text: any text.
        :return: whether more than ``MOST_SHARED`` of the shingles of either are shared.
        """
        shingles = _shingles(text)
        shared = Counter(number for shingle in shingles for number in self._posts.get(shingle, ()))
        return any(count > MOST_SHARED * min(len(shingles), self._sizes[number]) for number, count in shared.items())


def without_copies(posts: Iterable[LabelledPost], known: Iterable[LabelledPost]) -> list[LabelledPost]:
    """Leave out posts that are near-duplicates of known ones.

    :param posts: posts that are to train.
    :param known: posts that are judged.
    :return: the posts that are no copies, in their order.
    """
    overlap = Overlap(post.text for post in known)
    return [post for post in posts if not overlap.holds(post.text)]


def _shingles(text: str) -> set[int]:
    words = _WORDS.findall(text.lower())
    return {hash(tuple(words[i : i + SHINGLE_WORDS])) for i in range(max(1, len(words) - SHINGLE_WORDS + 1))}
