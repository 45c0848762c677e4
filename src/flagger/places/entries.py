"""What one name, alias or facility word can mean, and the spellings that count as exact."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from flagger.places.facility_words import FacilityWord

# The other place of the tone mark, so that both ways of writing count as exact.
_TONE_PAIRS: Final = {
    "òa": "oà", "óa": "oá", "ỏa": "oả", "õa": "oã", "ọa": "oạ",
    "òe": "oè", "óe": "oé", "ỏe": "oẻ", "õe": "oẽ", "ọe": "oẹ",
    "ùy": "uỳ", "úy": "uý", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ",
}  # fmt: skip
_TONE: Final = re.compile("(" + "|".join(_TONE_PAIRS) + r")(?!\w)")


def both_tone_styles(written: str) -> frozenset[str]:
    """Give a lower-case spelling with the tone mark in the old and in the new place.

    :param written: a name in NFC.
    :return: one spelling or two.
    """
    lower = written.lower()
    return frozenset({lower, _TONE.sub(lambda match: _TONE_PAIRS[match.group()], lower)})


@dataclass(slots=True)
class Entry:
    """All that one key of the automaton can mean.

    :param key: lower case without diacritics.
    :param units: units with this name, by index.
    :param spellings: exact lower-case spellings of the unit names.
    :param by_spelling: the units of each of these, as their own table spells them.
    :param aliases: exact lower-case spelling of each alias, with what it asks for and the units it means.
    :param localities: the same for places that are no unit; the units are the provinces they lie in.
    :param blocked: exact spellings of phrases that only look like places.
    :param numbered: units of a numbered name, such as ``q.9``.
    :param joined: whether the key is a name written without spaces.
    :param facility: what kind of named object the key introduces, if any.
    """

    key: str
    units: tuple[int, ...] = ()
    spellings: frozenset[str] = frozenset()
    by_spelling: dict[str, tuple[int, ...]] = field(default_factory=dict)
    aliases: tuple[tuple[frozenset[str], str, tuple[int, ...]], ...] = ()
    localities: tuple[tuple[frozenset[str], str, tuple[int, ...]], ...] = ()
    blocked: frozenset[str] = frozenset()
    numbered: tuple[int, ...] = ()
    joined: bool = False
    facility: FacilityWord | None = None
