"""Repairs of spelling inside words: digits for letters, drawn-out letters, the place of the tone."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Final

from flagger.text.aligned import AlignedText
from flagger.text.alphabet import TONED, split_tone, strip_diacritics
from flagger.text.protected import Edit, outside_protected
from flagger.text.syllables import is_syllable, words_around

_LETTER: Final = r"[^\W\d_]"

# --- digits for letters
DIGIT_AFTER_LETTER: Final = re.compile(rf"[0-9](?<={_LETTER}.)")
# Without the digit these are no words: "ch0", "ngh3"; but "nh3" is ammonia.
_LAST_DIGIT: Final = r"(?:(?<=[hH]0)|(?<=[nN][gG][hH]3))(?![^\W_])"
_LEET: Final = re.compile(rf"(?<![^\W_]){_LETTER}{{1,6}}[0-9](?:{_LETTER}|{_LAST_DIGIT})[^\W_]{{0,6}}(?![^\W_])")
_LEET_LETTERS: Final = str.maketrans("0134", "oiea")
_MOST_LEET_DIGITS: Final = 2


def _without_leet(match: re.Match[str]) -> str:
    """Read digits as letters when that makes a syllable; codes in capitals ("H1A") stay."""
    word = match.group()
    if word.isupper() or sum(map(str.isdigit, word)) > _MOST_LEET_DIGITS:
        return word
    folded = word.translate(_LEET_LETTERS)
    return folded if is_syllable(folded.lower()) else word


def fold_leet(view: AlignedText) -> AlignedText:
    """Turn digits that stand for letters into the letters: "n0i" -> "noi", but never "h5n1", "f0", "2k".

    :param view: a cleaned view, case kept.
    :return: the view with such words changed in place.
    """
    edits = [(*match.span(), _without_leet(match)) for match in _LEET.finditer(view.text)]
    edits = outside_protected(view.text, [edit for edit in edits if view.text[edit[0] : edit[1]] != edit[2]])
    return view.replace_spans(edits)


# --- drawn-out letters
DOUBLED: Final = re.compile(rf"({_LETTER})\1")
_RUN: Final = re.compile(r"(.)\1+", re.DOTALL)
_LONG_RUN: Final = re.compile(r"(.)\1{2,}", re.DOTALL)
_VOWEL: Final = re.compile("[aeiouy]")
_ROMAN: Final = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")


def squeeze_word(word: str) -> str:
    """Shorten the drawn-out letters of one lower-case word: "gấpppp" -> "gấp", "xoong" stays.

    Words without a vowel stay, for they are abbreviations or laughter ("cccd", "kkk"); a word of one vowel keeps two.

    :param word: letters only, lower case.
    :return: the shortened word, or the same.
    """
    if is_syllable(word) or _ROMAN.fullmatch(word) or not _VOWEL.search(strip_diacritics(word)):
        return word
    long = _LONG_RUN.search(word) is not None
    if not long and word.isascii():
        return word
    once = _RUN.sub(r"\1", word)
    if len(once) == 1:
        return once * 2
    if is_syllable(once):
        return once
    # "gấaap": the same letter goes on without its diacritics.
    groups = groupby(once, strip_diacritics)
    merged = "".join(max(group, key=lambda letter: not letter.isascii()) for _, group in groups)
    if is_syllable(merged):
        return merged
    return _LONG_RUN.sub(r"\1", word) if long else word


def squeeze(view: AlignedText, plain: str) -> AlignedText:
    """Shorten drawn-out letters everywhere but in links.

    :param view: a lower-case view.
    :param plain: its text without diacritics.
    :return: the view with shorter words, or the same one.
    """
    text = view.text
    edits: list[Edit] = []
    for start, end in words_around(plain, DOUBLED):
        word = text[start:end]
        short = squeeze_word(word) if word.isalpha() else word
        if short != word:
            edits.append((start, end, short))
    return view.replace_spans(outside_protected(text, edits))


# --- the place of the tone
def _forms(vowels: str) -> str:
    """Give the toned forms of the vowels, to stand between square brackets."""
    return "".join(TONED[vowel][1:] for vowel in vowels)


def _after(first: str, second: str, rest: str = "") -> str:
    """Write the condition that the toned letter just matched, one of ``second``, has one of ``first`` before it."""
    return f"(?<=[{first}][{_forms(second)}]){rest}"


_OPEN_END: Final = f"(?!{_LETTER})"
_GOES_ON: Final = f"(?={_LETTER})"
# Toned letters that hand their tone to the next one. Both patterns begin with a set of letters: such a search is fast.
_TOO_EARLY: Final = (
    f"(?<=[{_forms('o')}])(?=[ae]{_LETTER}|ă)|(?<=[{_forms('u')}])(?=y{_LETTER}|[êâơô])|(?<=[{_forms('ư')}])(?=ơ)"
    f"|(?<=[{_forms('iy')}])(?=ê)|(?<=q[{_forms('u')}])(?=[aeiyă])|(?<=g[{_forms('i')}])(?=[aeoôơuư])"
)
# Toned letters that hand their tone to the one before: "hoà", "taị", "cuả".
_TOO_LATE: Final = "|".join(
    (
        _after("o", "ae", _OPEN_END),
        f"(?<!q..){_after('u', 'yia', _OPEN_END)}",
        f"(?<!g..){_after('i', 'au', _OPEN_END)}",
        _after("a", "iouy"),
        _after("â", "uy"),
        _after("oôơ", "i"),
        _after("e", "o"),
        _after("êơ", "u"),
        _after("ư", "aiu"),
    )
)
_EARLY: Final = re.compile(f"[{_forms('ouưiy')}](?:{_TOO_EARLY})")
_LATE: Final = re.compile(f"[{_forms('aeiouy')}](?:{_TOO_LATE})")
# A tone can be two letters away ("thùyên"); each round moves it by one.
_MOST_ROUNDS: Final = 2


def has_misplaced_tone(text: str) -> bool:
    """Say whether ``place_tones`` would change a text.

    :param text: composed lower-case text.
    :return: whether it would.
    """
    return _LATE.search(text) is not None or _EARLY.search(text) is not None


def place_tones(text: str) -> str:
    """Put every tone where the older style puts it: "hoà" -> "hòa", "thuý" -> "thúy", "quý" stays.

    :param text: composed lower-case text.
    :return: a text of the same length.
    """
    for _ in range(_MOST_ROUNDS):
        firsts = [match.start() - 1 for match in _LATE.finditer(text)]
        firsts += [match.start() for match in _EARLY.finditer(text)]
        if not firsts:
            break
        letters = list(text)
        for first in firsts:
            vowel, tone = split_tone(letters[first])
            next_vowel, next_tone = split_tone(letters[first + 1])
            letters[first] = TONED[vowel][next_tone]
            letters[first + 1] = TONED[next_vowel][tone]
        text = "".join(letters)
    return text
