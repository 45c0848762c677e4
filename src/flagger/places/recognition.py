"""Find words that may name a place: hits of the automaton, read with their case, unit word and neighbours."""

from __future__ import annotations

from typing import Final

from flagger.places.bonds import is_bonded
from flagger.places.certainty import (
    QUARTERS,
    alias_strength,
    district_strength,
    is_after_locative,
    is_club,
    is_person,
    province_strength,
    strength_in_context,
)
from flagger.places.entries import Entry
from flagger.places.gazetteer import Gazetteer
from flagger.places.view import (
    BLOCKED,
    EVERY,
    LOWER,
    NEEDS_NEIGHBOUR,
    NEEDS_RELATIVE,
    NEVER,
    SURE,
    Mention,
    View,
)
from flagger.places.words import (
    BARE_LETTERS,
    COMMUNE_WORDS,
    COMMUNE_WORDS_PLAIN,
    CROWDED,
    DIRECTIONS,
    DISTRICT,
    LONGEST_UNIT_WORD,
    OTHER,
    PROVINCE,
    SIDES,
    UNIT_LEVELS,
    UNIT_WORDS,
    WORDS_IN_TAGS,
)

# Mentions before one that can overlap with its unit word.
_OVERLAPPING: Final = 4


def unit_word_before(view: View, start: int) -> tuple[int, tuple[int, ...]] | None:
    """Find a unit word right before a name.

    :param view: the post.
    :param start: where the name begins in the normal view.
    :return: where the unit word begins and the unit words it stands for, or ``None``.
    """
    plain = view.plain
    end = start
    while end > 0 and plain[end - 1] in " .:":
        end -= 1
    if end == 0 or start - end > 3:
        return None
    begin = view.word_begin(end)
    word = plain[begin:end]
    if len(word) > LONGEST_UNIT_WORD or begin == end:
        return None
    if len(word) == 1 or word in ("pho", "xa", "tran", "do", "khu", "dao"):
        # "thành phố", "thị xã", "thủ đô", "đặc khu", "t.p": two parts.
        first = view.word_begin(begin - 1)
        longer = plain[first:end]
        if longer in UNIT_WORDS and first < begin - 1:
            begin, word = first, longer
    found = UNIT_WORDS.get(word)
    if found is None:
        return None
    if end == start and len(word) > 2:
        return None
    if word in BARE_LETTERS and plain[end : end + 1] != ".":
        return None
    written = view.normal[begin:end]
    if written not in found[0] and (written != word or view.has_diacritics):
        return None
    return begin, found[1]


def recognise(view: View, gazetteer: Gazetteer, matches: list[tuple[int, int, Entry]]) -> list[Mention]:
    """Turn automaton matches into mentions; facility words are left to the facilities module.

    :param view: the post.
    :param gazetteer: units and names.
    :param matches: start, end and entry of each match that stands between word boundaries.
    :return: mentions of any strength, not yet freed of overlaps.
    """
    mentions: list[Mention] = []
    for start, end, entry in matches:
        mention = read_match(view, gazetteer, start, end, entry)
        if mention is None or mention.strength == NEVER:
            continue
        shared = any(one.start < mention.start < one.end <= mention.name_start for one in mentions[-_OVERLAPPING:])
        mentions.append(mention)
        if shared and entry.units:
            # Its unit word may be the end of the name before: "xa Bac Xa Lang Son".
            bare = _read_bare_name(view, gazetteer, start, end, entry)
            if bare is not None and bare.strength != NEVER:
                mentions.append(bare)
    return mentions


def read_match(view: View, gazetteer: Gazetteer, start: int, end: int, entry: Entry) -> Mention | None:
    """Read one match: blocked phrase, numbered unit, alias, locality or name.

    :param view: the post.
    :param gazetteer: units and names.
    :param start: first character of the match in the normal view.
    :param end: just after its last character.
    :param entry: what the key that matched can mean.
    :return: the mention with its strength, or ``None`` when the spelling fits none of the meanings.
    """
    written = view.normal[start:end]
    is_bare = written == entry.key
    is_blocked = written in entry.blocked or (is_bare and not view.has_diacritics and not entry.units)
    if entry.blocked and is_blocked and not _has_its_unit_word(view, gazetteer, start, entry):
        return Mention(start, end, start, (), BLOCKED, OTHER)
    mention = _read_number(view, gazetteer, start, end, entry) if entry.numbered else None
    if mention is not None:
        return mention
    if entry.aliases or entry.localities:
        mention = _read_alias(view, gazetteer, start, end, entry)
    if mention is None and entry.units:
        mention = _read_name(view, gazetteer, start, end, entry)
    if mention is None or mention.strength <= NEEDS_RELATIVE:
        return mention
    if mention.named_level:
        if not view.capitals(start, end) and is_bonded(view, start, end):
            # "trật tự xã hội an toàn"
            mention.strength = NEEDS_RELATIVE
        return mention
    if mention.level == PROVINCE and is_club(view, start, end):
        mention.strength = NEVER
        return mention
    mention.strength = min(mention.strength, strength_in_context(view, start, end))
    return mention


def _has_its_unit_word(view: View, gazetteer: Gazetteer, start: int, entry: Entry) -> bool:
    """Say whether a unit word says that a name is no other word: "xã Tân Cương"."""
    unit_word = unit_word_before(view, start) if entry.units else None
    return unit_word is not None and any(gazetteer.word(unit) in unit_word[1] for unit in entry.units)


def _read_number(view: View, gazetteer: Gazetteer, start: int, end: int, entry: Entry) -> Mention | None:
    written = view.normal[start:end]
    is_word = entry.key.startswith(("quan", "phuong"))
    is_bare = written == entry.key and not (is_word and view.has_diacritics)
    if not is_bare and not written.startswith(("quận", "phường")):
        return None
    # "p1" is also a chapter, "Q1" to "Q4" are quarters of a year.
    is_quarter = entry.key[0] == "q" and entry.key[1:].lstrip(" 0") in QUARTERS
    loose = entry.key[1:2] == " " or (entry.key[1:2].isdigit() and (entry.key[0] == "p" or is_quarter))
    is_sure = not loose or (entry.key[0] == "q" and is_after_locative(view, start))
    strength, level = SURE if is_sure else NEEDS_NEIGHBOUR, gazetteer.level(entry.numbered[0])
    return Mention(start, end, start, entry.numbered, strength, level, named_level=True)


def _read_alias(view: View, gazetteer: Gazetteer, start: int, end: int, entry: Entry) -> Mention | None:
    written = view.normal[start:end]
    is_bare = written == entry.key
    for rows, is_locality in ((entry.aliases, False), (entry.localities, True)):
        for spellings, when, units in rows:
            exact = written in spellings
            if not exact and not is_bare:
                continue
            unit_word = unit_word_before(view, start)
            if is_locality:
                if unit_word is not None and entry.units:
                    continue
                named = tuple(unit for unit in entry.units if units[0] in gazetteer.provinces_before(unit))
                level = min(map(gazetteer.level, named)) if named else OTHER
                units = named or units
            else:
                level = gazetteer.level(units[0])
            strength = alias_strength(view, start, end, written, exact=exact, when=when, level=level)
            if unit_word is not None and any(gazetteer.word(unit) in unit_word[1] for unit in units):
                return Mention(unit_word[0], end, start, units, SURE, level, named_level=True)
            if unit_word is not None and entry.units:
                return None
            if entry.units and not is_locality:
                units = tuple(dict.fromkeys(units + tuple(u for u in entry.units if gazetteer.level(u) <= level)))
            return Mention(start, end, start, units, strength, level)
    return None


def _read_name(view: View, gazetteer: Gazetteer, start: int, end: int, entry: Entry) -> Mention | None:
    unit_word = unit_word_before(view, start)
    if unit_word is not None:
        mention = _read_with_unit_word(view, gazetteer, start, end, entry, unit_word)
        if mention is not None and (not entry.joined or view.capitals(start, end)):
            return mention
    return _read_bare_name(view, gazetteer, start, end, entry)


def _units_as_written(view: View, start: int, end: int, entry: Entry) -> tuple[int, ...]:
    """Give the units that are spelled as the writer did: "Tân Thành" is not "Tân Thạnh"."""
    if not view.has_diacritics:
        return entry.units
    return entry.by_spelling.get(view.normal[start:end], entry.units)


def _read_bare_name(view: View, gazetteer: Gazetteer, start: int, end: int, entry: Entry) -> Mention | None:
    written = view.normal[start:end]
    exact = written in entry.spellings
    is_bare = written == entry.key
    known = _units_as_written(view, start, end, entry)
    level = min(map(gazetteer.level, known))
    units = tuple(unit for unit in known if gazetteer.level(unit) == level)
    capitals = view.capitals(start, end)
    if entry.joined:
        inner = any(character.isupper() for character in view.surface(start, end)[1:])
        is_province = level == PROVINCE and capitals
        tagged = level == PROVINCE and view.plain[start - 1 : start] == "#" and written not in WORDS_IN_TAGS
        is_sure = tagged or (inner and not view.shouts)
        strength = SURE if is_sure else (NEEDS_NEIGHBOUR if is_province else NEEDS_RELATIVE)
        return Mention(start, end, start, units, strength, level)
    if is_person(view, start, end, written, level):
        return Mention(start, end, start, known, NEVER, level)
    words = COMMUNE_WORDS if view.has_diacritics else COMMUNE_WORDS_PLAIN
    if level > PROVINCE and capitals != EVERY and written in words:
        return None
    if level == PROVINCE:
        strength = province_strength(view, start, end, written, exact=exact, capitals=capitals)
    elif level == DISTRICT:
        strength = district_strength(view, start, end, written, exact=exact, capitals=capitals)
    else:
        if " " not in written:
            return None
        strength = NEEDS_RELATIVE if exact or is_bare or capitals else NEVER
        district = _district_in(view, gazetteer, start, written, capitals, units) if exact else ""
        if district:
            strength = max(strength, district_strength(view, start, end, district, exact=True, capitals=capitals))
    if not exact and not is_bare and strength > NEEDS_RELATIVE:
        strength = NEEDS_NEIGHBOUR if capitals == EVERY else NEEDS_RELATIVE
    return Mention(start, end, start, known if strength < NEEDS_NEIGHBOUR else units, strength, level)


def _district_in(
    view: View, gazetteer: Gazetteer, start: int, written: str, capitals: int, units: tuple[int, ...]
) -> str:
    """Give the old district that a commune is called after, with a direction: "Tuy An Bắc", "Bắc Nha Trang"; or "".

    Without capitals a direction may be another word, "Hội An đông khách", and "phía Bắc Nha Trang" is no unit.
    """
    first, _, rest = written.partition(" ")
    head, _, last = written.rpartition(" ")
    if last in DIRECTIONS and (capitals == EVERY or (capitals == LOWER and last not in CROWDED)):
        district = head
    elif first in DIRECTIONS and capitals == EVERY and view.normal[slice(*view.word_before(start))] not in SIDES:
        district = rest
    else:
        return ""
    larger = {other for unit in units for other in gazetteer.ancestors(unit) if gazetteer.level(other) == DISTRICT}
    return district if any(gazetteer.names[other].lower() == district for other in larger) else ""


def _read_with_unit_word(
    view: View, gazetteer: Gazetteer, start: int, end: int, entry: Entry, unit_word: tuple[int, tuple[int, ...]]
) -> Mention | None:
    begin, words = unit_word
    written = view.normal[start:end]
    exact = written in entry.spellings
    is_bare = written == entry.key
    capitals = view.capitals(start, end)
    strength = SURE
    if not entry.key.strip().count(" ") and not entry.joined and not (exact and capitals):
        # "phuong Lang" is sure in capitals only; "xã lao" needs its province beside it.
        if len(written) < 2 or not (exact or is_bare):
            return None
        full_word = start - begin > len("tt ")
        strength = SURE if capitals and full_word and not view.has_diacritics else NEEDS_RELATIVE
    if not exact and not capitals and not is_bare:
        return None
    known = _units_as_written(view, start, end, entry)
    fitting = tuple(unit for unit in known if gazetteer.word(unit) in words)
    if not fitting and not exact and view.has_diacritics:
        # Neither the kind nor the spelling: "phường Tam Thuận" is not "xã Tam Thuấn".
        return None
    if not fitting and (" " in written or not view.capital_after(end)):
        # Units change their kind: a district becomes a town, a town a city.
        levels = {UNIT_LEVELS.get(word, DISTRICT) for word in words}
        fitting = tuple(unit for unit in known if gazetteer.level(unit) in levels)
    if not fitting:
        return None
    level = min(map(gazetteer.level, fitting))
    return Mention(begin, end, start, fitting, strength, level, named_level=True)
