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
    NO_NAMES,
    PARTS_OF_OTHERS,
    SCHOOL_LEVELS,
    SURE_AT_THE_BEGINNING,
    TAKE_PLAIN_NAMES,
    WORDS_OF_INSTITUTIONS,
    FacilityWord,
)
from flagger.places.foreign import FOREIGN_OBJECTS
from flagger.places.view import NEEDS_NEIGHBOUR, SURE, Mention, View
from flagger.places.words import OTHER, SURNAMES, word_set

MAXIMUM_WORDS: Final = 6
MINIMUM_AT_THE_BEGINNING: Final = 2
# Between two words of one name only a space or a dash may stand, and behind "TP" a full stop.
_NEXT_WORD: Final = re.compile(r"(?: ?[-–] ?| )?((?:tp\. )?[^\W_]+(?:[./'’][^\W_]+)*)")
_WORD: Final = re.compile(r"[^\W_]+")
# "đường 1,9 km" has a length, not a number.
_NUMBER: Final = re.compile(r"[ .:]{0,2}(?:số )?(\d+[a-zđ]?(?:[-/.]\d+[a-z]?)*)(?!\w|,\d)")
# Words inside the names of institutions that are written in lower case.
_INNER: Final = word_set(
    "đa khoa tỉnh huyện thành phố quận trung ương quốc tế nhi đồng phụ sản và khu vực số tp dân lập bán "
    "công nội trú chuyên y dã chiến bệnh nhiệt đới tiểu học mầm non đại cao đẳng thpt thcs ung bướu tw tư "
    "nhân lao phổi mắt tim mạch da liễu đh cđ"
)
# Second halves of words whose first half is often the last capital: "Nhiệt đới Trung ương".
_ENDINGS: Final = word_set("ương đới khoa sản tế bướu chiến học sinh phố")
# The same where only the first half tells: "Sư phạm", "Kinh tế Quốc dân".
_INSTITUTION: Final = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(WORDS_OF_INSTITUTIONS))})(?!\w)")
_IN_INSTITUTIONS: Final = _INNER.union(*map(str.split, WORDS_OF_INSTITUTIONS))
# The next part of an address, when a capital or a number follows; "Thị Sáu" and "Long Thành Dầu Giây" go on.
_NEXT_PART: Final = re.compile(r"(?:tp|tỉnh|quận|huyện|phường|xã|thị xã|thị trấn|thành phố)(?!\w)")
_AND: Final = frozenset({"và"})
_TOWNS: Final = frozenset({"tp"})
_COMMUNES: Final = frozenset({"xã", "phường"})
# A sentence that begins without a full stop before it: "Bệnh viện Việt Đức Liên quan đến vụ này".
_NEW_SENTENCE: Final = re.compile(
    r"(?:(?:sáng|trưa|chiều|tối|đêm|ngày|lúc|khoảng|hồi) \d|(?:trước|từ|sau) (?:tháng|ngày)|liên quan|cách đây|"
    r"theo đó|trước đó|sau đó|sau khi|"
    r"trong khi|trước khi|tại đây|người dân|người nhà|lực lượng|cơ quan|hiện nay|hiện trường|cùng ngày|"
    r"(?:sáng|trưa|chiều|tối|đêm) (?:nay|qua|mai|cùng))(?!\w*[^\W\d])"
)
_VIETNAMESE: Final = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnprstvx])?[aeiouy]{1,4}(?:ng|nh|ch|[cmnpt])?|[kc]r?[aeiouôơ]\w{0,4}"
)

_ABBREVIATIONS: Final = word_set("hcm tphcm thpt thcs")
# "Q3", "P.12": parts of an address with their number.
_ABBREVIATED_UNIT: Final = re.compile(r"[qp]\.?\d{1,2}")
_PLAIN_NAME: Final = re.compile(
    r" (?!(?:trong|ngoài|này|của|mình|tôi|em|anh|ta|nào|khác|và|ở|bị|đã|có|là|đều|cũng|với|cho|ngập|gần) )"
    r"([^\W\d_]+(?: [^\W_]+){0,2})(?= ?(?:[,.\n(;-]|$| (?:xã|phường|huyện|xa|phuong|huyen)\b))"
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
    before = slice(max(0, start - 8), start)
    words = view.plain[before].split()[-1:] + view.normal[before].split()[-1:]
    return view.plain[start - 1 : start].isspace() and not first_halves.isdisjoint(words)


def _is_surname(view: View, start: int, end: int) -> bool:
    """Say whether a facility word is a surname when it is capitalised."""
    return view.normal[start:end] in SURNAMES


def _name_strength(view: View, start: int, end: int, stop: int) -> int:
    """Say how sure a name in capitals is: loose words and names that read foreign need a neighbour."""
    written = view.normal[start:end]
    loose = written in LOOSE or (written in LOOSE_CAPITALISED and view.surface(start, start + 1).isupper())
    if loose and written in SURE_AT_THE_BEGINNING and _begins_sentence(view, start):
        name = _WORD.findall(view.normal, end, stop)
        loose = len(name) < MINIMUM_AT_THE_BEGINNING or name[0] in PARTS_OF_OTHERS
    if loose or view.shouts or not view.has_diacritics:
        return NEEDS_NEIGHBOUR
    words = [word for word in _WORD.findall(view.plain, end, stop) if len(word) > 2 and not word[0].isdigit()]
    is_ours = all(word in _ABBREVIATIONS or _VIETNAMESE.fullmatch(word) for word in words)
    return SURE if is_ours else NEEDS_NEIGHBOUR


def _begins_sentence(view: View, start: int) -> bool:
    before = view.normal[max(0, start - 3) : start].rstrip(" ")
    return not before or not before[-1].isalnum()


def _name_end(view: View, end: int, word: FacilityWord) -> int:
    """Give the end of the run of capitalised words after a facility word, or ``end`` when there is none."""
    position = stop = last = end
    for count in range(MAXIMUM_WORDS + (4 if word.kind == "site" else 0)):
        if word.kind == "site" and stop == position > end:
            position = stop = _institution_end(view, last, stop)
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
            last, stop = match.start(1), match.end(1)
        elif word.kind != "site" or token not in _INNER:
            break
        elif token in _ENDINGS and stop == position > end:
            stop = match.end(1)
        position = match.end(1)
    is_unnamed = word.kind == "site" and SCHOOL_LEVELS.issuperset(_WORD.findall(view.normal, end, stop))
    # "hiệu trưởng trường ĐH"
    return end if is_unnamed else stop


def _institution_end(view: View, last: int, stop: int) -> int:
    """Give the end of the words of institutions that the last word of a name begins, or that follow in lower case."""
    match = _INSTITUTION.match(view.normal, last)
    stop = max(stop, match.end()) if match is not None else stop
    while (match := _INSTITUTION.match(view.normal, stop + 1)) is not None and view.normal[stop] == " ":
        stop = match.end()
    return stop


def _names_nothing(view: View, match: re.Match[str], token: str) -> bool:
    """Say whether the first word after a facility word begins no name."""
    # "H." stands for a person whose name is withheld.
    if len(token) == 1 and token.isalpha():
        return True
    if token not in NO_NAMES or not view.surface(*match.span(1))[:1].isupper():
        return False
    following = _NEXT_WORD.match(view.normal, match.end(1))
    goes_on = following is not None and not view.shouts and view.surface(*following.span(1))[:1].isupper()
    return following is None or not goes_on or following.group(1) in FOREIGN_PAIRS.get(token, (following.group(1),))


def _goes_no_further(view: View, match: re.Match[str], token: str, has_name: bool) -> bool:
    """Say whether a word after the name of an object is no part of it: the next part of an address, an amount."""
    if token[0].isdigit():
        following = _NEXT_WORD.match(view.normal, match.end(1))
        return following is not None and following.group(1) in MEASURES
    if token in NEVER_GO_ON or _NEW_SENTENCE.match(view.normal, match.start(1)):
        return True
    part = _NEXT_PART.match(view.normal, match.start(1))
    if not has_name:
        # "Bệnh viện TP Thủ Đức", but no "Bệnh viện Nhiệt đới TP"
        return token in _TOWNS and not _begins_name(view, match.end(1))
    # "Phụ sản và Nhi", but "chùa Hương" and "Tràng An"
    if token in _AND or _ABBREVIATED_UNIT.fullmatch(token) or token.startswith("tp."):
        return True
    if part is None:
        return False
    is_apart = match.start(1) - match.start() > 1
    return (is_apart and part.group() in _COMMUNES) or _begins_name(view, part.end())


def _begins_name(view: View, end: int) -> bool:
    """Say whether a number or a capitalised word follows."""
    following = _NEXT_WORD.match(view.normal, end)
    return following is not None and (following.group(1)[0].isdigit() or view.surface(*following.span(1))[:1].isupper())


def _has_name(view: View, end: int, stop: int) -> bool:
    """Say whether a stretch holds more than words of institutions ("Đa khoa") and abbreviations ("THPT")."""
    words = _WORD.findall(view.normal, end, stop)
    if any(word not in _IN_INSTITUTIONS and not word[0].isdigit() for word in words):
        return True
    words = _WORD.findall(_INSTITUTION.sub(" ", view.normal[end:stop]))
    return any(word not in _INNER and not word[0].isdigit() for word in words)


def _plain_name_end(view: View, end: int) -> int:
    """Give the end of a lower-case name of one to three words that punctuation or a line ends."""
    match = _PLAIN_NAME.match(view.normal, end)
    return match.end() if match is not None else end
