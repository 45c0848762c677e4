"""Spelling noise of the kinds that people write, by accident or to slip past a filter, at three strengths.

Every noise is a function of the text and a seed, so that a run can be repeated. None reads flagger's own tables of
noise: what the normalisation undoes is to be found out, not presumed.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from flagger.errors import InputError

# Share of the words that a noise touches.
STRENGTHS: Final[Mapping[str, float]] = {"light": 0.1, "medium": 0.3, "heavy": 1.0}
# These break words for a human reader too, so that even the heavy form leaves most words whole.
GENTLE_SHARE: Final = 0.35

_WORD: Final = re.compile(r"[^\W\d_]+")
_OPEN_ENDINGS: Final = ("oa", "oe", "uy")
_TEENCODE: Final = {
    "không": "ko",
    "được": "dc",
    "rồi": "r",
    "biết": "bít",
    "gì": "j",
    "với": "vs",
    "người": "ng",
    "trước": "trc",
    "vậy": "z",
    "quá": "wá",
    "bây": "bi",
    "giờ": "h",
    "anh": "a",
    "em": "e",
    "chị": "c",
    "như": "nhu",
    "chồng": "ck",
    "vợ": "vk",
    "nói": "ns",
    "cũng": "cx",
    "luôn": "lun",
    "nhiều": "nhìu",
    "thôi": "thui",
    "yêu": "iu",
    "những": "nhg",
    "trong": "trog",
    "của": "cua",
    "phải": "fải",
    "công": "cog",
    "thông": "thog",
}
# Cyrillic and Greek letters that look like the Latin ones.
_LOOKALIKES: Final = str.maketrans(
    {"a": "а", "c": "с", "e": "е", "o": "о", "p": "р", "x": "х", "i": "і", "A": "А", "H": "Н", "T": "Т"}
)
_LEET: Final = {"o": "0", "i": "1", "e": "3", "a": "4", "s": "5"}
_INVISIBLE: Final = ("\u200b", "\u200c", "\u2060", "\ufeff")
_EMOJI: Final = ("😂", "😱", "🙏", "🔥", "❤️", "👉", "😡", "🥲")
_ENGLISH: Final = {
    "mọi người": "everyone",
    "tin": "news",
    "trẻ em": "kids",
    "bệnh viện": "hospital",
    "công ty": "company",
    "tiền": "money",
    "cảnh báo": "warning",
    "hôm nay": "today",
    "sáng nay": "this morning",
    "bạn": "friend",
    "xin": "please",
    "cảm ơn": "thanks",
    "ngày mai": "tomorrow",
    "trường": "school",
    "thành phố": "city",
    "đẹp": "nice",
    "nhà": "home",
}
_NEIGHBOURS: Final = {
    "a": "sq",
    "c": "xv",
    "d": "sf",
    "e": "wr",
    "g": "fh",
    "h": "gj",
    "i": "uo",
    "l": "k",
    "m": "n",
    "n": "bm",
    "o": "ip",
    "p": "o",
    "s": "ad",
    "t": "ry",
    "u": "yi",
}

WordNoise = Callable[[str, random.Random], str]


def _decomposed(word: str, _: random.Random) -> str:
    return unicodedata.normalize("NFD", word)


def _without_diacritics(word: str, _: random.Random) -> str:
    letters = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize("NFC", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def _old_tone_marks(word: str, _: random.Random) -> str:
    # The tone of an open syllable in -oa, -oe, -uy moves between its two vowels: "hòa" and "hoà" are the same word.
    plain = _without_diacritics(word, _).lower()
    if plain[-2:] not in _OPEN_ENDINGS or plain[-3:-2] == "q":
        return word
    head, first, last = word[:-2], unicodedata.normalize("NFD", word[-2]), unicodedata.normalize("NFD", word[-1])
    tones = "".join(mark for mark in first[1:] if mark in "\u0300\u0301\u0303\u0309\u0323")
    other = "".join(mark for mark in last[1:] if mark in "\u0300\u0301\u0303\u0309\u0323")
    if not tones and not other:
        return word
    return unicodedata.normalize("NFC", f"{head}{first[0]}{other}{last[0]}{tones}")


def _teencode(word: str, _: random.Random) -> str:
    return _TEENCODE.get(word.lower(), word)


def _elongated(word: str, random_: random.Random) -> str:
    return word + word[-1] * random_.randint(2, 5)


def _lookalikes(word: str, _: random.Random) -> str:
    return word.translate(_LOOKALIKES)


def _leet(word: str, random_: random.Random) -> str:
    # The digit takes the whole letter's place, marks and all: "nói" becomes "n0i".
    bases = [unicodedata.normalize("NFD", letter)[0].lower() for letter in word]
    places = [position for position, letter in enumerate(bases) if letter in _LEET]
    if not places or len(word) < 2:
        return word
    place = random_.choice(places)
    return word[:place] + _LEET[bases[place]] + word[place + 1 :]


def _invisible(word: str, random_: random.Random) -> str:
    if len(word) < 2:
        return word
    place = random_.randrange(1, len(word))
    return word[:place] + random_.choice(_INVISIBLE) + word[place:]


def _spaced(word: str, random_: random.Random) -> str:
    return random_.choice((" ", ".", "-", "_")).join(word) if len(word) > 1 else word


def _upper(word: str, _: random.Random) -> str:
    return word.upper()


def _emoji(word: str, random_: random.Random) -> str:
    return f"{word} {random_.choice(_EMOJI)}"


def _slip(word: str, random_: random.Random) -> str:
    if len(word) < 3:
        return word
    place = random_.randrange(1, len(word) - 1)
    kind = random_.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    if kind == 2:
        return word[:place] + word[place] + word[place:]
    near = _NEIGHBOURS.get(word[place].lower())
    return word if near is None else word[:place] + random_.choice(near) + word[place + 1 :]


_WORD_NOISES: Final[Mapping[str, tuple[WordNoise, float]]] = {
    "nfd": (_decomposed, 1.0),
    "no_diacritics": (_without_diacritics, 1.0),
    "old_tone_marks": (_old_tone_marks, 1.0),
    "teencode": (_teencode, 1.0),
    "elongation": (_elongated, GENTLE_SHARE),
    "homoglyphs": (_lookalikes, 1.0),
    "leet": (_leet, GENTLE_SHARE),
    "zero_width": (_invisible, 1.0),
    "spaced_letters": (_spaced, GENTLE_SHARE),
    "upper_case": (_upper, 1.0),
    "emoji": (_emoji, GENTLE_SHARE),
    "typing_slips": (_slip, GENTLE_SHARE),
}
_PHRASE_NOISES: Final = ("joined_words", "code_switching")
NOISES: Final = (*_WORD_NOISES, *_PHRASE_NOISES)


def add_noise(text: str, kind: str, strength: str, *, seed: int = 0) -> str:
    """Add one kind of noise to a text.

    :param text: the text.
    :param kind: a name of ``NOISES``.
    :param strength: a name of ``STRENGTHS``.
    :param seed: the same seed, text, kind and strength give the same result.
    :return: the text with noise; the same text where the noise has nothing to touch.
    :raises InputError: when the kind or the strength is unknown.
    """
    if kind not in NOISES:
        raise InputError(f"Unknown noise '{kind}'; expected one of {', '.join(NOISES)}.")
    if strength not in STRENGTHS:
        raise InputError(f"Unknown strength '{strength}'; expected one of {', '.join(STRENGTHS)}.")
    share = STRENGTHS[strength]
    random_ = random.Random(f"{seed} {kind} {text}")  # noqa: S311 - noise, not a secret
    if kind == "joined_words":
        return re.sub(r" ", lambda _: "" if random_.random() < share * GENTLE_SHARE else " ", text)
    if kind == "code_switching":
        return _switch(text, random_, share)
    change, most = _WORD_NOISES[kind]
    # One draw for each word whatever the strength: a stronger noise touches the words of a weaker one and more.
    return _WORD.sub(
        lambda match: _touched(match.group(), change, random_, share * most), unicodedata.normalize("NFC", text)
    )


def _touched(word: str, change: WordNoise, random_: random.Random, share: float) -> str:
    drawn, inner = random_.random(), random.Random(random_.random())  # noqa: S311 - noise, not a secret
    return change(word, inner) if drawn < share else word


def _switch(text: str, random_: random.Random, share: float) -> str:
    for phrase, english in _ENGLISH.items():
        text = re.sub(
            rf"(?<!\w){phrase}(?!\w)",
            lambda match, english=english: english if random_.random() < share else match.group(),  # type: ignore[misc]
            text,
            flags=re.IGNORECASE,
        )
    return text
