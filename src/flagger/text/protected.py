"""Parts of a post that are no words: links, addresses, mentions. Spelling repairs keep off them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

_TOKEN: Final = re.compile(r"\S+")
_ADDRESS: Final = re.compile(
    r"://|^\W*www\.|^\W*@\w|@[\w-]+\.|"
    r"[\w-]{2}\.(?:com|net|org|edu|gov|info|vn|io|me|ly|gl|be|biz|xyz|top|app|shop|site|online|club|asia)(?![^\W_])",
    re.IGNORECASE,
)

_PROTECTED_NEEDS: Final = re.compile(r"[@/]|\.[A-Za-z]")

Edit = tuple[int, int, str]


def protected_spans(text: str) -> list[tuple[int, int]]:
    """Find links, e-mail addresses and mentions, each with all that touches it.

    :param text: a view of a post.
    :return: spans in order.
    """
    if _PROTECTED_NEEDS.search(text) is None:
        return []
    return [token.span() for token in _TOKEN.finditer(text) if _ADDRESS.search(token.group())]


def outside_protected(text: str, edits: Sequence[Edit]) -> list[Edit]:
    """Leave out the edits that would change a link, address or mention.

    :param text: the text that the edits are for.
    :param edits: ``(start, end, new text)`` in order.
    :return: those that touch no protected part.
    """
    if not edits:
        return []
    spans = protected_spans(text)
    if not spans:
        return list(edits)
    starts = [start for start, _ in spans]
    kept = []
    for edit in edits:
        index = bisect_right(starts, edit[1]) - 1
        if index < 0 or spans[index][1] <= edit[0]:
            kept.append(edit)
    return kept
