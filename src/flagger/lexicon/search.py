"""Find all phrases and expressions of a lexicon in one text, at syllable boundaries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import ahocorasick
import re2

from flagger.text.aligned import AlignedText
from flagger.text.signs import PICTURES

# How often a match that begins inside a word is looked through for one that does not.
_SECOND_LOOKS: Final = 4
_EXPRESSIONS_OF_FILTER: Final = 80
# Views know no white space but spaces and line breaks. A line break may stand in a phrase, a blank line may not.
_PICTURE: Final = re.compile(f"[{PICTURES}]")
# Nor may a picture or a hyphen part a phrase: "chia sẻ 🔥 gấp", "nghe-nói".
_GAP: Final = re.compile(rf" *[{PICTURES}][{PICTURES} ]*| +\n *|\n +| {{2,}}|(?<=[^\W\d_])-(?=[^\W\d_])")


class Found(NamedTuple):
    """A phrase or expression in a text.

    :param rule: number of the rule that it belongs to.
    :param start: first character in the text.
    :param end: just after its last character.
    """

    rule: int
    start: int
    end: int


class PhraseFinder:
    """Finds literal phrases, whatever white space stands between their words but a blank line; one hyphen may, too.

    :param phrases: phrases with single spaces, each with the number of its rule.
    """

    def __init__(self, phrases: Iterable[tuple[str, int]]) -> None:
        owners: dict[str, set[int]] = {}
        for phrase, rule in phrases:
            # Most phrases are letters and single spaces, which no gap is among.
            even = phrase if phrase.replace(" ", "").isalnum() else _GAP.sub(" ", phrase)
            owners.setdefault(even, set()).add(rule)
        self._automaton: Any = ahocorasick.Automaton()
        for phrase, rules in owners.items():
            self._automaton.add_word(phrase, (len(phrase), tuple(sorted(rules))))
        self._is_empty = not owners
        if owners:
            self._automaton.make_automaton()

    def find(self, text: str) -> list[Found]:
        """Find all phrases.

        :param text: a view of a post.
        :return: what was found, overlaps included, in order of the ends.
        """
        if self._is_empty:
            return []
        even = text.replace("\n", " ")
        view = None
        if "  " in even or "-" in even or (not even.isascii() and _PICTURE.search(even)):
            view = AlignedText(text).substitute(_GAP, lambda match: " ")
            even = view.text.replace("\n", " ")
        found = []
        length = len(even)
        for last, (size, rules) in self._automaton.iter(even):
            start, end = last + 1 - size, last + 1
            # The automaton knows no syllables: a neighbouring letter or digit means that it hit inside a word.
            if (start > 0 and _joins(even[start - 1], even[start])) or (end < length and _joins(even[end], even[last])):
                continue
            if view is not None:
                start, end = view.original_span(start, end)
            found.extend([Found(rule, start, end) for rule in rules])
        return found


class ExpressionFinder:
    """Finds regular expressions in time proportional to the length of the text.

    :param expressions: expressions for RE2, each with the number of its rule.
    """

    def __init__(self, expressions: Sequence[tuple[str, int]]) -> None:
        # A filter tells from the words that they need which expressions may match, and runs only those. All in one
        # automaton (re2.Set) they have more states than fit into its memory, and varied posts cost four times as much;
        # so do the words of more than a hundred expressions or so in one filter.
        self._filters: list[tuple[Any, list[tuple[int, Any]]]] = []
        for start in range(0, len(expressions), _EXPRESSIONS_OF_FILTER):
            some = expressions[start : start + _EXPRESSIONS_OF_FILTER]
            together = re2.Filter()
            for expression, _ in some:
                together.Add(expression)
            together.Compile()
            self._filters.append((together, [(rule, together.re(place)) for place, (_, rule) in enumerate(some)]))

    def find(self, text: str) -> Iterator[Found]:
        """Find all expressions.

        :param text: a view of a post.
        :return: what was found, whole words only.
        """
        for together, each in self._filters:
            for position in sorted(together.Match(text) or ()):
                rule, expression = each[position]
                for match in expression.finditer(text):
                    span = _from_word_start(expression, text, *match.span())
                    if span is not None:
                        yield Found(rule, *span)


def _joins(neighbour: str, edge: str) -> bool:
    return edge.isalnum() and (neighbour.isalnum() or neighbour == "_")


def _from_word_start(expression: Any, text: str, start: int, end: int) -> tuple[int, int] | None:  # noqa: ANN401
    """Refuse "ông" in "không", for RE2 knows no boundaries of Vietnamese words; look for a later begin instead."""
    for _ in range(_SECOND_LOOKS):
        start, end = _trim(text, start, end)
        if start >= end:
            return None
        if start == 0 or not _joins(text[start - 1], text[start]):
            return start, end
        while start < end and text[start].isalnum():
            start += 1
        again = expression.search(text[start:end])
        if again is None:
            return None
        start, end = start + again.start(), start + again.end()
    return None


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out the white space, punctuation and half words that an expression needed at its edges."""
    while start < end and not (text[start].isalnum() or text[start] in "<#"):
        start += 1
    if start < end < len(text) and _joins(text[end], text[end - 1]):
        cut = end
        while cut > start and text[cut - 1].isalnum():
            cut -= 1
        end = cut
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
