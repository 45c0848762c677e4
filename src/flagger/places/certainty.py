"""How sure a bare name is before its neighbours are looked at: by its case, the words beside it and what else it is."""

from __future__ import annotations

import re
from typing import Final

from flagger.places.bonds import is_bonded
from flagger.places.view import EVERY, NEEDS_NEIGHBOUR, NEEDS_RELATIVE, NEVER, SURE, View
from flagger.places.words import (
    CLUB_ENDINGS,
    CLUB_PAIRS,
    CLUBS,
    COMPANIES,
    COMPANY_PAIRS,
    DISTRICT,
    FAMOUS,
    FAMOUS_PLAIN,
    GUARDED,
    GUARDED_PLAIN,
    LOCATIVE,
    LOCATIVE_PAIRS,
    MENTIONING,
    MOTION,
    NEVER_IN_NAMES,
    PEOPLE_PAIRS,
    PERSON_LIKE,
    PERSON_VERBS,
    PLURALS,
    PROVINCE,
    STRICT_LOCATIVE,
    SURNAMES,
    TITLES,
    WORD_LIKE,
    WORD_LIKE_PLAIN,
    WORDS_IN_CAPITALS,
)
from flagger.text.syllables import is_syllable

QUARTERS: Final = frozenset("1234")
# What happens to places and not to people, after a name.
_TIMES: Final = (
    "hôm nay|hôm qua|sáng nay|chiều nay|tối nay|trưa nay|đêm qua|sáng qua|giờ|đang|lại|bị|có|vừa|mới|đã|cũng|trời"
)
_EVENTS: Final = (
    "ngập|lụt|mưa|lũ|sạt lở|động đất|cháy(?! hết| mình| máy| túi| phố)|mất điện|mất nước|mất sóng|cúp điện|cúp nước|"
    "kẹt xe|tắc đường|cô lập|vỡ đê|triều cường|lốc|sương mù|hạn hán|xâm nhập mặn"
)
_PLAIN_EVENTS: Final = "ngap|lut|lu quet|sat lo|dong dat|mat dien|mat nuoc|cup dien|cup nuoc|ket xe|tac duong|vo de"
_EVENT_AFTER: Final = re.compile(rf" (?:(?:{_TIMES}) ){{0,3}}(?:{_EVENTS}|{_PLAIN_EVENTS})(?!\w)")
# A score parts two clubs, not two places: "thắng Thanh Hóa 2-0".
_SCORE: Final = re.compile(
    r" \d ?[-–] ?\d(?![\w/-])(?! (?:ngày|tháng|lần|năm|giờ|tuần|người|h|hôm|đêm|km|tỷ|triệu|phút|tiếng)(?!\w))"
)


def strength_in_context(view: View, start: int, end: int) -> int:
    """Say how sure a bare name can be, given the words beside it.

    :param view: the post.
    :param start: first character of the name in the normal view.
    :param end: just after its last character.
    :return: one of the strengths, at most ``SURE``.
    """
    written = view.normal[start:end]
    if is_bonded(view, start, end) and not _after_strict_locative(view, start):
        return NEEDS_RELATIVE
    like_a_person = written in PERSON_LIKE or written in GUARDED
    if like_a_person and view.word_after(end) in PERSON_VERBS and not is_after_locative(view, start):
        return NEEDS_RELATIVE
    if like_a_person and _is_after(view, start, COMPANIES, COMPANY_PAIRS):
        return NEEDS_NEIGHBOUR
    return SURE


def is_struck(view: View, end: int) -> bool:
    """Say whether something follows that happens to places only: "ngập", "hôm nay mưa", "bị cô lập".

    :param view: the post.
    :param end: just after a name in the normal view.
    """
    return _EVENT_AFTER.match(view.normal, end) is not None


def alias_strength(view: View, start: int, end: int, written: str, *, exact: bool, when: str, level: int) -> int:
    """Say how sure an abbreviation, an other name or a locality is.

    :param view: the post.
    :param start: first character of the name in the normal view.
    :param end: just after its last character.
    :param written: the name in lower case.
    :param exact: whether its diacritics are those of a known spelling.
    :param when: what the writing must show, as in ``aliases.yaml``: ``always``, ``capital`` or ``address``.
    :param level: 0 province, 1 district, 2 commune, 3 other.
    :return: one of the strengths.
    """
    surface = view.surface(start, end)
    if when == "address":
        if len(written) == 2:
            return NEEDS_RELATIVE if surface.isupper() else NEVER
        if surface[:1].isupper():
            return SURE if is_after_locative(view, start) else NEEDS_NEIGHBOUR
        return NEVER
    if is_person(view, start, end, written, level):
        return NEVER
    if len(written) <= 4 and " " not in written:
        # Abbreviations: all capitals, or lower case where no diacritics can be expected of them.
        is_quarter = written[0] == "q" and written[1:] in QUARTERS
        if surface.isupper() and not view.shouts and not is_quarter:
            return SURE
        # "Huế" is short, but a name.
        if exact and written != view.plain[start:end] and is_syllable(written) and surface[:1].isupper():
            return (
                SURE if not view.shouts or is_after_locative(view, start) or is_struck(view, end) else NEEDS_NEIGHBOUR
            )
        return NEEDS_NEIGHBOUR if (when == "capital" or is_quarter) and not is_after_locative(view, start) else SURE
    return _long_alias_strength(view, start, end, written, exact=exact, when=when)


def _long_alias_strength(view: View, start: int, end: int, written: str, *, exact: bool, when: str) -> int:
    capitals = view.capitals(start, end)
    if when == "capital":
        if written in GUARDED and not is_after_locative(view, start):
            return NEEDS_NEIGHBOUR
        if exact and (capitals == EVERY or view.shouts or " " not in written):
            return SURE if capitals else NEEDS_NEIGHBOUR
        return NEEDS_NEIGHBOUR
    if capitals == EVERY or (written not in WORD_LIKE_PLAIN and not view.has_diacritics):
        return SURE
    if not exact and not capitals and view.has_diacritics:
        # "con dao" is a knife
        return NEEDS_RELATIVE
    # A name without diacritics looks exact in a post without any.
    if exact and (view.has_diacritics or is_after_locative(view, start)):
        return SURE
    return NEEDS_NEIGHBOUR


def is_after_locative(view: View, start: int) -> bool:
    """Say whether a word before a name says that it is a place: "ở", "dân", "công an".

    :param view: the post.
    :param start: first character of the name in the normal view.
    :return: whether the word before does, or the two words before together.
    """
    return _is_after(view, start, LOCATIVE, LOCATIVE_PAIRS)


def _is_after(view: View, start: int, words: frozenset[str], pairs: frozenset[str]) -> bool:
    """Say whether the word before a name is one of some, or the two words before it are together."""
    begin, end = view.word_before(start)
    if begin == end:
        return False
    if view.normal[begin:end] in words:
        return True
    earlier, _ = view.word_before(begin)
    return view.normal[earlier:end] in pairs


def is_club(view: View, start: int, end: int) -> bool:
    """Say whether the name of a province is that of a football club: "CLB Hà Nội", "Hà Nội FC".

    :param view: the post.
    :param start: first character of the name in the normal view.
    :param end: just after its last character.
    """
    if view.word_after(end) in CLUB_ENDINGS or view.plain.startswith(" t&t", end) or _SCORE.match(view.normal, end):
        return True
    return _is_after(view, start, CLUBS, CLUB_PAIRS)


def _after_strict_locative(view: View, start: int) -> bool:
    return _word_before(view, start) in STRICT_LOCATIVE


def is_person(view: View, start: int, end: int, written: str, level: int) -> bool:
    """Say whether a name follows a surname or a title, as a person's does.

    :param view: the post.
    :param start: first character of the name in the normal view.
    :param end: just after its last character.
    :param written: the name in lower case.
    :param level: 0 province, 1 district, 2 commune, 3 other.
    :return: whether it reads as a person's name.
    """
    begin, stop = view.word_before(start)
    if begin == stop:
        return False
    before = view.normal[begin:stop]
    if before in SURNAMES and view.surface(begin, begin + 1).isupper() and not view.shouts:
        # No person is called after a province that is no given name: "Vĩnh Châu Sóc Trăng" are two places.
        return written in PERSON_LIKE or (level > PROVINCE and written not in FAMOUS)
    earlier, last = view.word_before(begin)
    if written in PERSON_LIKE and _is_middle_name(view, begin, earlier, last):
        return True
    if before not in TITLES or view.normal[earlier:stop] in PEOPLE_PAIRS:
        return False
    if written in PERSON_LIKE or written in GUARDED:
        return True
    # "chị Thanh Thủy" is a person, "các chị Thanh Thủy" come from there.
    several = view.normal[earlier:last] in PLURALS
    return level == DISTRICT and written not in FAMOUS and not several and view.capitals(start, end) == EVERY


def _is_middle_name(view: View, start: int, earlier: int, last: int) -> bool:
    """Say whether a capitalised word stands between a surname with a title and a name: "ông Trần Gia Thái Bình"."""
    if earlier == last or view.normal[earlier:last] not in SURNAMES or not view.surface(start, start + 1).isupper():
        return False
    return view.surface(earlier, earlier + 1).isupper() and _word_before(view, earlier) in TITLES


def province_strength(view: View, start: int, end: int, written: str, *, exact: bool, capitals: int) -> int:
    """Say how sure the bare name of a province is.

    :param view: the post.
    :param start: first character of the name in the normal view.
    :param end: just after its last character.
    :param written: the name in lower case.
    :param exact: whether its diacritics are those of a known spelling.
    :param capitals: ``LOWER``, ``FIRST`` or ``EVERY`` syllable.
    :return: one of the strengths.
    """
    if view.plain[start:end] == "ho chi minh":
        # Without its unit word the city is a person, but nobody lives in a person.
        return SURE if capitals and _after_strict_locative(view, start) else NEEDS_NEIGHBOUR
    if exact and (written != view.plain[start:end] or (written in WORD_LIKE and view.has_diacritics)):
        if written not in WORD_LIKE:
            return SURE
        if capitals == EVERY or (view.shouts and written not in WORDS_IN_CAPITALS):
            return SURE
        locative = is_after_locative(view, start) if capitals else _after_strict_locative(view, start)
        return SURE if locative or (capitals and is_struck(view, end)) else NEEDS_NEIGHBOUR
    plain = view.plain[start:end]
    if view.has_diacritics and not capitals and not exact:
        return NEEDS_RELATIVE
    if plain not in WORD_LIKE_PLAIN or capitals == EVERY or _after_strict_locative(view, start):
        return SURE
    if exact and view.has_diacritics:
        return SURE
    return NEEDS_NEIGHBOUR


def district_strength(view: View, start: int, end: int, written: str, *, exact: bool, capitals: int) -> int:
    """Say how sure the bare name of a district is.

    :param view: the post.
    :param start: first character of the name in the normal view.
    :param end: just after its last character.
    :param written: the name in lower case.
    :param exact: whether its diacritics are those of a known spelling.
    :param capitals: ``LOWER``, ``FIRST`` or ``EVERY`` syllable.
    :return: one of the strengths.
    """
    if " " not in written and not capitals:
        return NEVER
    locative = is_after_locative(view, start)
    if locative and written in GUARDED and _word_before(view, start) in MENTIONING:
        locative = False
    if exact and written in FAMOUS:
        return SURE
    if exact and " " in written and capitals and (capitals == EVERY or view.shouts) and is_struck(view, end):
        return SURE
    if not view.has_diacritics and _after_strict_locative(view, start) and view.plain[start:end] in FAMOUS_PLAIN:
        return SURE
    if exact and capitals == EVERY:
        if written in GUARDED:
            return SURE if locative and not _name_goes_on(view, end) else NEEDS_NEIGHBOUR
        return NEEDS_NEIGHBOUR if _name_goes_on(view, end) or " " not in written else SURE
    if exact and not capitals and view.has_diacritics:
        # "đi chợ lách qua mấy sạp cá"
        sure = locative and written not in GUARDED and _word_before(view, start) not in MOTION
        return SURE if sure else NEEDS_RELATIVE
    if exact and (locative or capitals):
        return SURE if locative and written not in GUARDED else NEEDS_NEIGHBOUR
    if not view.has_diacritics and capitals == EVERY and not _name_goes_on(view, end):
        guarded = written in GUARDED_PLAIN or _after_capital(view, start)
        return SURE if locative or not guarded else NEEDS_NEIGHBOUR
    return NEEDS_RELATIVE


def _name_goes_on(view: View, end: int) -> bool:
    """Say whether the word behind is capitalised as part of a longer name, not by a writer who capitalises freely."""
    return view.capital_after(end) and view.word_after(end) not in NEVER_IN_NAMES


def _word_before(view: View, start: int) -> str:
    begin, end = view.word_before(start)
    return view.normal[begin:end]


def _after_capital(view: View, start: int) -> bool:
    """Say whether a capitalised word stands right before, as in a person's name."""
    begin, end = view.word_before(start)
    return begin != end and view.surface(begin, begin + 1).isupper()
