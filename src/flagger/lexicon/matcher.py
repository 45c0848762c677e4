"""Match all rules against a post in a few passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import ahocorasick
import re2

from flagger.lexicon.loader import Lexicon, Rule
from flagger.lexicon.schema import scopes_of
from flagger.lexicon.scope import ScopeFinder, ScopeReader
from flagger.text.aligned import AlignedText
from flagger.text.alphabet import strip_diacritics
from flagger.text.post import PreparedPost

CONTEXT: Final = "context"
_WHITE_SPACE: Final = str.maketrans("\n\t\r\v\f\x85\u2028\u2029", "        ")


@dataclass(frozen=True, slots=True)
class LexiconHit:
    """A rule found in a post.

    :param entry_id: id of the rule.
    :param kind: ``cue`` or ``topic``.
    :param name: name of the cue or topic.
    :param weight: strength of the rule.
    :param start: first character in the original post.
    :param end: just after its last character.
    :param text: the words as written; ``post[start:end] == text``.
    :param normal_start: first character in the view where it was found.
    :param normal_end: just after its last character there.
    :param view: ``normal``, ``plain`` or ``expanded``.
    :param cancelled_by: the scope or ``context`` that takes its meaning away, or ``None`` for an active hit.
    """

    entry_id: str
    kind: str
    name: str
    weight: float
    start: int
    end: int
    text: str
    normal_start: int
    normal_end: int
    view: str
    cancelled_by: str | None


@dataclass(frozen=True, slots=True)
class _Candidate:
    rule: int
    start: int
    end: int
    view: str


class LexiconMatcher:
    """Finds the rules of a lexicon in prepared posts.

    :param lexicon: the rules.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._rules = lexicon.rules
        self._scopes = [scopes_of(rule.kind, rule.name, rule.entry) for rule in self._rules]
        self._finder = ScopeFinder(lexicon.scopes)
        self._written = _automaton(_written_phrases(self._rules))
        self._plain = _automaton(_plain_phrases(self._rules))
        self._regexes, self._regex_set = _compile_regexes(self._rules)

    def find(self, post: PreparedPost) -> list[LexiconHit]:
        """Find all rules in a post.

        :param post: the prepared post.
        :return: hits in order of appearance, cancelled ones included; of hits of one name the longest cover the others.
        """
        candidates = [*self._in_normal(post), *self._in_plain(post)]
        hits = [] if not candidates else self._hits(post, post.normal, _longest(candidates, self._rules))
        if post.expanded is not None:
            hits += self._in_expanded(post, post.expanded, hits)
        return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.entry_id))

    def _in_normal(self, post: PreparedPost) -> Iterator[_Candidate]:
        text = post.normal.text.translate(_WHITE_SPACE)
        yield from _phrases(self._written, text, "normal")
        for position in (self._regex_set.Match(post.normal.text) or ()) if self._regexes else ():
            rule, expression = self._regexes[position]
            for match in expression.finditer(post.normal.text):
                start, end = _trim(post.normal.text, *match.span())
                if start < end:
                    yield _Candidate(rule, start, end, "normal")

    def _in_plain(self, post: PreparedPost) -> Iterator[_Candidate]:
        """A hit without diacritics counts only where the writer typed none."""
        written = post.normal.text
        for candidate in _phrases(self._plain, post.plain.text.translate(_WHITE_SPACE), "plain"):
            span = slice(candidate.start, candidate.end)
            if written[span] == post.plain.text[span] and not (
                post.has_diacritics and " " not in written[span].translate(_WHITE_SPACE)
            ):
                yield candidate

    def _in_expanded(self, post: PreparedPost, view: AlignedText, known: Sequence[LexiconHit]) -> list[LexiconHit]:
        """Teencode spelled out finds what the post as written did not show."""
        text = view.text.translate(_WHITE_SPACE)
        found = self._hits(post, view, _longest(list(_phrases(self._written, text, "expanded")), self._rules))
        return [
            hit
            for hit in found
            if not any(other.name == hit.name and other.start < hit.end and hit.start < other.end for other in known)
        ]

    def _hits(self, post: PreparedPost, view: AlignedText, candidates: Iterable[_Candidate]) -> list[LexiconHit]:
        scopes = self._finder.within(post)
        hits = []
        for candidate in candidates:
            rule = self._rules[candidate.rule]
            start, end = view.original_span(candidate.start, candidate.end)
            hits.append(
                LexiconHit(
                    *(rule.entry.id, rule.kind, rule.name, rule.entry.weight),
                    *(start, end, post.original[start:end]),
                    *(candidate.start, candidate.end, candidate.view),
                    cancelled_by=self._cancelled_by(rule, view.text, candidate, scopes),
                )
            )
        return hits

    def _cancelled_by(self, rule: Rule, text: str, candidate: _Candidate, scopes: ScopeReader) -> str | None:
        entry = rule.entry
        plain = candidate.view == "plain"
        if entry.not_before and _begins(text, candidate.end, entry.not_before, plain=plain):
            return CONTEXT
        if entry.not_after and _ends(text, candidate.start, entry.not_after, plain=plain):
            return CONTEXT
        if candidate.view == "expanded":
            return None
        for scope in self._scopes[candidate.rule]:
            if scopes.covers(scope, candidate.start, candidate.end):
                return scope
        return None


def active(hits: Iterable[LexiconHit]) -> list[LexiconHit]:
    """Leave out cancelled hits.

    :param hits: any hits.
    :return: the active ones, in order.
    """
    return [hit for hit in hits if hit.cancelled_by is None]


def plain_phrases(rule: Rule) -> list[str]:
    """Give the phrases of a rule that may match without diacritics, stripped.

    :param rule: the rule.
    :return: stripped phrases.
    """
    allowed = rule.entry.plain
    return [
        stripped
        for phrase in rule.entry.patterns
        if (stripped := strip_diacritics(phrase)) != phrase and (" " in phrase if allowed is None else allowed)
    ]


def _written_phrases(rules: Sequence[Rule]) -> Iterator[tuple[str, int]]:
    return ((phrase, number) for number, rule in enumerate(rules) for phrase in rule.entry.patterns)


def _plain_phrases(rules: Sequence[Rule]) -> Iterator[tuple[str, int]]:
    return ((phrase, number) for number, rule in enumerate(rules) for phrase in plain_phrases(rule))


def _automaton(phrases: Iterable[tuple[str, int]]) -> Any:  # noqa: ANN401 - an extension type without stubs
    owners: dict[str, set[int]] = {}
    for phrase, rule in phrases:
        owners.setdefault(phrase, set()).add(rule)
    automaton = ahocorasick.Automaton()
    for phrase, rules in owners.items():
        automaton.add_word(phrase, (len(phrase), tuple(sorted(rules))))
    if len(automaton):
        automaton.make_automaton()
    return automaton


def _compile_regexes(rules: Sequence[Rule]) -> tuple[list[tuple[int, Any]], Any]:
    """RE2 tells in one pass which of all expressions match; only those are run for their spans."""
    expressions = [(number, regex) for number, rule in enumerate(rules) for regex in rule.entry.regexes]
    together = re2.Set.SearchSet()
    for _, regex in expressions:
        together.Add(regex)
    if expressions:
        together.Compile()
    return [(number, re2.compile(regex)) for number, regex in expressions], together


def _phrases(automaton: Any, text: str, view: str) -> Iterator[_Candidate]:  # noqa: ANN401 - an extension type
    if not len(automaton):
        return
    length = len(text)
    for last, (size, rules) in automaton.iter(text):
        start, end = last + 1 - size, last + 1
        # The automaton knows no syllables: a neighbouring letter or digit means that it hit inside a word.
        if (start > 0 and _joins(text[start - 1], text[start])) or (end < length and _joins(text[end], text[last])):
            continue
        for rule in rules:
            yield _Candidate(rule, start, end, view)


def _joins(neighbour: str, edge: str) -> bool:
    return edge.isalnum() and (neighbour.isalnum() or neighbour == "_")


def _longest(candidates: list[_Candidate], rules: Sequence[Rule]) -> list[_Candidate]:
    """Of the hits of one cue or topic keep those that no longer one covers; the same span once for each rule."""
    kept: list[_Candidate] = []
    furthest: dict[str, tuple[int, int]] = {}
    seen: set[tuple[int, int, int]] = set()
    for candidate in sorted(candidates, key=lambda item: (item.start, -item.end, item.view, item.rule)):
        name = rules[candidate.rule].name
        start, end = furthest.get(name, (-1, -1))
        covered = candidate.end <= end and (candidate.start, candidate.end) != (start, end)
        key = (candidate.rule, candidate.start, candidate.end)
        if covered or key in seen:
            continue
        seen.add(key)
        kept.append(candidate)
        if candidate.end > end:
            furthest[name] = (candidate.start, candidate.end)
    return kept


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out the white space and punctuation that an expression consumed at its edges."""
    while start < end and not (text[start].isalnum() or text[start] in "<#"):
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _begins(text: str, position: int, contexts: Sequence[str], *, plain: bool) -> bool:
    longest = max(map(len, contexts))
    following = text[position : position + longest + 2].translate(_WHITE_SPACE).lstrip()
    return any(
        following.startswith(form) and not following[len(form) : len(form) + 1].isalnum()
        for context in contexts
        for form in _forms(context, plain=plain)
    )


def _ends(text: str, position: int, contexts: Sequence[str], *, plain: bool) -> bool:
    longest = max(map(len, contexts))
    preceding = text[max(0, position - longest - 2) : position].translate(_WHITE_SPACE).rstrip()
    return any(
        preceding.endswith(form) and not preceding[: len(preceding) - len(form)][-1:].isalnum()
        for context in contexts
        for form in _forms(context, plain=plain)
    )


def _forms(context: str, *, plain: bool) -> tuple[str, ...]:
    return (context, strip_diacritics(context)) if plain else (context,)
