"""Where sentences end in social posts."""

from __future__ import annotations

import re
from typing import Final

from flagger.text.syllables import WORD, is_syllable

_END: Final = re.compile(r"[\n.!?…]+(?:(?<!\n)[\"'”’»)\]]+)?")
_ABBREVIATIONS: Final = (
    "tp q p h tx tt tr ths ts gs pgs bs cn ks kts ncs nxb mr mrs ms dr st vd đt đc tel sđt hcm ubnd no vol ng nt"
)
_ABBREVIATION_SET: Final = frozenset(_ABBREVIATIONS.split())
_LAST_WORD: Final = re.compile(r"[^\W_]+$")
# How far around a mark is looked at: more than any syllable or abbreviation, and it bounds the time.
_REACH: Final = 12
_LINK_REACH: Final = 400


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Find the sentences of a lower-case text.

    :param text: the normal view of a post.
    :return: spans in order, without white space at their edges, which cover every character that is not white space.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if "\n" in match.group() or _ends_sentence(text, start, match.start(), match.end()):
            _add(spans, text, start, match.end())
            start = match.end()
    _add(spans, text, start, len(text))
    return tuple(spans)


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _ends_sentence(text: str, start: int, mark: int, after: int) -> bool:
    """Decide whether the marks in ``text[mark:after]`` end the sentence that began at ``start``."""
    following = text[after : after + 1]
    apart = not following or following.isspace()
    if text[mark] != "." or after - mark > 1:
        return apart or not (following.isalnum() and _in_link(text, mark))
    before = _LAST_WORD.search(text, max(start, mark - _REACH), mark)
    word = before.group() if before else ""
    if not apart:
        return _joined_sentences(text, word, after)
    if word in _ABBREVIATION_SET or (len(word) == 1 and (word.isascii() or word == "đ") and not word.isdigit()):
        return False
    # "1. Xong" is one item of a list.
    return not (word.isdigit() and not text[start:mark].strip()[len(word) :])


def _joined_sentences(text: str, word: str, after: int) -> bool:
    """Recognise "xong rồi.đi thôi": a point between two Vietnamese words without a space."""
    following = WORD.match(text, after, after + _REACH)
    if following is None or len(word) == 1 or not is_syllable(word) or word in _ABBREVIATION_SET:
        return False
    next_word = following.group()
    return len(next_word) > 1 and is_syllable(next_word) and not (word + next_word).isascii()


def _in_link(text: str, position: int) -> bool:
    token = text[max(0, position - _LINK_REACH) : position].split()
    return bool(token) and ("/" in token[-1] or "www." in token[-1])
