"""Decide which mentions are places, and which units they mean, by what stands beside them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from itertools import pairwise
from typing import Final

from flagger.places.gazetteer import Gazetteer
from flagger.places.view import BLOCKED, NEEDS_NEIGHBOUR, SURE, Mention
from flagger.places.words import COMMUNE, DISTRICT, OTHER, PROVINCE
from flagger.results import PlaceCandidate
from flagger.vocabulary import PlaceLevel

# "xã Tân Lập" alone can be any of twenty; more than that help nobody.
MAXIMUM_CANDIDATES: Final = 24
LEVELS: Final = (PlaceLevel.PROVINCE, PlaceLevel.DISTRICT, PlaceLevel.COMMUNE, PlaceLevel.OTHER)
# What may stand between two parts of one address.
_GAP: Final = re.compile(r"[\s,.;:/()\[\]–-]{0,5}(?:(?:thuộc|của|ở|tại|cũ|mới|thuoc|cu)[\s,.()]{1,3})?")
# Neighbours further on than this say nothing about a mention.
_REACH: Final = 12
_NEXT_TO_SCORE: Final = 8
_IN_POST_SCORE: Final = 2
_LARGER_SCORE: Final = 3
_MOST_BELOW: Final = 2
# Parts of one address on either side; the bound keeps long lists linear.
_LONGEST_ADDRESS: Final = 4


def without_overlaps(mentions: list[Mention]) -> list[Mention]:
    """Keep of overlapping mentions those that cover most; sure readings come first.

    "xã Tân Hưng, Tây Ninh" without its comma is "Tân Hưng" and "Tây Ninh", not "Tân Hưng Tây" and a rest.

    :param mentions: in any order.
    :return: mentions in order of appearance, none overlapping another.
    """
    if len(mentions) < 2:
        return mentions
    kept = _widest_cover([one for one in mentions if one.strength in (SURE, BLOCKED)])
    weak = [one for one in mentions if one.strength not in (SURE, BLOCKED)]
    if weak:
        taken = {position for mention in kept for position in range(mention.start, mention.end)}
        for mention in sorted(weak, key=lambda one: (one.end - one.start, one.strength), reverse=True):
            span = range(mention.start, mention.end)
            if taken.isdisjoint(span):
                taken.update(span)
                kept.append(mention)
        kept.sort(key=lambda one: one.start)
    return kept


def _widest_cover(mentions: list[Mention]) -> list[Mention]:
    """Choose mentions without overlaps that cover most characters, fewer rather than more (interval scheduling)."""
    ordered = sorted(mentions, key=lambda one: (one.end, one.start))
    ends = [one.end for one in ordered]
    best: list[tuple[int, int]] = [(0, 0)]
    before: list[int] = []
    for index, mention in enumerate(ordered):
        earlier = bisect_right(ends, mention.start, 0, index)
        before.append(earlier)
        covered, number = best[earlier]
        best.append(max(best[-1], (covered + mention.end - mention.start, number - 1)))
    kept: list[Mention] = []
    index = len(ordered)
    while index:
        if best[index] == best[index - 1]:
            index -= 1
        else:
            kept.append(ordered[index - 1])
            index = before[index - 1]
    kept.reverse()
    return kept


def are_neighbours(text: str, left: Mention, right: Mention) -> bool:
    """Say whether two mentions follow each other like two parts of an address.

    :param text: the normal view.
    :param left: the earlier mention.
    :param right: the later mention.
    :return: whether they do; other words between them part them.
    """
    gap = right.start - left.end
    return gap <= _REACH and _GAP.fullmatch(text, left.end, right.start) is not None


def are_related(gazetteer: Gazetteer, one: Mention, other: Mention) -> bool:
    """Say whether a unit of one mention lies in a unit of the other, by either system.

    :param gazetteer: units and names.
    :param one: a mention.
    :param other: another.
    :return: whether one lies in the other, whichever it is.
    """
    one_units, other_units = set(one.units), set(other.units)
    for unit in one.units:
        if not gazetteer.ancestors(unit).isdisjoint(other_units):
            return True
    return any(not gazetteer.ancestors(unit).isdisjoint(one_units) for unit in other.units)


def accept(text: str, gazetteer: Gazetteer, mentions: list[Mention]) -> list[Mention]:
    """Accept sure mentions, and others next to accepted ones.

    :param text: the normal view.
    :param gazetteer: units and names.
    :param mentions: in order and without overlaps.
    :return: the mentions that name places, in order.
    """
    accepted = [mention.strength == SURE for mention in mentions]
    if not any(accepted):
        # Two weak parts of one address still make a place of each other: "tây hoà, phú yên".
        for index in range(len(mentions) - 1):
            left, right = mentions[index], mentions[index + 1]
            if min(left.strength, right.strength) == BLOCKED or not are_neighbours(text, left, right):
                continue
            gap = text[left.end : right.start].strip()
            # Without a comma two districts are as often two words: "non nước thanh bình".
            apart = gap or PROVINCE in (left.level, right.level)
            if _lies_in(left, right, gap) or (apart and are_related(gazetteer, left, right)):
                accepted[index] = accepted[index + 1] = True
    for order in (range(len(mentions) - 1, -1, -1), range(len(mentions))):
        for index in order:
            if not accepted[index] and mentions[index].strength != BLOCKED:
                accepted[index] = _has_support(text, gazetteer, mentions, accepted, index)
    return [mention for mention, is_accepted in zip(mentions, accepted, strict=True) if is_accepted]


def _lies_in(named: Mention, unit: Mention, gap: str) -> bool:
    """Say whether a unit follows an object that lies in it: "Đường Hai Bà Trưng, Q1", which no units relate."""
    if gap not in ("", ",") or min(named.strength, unit.strength) != NEEDS_NEIGHBOUR:
        return False
    return named.named_level and named.level == OTHER and unit.named_level and unit.level != OTHER


def _has_support(text: str, gazetteer: Gazetteer, mentions: list[Mention], accepted: list[bool], index: int) -> bool:
    mention = mentions[index]
    for other in (index + 1, index - 1):
        if not 0 <= other < len(mentions) or not accepted[other]:
            continue
        left, right = sorted((mention, mentions[other]), key=lambda one: one.start)
        if not are_neighbours(text, left, right):
            continue
        if mention.strength == NEEDS_NEIGHBOUR or are_related(gazetteer, mention, mentions[other]):
            return True
        # After a hamlet or a school only: "thiết kế của Đại học MIT" is no commune of that name.
        is_after = other < index and mentions[other].level == OTHER and mentions[other].named_level
        if is_after and mention.level == COMMUNE:
            return True
    return False


def part_namesakes(text: str, gazetteer: Gazetteer, mentions: list[Mention]) -> None:
    """Take the units from named objects that a bracket puts elsewhere: "chung cư Hòa Bình (quận 10".

    :param text: the normal view.
    :param gazetteer: units and names.
    :param mentions: accepted mentions, in order; changed in place.
    """
    for left, right in pairwise(mentions):
        if left.level != OTHER or not left.named_level or not left.units or not right.units:
            continue
        is_unit = right.named_level and right.level != OTHER
        if not is_unit or text[left.end : right.start].strip() != "(" or set(left.units) & set(right.units):
            continue
        if not are_related(gazetteer, left, right):
            left.units = ()


def choose_units(text: str, gazetteer: Gazetteer, mentions: list[Mention]) -> list[tuple[int, ...]]:
    """Choose for each mention the units that fit best with the others.

    :param text: the normal view.
    :param gazetteer: units and names.
    :param mentions: accepted mentions, in order.
    :return: for each mention the units with the best score, unordered ties kept in the gazetteer's order.
    """
    in_post = {unit for mention in mentions for unit in mention.units}
    below = Counter(ancestor for unit in in_post for ancestor in gazetteer.ancestors(unit))
    chosen: list[tuple[int, ...]] = []
    known: dict[tuple[tuple[int, ...], frozenset[int]], tuple[int, ...]] = {}
    for index, mention in enumerate(mentions):
        namesake = _namesake(text, gazetteer, mentions, index)
        if namesake:
            chosen.append(namesake)
            continue
        if len(mention.units) < 2:
            chosen.append(mention.units)
            continue
        beside = frozenset(_units_beside(text, mentions, index).difference(mention.units))
        key = (mention.units, beside)
        if key not in known:
            known[key] = _best(gazetteer, mention, beside=beside, in_post=in_post, below=below)
        chosen.append(known[key])
    return chosen


def _namesake(text: str, gazetteer: Gazetteer, mentions: list[Mention], index: int) -> tuple[int, ...]:
    """Give the smaller units that the bare name of a province means inside an address, if any.

    "Trà Vinh, Trà Vinh" begins with the city, and "Điện Biên, Ba Đình, Hà Nội" with a ward.
    """
    mention = mentions[index]
    if mention.level != PROVINCE or mention.named_level or index + 1 == len(mentions) or not mention.units:
        return ()
    following = mentions[index + 1]
    if following.level not in (PROVINCE, DISTRICT) or not are_neighbours(text, mention, following):
        return ()
    larger = set(following.units)
    if following.level == PROVINCE:
        city = next((city for unit in mention.units if (city := gazetteer.namesake_districts.get(unit))), None)
        return () if city is None or gazetteer.parents[city] not in larger else (city,)
    smaller = gazetteer.units_named(gazetteer.names[mention.units[0]])
    return tuple(unit for unit in smaller if gazetteer.level(unit) == COMMUNE and gazetteer.parents[unit] in larger)


def _units_beside(text: str, mentions: list[Mention], index: int) -> set[int]:
    """Give the units of the mentions that stand with one in the same address."""
    beside: set[int] = set()
    for step in (1, -1):
        position = index
        for _ in range(_LONGEST_ADDRESS):
            following = position + step
            if not 0 <= following < len(mentions):
                break
            left, right = (position, following) if step > 0 else (following, position)
            if not are_neighbours(text, mentions[left], mentions[right]):
                break
            position = following
            beside.update(mentions[position].units)
    return beside


def _best(
    gazetteer: Gazetteer, mention: Mention, *, beside: frozenset[int], in_post: set[int], below: Counter[int]
) -> tuple[int, ...]:
    scores: dict[int, int] = {}
    level = min(map(gazetteer.level, mention.units))
    own = set(mention.units)
    inside = Counter(ancestor for unit in mention.units for ancestor in gazetteer.ancestors(unit))
    for unit in mention.units:
        ancestors = gazetteer.ancestors(unit) - own
        # Counted by name: one province in both systems is one reason, not two.
        score = _NEXT_TO_SCORE * len({gazetteer.names[other] for other in ancestors & beside})
        score += _IN_POST_SCORE * len({gazetteer.names[other] for other in ancestors & in_post})
        score += min(below[unit] - inside[unit], _MOST_BELOW)
        # A bare name means the larger unit unless the neighbours say otherwise.
        score += _LARGER_SCORE if gazetteer.level(unit) == level else 0
        scores[unit] = score
    best = max(scores.values())
    winners = [unit for unit in mention.units if scores[unit] == best]
    if level == PROVINCE:
        # Both systems' province of one name are one place.
        names = {gazetteer.names[unit] for unit in winners if gazetteer.level(unit) == PROVINCE}
        others = [unit for unit in mention.units if unit not in winners and gazetteer.level(unit) == PROVINCE]
        winners += [unit for unit in others if gazetteer.names[unit] in names]
    else:
        # The commune that an old one of the same name became is the same place.
        kin = {later for unit in winners for later in gazetteer.successors(unit)}
        winners += [unit for unit in mention.units if unit not in winners and unit in kin]
    return tuple(sorted(winners))


def candidates(gazetteer: Gazetteer, units: tuple[int, ...]) -> tuple[PlaceCandidate, ...]:
    """Describe units, old and new forms of one unit joined.

    :param gazetteer: units and names.
    :param units: what a mention can mean.
    :return: at most ``MAXIMUM_CANDIDATES`` candidates, in the order of the units.
    """
    found: list[PlaceCandidate] = []
    covered: set[int] = set()
    available = set(units)
    for unit in units:
        if unit in covered:
            continue
        if gazetteer.is_now(unit):
            found.append(_candidate(gazetteer, None, unit))
        elif gazetteer.level(unit) == PROVINCE:
            now = gazetteer.province_now(unit)
            same = gazetteer.names[now] == gazetteer.names[unit]
            covered.update({now} if same else ())
            found.append(_candidate(gazetteer, unit, now if same else None))
        else:
            successors = gazetteer.successors(unit)
            named = [now for now in successors if now in available] or successors
            covered.update(named)
            found += [_candidate(gazetteer, unit, now) for now in named] or [_candidate(gazetteer, unit, None)]
        if len(found) >= MAXIMUM_CANDIDATES:
            break
    return tuple(found[:MAXIMUM_CANDIDATES])


def _candidate(gazetteer: Gazetteer, before: int | None, now: int | None) -> PlaceCandidate:
    unit = before if before is not None else now
    if unit is None:
        raise ValueError("a candidate needs a unit of at least one system")
    province_before = gazetteer.province_before(unit)
    parents: list[str] = []
    parent = gazetteer.parents[unit]
    while parent >= 0:
        parents.append(gazetteer.full_name(parent))
        parent = gazetteer.parents[parent]
    return PlaceCandidate(
        name=gazetteer.full_name(unit),
        level=LEVELS[gazetteer.level(unit)],
        province_before=None if province_before is None else gazetteer.province_name(province_before),
        province_now=gazetteer.province_name(gazetteer.province_now(now if now is not None else unit)),
        code_before=None if before is None else gazetteer.codes[before],
        code_now=None if now is None else gazetteer.codes[now],
        parents=tuple(parents),
    )
