"""Cut a long post into windows that are read one by one, so that nothing of it is left out."""

from __future__ import annotations

import re
from typing import Final

WINDOW_CHARACTERS: Final = 1500

# Where to cut, the best first. A space before a capital may stand inside a name.
_CUTS: Final = tuple(map(re.compile, (r"[.!?…\n]\s", r"[,;:]\s", r"\s(?=[^\W\d_])(?=(?-i:[a-zà-ỹđ]))", r"\s")))


def windows(post: str, *, length: int = WINDOW_CHARACTERS) -> list[tuple[int, int]]:
    """Cut a post at the ends of sentences, else of clauses, else at white space, else anywhere.

    :param post: any text.
    :param length: most characters of a window, at least 2.
    :return: spans that follow one another and cover the whole post; one span when the post is short enough.
    """
    if len(post) <= length:
        return [(0, len(post))]
    spans = []
    start = 0
    while len(post) - start > length:
        end = _cut(post, start, start + length)
        spans.append((start, end))
        start = end
    spans.append((start, len(post)))
    return spans


def _cut(post: str, start: int, limit: int) -> int:
    """Find the last good place to cut in the second half of ``post[start:limit]``."""
    half = (start + limit) // 2
    for pattern in _CUTS:
        ends = [match.end() for match in pattern.finditer(post, half, limit)]
        if ends:
            return ends[-1]
    return limit
