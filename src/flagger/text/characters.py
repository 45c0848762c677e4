"""Repairs of single characters: invisible, styled and look-alike ones, and composition, with offsets kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from flagger.text.aligned import AlignedText
from flagger.text.alphabet import TONED
from flagger.text.syllables import is_syllable

_VIETNAMESE: Final = "".join(form for forms in TONED.values() for form in forms if not form.isascii()) + "đ"
_VIETNAMESE_LETTERS: Final = _VIETNAMESE + _VIETNAMESE.upper()
# Everything outside these ranges sends a post through the slow path below; nothing inside them ever needs it.
_SUSPICIOUS: Final = re.compile(
    f"[^\n -~\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7{_VIETNAMESE_LETTERS}\u2010-\u2015\u2018-\u201f"
    "\u2020-\u2026\u2030-\u203a\u20a0-\u20bf\u2190-\u23ff\u2500-\u27bf\u2900-\u2bff\u3001-\u3163\u3165-\u9fff\uac00-\ud7a3"
    "\U0001f000-\U0001f12f\U0001f18a-\U0001faff]"
)
_INVISIBLE: Final = re.compile(
    "[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
    "|\r(?=\n)"
)
_LATIN_MARKS: Final = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_LATIN_GROUP: Final = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff][\u0300-\u036f]+")
_LEFT_MARKS: Final = re.compile(f"[{_LATIN_MARKS}]+")
_FOREIGN_WORD: Final = re.compile(f"[^\\W\\d_][^\\W\\d_{_LATIN_MARKS}]*(?:[{_LATIN_MARKS}]+[^\\W\\d_{_LATIN_MARKS}]*)*")
_GREEK_OR_CYRILLIC: Final = re.compile("[\u0370-\u03ff\u0400-\u052f\u1f00-\u1fff]")

# CPython takes quadratic time over many marks on one letter unless they come in canonical order.
_MANY_MARKS: Final = re.compile("[^\\w\0-\u02ff]{31,}")

# Cyrillic, then Greek: each look-alike before the Latin letter that it is drawn as.
_LOOK_ALIKE_PAIRS: Final = (
    "АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ХX ҮY ԀD ԌG ԚQ ԜW аa кk еe ѕs іi јj оo рp сc уy хx үy ԁd ԍg ԛq ԝw һh "
    "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa οo ρp ιi κk νv υu χx γy ϲc ϳj τt"
)
_LOOK_ALIKES: Final = {pair[0]: pair[1] for pair in _LOOK_ALIKE_PAIRS.split()}


# Full-width forms, mathematical letters, circled numbers and letters, squared letters, letter-like symbols, Roman
# numerals, raised and lowered letters.
_STYLED_RANGES: Final = (
    (0xFF01, 0xFF5F),
    (0x1D400, 0x1D800),
    (0x2460, 0x2474),
    (0x24B6, 0x24EB),
    (0x1F130, 0x1F14A),
    (0x2102, 0x214A),
    (0x2160, 0x2180),
    (0x2B0, 0x2E4),
    (0x1D2C, 0x1DC0),
    (0x2071, 0x2080),
    (0x2090, 0x209D),
)
_WIDE_SPACES: Final = (*range(0x2000, 0x200B), 0x09, 0xA0, 0x1680, 0x202F, 0x205F, 0x2800, 0x3000)
_LINE_BREAKS: Final = (0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029)


def _pairs(source: str, target: str) -> dict[int, str]:
    return {ord(a): b for a, b in zip(source, target, strict=True)}


def _styled() -> dict[int, str]:
    """Map styled letters, digits and spaces to the ordinary ones."""
    table = _pairs("ÐðƉɖıİſɑɡʀɪʏᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢʙɢʜʟɴ", "ĐđĐđiIsagriyacdejkmoptuvwzbghln")
    for start, end in _STYLED_RANGES:
        for code in range(start, end):
            folded = unicodedata.normalize("NFKC", chr(code))
            if len(folded) == 1 and folded != chr(code) and folded.isascii():
                table[code] = folded
    for start in (0x249C, 0x1F110, 0x1F150, 0x1F170):
        table.update({start + index: chr(ord("A") + index) for index in range(26)})
    table |= _oddly_marked()
    return table | dict.fromkeys(_WIDE_SPACES, " ") | dict.fromkeys(_LINE_BREAKS, "\n")


def _oddly_marked() -> dict[int, str]:
    """Map Latin letters with marks that Vietnamese has not to the letter below them, "ë" to "e" and "ẗ" to "t"."""
    table = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        letter = chr(code)
        if letter in _VIETNAMESE_LETTERS:
            continue
        base = unicodedata.normalize("NFD", letter)[0]
        if base.isascii() and base.isalpha():
            table[code] = base
    return table


_STYLED: Final = _styled()


def clean(post: str) -> AlignedText:
    """Give a post in composed form without invisible, styled or look-alike characters, its case kept.

    :param post: any text, lone surrogates included.
    :return: the cleaned text; without a map when no character moved.
    """
    if _SUSPICIOUS.search(post) is None and unicodedata.is_normalized("NFC", post):
        return AlignedText(post)
    view = AlignedText(post).substitute(_INVISIBLE, lambda match: "")
    view = view.with_text(in_canonical_order(view.text))
    view = _compose(view)
    view = view.with_text(view.text.translate(_STYLED))
    foreign = set(_GREEK_OR_CYRILLIC.findall(view.text))
    if foreign:
        # Real Greek or Russian has letters that are drawn like no Latin one.
        disguise = all(_open_foreign(letter)[0] in _LOOK_ALIKES for letter in foreign)
        view = view.substitute(_FOREIGN_WORD, lambda match: _without_look_alikes(match, disguise))
    # Styled letters may now meet marks that they did not compose with before.
    view = _compose(view)
    return view.substitute(_LEFT_MARKS, lambda match: "")


def in_canonical_order(text: str) -> str:
    """Sort long runs of combining marks, so that composing them takes no quadratic time.

    :param text: any text.
    :return: a text of the same length that composes to the same.
    """
    return _MANY_MARKS.sub(_in_canonical_order, text)


def _without_look_alikes(match: re.Match[str], disguise: bool) -> str:
    """Turn Greek and Cyrillic look-alikes into Latin letters in a word that has Latin letters too.

    In a disguise also in words of nothing else, if that makes Vietnamese syllables of them: "са nhіễm".
    """
    word = match.group()
    if _GREEK_OR_CYRILLIC.search(word) is None:
        return word
    # A word's own marks stay composed on Latin letters, so that its length seldom changes.
    letters = [_LOOK_ALIKES.get(letter, letter) for part in word for letter in _open_foreign(part)]
    folded = unicodedata.normalize("NFC", "".join(letters))
    if _GREEK_OR_CYRILLIC.search(folded):
        return word
    mixed = any(_is_latin(letter) for letter in word)
    return folded if mixed or (disguise and len(folded) > 1 and is_syllable(folded.lower())) else word


def _open_foreign(character: str) -> str:
    return unicodedata.normalize("NFD", character) if _GREEK_OR_CYRILLIC.match(character) else character


def _is_latin(character: str) -> bool:
    return character.isalpha() and (character < "\u0250" or "\u1e00" <= character <= "\u1eff")


def _compose(view: AlignedText) -> AlignedText:
    """Bring a view to NFC, character group by character group."""
    text = view.text
    if unicodedata.is_normalized("NFC", text):
        return view
    # Decomposed Vietnamese ends here; the groups below are for everything else.
    view = view.substitute(_LATIN_GROUP, lambda match: unicodedata.normalize("NFC", match.group()))
    text = view.text
    if unicodedata.is_normalized("NFC", text):
        return view
    edits = []
    for start, end in _groups(text):
        group = text[start:end]
        composed = unicodedata.normalize("NFC", group)
        if composed != text[start:end]:
            edits.append((start, end, composed))
    return view.replace_spans(edits)


def _groups(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text where no character can compose or trade places with the one before it."""
    start = 0
    for position, character in enumerate(text):
        if character < "\u0300" or not _joins(character):
            if position > start:
                yield start, position
            start = position
    if start < len(text):
        yield start, len(text)


def _joins(character: str) -> bool:
    """Say whether a character may attach to the one before: a mark, or a part of a Korean syllable."""
    return unicodedata.category(character)[0] == "M" or "\u1100" <= character <= "\u11ff"


def _in_canonical_order(match: re.Match[str]) -> str:
    """Sort each run of combining marks by combining class; equal classes keep their order."""
    marks = match.group()
    if not any(map(unicodedata.combining, marks)):
        return marks
    ordered: list[str] = []
    run: list[str] = []
    for mark in marks:
        if unicodedata.combining(mark):
            run.append(mark)
        else:
            ordered.extend(sorted(run, key=unicodedata.combining))
            ordered.append(mark)
            run = []
    return "".join([*ordered, *sorted(run, key=unicodedata.combining)])
