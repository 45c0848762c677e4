"""Repairs across words: letters written apart are joined, words written together by capitals are parted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import Final

from flagger.text.aligned import AlignedText
from flagger.text.alphabet import TONED
from flagger.text.protected import Edit, outside_protected
from flagger.text.signs import DASHES, DOTS, SYMBOLS
from flagger.text.syllables import PLACE_SYLLABLES, WORD, is_syllable, split_syllables, words_around

_PIECE: Final = r"(?:[nN][gG][hH]|[cgknptCGKNPT][hH]|[nN][gG]|[tT][rR]|[qQ][uU]|[^\W\d_])"
_SYMBOL: Final = rf"[{DOTS}{DASHES}_*|/~+=^'’,:;…!?&°×{SYMBOLS}]"
# Letters apart: "ch.ế.t", "b-ắ-t c-ó-c", "c h i a  s ẻ".
APART: Final = re.compile(rf"(?<![^\W_]){_PIECE}(?:(?:{_SYMBOL}{{1,2}}| {{1,3}}){_PIECE}){{2,}}(?![^\W_])")
_TOKEN: Final = re.compile(r"[^ ]+")
_FEWEST_PIECES: Final = 3

_LOWER: Final = "a-zđ" + "".join(form for forms in TONED.values() for form in forms if not form.isascii())
_UPPER: Final = "A-ZĐ" + "".join(form.upper() for forms in TONED.values() for form in forms if not form.isascii())
CAPITAL_INSIDE: Final = re.compile(rf"[{_UPPER}](?<=[{_LOWER}].)")
_UNDERSCORE: Final = re.compile(r"(?<=[^\W_])_+|(?<!_)_+(?=[^\W_])")
_PARTS_OF_A_PHRASE: Final = 3


def join_letters(view: AlignedText) -> AlignedText:
    """Join letters written apart where they make Vietnamese syllables.

    :param view: a cleaned view, case kept.
    :return: the view with those words whole, or the same one.
    """
    edits = [edit for match in APART.finditer(view.text) for edit in _join(match)]
    return view.replace_spans(outside_protected(view.text, edits))


def _join(match: re.Match[str]) -> Iterator[Edit]:
    groups = [group for group in _groups(match) if len(group) > 1]
    if sum(map(len, groups)) < _FEWEST_PIECES:
        return
    for group in groups:
        yield from _join_group(match.string, group)


def _groups(match: re.Match[str]) -> list[list[tuple[int, int]]]:
    """Part the pieces of a match into words: "t.ử" stands alone, single letters gather up to a wider space."""
    text = match.string
    groups: list[list[tuple[int, int]]] = []
    previous_end = match.start()
    gathering = False
    for token in _TOKEN.finditer(text, match.start(), match.end()):
        pieces = [piece.span() for piece in WORD.finditer(text, *token.span())]
        single = len(pieces) == 1
        if single and gathering and token.start() == previous_end + 1:
            groups[-1].extend(pieces)
        else:
            groups.append(pieces)
        gathering = single
        previous_end = token.end()
    return groups


def _join_group(text: str, pieces: list[tuple[int, int]]) -> Iterator[Edit]:
    start, end = pieces[0][0], pieces[-1][1]
    written = text[start:end]
    letters = "".join(text[piece_start:piece_end] for piece_start, piece_end in pieces)
    # "U.S.A" and the like shorten names.
    if "." in written and letters.isascii() and letters.isupper():
        return
    syllables = split_syllables(letters.lower())
    if syllables is None:
        return
    breaks = set(accumulate(map(len, syllables[:-1])))
    inner = list(accumulate(piece_end - piece_start for piece_start, piece_end in pieces[:-1]))
    if not breaks.issubset(inner):
        yield start, end, " ".join(syllables)
        return
    for done, (_, gap_start), (gap_end, _) in zip(inner, pieces[:-1], pieces[1:], strict=True):
        yield gap_start, gap_end, " " if done in breaks else ""


def part_capitals(view: AlignedText) -> AlignedText:
    """Part words written together in hashtags and Vietnamese names, where a capital begins the next.

    :param view: a cleaned view, case kept.
    :return: the view with spaces between those words, or the same one.
    """
    text = view.text
    edits = [edit for span in words_around(text, CAPITAL_INSIDE) for edit in _part_capitals(text, *span)]
    return view.replace_spans(outside_protected(text, edits))


def part_underscores(view: AlignedText) -> AlignedText:
    """Put spaces for the underscores that tie words together or mark them: "#bắt_cóc", "_nghe nói_".

    :param view: a cleaned view, case kept.
    :return: the view with those spaces, or the same one.
    """
    text = view.text
    edits = [(*match.span(), " " * len(match.group())) for match in _UNDERSCORE.finditer(text)]
    return view.replace_spans(outside_protected(text, edits))


def _part_capitals(text: str, start: int, end: int) -> Iterator[Edit]:
    """Part "ĐắkNông"; "#ChiaSeGap" only behind a hash sign, and never "YouTube" or one syllable, "nGhE NóI"."""
    if is_syllable(text[start:end].lower()):
        return
    breaks = [found.start() for found in CAPITAL_INSIDE.finditer(text, start, end)]
    parts = [text[a:b].lower() for a, b in pairwise([start, *breaks, end])]
    syllabic = all(is_syllable(part) or part in PLACE_SYLLABLES for part in parts)
    marked = not text[start:end].isascii()
    tagged = text[start - 1 : start] == "#"
    if tagged:
        # The first part of a brand is often a single letter.
        safe = (syllabic or marked or len(parts) >= _PARTS_OF_A_PHRASE) and len(parts[0]) > 1
    else:
        safe = syllabic and marked
    if safe:
        for position in breaks:
            yield position, position, " "
