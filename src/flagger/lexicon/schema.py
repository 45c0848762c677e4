"""The form of a lexicon file, validated by pydantic."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Literal, TypeVar

import re2
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from flagger.lexicon.rules import Entry, Scopes
from flagger.text.alphabet import strip_diacritics
from flagger.text.spelling import place_tones
from flagger.vocabulary import CUES, TOPICS

ScopeName = Literal["negation", "quotation", "correction", "figurative", "question"]

MAXIMUM_WEIGHT = 2.0
_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_Item = TypeVar("_Item")
_QUIET = re2.Options()
_QUIET.log_errors = False


def _checked_phrase(value: str) -> str:
    """Refuse a phrase that no view of a post can hold."""
    folded = place_tones(" ".join(unicodedata.normalize("NFC", value).lower().split()))
    if not folded:
        raise ValueError("an empty phrase; expected at least one word")
    if value != folded:
        raise ValueError(
            f"{value!r} is not normalised; expected {folded!r} "
            "(lower case, NFC, single spaces, the tone where older spelling puts it)"
        )
    return value


def _checked_expression(value: str) -> str:
    try:
        compiled = re2.compile(value, _QUIET)
    except re2.error as error:
        raise ValueError(f"RE2 cannot compile {value!r}: {_reason(error)}") from None
    if compiled.search("") is not None:
        raise ValueError(f"{value!r} matches the empty string; it would hit everywhere")
    return value


def _reason(error: Any) -> str:  # noqa: ANN401 - re2 carries bytes or text
    reason = error.args[0] if error.args else ""
    return reason.decode() if isinstance(reason, bytes) else str(reason)


def _checked_number(values: tuple[_Item, ...]) -> tuple[_Item, ...]:
    # Said here and not by min_length, which counts items that are wrong as missing.
    if not values:
        raise ValueError("an empty list; expected at least one item")
    return values


Phrase = Annotated[str, AfterValidator(_checked_phrase)]
Expression = Annotated[str, AfterValidator(_checked_expression)]


class EntryForm(BaseModel):
    """One rule as a file gives it, with the fields of :class:`flagger.lexicon.rules.Entry`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    patterns: tuple[Phrase, ...] = ()
    regexes: tuple[Expression, ...] = ()
    plain_regexes: bool = Field(default=False, strict=True)
    weight: float = Field(default=1.0, gt=0.0, le=MAXIMUM_WEIGHT, strict=True)
    plain: bool | None = Field(default=None, strict=True)
    cancelled_by: tuple[ScopeName, ...] | None = None
    not_before: tuple[Phrase, ...] = ()
    not_after: tuple[Phrase, ...] = ()
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    note: str | None = None

    @field_validator("id")
    @classmethod
    def _check_id(cls, value: str) -> str:
        if not _ID.fullmatch(value):
            raise ValueError(f"{value!r} is no id; expected the name, a dot and lower-case letters, digits or _")
        return value

    @field_validator("positive", "negative")
    @classmethod
    def _check_examples(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return _checked_number(values)

    @model_validator(mode="after")
    def _check_any(self) -> EntryForm:
        if not self.patterns and not self.regexes:
            raise ValueError("no patterns and no regexes; expected at least one")
        if self.plain_regexes:
            for expression in self.regexes:
                _checked_expression(strip_diacritics(expression))
        return self

    def entry(self) -> Entry:
        """Give the entry as plain data."""
        return Entry(**dict(self))


class LexiconForm(BaseModel):
    """One file: entries of one cue or one topic.

    :param kind: ``cue`` or ``topic``.
    :param name: name of the cue or topic.
    :param entries: the rules; the loader checks that their ids begin with ``name``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["cue", "topic"]
    name: str
    entries: tuple[EntryForm, ...]

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind")
        known = {"cue": CUES, "topic": TOPICS}.get(str(kind))
        if known is not None and value not in known:
            raise ValueError(f"unknown {kind} {value!r}; expected one of {', '.join(known)}")
        return value

    @field_validator("entries")
    @classmethod
    def _check_entries(cls, values: tuple[EntryForm, ...]) -> tuple[EntryForm, ...]:
        return _checked_number(values)


class ScopesForm(BaseModel):
    """The word lists of the scopes, with the fields of :class:`flagger.lexicon.rules.Scopes`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    negation: tuple[Phrase, ...]
    correction: tuple[Phrase, ...]
    question: tuple[Phrase, ...]
    figurative: tuple[Phrase, ...]

    @field_validator("negation", "correction", "question", "figurative")
    @classmethod
    def _check_phrases(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return _checked_number(values)

    def scopes(self) -> Scopes:
        """Give the word lists as plain data."""
        return Scopes(**dict(self))
