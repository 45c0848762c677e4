"""Lists whose unit word stands once: "các xã Trà Leng, Trà Tập và Trà Vân", "quận 1, 3 và 5"."""

from __future__ import annotations

import re
from typing import Final

from flagger.places.gazetteer import Gazetteer
from flagger.places.view import BLOCKED, EVERY, LOWER, SURE, Mention, View
from flagger.places.words import COMMUNE, DISTRICT

# What parts two names of one list, at the end of what stands before the second.
_BEFORE: Final = re.compile(r"(?:, ?|; ?|,? (?:và|với|cùng|hoặc|va|voi) )$")
_LONGEST_BEFORE: Final = len(", cùng ")
_SEVERAL: Final = re.compile(r"(?<!\w)(?:các|những|hai|ba|bốn|năm|\d+|cac|nhung|bon) $")
_LONGEST_SEVERAL: Final = len(" những ")
# A further number; "quận 1, 3 người bị thương" counts people.
_NEXT_NUMBER: Final = re.compile(
    r"(?:, ?|,? (?:và|va) )0?(\d{1,2})(?![\w/]|[.,]\d)"
    r"(?= ?(?:$|[,.;:)\n–-]| (?:và|va|quận|q|tp|tphcm|thành phố|của|cũ|bị|ngập|mất|cúp|đang|sẽ|cùng|được)(?!\w)))"
)


def spread_unit_words(view: View, gazetteer: Gazetteer, mentions: list[Mention]) -> list[Mention]:
    """Let one unit word count for every name of its list.

    :param view: the post.
    :param gazetteer: units and names.
    :param mentions: what recognition read, in order; changed in place.
    :return: the mentions with those of further numbers, in order.
    """
    heads: dict[int, Mention] = {}
    found: list[Mention] = []
    for mention in mentions:
        found.append(mention)
        if mention.strength == BLOCKED:
            continue
        if mention.named_level:
            if mention.strength == SURE and mention.level in (DISTRICT, COMMUNE):
                heads[mention.end] = mention
                found += _further_numbers(view, gazetteer, mention)
        elif heads:
            head = _head(view, heads, mention)
            if head is not None and _join(view, gazetteer, head, mention):
                heads[mention.end] = head
    return found


def _head(view: View, heads: dict[int, Mention], mention: Mention) -> Mention | None:
    """Give the mention with the unit word, when a mention goes on with its list."""
    first = max(0, mention.start - _LONGEST_BEFORE)
    gap = _BEFORE.search(view.normal[first : mention.start])
    return None if gap is None else heads.get(first + gap.start())


def _join(view: View, gazetteer: Gazetteer, head: Mention, mention: Mention) -> bool:
    """Read a name as one more of a list, when units of that kind have it and lie beside those of the head."""
    several = _SEVERAL.search(view.normal[max(0, head.start - _LONGEST_SEVERAL) : head.start]) is not None
    if mention.level != head.level and not (several and mention.level == DISTRICT):
        # "xã Trà Leng, Nam Trà My" names the district.
        return False
    capitals = view.capitals(mention.start, mention.end)
    if capitals != EVERY and not view.shouts and view.capitals(head.name_start, head.end) != LOWER:
        return False
    words = {gazetteer.word(unit) for unit in head.units}
    parents = {gazetteer.parents[unit] for unit in head.units}
    entry = gazetteer.entry(view.plain[mention.start : mention.end])
    known = entry.by_spelling.get(view.normal[mention.start : mention.end], () if view.has_diacritics else entry.units)
    units = tuple(unit for unit in known if gazetteer.word(unit) in words and gazetteer.parents[unit] in parents)
    if not units:
        return False
    mention.units, mention.level, mention.strength, mention.named_level = units, head.level, SURE, True
    return True


def _further_numbers(view: View, gazetteer: Gazetteer, head: Mention) -> list[Mention]:
    """Give the numbers that follow a numbered unit: "quận 1, 3 và 5"."""
    if not view.plain[head.end - 1].isdigit() or not view.plain[head.start].isalpha():
        return []
    unit_word = {"q": "quan", "p": "phuong"}.get(view.plain[head.start])
    found: list[Mention] = []
    end = head.end
    while unit_word and (match := _NEXT_NUMBER.match(view.normal, end)):
        units = gazetteer.entry(f"{unit_word} {match.group(1)}").numbered
        if not units:
            break
        end = match.end(1)
        found.append(Mention(match.start(1), end, match.start(1), units, SURE, head.level, named_level=True))
    return found
