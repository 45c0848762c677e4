"""Named objects that are no units, found by the word that introduces them: ``thôn X``, ``chợ X``, ``bệnh viện X``."""

from __future__ import annotations

import re
from typing import Final

from flagger.places.entries import Entry
from flagger.places.facility_words import (
    COMPOUNDS,
    FOREIGN_PAIRS,
    LOOSE,
    LOOSE_CAPITALISED,
    MEASURES,
    NEVER_GO_ON,
    NEXT_PARTS,
    NO_NAMES,
    TAKE_PLAIN_NAMES,
    FacilityWord,
)
from flagger.places.foreign import FOREIGN_OBJECTS
from flagger.places.view import NEEDS_NEIGHBOUR, SURE, Mention, View
from flagger.places.words import OTHER, SURNAMES, word_set

MAXIMUM_WORDS: Final = 6
# Between two words of one name only a space or a dash may stand.
_NEXT_WORD: Final = re.compile(r"(?: ?[-–] ?| )?([^\W_]+(?:[./'’][^\W_]+)*)")
_WORD: Final = re.compile(r"[^\W_]+")
_NUMBER: Final = re.compile(r"[ .:]{0,2}(?:số )?(\d+[a-zđ]?(?:[-/.]\d+[a-z]?)*)(?!\w)")
# Words inside the names of institutions that are written in lower case.
_INNER: Final = word_set(
    "đa khoa tỉnh huyện thành phố quận trung ương quốc tế nhi đồng phụ sản và khu vực số tp dân lập bán "
    "công nội trú chuyên y dã chiến bệnh nhiệt đới tiểu học mầm non đại cao đẳng thpt thcs ung bướu tw tư "
    "nhân"
)
# Second halves of words whose first half is often the last capital: "Nhiệt đới Trung ương".
_ENDINGS: Final = word_set("ương đới khoa sản tế bướu chiến học sinh")
_VIETNAMESE: Final = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnprstvx])?[aeiouy]{1,4}(?:ng|nh|ch|[cmnpt])?|[kc]r?[aeiouôơ]\w{0,4}"
)

# "Q3", "P.12": parts of an address with their number.
_ABBREVIATED_UNIT: Final = re.compile(r"[qp]\.?\d{1,2}")
_PLAIN_NAME: Final = re.compile(
    r" ([^\W\d_]+(?: [^\W_]+){0,2})(?= ?(?:[,.\n(;-]|$| (?:xã|phường|huyện|xa|phuong|huyen)\b))"
)


def find_facilities(view: View, matches: list[tuple[int, int, Entry]]) -> list[Mention]:
    """Find named objects.

    :param view: the post.
    :param matches: start, end and entry of matches whose entry holds a facility word.
    :return: mentions without units, not yet freed of overlaps.
    """
    mentions: list[Mention] = []
    reach = 0
    for start, end, entry in matches:
        word = entry.facility
        if word is None or start < reach:
            continue
        written = view.normal[start:end]
        if written not in word.spellings and (view.has_diacritics or written != entry.key):
            continue
        mention = _read(view, start, end, word)
        if mention is not None:
            mentions.append(mention)
            # A name that is only likely must not hide what is inside it.
            reach = mention.end if mention.strength == SURE else reach
    return mentions


def _read(view: View, start: int, end: int, word: FacilityWord) -> Mention | None:
    capital = view.surface(start, start + 1).isupper() and not view.shouts
    # "Hồ" is a surname, "đình" the second half of "gia đình".
    if word.lower_only and capital and (_is_surname(view, start, end) or not _begins_sentence(view, start)):
        return None
    if _ends_compound(view, start, end):
        return None
    if word.takes_number or word.kind == "street":
        number = _NUMBER.match(view.normal, end)
        if number is not None:
            stop = number.end()
            if word.kind == "number":
                stop = _name_end(view, stop, word)
            # "đội 2" and "tổ 5" are a team and a group as often as a hamlet.
            loose = word.kind == "team" or view.normal[start:end] in ("kv", "khu vực", "ngõ")
            return Mention(start, stop, end, (), NEEDS_NEIGHBOUR if loose else SURE, OTHER, named_level=True)
    if word.kind in ("number", "team"):
        return None
    stop = _name_end(view, end, word)
    if stop > end and view.normal[end + 1 : stop] in FOREIGN_OBJECTS:
        return None
    if stop > end:
        strength = _name_strength(view, start, end, stop)
        return Mention(start, stop, end, (), strength, OTHER, named_level=True)
    if view.normal[start:end] in TAKE_PLAIN_NAMES:
        stop = _plain_name_end(view, end)
        if stop > end:
            sure = view.has_diacritics and view.normal[start:end] in ("thôn", "ấp")
            return Mention(start, stop, end, (), SURE if sure else NEEDS_NEIGHBOUR, OTHER, named_level=True)
    return None


def _ends_compound(view: View, start: int, end: int) -> bool:
    """Say whether a facility word is the second half of another word: "yêu cầu", "gia đình", "thị trường"."""
    first_halves = COMPOUNDS.get(view.plain[start:end])
    if not first_halves:
        return False
    before = view.plain[max(0, start - 8) : start].split()
    return bool(before) and before[-1] in first_halves and view.plain[start - 1 : start].isspace()


def _is_surname(view: View, start: int, end: int) -> bool:
    """Say whether a facility word is a surname when it is capitalised."""
    return view.normal[start:end] in SURNAMES


def _name_strength(view: View, start: int, end: int, stop: int) -> int:
    """Say how sure a name in capitals is: loose words and names that read foreign need a neighbour."""
    written = view.normal[start:end]
    loose = written in LOOSE or (written in LOOSE_CAPITALISED and view.surface(start, start + 1).isupper())
    if loose or view.shouts or not view.has_diacritics:
        return NEEDS_NEIGHBOUR
    words = [word for word in _WORD.findall(view.plain, end, stop) if len(word) > 2 and not word[0].isdigit()]
    return SURE if all(map(_VIETNAMESE.fullmatch, words)) else NEEDS_NEIGHBOUR


def _begins_sentence(view: View, start: int) -> bool:
    before = view.normal[max(0, start - 3) : start].rstrip(" ")
    return not before or not before[-1].isalnum()


def _name_end(view: View, end: int, word: FacilityWord) -> int:
    """Give the end of the run of capitalised words after a facility word, or ``end`` when there is none."""
    position = stop = end
    for count in range(MAXIMUM_WORDS + (4 if word.kind == "site" else 0)):
        match = _NEXT_WORD.match(view.normal, position)
        if match is None or (match.start(1) == position and position == end):
            break
        token = match.group(1)
        capital = view.surface(*match.span(1))[:1].isupper()
        if count == 0 and _names_nothing(view, match, token):
            break
        if stop > end and _goes_no_further(view, match, token, _has_name(view, end, stop)):
            break
        if capital or (count and token[0].isdigit()):
            stop = match.end(1)
        elif word.kind != "site" or token not in _INNER:
            break
        elif token in _ENDINGS and stop == position > end:
            stop = match.end(1)
        position = match.end(1)
    return stop


def _names_nothing(view: View, match: re.Match[str], token: str) -> bool:
    """Say whether the first word after a facility word begins no name."""
    # "H." stands for a person whose name is withheld.
    if len(token) == 1 and token.isalpha():
        return True
    if token not in NO_NAMES or not view.surface(*match.span(1))[:1].isupper():
        return False
    following = _NEXT_WORD.match(view.normal, match.end(1))
    goes_on = following is not None and view.surface(*following.span(1))[:1].isupper()
    return following is None or not goes_on or following.group(1) in FOREIGN_PAIRS.get(token, (following.group(1),))


def _goes_no_further(view: View, match: re.Match[str], token: str, has_name: bool) -> bool:
    """Say whether a word after the name of an object is no part of it: the next part of an address, an amount."""
    following = _NEXT_WORD.match(view.normal, match.end(1))
    if token[0].isdigit():
        return following is not None and following.group(1) in MEASURES
    if token in NEVER_GO_ON or (has_name and _ABBREVIATED_UNIT.fullmatch(token)):
        return True
    if not has_name or token not in NEXT_PARTS or following is None:
        return False
    return following.group(1)[0].isdigit() or view.surface(*following.span(1))[:1].isupper()


def _has_name(view: View, end: int, stop: int) -> bool:
    """Say whether a stretch holds more than words of institutions ("Đa khoa") and abbreviations ("THPT")."""
    words = _WORD.findall(view.normal, end, stop)
    return any(word not in _INNER and not word[0].isdigit() for word in words)


def _plain_name_end(view: View, end: int) -> int:
    """Give the end of a lower-case name of one to three words that punctuation or a line ends."""
    match = _PLAIN_NAME.match(view.normal, end)
    return match.end() if match is not None else end
