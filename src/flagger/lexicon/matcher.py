"""Match all rules against a post in a few passes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from flagger.lexicon.loader import Lexicon
from flagger.lexicon.rules import Rule, scopes_of
from flagger.lexicon.scope import ScopeFinder, ScopeReader, reading_view
from flagger.lexicon.search import ExpressionFinder, PhraseFinder
from flagger.text.aligned import AlignedText
from flagger.text.alphabet import strip_diacritics
from flagger.text.post import PreparedPost

CONTEXT: Final = "context"
# White space that may stand between a hit and the context beside it, beyond one character.
_SLACK: Final = 8
# "Vô trách nhiệm hết chỗ nói" says nothing of what an office said.
_EXCLAMATIONS: Final = ("chỗ nói", "hết nói", "khỏi nói", "chuyện nói", "cho noi", "het noi", "khoi noi")
_GUESSES: Final = ("hình như", "dường như", "gần như", "hầu như", "hinh nhu", "duong nhu", "gan nhu", "hau nhu")


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
        self._scope_finder = ScopeFinder(lexicon.scopes)
        self._contexts = [_Contexts.of(rule) for rule in self._rules]
        numbered = list(enumerate(self._rules))
        self._written = PhraseFinder((phrase, number) for number, rule in numbered for phrase in rule.entry.patterns)
        self._plain = PhraseFinder((phrase, number) for number, rule in numbered for phrase in plain_phrases(rule))
        self._expressions = ExpressionFinder(
            [(expression, number) for number, rule in numbered for expression in rule.entry.regexes]
        )
        self._plain_expressions = ExpressionFinder(
            [(expression, number) for number, rule in numbered for expression in plain_expressions(rule)]
        )

    def find(self, post: PreparedPost) -> list[LexiconHit]:
        """Find all rules in a post.

        :param post: the prepared post.
        :return: hits in order of appearance, cancelled ones included; of hits of one name the longest cover the others.
        """
        text = post.normal.text
        candidates = [_Candidate(*found, "normal") for found in self._written.find(text)]
        candidates += [_Candidate(*found, "normal") for found in self._expressions.find(text)]
        candidates += self._in_plain(post)
        hits = self._hits(post, post.normal, candidates) if candidates else []
        if post.expanded is not None:
            hits += self._in_expanded(post, post.expanded, hits)
        return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.entry_id))

    def _in_plain(self, post: PreparedPost) -> Iterator[_Candidate]:
        """A hit without diacritics counts only where the writer typed none."""
        written, plain = post.normal.text, post.plain.text
        for found in self._plain.find(plain):
            words = written[found.start : found.end]
            if words == plain[found.start : found.end] and not (post.has_diacritics and len(words.split()) == 1):
                yield _Candidate(*found, "plain")
        if not post.has_diacritics:
            # Read as written, so that here, too, only what was typed without diacritics counts.
            for found in self._plain_expressions.find(written):
                yield _Candidate(*found, "plain")

    def _in_expanded(self, post: PreparedPost, view: AlignedText, known: Sequence[LexiconHit]) -> list[LexiconHit]:
        """Teencode spelled out finds what the post as written did not show."""
        candidates = [_Candidate(*found, "expanded") for found in self._written.find(view.text)]
        covered = {(hit.name, place) for hit in known for place in range(hit.start, hit.end)}
        return [
            hit
            for hit in self._hits(post, view, candidates)
            if not any((hit.name, place) in covered for place in range(hit.start, hit.end))
        ]

    def _hits(self, post: PreparedPost, view: AlignedText, candidates: list[_Candidate]) -> list[LexiconHit]:
        scopes = self._scope_finder.within(post)
        reading = reading_view(post)
        hits = []
        for candidate in _longest(candidates, self._rules):
            rule = self._rules[candidate.rule]
            start, end = view.original_span(candidate.start, candidate.end)
            place = (candidate.start, candidate.end) if view is reading else _within(reading, start, end)
            hits.append(
                LexiconHit(
                    *(rule.entry.id, rule.kind, rule.name, rule.entry.weight),
                    *(start, end, post.original[start:end]),
                    *(candidate.start, candidate.end, candidate.view),
                    cancelled_by=self._cancelled_by(reading.text, candidate, scopes, *place),
                )
            )
        return hits

    def _cancelled_by(self, text: str, candidate: _Candidate, scopes: ScopeReader, start: int, end: int) -> str | None:
        if text.endswith(_EXCLAMATIONS, start, end):
            return CONTEXT
        contexts = self._contexts[candidate.rule]
        if contexts is not None and contexts.surround(text, start, end, plain=candidate.view == "plain"):
            return CONTEXT
        for scope in self._scopes[candidate.rule]:
            if scopes.covers(scope, start, end):
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


def plain_expressions(rule: Rule) -> list[str]:
    """Give the expressions of a rule that read posts without diacritics, stripped.

    :param rule: the rule.
    :return: stripped expressions.
    """
    if not rule.entry.plain_regexes:
        return []
    return [plain for expression in rule.entry.regexes if (plain := strip_diacritics(expression)) != expression]


def _longest(candidates: list[_Candidate], rules: Sequence[Rule]) -> list[_Candidate]:
    """Of the hits of one cue or topic keep those that no longer one covers; of one rule's that overlap, the longest."""
    kept: list[_Candidate] = []
    furthest: dict[str, tuple[int, int]] = {}
    latest: dict[int, int] = {}
    for candidate in sorted(candidates, key=lambda item: (item.start, -item.end, item.view, item.rule)):
        name = rules[candidate.rule].name
        start, end = furthest.get(name, (-1, -1))
        if candidate.end <= end and (candidate.start, candidate.end) != (start, end):
            continue
        if candidate.end > end:
            furthest[name] = (candidate.start, candidate.end)
        before = latest.get(candidate.rule)
        if before is not None and candidate.start < kept[before].end:
            if candidate.end - candidate.start > kept[before].end - kept[before].start:
                kept[before] = candidate
            continue
        latest[candidate.rule] = len(kept)
        kept.append(candidate)
    return kept


def _within(view: AlignedText, start: int, end: int) -> tuple[int, int]:
    """Find the place of an original span in a view."""
    if view.starts is None:
        return start, end
    return bisect_left(view.starts, start), bisect_left(view.starts, end)


@dataclass(frozen=True, slots=True)
class _Contexts:
    """Words beside a hit that cancel it, as written and (where the hit itself is plain) without diacritics."""

    following: tuple[str, ...]
    preceding: tuple[str, ...]
    plain_following: tuple[str, ...]
    plain_preceding: tuple[str, ...]
    reach: int

    @classmethod
    def of(cls, rule: Rule) -> _Contexts | None:
        following, preceding = rule.entry.not_before, rule.entry.not_after
        if not following and not preceding:
            return None
        return cls(
            following,
            preceding,
            following + tuple(map(strip_diacritics, following)),
            preceding + tuple(map(strip_diacritics, preceding)),
            max(map(len, following + preceding)) + _SLACK,
        )

    def surround(self, text: str, start: int, end: int, *, plain: bool) -> bool:
        following = self.plain_following if plain else self.following
        preceding = self.plain_preceding if plain else self.preceding
        if following:
            after = " ".join(text[end : end + self.reach].split())
            if after.startswith(following) and any(
                after.startswith(form) and not after[len(form) : len(form) + 1].isalnum() for form in following
            ):
                return True
        if preceding:
            before = " ".join(text[max(0, start - self.reach) : start].split())
            # "hình như" guesses, it does not compare.
            before = before[: -len("như")] if before.endswith(_GUESSES) else before
            return before.endswith(preceding) and any(
                before.endswith(form) and not before[: len(before) - len(form)][-1:].isalnum() for form in preceding
            )
        return False
