"""Chat spellings that mean one thing only, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import Final

from flagger.text.aligned import AlignedText
from flagger.text.protected import outside_protected

# Only spellings that stand for the same words in at least 95 of 100 uses. Those with several readings ("ck", "nc",
# "ntn", "bn", "bt", "tr", "đk", "m", "t") are left alone.
TEENCODE: Final[dict[str, str]] = {
    spelling: meaning
    for meaning, spellings in {
        "không": "k ko kh hok khg khum kô",
        "được": "đc dc đx",
        "người": "ng",
        "người ta": "ngta nta",
        "mọi người": "mn mng mnguoi mngười",
        "anh em": "ae",
        "gì": "j",
        "rồi": "r rùi rồy rùj rồj",
        "với": "vs",
        "vậy": "z zậy dzậy zị",
        "vô": "dzô zô",
        "cũng": "cx cũg",
        "nhiều": "nhìu nhju",
        "biết": "bik bjt",
        "thích": "thik thjk thík",
        "mình": "mik mìk",
        "làm": "lm",
        "trước": "trc trk",
        "hôm nay": "hnay",
        "hôm qua": "hqua",
        "ngày mai": "nmai",
        "thời gian": "tgian",
        "nghe": "nge",
        "nữa": "nx",
        "nhưng": "nhg nhưg",
        "những": "nhữg",
        "giống": "giốg",
        "điện thoại": "đth",
        "số điện thoại": "sđt sdt",
        "bệnh viện": "bviện",
        "vấn đề": "vđề",
        "trời": "chời",
        "phải": "fải",
        "quá": "wá qá",
    }.items()
    for spelling in spellings.split()
}
# After a number these are units ("20 k"), at a hyphen parts of names, and with a capital initials ("Ng. Văn A").
_NO_TEENCODE_BEFORE: Final = re.compile(r"(?:[0-9][ .,]?|-)$")
_SHORT: Final = 2
_CAPITAL_IS_NAME: Final = frozenset({"ng", "k", "r", "j", "z", "kh"})


def expand(view: AlignedText, original: str, suspects: Collection[str]) -> AlignedText | None:
    """Spell out the teencode of a normal view.

    :param view: the normal view of a post.
    :param original: the post, whose capitals tell names from teencode.
    :param suspects: words of the view that may be teencode; others are not looked at.
    :return: the expanded view with its map, or ``None`` when there is nothing to expand.
    """
    found = TEENCODE.keys() & suspects
    if not found:
        return None
    text = view.text
    edits = [
        (*match.span(), TEENCODE[word])
        for word in found
        for match in _whole_word(word).finditer(text)
        if len(word) > _SHORT or _stands_for_words(match, view, original)
    ]
    edits = outside_protected(text, sorted(edits))
    return view.replace_spans(edits) if edits else None


@cache
def _whole_word(word: str) -> re.Pattern[str]:
    # The word comes first in the pattern, so that the search leaps from one occurrence to the next.
    return re.compile(rf"{word}(?<![^\W_]{word})(?![^\W_])")


def _stands_for_words(match: re.Match[str], view: AlignedText, original: str) -> bool:
    """Tell short teencode from units, parts of names and initials."""
    start, end = match.span()
    if match.string[end : end + 1] == "-" or _NO_TEENCODE_BEFORE.search(match.string, max(0, start - 2), start):
        return False
    return match.group() not in _CAPITAL_IS_NAME or not original[view.original_span(start, end)[0]].isupper()
