"""Repairs of what is put between letters or between words so that no filter finds them: "b.ắt", "n(ghe", "nghe | nói".

Each kind cleared or weakened a flagged rumour before it was mended here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from flagger.text.aligned import AlignedText
from flagger.text.alphabet import split_tone
from flagger.text.protected import Edit, outside_protected
from flagger.text.signs import DASHES, DOTS, SYMBOLS
from flagger.text.spelling import squeeze_word
from flagger.text.syllables import is_syllable, split_syllables

_GLUE: Final = rf"[{DOTS}{DASHES}_*|/\\~+=^'’()\[\]{{}}<>#:{SYMBOLS}]"
_LETTERS: Final = r"[^\W\d_]{1,40}"
# A word broken or words tied together by something other than a space.
CHAIN: Final = re.compile(rf"(?<![^\W_]){_LETTERS}(?:{_GLUE}{{1,3}}{_LETTERS})+(?![^\W_])")
# One word, a separator, one word, and so on: nobody writes lists of single syllables this long.
_SEPARATORS: Final = rf"{DOTS}\-*|/\\~+=^()\[\]#…{SYMBOLS}"
_GAP: Final = rf"[ \n]{{0,2}}(?:[{_SEPARATORS}][ \n]{{0,2}}){{1,3}}"
BETWEEN: Final = re.compile(rf"(?<![^\W_]){_LETTERS}(?:{_GAP}{_LETTERS}){{3,}}(?![^\W_])")
COMMAS: Final = re.compile(rf"(?<![^\W_]){_LETTERS}(?:(?:[,;:] {{0,2}}|\n{{1,2}}){_LETTERS}){{5,}}(?![^\W_])")
# What both of them, and a row of hashed words, hold: one word between two separators. It is found much sooner.
ENCLOSED: Final = re.compile(rf"#|[{_SEPARATORS},;:\n][ \n]{{0,2}}{_LETTERS}[ \n]{{0,2}}[{_SEPARATORS},;:\n]")
_SEPARATED: Final = re.compile(rf"#|{BETWEEN.pattern}|{COMMAS.pattern}")
_HASHED: Final = re.compile(r"#[^\W\d_]{1,7}(?: #[^\W\d_]{1,7})+(?![^\W_])")
_WORD: Final = re.compile(r"[^\W\d_]+")
_SHORTEST_JOINED: Final = 3
_PAIR: Final = 2
_ORDINARY: Final = ("/", "-", "–")
# Foreign words that by custom are written as one.
_LOAN_WORDS: Final = frozenset("vắcxin vácxin vắcxanh cácbon prôtêin virút rôbốt lênin giêsu biđen".split())

# Words written together: one such run of letters.
RUN_TOGETHER: Final = re.compile(r"(?<![^\W_])(?=[a-zA-Z]{0,60}[^\W\d_a-zA-Z])[^\W\d_]{5,}(?![^\W_])")
_VOWELS_FIRST: Final = re.compile("[^bcdđghklmnpqrstvx]")


def is_separated(text: str) -> bool:
    """Say whether more stands between the words of a text than one would write.

    :param text: a cleaned view.
    :return: whether :func:`drop_separators` has something to look at, beside chains.
    """
    return ENCLOSED.search(text) is not None and _SEPARATED.search(text) is not None


def drop_separators(view: AlignedText) -> AlignedText:
    """Take out what stands between the letters of a word, and part what ties words together.

    Letters are joined only where that makes a Vietnamese syllable and the parts are not syllables themselves
    ("b.ắt", not "bắt.cóc"); words are parted only where all are syllables.

    :param view: a cleaned view, case kept.
    :return: the view with the repairs, or the same one.
    """
    text = view.text
    edits = [edit for match in CHAIN.finditer(text) for edit in _mend_chain(text, match)]
    view = view.replace_spans(outside_protected(text, edits))
    if ENCLOSED.search(view.text) is None:
        return view
    for pattern in (BETWEEN, COMMAS):
        text = view.text
        edits = [edit for match in pattern.finditer(text) for edit in _mend_gaps(text, match)]
        view = view.replace_spans(outside_protected(text, edits))
    if "#" in view.text:
        text = view.text
        runs = [match for match in _HASHED.finditer(text) if not match.group().isascii()]
        edits = [edit for match in runs for edit in _mend_gaps(text, match)]
        view = view.replace_spans(outside_protected(text, edits))
    return view


def part_joined_words(view: AlignedText) -> AlignedText:
    """Part syllables written together without capitals: "bắtcóctrẻem" -> "bắt cóc trẻ em".

    Only words with diacritics, for those without may be of any language; a split in two keeps every vowel with the
    consonant before it, so that a slip ("ngừơi") stays one word.

    :param view: a cleaned view, case kept.
    :return: the view with spaces between the syllables, or the same one.
    """
    text = view.text
    edits: list[Edit] = []
    for match in RUN_TOGETHER.finditer(text):
        letters = match.group().lower()
        if len(letters) != len(match.group()) or letters in _LOAN_WORDS or is_syllable(squeeze_word(letters)):
            continue
        parts = split_syllables(letters)
        if parts is None or len(parts) < _PAIR:
            continue
        if len(parts) == _PAIR and (_VOWELS_FIRST.match(parts[1]) or len(parts[0]) < _PAIR):
            continue
        position = match.start()
        for part in parts[:-1]:
            position += len(part)
            edits.append((position, position, " "))
    return view.replace_spans(outside_protected(text, edits))


def _mend_chain(text: str, match: re.Match[str]) -> Iterator[Edit]:
    pieces = [piece.span() for piece in _WORD.finditer(text, *match.span())]
    parts = [text[start:end] for start, end in pieces]
    gaps = [(left_end, right_start) for (_, left_end), (right_start, _) in pairwise(pieces)]
    syllabic = [is_syllable(part.lower()) for part in parts]
    if all(syllabic):
        # "anh/chị", "vắc-xin" and a full stop without a space before a capital are ordinary.
        for (start, end), right in zip(gaps, parts[1:], strict=True):
            if len(parts) > _PAIR or (right[0].islower() and text[start:end] not in _ORDINARY):
                yield start, end, " " * (end - start)
        return
    stretches = []
    first = 0
    while first < len(parts):
        last = _joins_up_to(parts, syllabic, first)
        stretches.append((first, last))
        first = last + 1
    whole = len(parts) > _PAIR and all(first < last or syllabic[first] for first, last in stretches)
    inside = {gap for first, last in stretches for gap in range(first, last)}
    for index, (start, end) in enumerate(gaps):
        if index in inside:
            yield start, end, ""
        elif whole:
            yield start, end, " " * (end - start)


def _joins_up_to(parts: list[str], syllabic: list[bool], first: int) -> int:
    """Find the longest stretch of parts from the first on that only together are a syllable."""
    for last in range(min(len(parts), first + 7) - 1, first, -1):
        stretch = parts[first : last + 1]
        joined = "".join(stretch)
        # "b.ị": a consonant and a vowel with a tone are a word; "t.ư" without one is an abbreviation.
        enough = len(joined) >= _SHORTEST_JOINED or split_tone(stretch[-1])[1] > 0
        odd = enough and not all(syllabic[first : last + 1])
        if odd and _one_case(stretch) and is_syllable(joined.lower()):
            return last
    return first


def _one_case(parts: list[str]) -> bool:
    """Tell a broken word from initials and abbreviations ("T.Anh", "Q.Ba", "U.S.A")."""
    return all(part.islower() for part in parts[1:])


def _mend_gaps(text: str, match: re.Match[str]) -> Iterator[Edit]:
    pieces = [piece.span() for piece in _WORD.finditer(text, *match.span())]
    if all(is_syllable(text[start:end].lower()) for start, end in pieces):
        for (_, left_end), (right_start, _) in pairwise(pieces):
            yield left_end, right_start, " "
