"""From a post as typed to the views that all matching reads."""

from __future__ import annotations

from functools import cache
from itertools import filterfalse
from typing import Final

from flagger.text.aligned import AlignedText
from flagger.text.alphabet import strip_and_count, strip_diacritics
from flagger.text.characters import clean
from flagger.text.joining import APART, CAPITAL_INSIDE, join_letters, part_capitals, part_underscores
from flagger.text.masks import mask
from flagger.text.post import PreparedPost
from flagger.text.sentences import sentence_spans
from flagger.text.separators import CHAIN, RUN_TOGETHER, drop_separators, is_separated, part_joined_words
from flagger.text.spelling import DIGIT_AFTER_LETTER, DOUBLED, fold_leet, has_misplaced_tone, place_tones, squeeze
from flagger.text.syllables import WORD, syllables
from flagger.text.teencode import TEENCODE, expand

# A writer who types diacritics marks one letter in four or five; a quoted name in plain writing stays below these.
_SURE_DIACRITICS: Final = 8
_CHARACTERS_PER_DIACRITIC: Final = 50


@cache
def _settled_words() -> frozenset[str]:
    """Words that no repair ever changes; most words of a post are among them."""
    return frozenset(word for word in syllables()[0] if len(word) > 1 and word not in TEENCODE)


def prepare(post: str) -> PreparedPost:
    """Build the views of a post.

    Takes any string: no input raises, and the time grows in proportion to the length.

    :param post: the post as given.
    :return: its views; spans of each map back to the post by ``original_span``.
    """
    settled = _settled_words()
    view = clean(post)
    lower = _lower(view.text)
    unsettled = list(filterfalse(settled.__contains__, lower.split()))
    repaired = _repair_cased(view, " ".join(unsettled))
    if repaired is not view:
        lower = _lower(repaired.text)
        unsettled = list(filterfalse(settled.__contains__, lower.split()))
    normal = repaired.with_text(lower)
    # Without the punctuation around them few words are left.
    doubtful = list(filterfalse(settled.__contains__, WORD.findall(" ".join(unsettled))))
    if doubtful:
        together = " ".join(doubtful)
        if DOUBLED.search(strip_diacritics(together)):
            normal = squeeze(normal, strip_diacritics(lower))
            together = normal.text
            doubtful = WORD.findall(together)
        if has_misplaced_tone(together):
            normal = normal.with_text(place_tones(normal.text))
    plain_text, diacritics = strip_and_count(normal.text)
    plain = normal.with_text(plain_text) if diacritics else normal
    masked = mask(normal)
    return PreparedPost(
        original=post,
        normal=normal,
        plain=plain,
        masked=masked,
        masked_plain=plain if masked is normal else masked.with_text(strip_diacritics(masked.text)),
        expanded=expand(normal, post, doubtful) if doubtful else None,
        has_diacritics=diacritics >= _SURE_DIACRITICS
        or (diacritics > 0 and diacritics * _CHARACTERS_PER_DIACRITIC >= len(normal)),
        sentences=sentence_spans(normal.text),
    )


def _repair_cased(view: AlignedText, unsettled: str) -> AlignedText:
    """Make the repairs that need capitals; each runs only when the unsettled words give reason to."""
    repaired = view
    if CAPITAL_INSIDE.search(view.text):
        repaired = part_capitals(repaired)
    if APART.search(unsettled):
        repaired = join_letters(repaired)
    # Words parted by line breaks or lone signs are settled one by one, so that the text itself has to be asked.
    if CHAIN.search(unsettled) or is_separated(view.text):
        repaired = drop_separators(repaired)
    # Only now, for an underscore may stand between the letters of a word.
    if "_" in unsettled:
        repaired = part_underscores(repaired)
    if DIGIT_AFTER_LETTER.search(unsettled):
        repaired = fold_leet(repaired)
    if RUN_TOGETHER.search(unsettled):
        repaired = part_joined_words(repaired)
    return repaired


def _lower(text: str) -> str:
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join([letter if len(letter.lower()) != 1 else letter.lower() for letter in text])
