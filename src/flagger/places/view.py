"""What recognition asks of one post: mentions and their certainty, and the case of the words as typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from flagger.text.post import PreparedPost

# How sure a mention is before its neighbours are looked at.
BLOCKED: Final = -1
NEVER: Final = 0
NEEDS_RELATIVE: Final = 1
NEEDS_NEIGHBOUR: Final = 2
SURE: Final = 3


# How the capitals of a name read.
LOWER: Final = 0
FIRST: Final = 1
EVERY: Final = 2


_SPACES: Final = re.compile(" {2,}")


@dataclass(slots=True)
class Mention:
    """A stretch of the normal view that may name a place.

    :param start: first character in the normal view, with the unit word.
    :param end: just after the last character.
    :param name_start: where the name begins, after the unit word.
    :param units: units it can mean.
    :param strength: one of ``BLOCKED`` (hides what it covers), ``NEVER``, ``NEEDS_RELATIVE``, ``NEEDS_NEIGHBOUR``,
        ``SURE``.
    :param level: 0 province, 1 district, 2 commune, 3 other.
    :param named_level: whether a unit word gives the level.
    :param called_after: whether the units are those of a name that an object is called after and need not lie in.
    """

    start: int
    end: int
    name_start: int
    units: tuple[int, ...]
    strength: int
    level: int
    named_level: bool = False
    called_after: bool = False


class View:
    """One post with what recognition asks of it again and again.

    :param prepared: the post.
    """

    def __init__(self, prepared: PreparedPost) -> None:
        self.original = prepared.original
        self.aligned = prepared.normal
        self.plain = prepared.plain.text
        if "  " in self.plain:
            # Names and the words beside them are told apart by single spaces.
            self.aligned = self.aligned.substitute(_SPACES, lambda match: " ")
            self.plain = _SPACES.sub(" ", self.plain)
        self.normal = self.aligned.text
        self.has_diacritics = prepared.has_diacritics
        self._shouts: bool | None = None

    @property
    def shouts(self) -> bool:
        """Whether most letters of the post are capitals, so that capitals say nothing."""
        if self._shouts is None:
            capitals = sum(map(str.isupper, self.original))
            self._shouts = capitals * 2 > sum(map(str.isalpha, self.original))
        return self._shouts

    def surface(self, start: int, end: int) -> str:
        """Give the original writing of a span of the normal view.

        :param start: its first character in the normal view.
        :param end: just after its last character.
        :return: what the writer typed there.
        """
        first, last = self.aligned.original_span(start, end)
        return self.original[first:last]

    def capitals(self, start: int, end: int) -> int:
        """Say how the capitals of a span read.

        :param start: its first character in the normal view.
        :param end: just after its last character.
        :return: ``LOWER``, ``FIRST`` or ``EVERY`` syllable; at most ``FIRST`` in a post that shouts.
        """
        surface = self.surface(start, end)
        if not surface[:1].isupper():
            return LOWER
        if self.shouts:
            return FIRST
        return EVERY if all(part[0].isupper() or not part[0].isalpha() for part in surface.split()) else FIRST

    def word_before(self, start: int) -> tuple[int, int]:
        """Give the span of the word that ends one space before a place in the text.

        :param start: the place in the normal view.
        :return: the span of the word; empty, at ``start``, when there is none.
        """
        end = start - 1
        if end < 1 or self.plain[end] != " ":
            return start, start
        return self.word_begin(end), end

    def word_begin(self, end: int) -> int:
        """Give where the letters and digits begin that stand right before a place in the text.

        :param end: the place in the normal view.
        :return: position of the first of them; ``end`` when there are none.
        """
        begin = end
        while begin > 0 and self.plain[begin - 1].isalnum():
            begin -= 1
        return begin

    def word_after(self, end: int) -> str:
        """Give the word that begins one space after a place in the text.

        :param end: the place in the normal view.
        :return: the word as the normal view has it; empty when there is none.
        """
        if self.plain[end : end + 1] != " ":
            return ""
        stop = end + 1
        while stop < len(self.plain) and self.plain[stop].isalnum():
            stop += 1
        return self.normal[end + 1 : stop]

    def capital_after(self, end: int) -> bool:
        """Say whether a capitalised word follows after one space.

        :param end: the place in the normal view.
        :return: whether one does.
        """
        if end + 1 >= len(self.plain) or self.plain[end] != " " or not self.plain[end + 1].isalpha():
            return False
        return self.surface(end + 1, end + 2).isupper()
