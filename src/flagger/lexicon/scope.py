"""Scopes: when the words around a hit take its meaning away."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from flagger.lexicon.schema import ScopeFile
from flagger.text.alphabet import strip_diacritics
from flagger.text.post import PreparedPost

NEGATION_REACH: Final = 2
QUOTATION_WORDS: Final = 4

# Each kind of quotation mark, opened and closed; at most this far apart so that a lone mark costs no long search.
_QUOTED: Final = re.compile(r"“[^“”]{1,2000}”|«[^«»]{1,2000}»|\"[^\"\n]{1,2000}\"")


def _alternatives(phrases: Iterable[str]) -> str:
    # Of phrases of two words or more also the plain form; "chớ" without diacritics would be "cho", which says nothing.
    spellings = {form for phrase in phrases for form in (phrase, strip_diacritics(phrase) if " " in phrase else phrase)}
    ordered = sorted(spellings, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in ordered)


class ScopeFinder:
    """Says which scopes cover a hit.

    :param scopes: the word lists.
    """

    def __init__(self, scopes: ScopeFile) -> None:
        reach = rf"(?:\s+\w+){{0,{NEGATION_REACH}}}\s*$"
        self._expressions = {
            "negation": re.compile(rf"(?<!\w)(?:{_alternatives(scopes.negation)}){reach}"),
            "correction": re.compile(rf"(?<!\w)(?:{_alternatives(scopes.correction)})(?!\w)"),
            "question": re.compile(rf"\?|(?<!\w)(?:{_alternatives(scopes.question)})(?!\w)"),
            "figurative": re.compile(rf"(?<!\w)(?:{_alternatives(scopes.figurative)})\s*$"),
        }

    def within(self, post: PreparedPost) -> ScopeReader:
        """Look at one post.

        :param post: the prepared post.
        :return: a reader that works out each scope when first asked.
        """
        return ScopeReader(self, post)

    def matches(self, scope: str, text: str) -> bool:
        """Say whether a scope's expression is found in a stretch of text.

        :param scope: ``negation``, ``correction``, ``question`` or ``figurative``.
        :param text: the stretch that matters for this scope.
        :return: whether it is found.
        """
        return self._expressions[scope].search(text) is not None


class ScopeReader:
    """The scopes of one post; sentences are searched once however many hits they hold.

    :param finder: the expressions.
    :param post: the prepared post.
    """

    _BEFORE = 40

    def __init__(self, finder: ScopeFinder, post: PreparedPost) -> None:
        self._finder = finder
        self._text = post.normal.text
        self._sentences = post.sentences
        self._starts = [start for start, _ in post.sentences]
        self._cache: dict[tuple[str, int], bool] = {}
        self._quotations: list[tuple[int, int]] | None = None

    def covers(self, scope: str, start: int, end: int) -> bool:
        """Say whether a scope covers a hit.

        :param scope: name of the scope.
        :param start: first character of the hit in the normal view.
        :param end: just after its last character.
        :return: whether the scope covers it.
        """
        if scope == "quotation":
            return self._is_quoted(start, end)
        sentence = max(0, bisect_right(self._starts, start) - 1)
        if scope in ("negation", "figurative"):
            begin = self._sentences[sentence][0] if self._sentences else 0
            return self._finder.matches(scope, self._text[max(begin, start - self._BEFORE) : start])
        neighbours = range(sentence - 1, sentence + 2) if scope == "correction" else range(sentence, sentence + 1)
        return any(self._in_sentence(scope, number) for number in neighbours)

    def _in_sentence(self, scope: str, number: int) -> bool:
        if not 0 <= number < len(self._sentences):
            return False
        key = (scope, number)
        if key not in self._cache:
            start, end = self._sentences[number]
            self._cache[key] = self._finder.matches(scope, self._text[start:end])
        return self._cache[key]

    def _is_quoted(self, start: int, end: int) -> bool:
        if self._quotations is None:
            self._quotations = [
                match.span() for match in _QUOTED.finditer(self._text) if len(match.group().split()) > QUOTATION_WORDS
            ]
        return any(first < start and end < last for first, last in self._quotations)
