"""Vietnamese letters: taking tones and other diacritics off, and putting tones on."""

from __future__ import annotations

import unicodedata
from typing import Final

import numpy as np
import numpy.typing as npt

# Combining marks in the order in which the tables list tones: none, huyền, sắc, hỏi, ngã, nặng.
TONE_MARKS: Final = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
VOWELS: Final = "aăâeêioôơuưy"

_LAST_LATIN: Final = 0x1EFF
_LATIN_END: Final = 0x250
_EXTENDED_START: Final = 0x1E00
_CODE_POINTS: Final = 0x110000
_STROKED: Final = {"đ": "d", "Đ": "D", "ð": "d", "Ð": "D"}

TONED: Final[dict[str, str]] = {
    vowel: "".join(unicodedata.normalize("NFC", vowel + mark) for mark in TONE_MARKS) for vowel in VOWELS
}
_TONE_OF: Final[dict[str, tuple[str, int]]] = {
    form: (vowel, tone) for vowel, forms in TONED.items() for tone, form in enumerate(forms)
}


def _plain_letter(character: str) -> str:
    """Give the ASCII letter below a Latin letter's diacritics, or the character itself."""
    base = _STROKED.get(character) or unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() and base.isalpha() else character


def _plain_table() -> npt.NDArray[np.uint32]:
    table = np.arange(_CODE_POINTS, dtype=np.uint32)
    for code in (*range(0xC0, _LATIN_END), *range(_EXTENDED_START, _LAST_LATIN + 1)):
        table[code] = ord(_plain_letter(chr(code)))
    return table


_PLAIN: Final = _plain_table()
_PLAIN_LETTERS: Final = {code: int(letter) for code, letter in enumerate(_PLAIN[: _LAST_LATIN + 1]) if letter != code}
# Below this length a dictionary is faster than arrays.
_SHORT: Final = 100


def strip_diacritics(text: str) -> str:
    """Take all diacritics off Latin letters, đ becoming d.

    :param text: any text; combining marks that stand alone stay.
    :return: a text of the same length, character for character.
    """
    if len(text) < _SHORT:
        return text.translate(_PLAIN_LETTERS)
    return text if text.isascii() else strip_and_count(text)[0]


def strip_and_count(text: str) -> tuple[str, int]:
    """Take all diacritics off Latin letters and count them.

    :param text: any text.
    :return: a text of the same length, and how many of its characters changed.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    plain = _PLAIN[codes]
    changed = int(np.count_nonzero(plain != codes))
    if not changed:
        return text, 0
    return plain.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass"), changed


def split_tone(character: str) -> tuple[str, int]:
    """Split a lower-case vowel into the vowel without tone and its tone.

    :param character: one composed character.
    :return: the vowel and the tone's index in ``TONE_MARKS``; any other character with tone 0.
    """
    return _TONE_OF.get(character, (character, 0))
