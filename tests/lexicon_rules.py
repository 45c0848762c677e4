"""Small lexicons for tests, built without files."""

from __future__ import annotations

from typing import Any

from flagger.lexicon import Lexicon, LexiconHit, LexiconMatcher, Rule
from flagger.lexicon.rules import Entry
from flagger.text import prepare


def rule(*patterns: str, id: str = "hearsay.one", kind: str = "cue", **fields: Any) -> Rule:
    fields = {"positive": ("x",), "negative": ("y",), **fields}
    return Rule(kind, id.split(".")[0], Entry(id=id, patterns=patterns, **fields))


def lexicon(*rules: Rule) -> Lexicon:
    return Lexicon(rules, Lexicon.default().scopes)


def find(post: str, *rules: Rule) -> list[LexiconHit]:
    hits = LexiconMatcher(lexicon(*rules)).find(prepare(post))
    assert all(post[hit.start : hit.end] == hit.text for hit in hits)
    return hits


def texts(post: str, *rules: Rule) -> list[str]:
    return [hit.text for hit in find(post, *rules) if hit.cancelled_by is None]
