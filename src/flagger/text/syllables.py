"""Which strings are Vietnamese syllables, and where the words of a text are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from flagger.text.alphabet import TONED, strip_diacritics

WORD: Final = re.compile(r"[^\W_]+")
LONGEST_SYLLABLE: Final = 7

_ONSETS: Final = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_FRONT_VOWELS: Final = ("e", "ê", "i", "y")
_FRONT_ONLY: Final = frozenset({"gh", "ngh"})
_OF_GI: Final = ("ia", "iu")
_NEVER_FRONT: Final = frozenset({"c", "ng"})

_RHYMES: Final = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot
ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uên uênh ui um un ung uơ uôc uôi uôm uôn uông uôt up ut
uy uya uych uyên uyêt uynh uyt uyu uyn uyp
ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
"""
_RHYMES_OF_Y: Final = ("y", "yêm", "yên", "yêng", "yêt", "yêu")
_ONSETS_OF_Y: Final = frozenset({"", "h", "k", "l", "m", "n", "q", "s", "t", "v"})
_RHYMES_OF_QU: Final = """
a ac ach ai an ang anh ao at au ay ăc ăm ăn ăng ăp ăt âc ân âng ât ây e en eo et ê êch ên ênh êt êu
i ich in inh it iu ô ôc ôn ơ y ych yên yêt ynh yt
"""

# The vowel that bears the tone when it is not the first of the rhyme: how many vowels stand before it.
_TONE_ON_SECOND: Final = ("oă", "uâ", "uê", "uơ", "ươ", "iê", "yê", "uô", "oo")
_TONE_ON_THIRD: Final = ("uyê",)
# Written both ways when nothing follows ("hòa", "hoà"); the first is the one that the normal view uses.
_OPEN: Final = ("oa", "oe", "uy")
_STOPS: Final = ("c", "ch", "p", "t")
_TONES_OF_STOPS: Final = (2, 5)

# Syllables of place names from other languages of Viet Nam, outside the rules above.
_PLACE_SYLLABLES: Final = "đắk đăk lắk lăk đák lák dak lak pắk krông krong búk ea kar plei pleiku kbang kạn đrăk"
PLACE_SYLLABLES: Final = frozenset(_PLACE_SYLLABLES.split())


def _fits(onset: str, rhyme: str) -> bool:
    """Say whether spelling lets the onset stand before the rhyme."""
    front = rhyme.startswith(_FRONT_VOWELS)
    if onset in _FRONT_ONLY:
        return front
    if onset in _NEVER_FRONT:
        return not front
    if onset == "k":
        return front
    if onset == "g":
        # "gia" and "giu" are gi + a, u: their tone stands elsewhere than in "chia".
        return not front or (rhyme.startswith("i") and rhyme not in _OF_GI)
    if onset == "gi":
        return not rhyme.startswith(("i", "y"))
    return True


def tone_positions(rhyme: str) -> tuple[int, ...]:
    """Give the places in a rhyme that may bear its tone.

    :param rhyme: a rhyme without tone.
    :return: offsets in the rhyme, that of the normal view first.
    """
    if rhyme in _OPEN:
        return (0, 1)
    if rhyme.startswith(_TONE_ON_THIRD):
        return (2,)
    if rhyme.startswith(_TONE_ON_SECOND) or rhyme.startswith(_OPEN):
        return (1,)
    return (0,)


@cache
def _toned(rhyme: str) -> list[tuple[str, str]]:
    """List ``(canonical, variant)`` spellings of a rhyme in every tone that it can bear."""
    stopped = rhyme.endswith(_STOPS)
    spellings = [] if stopped else [(rhyme, rhyme)]
    for tone in _TONES_OF_STOPS if stopped else range(1, 6):
        placed = [rhyme[:place] + TONED[rhyme[place]][tone] + rhyme[place + 1 :] for place in tone_positions(rhyme)]
        spellings.extend((placed[0], variant) for variant in placed)
    return spellings


_plain = cache(strip_diacritics)


@cache
def syllables() -> tuple[frozenset[str], frozenset[str]]:
    """Generate every Vietnamese syllable.

    :return: all spellings in which the normal view leaves a syllable (composed, lower case, with or without
        diacritics); and the same with the spellings that place the tone in the other style.
    """
    canonical: set[str] = set()
    variants: set[str] = set()

    def add(onset: str, rhymes: Iterable[str]) -> None:
        plain_onset = strip_diacritics(onset)
        for rhyme in rhymes:
            for written, variant in _toned(rhyme):
                canonical.add(onset + written)
                variants.add(onset + variant)
            canonical.add(plain_onset + _plain(rhyme))

    for onset in ("", *_ONSETS.split()):
        if onset != "qu":
            add(onset, (rhyme for rhyme in _RHYMES.split() if _fits(onset, rhyme)))
    for onset in _ONSETS_OF_Y:
        add(onset, ["y"] if onset else list(_RHYMES_OF_Y))
    add("qu", _RHYMES_OF_QU.split())
    return frozenset(canonical), frozenset(canonical | variants)


def is_syllable(token: str) -> bool:
    """Say whether a token is spelled as a Vietnamese syllable, with its diacritics or without any.

    :param token: composed lower-case text; either style of tone placement.
    :return: true for "hòa", "hoà", "hoa"; false for "hoầ", "ok", "" and for more than one syllable.
    """
    return token in syllables()[1]


def words(text: str) -> list[tuple[int, int]]:
    """Find the words of a text: runs of letters and digits.

    :param text: any text, usually a view of a post.
    :return: spans in order.
    """
    return [match.span() for match in WORD.finditer(text)]


def words_around(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Find the words that hold a match of a pattern, without a look at the others.

    :param text: any text.
    :param pattern: matches letters or digits.
    :return: spans of words in order, each once.
    """
    end = 0
    for match in pattern.finditer(text):
        start = match.start()
        if start < end:
            continue
        while start > end and text[start - 1].isalnum():
            start -= 1
        word = WORD.match(text, start)
        if word is not None:
            end = word.end()
            yield start, end


def split_syllables(letters: str) -> list[str] | None:
    """Split letters written without spaces into Vietnamese syllables.

    Takes the fewest syllables; among those, the split that gives a consonant to the syllable after it.

    :param letters: composed lower-case letters.
    :return: the syllables, or ``None`` when there is no split or one so crumbly that it is likely chance.
    """
    known = syllables()[1]
    # best[i]: fewest syllables of letters[:i], and where the last of them begins.
    best: list[tuple[int, int] | None] = [(0, 0)] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - LONGEST_SYLLABLE), end):
            before = best[start]
            if before is not None and letters[start:end] in known:
                present = best[end]
                if present is None or before[0] + 1 < present[0]:
                    best[end] = (before[0] + 1, start)
    pieces = []
    end = len(letters)
    while end:
        step = best[end]
        if step is None:
            return None
        pieces.append(letters[step[1] : end])
        end = step[1]
    if not pieces or len(letters) < 2 * len(pieces):
        return None
    return pieces[::-1]
