"""The view for encoders: normalised and masked, with the capitals that mark names but not those that shout.

Pictures are blank in it: one laughing face behind a rumour must not take it out of the queue (benchmarks/attack.py).
"""

from __future__ import annotations

import re
from typing import Final

from flagger.text.aligned import AlignedText
from flagger.text.post import PreparedPost
from flagger.text.signs import PICTURES

# Above this share of capitals among the letters a post shouts, and capitals tell nothing about names.
LOUD_SHARE: Final = 0.3
LONGEST_ABBREVIATION: Final = 5

_PICTURES: Final = re.compile(f"[{PICTURES}]")
_WORD: Final = re.compile(r"[^\W\d_]+")


def cased(post: PreparedPost) -> AlignedText:
    """Give the masked view with initial capitals, and without pictures.

    Short words in capitals stay so where the post does not shout.

    :param post: the prepared post.
    :return: a view of the same length and map as ``post.masked``.
    """
    masked, original = post.masked, post.original
    letters = sum(map(str.isalpha, original))
    loud = sum(map(str.isupper, original)) > LOUD_SHARE * letters

    def restored(match: re.Match[str]) -> str:
        word = match.group()
        start, end = masked.original_span(*match.span())
        source = original[start:end]
        if not source[:1].isupper() or (loud and len(source) == 1):
            return word
        if len(source) > 1 and source[1:].isupper():
            short = len(source) <= LONGEST_ABBREVIATION and not loud
            new = word.upper() if short else word
        else:
            new = word[:1].upper() + word[1:]
        return new if len(new) == len(word) else word

    return masked.with_text(_PICTURES.sub(" ", _WORD.sub(restored, masked.text)))
