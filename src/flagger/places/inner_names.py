"""Names of units inside the names of objects: "bệnh viện tỉnh Phú Yên" lies in Phú Yên, "chợ Hòa Bình" anywhere.

A market, a hotel, a street or a block of flats is called after a place as after anything else. Its province is that of
the place that follows, or that of its inner name when a neighbour or the rest of the post agrees; else it stays open.
"""

from __future__ import annotations

import itertools
import re
from typing import Final

from flagger.places.facility_words import CALLED_AFTER, LIES_IN_ITS_NAME, NEAR_ITS_NAME, WELL_KNOWN
from flagger.places.gazetteer import Gazetteer
from flagger.places.resolution import are_neighbours, are_related, choose_units
from flagger.places.view import SURE, Mention, View
from flagger.places.words import COMMUNE, DISTRICT, OTHER

# "đường Láng - Hòa Lạc" runs between the places that it is called after.
_JOINS: Final = re.compile(r"\w ?[-–] ?\w")
# What may stand between an object and the place that it lies in; a full stop begins something else.
_PARENT_GAP: Final = re.compile(r" ?[,(\[/–-]? ?(?:(?:thuộc|ở|tại|của) )?")
_EXPLICIT_GAP: Final = re.compile(r",? (?:thuộc|ở|tại) ")
# Other objects that may stand between an object and its parent: "chợ Hòa Bình, đường Trần Phú, quận 5".
_LONGEST_ADDRESS: Final = 4
# "quán phở Nam Định" stands for no place called Nam Định, but "các quán Hà Nội" lie there.
_BUSINESS: Final = re.compile(
    r"(?<!\w)(?<!các )(?<!những )(?<!mọi )(?<!nhiều )(?<!hàng )(?<!quê )(?:quán|tiệm|cửa hàng|cửa hiệu)"
    r"(?: (?:ăn|nhậu|cơm|phở|bún|bánh|mì|mỳ|cháo|lẩu|ốc|bia|chè|kem|nem|cà phê|cafe|cf|trà|sữa|trà sữa|nướng|tấm|gà|bò|"
    r"chả|đậu|riêu|cá|vịt|canh|xèo|cuốn|hải sản|hủ tiếu|vàng|thuốc|tóc|nail|net|karaoke)){0,3} $"
)
_BUSINESS_WORDS: Final = ("quán ", "tiệm ", "cửa h")
_LONGEST_BUSINESS: Final = 32


def take_in(view: View, mentions: list[Mention], facilities: list[Mention]) -> list[Mention]:
    """Give facilities the units of the last name inside them.

    :param view: the post.
    :param mentions: what recognition read, in order.
    :param facilities: named objects, in order; changed in place.
    :return: all of them, with businesses that are called after a place.
    """
    text = view.normal
    first = 0
    for facility in facilities:
        is_street = text.startswith(CALLED_AFTER, facility.start) and not _JOINS.search(
            text, facility.start, facility.end
        )
        while first < len(mentions) and mentions[first].name_start < facility.start:
            first += 1
        for mention in itertools.islice(mentions, first, None):
            if mention.name_start >= facility.end:
                break
            if is_street and mention.start > facility.start and mention.level < COMMUNE and not mention.named_level:
                continue
            if facility.start <= mention.start and mention.end <= facility.end and mention.strength == SURE:
                facility.units = mention.units
                facility.called_after = _is_whole_name(text, facility, mention) and not _lies_there(text, facility)
    return mentions + facilities + _businesses(text, mentions)


def settle(view: View, gazetteer: Gazetteer, mentions: list[Mention]) -> list[tuple[int, ...]]:
    """Choose units, and decide where the objects lie that are called after a place.

    :param view: the post.
    :param gazetteer: units and names.
    :param mentions: accepted mentions, in order; changed in place.
    :return: for each mention the units it means; none for objects whose place stays open.
    """
    text = view.normal
    named = [
        index
        for index, mention in enumerate(mentions)
        if mention.level == OTHER and (mention.called_after or _has_explicit_parent(text, mentions, index))
    ]
    if not named:
        return choose_units(text, gazetteer, mentions)
    after = {index: mentions[index].units for index in named}
    for index in named:
        mentions[index].units = ()
    chosen = choose_units(text, gazetteer, mentions)
    parents = {index: _parent(text, mentions, chosen, index) for index in named}
    agreed = [index for index in named if _agrees(text, gazetteer, mentions, chosen, after[index], index)]
    if agreed:
        for index in agreed:
            mentions[index].units = after[index]
        chosen = choose_units(text, gazetteer, mentions)
    for index in named:
        if index in agreed:
            continue
        parent = parents[index]
        if parent is not None:
            chosen[index] = chosen[parent]
        elif not mentions[index].called_after:
            chosen[index] = after[index]
    return chosen


def _is_whole_name(text: str, facility: Mention, mention: Mention) -> bool:
    """Say whether a name without a unit word is all that an object is called: "Mường Thanh Nha Trang" has its own."""
    is_inside = mention.start > facility.start and not mention.named_level
    return is_inside and text[facility.name_start : mention.start].strip() == ""


def _lies_there(text: str, facility: Mention) -> bool:
    """Say whether objects of a kind lie in the place that they are called after."""
    word = text[facility.start : facility.name_start].strip(" .:")
    if word in NEAR_ITS_NAME or word in LIES_IN_ITS_NAME or text[facility.start : facility.end] in WELL_KNOWN:
        return True
    return _JOINS.search(text, facility.start, facility.end) is not None


def _businesses(text: str, mentions: list[Mention]) -> list[Mention]:
    """Give the shops and restaurants that are called after a place: "quán phở Nam Định"."""
    found: list[Mention] = []
    if not any(word in text for word in _BUSINESS_WORDS):
        return found
    for mention in mentions:
        if mention.strength != SURE or mention.named_level or mention.level > DISTRICT:
            continue
        first = max(0, mention.start - _LONGEST_BUSINESS)
        match = _BUSINESS.search(text[first : mention.start])
        if match is not None:
            start, end = first + match.start(), mention.end
            business = Mention(start, end, mention.start, mention.units, SURE, OTHER, named_level=True)
            business.called_after = True
            found.append(business)
    return found


def _has_explicit_parent(text: str, mentions: list[Mention], index: int) -> bool:
    """Say whether words put an object elsewhere than its name does: "bến xe Sài Gòn ở Đà Lạt"."""
    mention = mentions[index]
    if not mention.units or not mention.named_level or index + 1 == len(mentions) or not mentions[index + 1].units:
        return False
    return _EXPLICIT_GAP.fullmatch(text, mention.end, mentions[index + 1].start) is not None


def _parent(text: str, mentions: list[Mention], chosen: list[tuple[int, ...]], index: int) -> int | None:
    """Give the first place with units that follows an object in its address."""
    for position in range(index, min(index + _LONGEST_ADDRESS, len(mentions) - 1)):
        left, right = mentions[position], mentions[position + 1]
        if _PARENT_GAP.fullmatch(text, left.end, right.start) is None:
            return None
        if chosen[position + 1]:
            return position + 1
    return None


def _agrees(
    text: str,
    gazetteer: Gazetteer,
    mentions: list[Mention],
    chosen: list[tuple[int, ...]],
    units: tuple[int, ...],
    index: int,
) -> bool:
    """Say whether a place beside an object, or all the others of the post, lie where its inner name does."""
    own = Mention(0, 0, 0, units, SURE, OTHER)
    beside = _parent(text, mentions, chosen, index)
    if beside is None and index and are_neighbours(text, mentions[index - 1], mentions[index]) and chosen[index - 1]:
        beside = index - 1
    if beside is not None:
        others = chosen[beside]
        if set(others) & set(units):
            return True
        return are_related(gazetteer, own, Mention(0, 0, 0, others, SURE, OTHER))
    provinces = _provinces(gazetteer, units)
    elsewhere = [_provinces(gazetteer, others) for others in chosen if others]
    return bool(elsewhere) and all(others <= provinces for others in elsewhere)


def _provinces(gazetteer: Gazetteer, units: tuple[int, ...]) -> frozenset[int]:
    """Give the provinces of today in which units lie."""
    return frozenset(map(gazetteer.province_now, units))
