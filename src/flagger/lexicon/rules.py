"""The rules as the matcher holds them: plain data, already checked."""

from __future__ import annotations

import msgspec

from flagger.vocabulary import RAISING_CUES


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One rule: phrases that mean the same, how much they say, and what takes their meaning away.

    :param id: unique; begins with the name of the cue or topic.
    :param patterns: phrases in lower case and NFC with diacritics, matched at syllable boundaries.
    :param regexes: patterns for the linear-time engine RE2, matched on the normal view.
    :param plain_regexes: whether posts typed without diacritics are read with the expressions stripped of theirs.
    :param weight: strength in (0, 2].
    :param plain: whether phrases may match without diacritics; when left out, those of two syllables or more may.
    :param cancelled_by: scopes that cancel a hit; when left out, correction for a raising cue and none for the others.
    :param not_before: literal contexts directly after the hit that cancel it.
    :param not_after: literal contexts directly before the hit that cancel it.
    :param positive: posts in which the entry must hit.
    :param negative: posts in which it must not.
    :param note: why the entry is as it is.
    """

    id: str
    patterns: tuple[str, ...] = ()
    regexes: tuple[str, ...] = ()
    plain_regexes: bool = False
    weight: float = 1.0
    plain: bool | None = None
    cancelled_by: tuple[str, ...] | None = None
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    note: str | None = None


class Rule(msgspec.Struct, frozen=True):
    """An entry with the cue or topic that it belongs to.

    :param kind: ``cue`` or ``topic``.
    :param name: name of the cue or topic.
    :param entry: the entry.
    """

    kind: str
    name: str
    entry: Entry


class Scopes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Word lists of the scopes that cancel hits.

    :param negation: words that deny what follows within a few syllables.
    :param correction: phrases by which a sentence or its neighbour denies or corrects a story.
    :param question: phrases that make a sentence a question.
    :param figurative: words directly before a phrase that make it a comparison.
    """

    negation: tuple[str, ...]
    correction: tuple[str, ...]
    question: tuple[str, ...]
    figurative: tuple[str, ...]


def scopes_of(kind: str, name: str, entry: Entry) -> tuple[str, ...]:
    """Give the scopes that cancel hits of an entry, defaults filled in.

    :param kind: ``cue`` or ``topic``.
    :param name: name of the cue or topic.
    :param entry: the entry.
    :return: names of scopes.
    """
    if entry.cancelled_by is not None:
        return entry.cancelled_by
    return ("correction",) if kind == "cue" and name in RAISING_CUES else ()
