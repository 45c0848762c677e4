"""Noise that training adds to a share of the posts, of the kinds that normalisation cannot undo."""

from __future__ import annotations

import random
import re
import unicodedata
from typing import Final

_WORD: Final = re.compile(r"\w+")
_SHORT_FORMS: Final[dict[str, tuple[str, ...]]] = {
    "không": ("ko", "k", "hok", "khong"),
    "được": ("đc", "dc"),
    "người": ("ng", "ngừi"),
    "gì": ("j", "gi"),
    "biết": ("bít", "bik"),
    "rồi": ("r", "rùi"),
    "với": ("vs", "zới"),
    "cũng": ("cx", "cug"),
    "anh": ("a",),
    "em": ("e",),
    "chị": ("c",),
    "vậy": ("z", "zậy"),
    "giờ": ("h",),
    "trước": ("trc",),
    "luôn": ("lun",),
    "nhiều": ("nhìu",),
    "quá": ("wá",),
    "thôi": ("thui",),
    "mình": ("mk", "m"),
    "những": ("nhg",),
}
_EMOJI: Final = ("😱", "🙏", "😂", "🔥", "😢", "❤️", "👉", "‼️")


def add_noise(text: str, generator: random.Random) -> str:
    """Make a post look as if it had been typed in another way, by one kind of noise.

    :param text: the post.
    :param generator: source of chance.
    :return: the noisy post.
    """
    chance = generator.random()
    if chance < 0.08:
        return text.lower()
    if chance < 0.36:
        return without_diacritics(text)
    if chance < 0.5:
        return _some_without_diacritics(text, generator)
    if chance < 0.62:
        return _short_forms(text, generator)
    if chance < 0.72:
        return _slips(text, generator)
    if chance < 0.86:
        return _words_left_out(text, generator)
    if chance < 0.91:
        return "".join(" " if one == " " and generator.random() > 0.12 else one.strip(" ") for one in text)
    words = text.split(" ")
    for _ in range(generator.randint(1, 3)):
        words.insert(generator.randint(0, len(words)), generator.choice(_EMOJI))
    return " ".join(words)


def without_diacritics(text: str) -> str:
    """Strip all Vietnamese diacritics.

    :param text: any text.
    :return: the text in plain Latin letters.
    """
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _some_without_diacritics(text: str, generator: random.Random) -> str:
    """Strip some of the words: hasty typing, and what is left of digits for letters ("ngh3") once they are folded."""
    share = generator.uniform(0.2, 0.7)
    return " ".join(without_diacritics(word) if generator.random() < share else word for word in text.split(" "))


def _short_forms(text: str, generator: random.Random) -> str:
    def short(match: re.Match[str]) -> str:
        forms = _SHORT_FORMS.get(match.group().lower())
        return generator.choice(forms) if forms and generator.random() < 0.7 else match.group()

    return _WORD.sub(short, unicodedata.normalize("NFC", text))


def _words_left_out(text: str, generator: random.Random) -> str:
    """Leave out one word in twelve, at least one: the cheapest edit for somebody who writes past a filter."""
    words = text.split(" ")
    for _ in range(max(1, len(words) // 12)):
        if len(words) > 3:
            words.pop(generator.randrange(len(words)))
    return " ".join(words)


def _slips(text: str, generator: random.Random) -> str:
    """Swap or drop neighbouring letters, as fast thumbs do."""
    letters = list(text)
    position = 0
    while position < len(letters) - 1:
        if letters[position].isalpha() and letters[position + 1].isalpha() and generator.random() < 0.03:
            if generator.random() < 0.5:
                letters[position], letters[position + 1] = letters[position + 1], letters[position]
            else:
                letters[position + 1] = ""
            position += 1
        position += 1
    return "".join(letters)
