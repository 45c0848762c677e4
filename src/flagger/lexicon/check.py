"""Check a lexicon against its own examples and against a corpus."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from flagger.lexicon.loader import Lexicon
from flagger.lexicon.matcher import LexiconMatcher, active, plain_phrases
from flagger.lexicon.neutrality import REFUSAL, refusals
from flagger.lexicon.rules import Rule
from flagger.text import prepare
from flagger.text.alphabet import strip_diacritics

MAXIMUM_HIT_RATE: Final = 0.15
MINIMUM_CORPUS: Final = 200
# Syllables that stand in every other post; alone they say nothing.
COMMON_SYLLABLES: Final = frozenset(
    (
        "là và của có không cho được người trong một đã với này các những để khi từ đó ra vào lên đi về thì mà cũng "
        "như đến nhiều sẽ ở bị còn năm ngày rồi làm tại nó tôi mình em anh chị bạn ai gì nào sao vì nên nhưng hay "
        "hoặc phải biết nói thấy nghe xem ăn nhà con ông bà cái việc theo sau trước trên dưới mới lại đang vẫn chỉ "
        "rất quá lắm nữa thôi ạ nhé nha đây kia ấy thế vậy số giờ tháng đường nước tin lúc cả mọi từng hơn nhất cùng "
        "giữa qua do bằng"
    ).split()
)


@dataclass(frozen=True, slots=True)
class LexiconProblem:
    """Something wrong with an entry.

    :param entry_id: id of the entry.
    :param kind: ``positive``, ``negative``, ``plain``, ``dead``, ``duplicate``, ``broad`` or ``refused``.
    :param message: what is wrong and what to do.
    """

    entry_id: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class LexiconReport:
    """What a check found.

    :param entries: number of entries.
    :param patterns: number of phrases and expressions.
    :param names: number of entries by cue or topic.
    :param problems: what is wrong; empty for a good lexicon.
    :param hit_rates: share of corpus posts in which each entry hits; empty without a corpus.
    """

    entries: int
    patterns: int
    names: dict[str, int]
    problems: tuple[LexiconProblem, ...]
    hit_rates: dict[str, float] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON-ready dictionary."""
        return {
            "ok": self.ok,
            "entries": self.entries,
            "patterns": self.patterns,
            "names": self.names,
            "problems": [
                {"entry_id": problem.entry_id, "kind": problem.kind, "message": problem.message}
                for problem in self.problems
            ],
            "hit_rates": self.hit_rates,
        }


def check_lexicon(lexicon: Lexicon, corpus: Iterable[str] | None = None) -> LexiconReport:
    """Run every entry's examples and look for dead, duplicate and over-broad entries.

    Files with entries about political stance never get here, for the loader refuses them; rules built in Python do.

    :param lexicon: the rules.
    :param corpus: ordinary posts; entries that hit in too many of them are reported.
    :return: the report.
    """
    matcher = LexiconMatcher(lexicon)
    problems = [*_duplicates(lexicon)]
    for rule in lexicon.rules:
        problems += _refused(rule)
        problems += _common(rule)
        problems += _examples(rule, matcher)
        problems += _dead(rule, matcher)
    rates = {} if corpus is None else _hit_rates(matcher, corpus)
    problems += [
        LexiconProblem(entry, "broad", f"hits {rate:.0%} of the corpus; make its phrases more precise")
        for entry, rate in rates.items()
        if rate > MAXIMUM_HIT_RATE
    ]
    names: dict[str, int] = defaultdict(int)
    for rule in lexicon.rules:
        names[rule.name] += 1
    patterns = sum(len(rule.entry.patterns) + len(rule.entry.regexes) for rule in lexicon.rules)
    return LexiconReport(len(lexicon.rules), patterns, dict(names), tuple(problems), rates)


def _examples(rule: Rule, matcher: LexiconMatcher) -> Iterable[LexiconProblem]:
    entry = rule.entry
    for text in entry.positive:
        for form in (text, unicodedata.normalize("NFD", text), text.upper()):
            if not _hits(rule, form, matcher):
                yield LexiconProblem(entry.id, "positive", f"does not hit in its own positive example {form!r}")
                break
    stripped = plain_phrases(rule)
    if (stripped or entry.plain_regexes) and not any(
        _hits(rule, strip_diacritics(text), matcher) for text in entry.positive
    ):
        phrases = {phrase for text in entry.positive for phrase in stripped if phrase in strip_diacritics(text.lower())}
        if phrases or not stripped:
            yield LexiconProblem(entry.id, "plain", "does not hit in any positive example typed without diacritics")
    for text in entry.negative:
        if _hits(rule, text, matcher):
            yield LexiconProblem(entry.id, "negative", f"hits in its own negative example {text!r}")


def _dead(rule: Rule, matcher: LexiconMatcher) -> Iterable[LexiconProblem]:
    entry = rule.entry
    for phrase in entry.not_before + entry.not_after:
        if not _survives(phrase):
            yield LexiconProblem(entry.id, "dead", f"{phrase!r} can never stand beside a hit; check its spelling")
    for phrase in entry.patterns:
        # A phrase of its own may be a question or a denial; what matters is that the matcher can find it.
        if not _survives(phrase) or not _found(rule, f"a {phrase} b", matcher):
            yield LexiconProblem(
                entry.id, "dead", f"{phrase!r} can never be found in the normal view; check its spelling"
            )


def _refused(rule: Rule) -> Iterable[LexiconProblem]:
    for place, term in refusals(rule.entry):
        yield LexiconProblem(rule.entry.id, "refused", f"{place[0]} holds {term!r}. {REFUSAL}")


def _common(rule: Rule) -> Iterable[LexiconProblem]:
    for phrase in rule.entry.patterns:
        if phrase in COMMON_SYLLABLES:
            yield LexiconProblem(rule.entry.id, "broad", f"{phrase!r} stands in every other post; add a syllable to it")


def _duplicates(lexicon: Lexicon) -> Iterable[LexiconProblem]:
    owners: dict[tuple[str, str], str] = {}
    for rule in lexicon.rules:
        for phrase in rule.entry.patterns:
            key = (rule.name, phrase)
            if key in owners:
                yield LexiconProblem(rule.entry.id, "duplicate", f"{phrase!r} stands in {owners[key]} already")
            owners.setdefault(key, rule.entry.id)


def _hits(rule: Rule, text: str, matcher: LexiconMatcher) -> bool:
    return any(hit.entry_id == rule.entry.id for hit in active(matcher.find(prepare(text))))


def _survives(phrase: str) -> bool:
    """Say whether normalisation leaves a phrase as it is, so that a view can hold it."""
    return prepare(phrase).normal.text == phrase


def _found(rule: Rule, text: str, matcher: LexiconMatcher) -> bool:
    return any(
        hit.name == rule.name and hit.start <= 2 and hit.end >= len(text) - 2 for hit in matcher.find(prepare(text))
    )


def _hit_rates(matcher: LexiconMatcher, corpus: Iterable[str]) -> dict[str, float]:
    counts: dict[str, int] = defaultdict(int)
    size = 0
    for text in corpus:
        size += 1
        for entry in {hit.entry_id for hit in active(matcher.find(prepare(text)))}:
            counts[entry] += 1
    if size < MINIMUM_CORPUS:
        return {}
    return {entry: round(number / size, 4) for entry, number in sorted(counts.items())}
