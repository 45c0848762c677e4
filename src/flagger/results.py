"""What flagger says about a post: plain frozen dataclasses that turn into dictionaries, text and HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flagger.vocabulary import Decision, PlaceLevel


@dataclass(frozen=True, slots=True)
class AxisScore:
    """One axis of a post.

    :param probability: calibrated probability in [0, 1].
    :param decision: ``clear``, ``review`` or ``flag``, by the two thresholds stored with the model.
    :param logit: the same score on the logit scale: the sum of all parts.
    :param parts: what the score rests on, on the logit scale: an intercept, rules, wording and encoder for the first
        axis, harm and place for the second.
    """

    probability: float
    decision: Decision
    logit: float
    parts: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON-ready dictionary."""
        return {
            "probability": self.probability,
            "decision": self.decision.value,
            "logit": self.logit,
            "parts": dict(self.parts),
        }


@dataclass(frozen=True, slots=True)
class PlaceCandidate:
    """One unit that a place mention can mean.

    :param name: full name with the unit word, such as ``Huyện Thanh Oai``.
    :param level: administrative level.
    :param province_before: province by the 63 that stood before 1 July 2025, or ``None`` when unknown.
    :param province_now: province by the 34 since then, or ``None`` when unknown.
    :param code_before: official code before 1 July 2025, or ``None`` for a unit that did not exist.
    :param code_now: official code since 1 July 2025, of the unit itself or of the one that it was merged into.
    :param parents: names of the units above, nearest first.
    """

    name: str
    level: PlaceLevel
    province_before: str | None = None
    province_now: str | None = None
    code_before: str | None = None
    code_now: str | None = None
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place in Viet Nam that a post names.

    :param text: the mention as written; ``post[start:end] == text``.
    :param start: first character in the original post.
    :param end: just after the last character.
    :param level: level of the most likely candidate.
    :param candidates: what the mention can mean, most likely first; several when the post leaves it open, none for a
        street, school or market that belongs to no listed unit.
    """

    text: str
    start: int
    end: int
    level: PlaceLevel
    candidates: tuple[PlaceCandidate, ...] = ()

    @property
    def province(self) -> str | None:
        """Province since 1 July 2025 when all candidates agree on one, else ``None``."""
        provinces = {candidate.province_now for candidate in self.candidates}
        return provinces.pop() if len(provinces) == 1 else None

    @property
    def province_before(self) -> str | None:
        """Province before 1 July 2025 when all candidates agree on one, else ``None``."""
        provinces = {candidate.province_before for candidate in self.candidates}
        return provinces.pop() if len(provinces) == 1 else None

    @property
    def is_ambiguous(self) -> bool:
        """Say whether more than one unit remains possible."""
        return len(self.candidates) > 1

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON-ready dictionary."""
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "level": self.level.value,
            "province": self.province,
            "province_before": self.province_before,
            "candidates": [
                {
                    "name": candidate.name,
                    "level": candidate.level.value,
                    "province": candidate.province_now,
                    "province_before": candidate.province_before,
                    "code": candidate.code_now,
                    "code_before": candidate.code_before,
                    "parents": list(candidate.parents),
                }
                for candidate in self.candidates
            ],
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a score.

    :param text: the words as written; ``post[start:end] == text``.
    :param start: first character in the original post.
    :param end: just after the last character.
    :param cue: name of the cue or topic, ``place``, or ``wording`` for what the model read.
    :param axis: the axis that the contribution belongs to.
    :param source: id of the lexicon rule, or the name of the model part that found it.
    :param contribution: what the axis score would lose without it, on the logit scale; above zero raises it. A raising
        cue below zero is one that its context takes back.
    """

    text: str
    start: int
    end: int
    cue: str
    axis: str
    source: str
    contribution: float

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON-ready dictionary."""
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "cue": self.cue,
            "axis": self.axis,
            "source": self.source,
            "contribution": round(self.contribution, 6),
        }


@dataclass(frozen=True, slots=True)
class Result:
    """All that flagger says about one post.

    :param post: the original text.
    :param unverified: does it pass on a checkable claim that a careful reader could not follow to a source?
    :param rumour: probability in [0, 1] that it carries plain rumour marks (level 2 of the annotation guide).
    :param sensitive: is it about harm in a place in Viet Nam?
    :param topics: calibrated probability of each of the 12 harm topics.
    :param places: places in Viet Nam, in order of appearance.
    :param is_local: whether the post concerns an event or condition located in a place in Viet Nam.
    :param cues: names of the cues found, strongest first.
    :param evidence: reasons, strongest contribution first.
    :param priority: order in which a desk should read, in [0, 1]; higher first.
    :param truncated: whether any part of the post was left unread.
    :param windows: number of windows in which a long post was read; 1 for a short one.
    :param topic_thresholds: probability at and above which a topic counts as present.
    """

    post: str
    unverified: AxisScore
    rumour: float
    sensitive: AxisScore
    topics: Mapping[str, float]
    places: tuple[Place, ...]
    is_local: bool
    cues: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    priority: float
    truncated: bool = False
    windows: int = 1
    topic_thresholds: Mapping[str, float] = field(default_factory=dict)

    @property
    def top_topics(self) -> list[str]:
        """Topics at or above their thresholds, most likely first."""
        present = [name for name, value in self.topics.items() if value >= self.topic_thresholds.get(name, 0.5)]
        return sorted(present, key=lambda name: -self.topics[name])

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON-ready dictionary of the whole result."""
        return {
            "text": self.post,
            "unverified": self.unverified.to_dict(),
            "rumour": self.rumour,
            "sensitive": self.sensitive.to_dict(),
            "topics": dict(self.topics),
            "places": [place.to_dict() for place in self.places],
            "is_local": self.is_local,
            "cues": list(self.cues),
            "evidence": [item.to_dict() for item in self.evidence],
            "priority": self.priority,
            "truncated": self.truncated,
            "windows": self.windows,
        }

    def _repr_html_(self) -> str:
        """Render the result for a notebook."""
        from flagger.display.html import render_result

        return render_result(self)
