"""Name the forms in which a place is written, for the table of ``places.py``. One mention can have several."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from flagger.places.gazetteer import Gazetteer
from flagger.places.words import UNIT_WORDS, without_diacritics

FULL: Final = "full name with unit word"
ABBREVIATED: Final = "abbreviated"
BARE: Final = "bare name of a unit"
PLAIN: Final = "no diacritics"
OLD: Final = "unit only before July 2025"
NEW: Final = "unit only since July 2025"
BOTH: Final = "unit before and since"
NESTED: Final = "nested chain"
OTHER: Final = "no unit: street, school, hamlet"
FORMS: Final = (FULL, ABBREVIATED, BARE, PLAIN, OLD, NEW, BOTH, NESTED, OTHER)

SHORT_UNIT_WORDS: Final = frozenset({"t", "tp", "t.p", "q", "h", "tx", "t.x", "tt", "x", "p", "f"})
_UNIT_WORD: Final = re.compile(
    rf"({'|'.join(sorted(map(re.escape, UNIT_WORDS), key=len, reverse=True))})(?:[ .:]+|(?=\d))(?=\S)"
)
_LINK: Final = re.compile(r"[\s,;()\[\]–-]{1,4}")


def forms(mention: str, gazetteer: Gazetteer) -> set[str]:
    """Name the forms of a mention by itself.

    :param mention: as written.
    :param gazetteer: units and names.
    """
    written = unicodedata.normalize("NFC", mention).lower().strip()
    plain = without_diacritics(written)
    head = _UNIT_WORD.match(plain)
    word = head.group(1) if head else None
    name = plain[head.end() :] if head else plain
    entry = gazetteer.entry(name)
    numbered = gazetteer.entry(plain).numbered
    units = entry.units
    if word is not None and units:
        units = tuple(unit for unit in units if gazetteer.word(unit) in UNIT_WORDS[word][1])
    elif units:
        level = min(map(gazetteer.level, units))
        units = tuple(unit for unit in units if gazetteer.level(unit) == level)
    other = gazetteer.entry(plain)
    aliased = tuple(unit for row in other.aliases for unit in row[2])
    units = numbered or units or aliased
    found: set[str] = set()
    if not units:
        return {OTHER}
    now = {gazetteer.is_now(unit) for unit in units}
    found.add(BOTH if len(now) == 2 else NEW if now == {True} else OLD)
    short = len(re.sub(r"\W", "", plain)) <= 5 and bool(aliased)
    if word in SHORT_UNIT_WORDS or short or (numbered and not plain.startswith(("quan", "phuong"))):
        found.add(ABBREVIATED)
    elif word is not None or numbered:
        found.add(FULL)
    else:
        found.add(BARE)
    has_diacritics = head is not None or any(not gazetteer.names[unit].isascii() for unit in units)
    if written == plain and ABBREVIATED not in found and has_diacritics:
        found.add(PLAIN)
    return found


def in_chain(text: str, span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    """Say whether only a comma, a dash, a bracket or a space parts a mention from another one."""
    start, end = span
    return any(
        _LINK.fullmatch(text[end:begin] if begin >= end else text[stop:start]) is not None
        for begin, stop in others
        if begin >= end or stop <= start
    )
