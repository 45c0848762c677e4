"""Scored rows on their way to the page: gathered, cut to the most urgent, turned into columns of small values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

import msgspec

from flagger.errors import InputError
from flagger.report.provinces import PROVINCES
from flagger.times import minutes_since_1970
from flagger.vocabulary import AXES, CUES, PARTS, TOPICS, Decision, PlaceLevel

MOST_POSTS: Final = 50_000
# Topics below this are not named, unless they reach their threshold.
LEAST_SHARE: Final = 0.05
_DECISIONS: Final = {decision.value: position for position, decision in enumerate(Decision)}
_LEVELS: Final = {level.value: position for position, level in enumerate(PlaceLevel)}
_PROVINCES: Final = {name: position for position, name in enumerate(PROVINCES)}
_CUES: Final = {name: position for position, name in enumerate(CUES)}
REASONS: Final = (*CUES, *TOPICS, "place", "wording")
_REASONS: Final = {name: position for position, name in enumerate(REASONS)}
_PARTS: Final = {name: position for position, name in enumerate(PARTS)}
_AXES: Final = {name: position for position, name in enumerate(AXES)}


@dataclass(frozen=True, slots=True)
class ReportColumns:
    """Names of the columns that the page shows beside the scores.

    :param text: the posts.
    :param id: the names of the rows, or ``None`` to number them.
    :param time: when each was written, or ``None``.
    :param group: which near-duplicates belong together, or ``None``.
    """

    text: str = "text"
    id: str | None = None
    time: str | None = None
    group: str | None = None


class ReportPosts:
    """The posts of a report.

    Memory stays bounded: of more than ``limit`` posts, those with the highest priority are kept.

    :param columns: names of the columns.
    :param topic_thresholds: probability at and above which a topic counts as present.
    :param limit: most posts to show.
    """

    def __init__(
        self, columns: ReportColumns, topic_thresholds: Mapping[str, float], *, limit: int = MOST_POSTS
    ) -> None:
        self.columns = columns
        self.rows = 0
        self.unscored = 0
        self.has_evidence = False
        self._limit = limit
        self._thresholds = [topic_thresholds.get(name, 0.5) for name in TOPICS]
        self._posts: list[dict[str, Any]] = []
        self._groups: dict[str, int] = {}
        self._sources: dict[str, int] = {}
        self._times_read = 0
        self._times_given = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Take a row of a scored table.

        :param row: values by column; lists and objects may be JSON, as CSV holds them.
        :raises InputError: when the row was not written by ``flagger score``.
        """
        self.rows += 1
        text = row.get(self.columns.text)
        if row.get("error") or not isinstance(text, str):
            self.unscored += 1
            return
        try:
            self._posts.append(self._post(row, text))
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise InputError(
                f"Row {self.rows} is not as 'flagger score' writes rows ({type(error).__name__}). "
                "Give the file that it wrote, unchanged, and name the column with the posts by --text-column."
            ) from error
        if len(self._posts) >= 2 * self._limit:
            self._cut()

    def problem_of_times(self) -> str | None:
        """Say what is wrong when times were given and none could be read.

        :return: the problem and what was expected, or ``None``.
        """
        if self._times_read or not self._times_given:
            return None
        return (
            "No value in the column of times could be read as a time. Expected ISO 8601 such as 2026-03-01T08:30, a "
            "day such as 31/12/2025, or seconds since 1970."
        )

    def payload(self) -> dict[str, Any]:
        """Give what the page reads, most urgent post first.

        :return: columns by name, JSON-ready; every span counts UTF-16 units, as browsers do. A time that could not be
            read is none.
        """
        self._cut()
        names = list(self._posts[0]) if self._posts else []
        return {
            "rows": self.rows,
            "unscored": self.unscored,
            "shown": len(self._posts),
            "hasEvidence": self.has_evidence,
            "sources": list(self._sources),
            "posts": {name: [post[name] for post in self._posts] for name in names},
        }

    def _cut(self) -> None:
        self._posts.sort(key=lambda post: (-post["priority"], post["row"]))
        del self._posts[self._limit :]

    def _post(self, row: Mapping[str, Any], text: str) -> dict[str, Any]:
        columns = self.columns
        units = _utf16_positions(text)
        post: dict[str, Any] = {
            "row": self.rows,
            "id": str(self.rows if columns.id is None or row[columns.id] is None else row[columns.id]),
            "text": text,
            "priority": round(float(row["priority"]), 6),
            "unverified": _rounded(row["unverified"]),
            "unverifiedDecision": _DECISIONS[row["unverified_decision"]],
            "sensitive": _rounded(row["sensitive"]),
            "sensitiveDecision": _DECISIONS[row["sensitive_decision"]],
            "topics": self._topics(_decoded(row["topics"]) or {}),
            "places": _places(_decoded(row["places"]) or [], text, units),
            "cues": [_CUES[name] for name in _decoded(row["cues"]) or [] if name in _CUES],
            "truncated": int(_is_true(row.get("truncated"))),
            "evidence": self._evidence(_decoded(row.get("evidence")), text, units),
            "parts": _parts(_decoded(row.get("parts"))),
        }
        if columns.time is not None:
            post["time"] = self._time(row.get(columns.time))
        if columns.group is not None:
            group = row.get(columns.group)
            post["group"] = None if group in (None, "") else self._groups.setdefault(str(group), len(self._groups))
        return post

    def _topics(self, topics: Mapping[str, Any]) -> list[float]:
        """Give the topics worth naming, most likely first, as triples of position, share and whether it is present."""
        found = []
        for position, name in enumerate(TOPICS):
            share = float(topics.get(name) or 0.0)
            is_present = share >= self._thresholds[position]
            if is_present or share >= LEAST_SHARE:
                found.append((-share, position, is_present))
        return [
            value
            for share, position, is_present in sorted(found)
            for value in (position, -_rounded(share), int(is_present))
        ]

    def _evidence(
        self, evidence: Sequence[Mapping[str, Any]] | None, text: str, units: Sequence[int] | None
    ) -> str | None:
        """Give the reasons as numbers in one string: the page reads those of a post when it is opened, not before."""
        if evidence is None:
            return None
        self.has_evidence = True
        flat: list[float] = []
        for item in evidence:
            if item["cue"] in _REASONS:
                source = self._sources.setdefault(item["source"], len(self._sources))
                span = _span(item, text, units)
                flat += [
                    *span,
                    _REASONS[item["cue"]],
                    _AXES[item["axis"]],
                    round(float(item["contribution"]), 3),
                    source,
                ]
        return _in_one_string(flat)

    def _time(self, value: object) -> int | None:
        if value in (None, ""):
            return None
        self._times_given += 1
        minutes = minutes_since_1970(value)
        self._times_read += minutes is not None
        return minutes


def _parts(parts: Sequence[Mapping[str, Any]] | None) -> str | None:
    """Give triples of axis, part and contribution in one string, as the reasons are."""
    if parts is None:
        return None
    flat = [
        value
        for item in parts
        if item["part"] in _PARTS
        for value in (_AXES[item["axis"]], _PARTS[item["part"]], round(float(item["contribution"]), 3))
    ]
    return _in_one_string(flat)


def _in_one_string(numbers: Sequence[float]) -> str:
    return msgspec.json.encode(numbers).decode()[1:-1]


def _places(places: Sequence[Mapping[str, Any]], text: str, units: Sequence[int] | None) -> list[int]:
    flat: list[int] = []
    for place in places:
        province = _PROVINCES.get(place["province"] or "", -1)
        flat += [*_span(place, text, units), _LEVELS[place["level"]], province]
    return flat


def _span(item: Mapping[str, Any], text: str, units: Sequence[int] | None) -> tuple[int, int]:
    start, end = int(item["start"]), int(item["end"])
    if not 0 <= start <= end <= len(text) or item.get("text", text[start:end]) != text[start:end]:
        raise ValueError("a span of another text")
    return (start, end) if units is None else (units[start], units[end])


def _utf16_positions(text: str) -> list[int] | None:
    """Give the UTF-16 position of each character and of the end, or ``None`` when they are the same."""
    if not text or max(text) <= "\uffff":
        return None
    return list(accumulate((2 if character > "\uffff" else 1 for character in text), initial=0))


def _decoded(value: Any) -> Any:  # noqa: ANN401 - cells hold anything
    if not isinstance(value, str):
        return value
    return msgspec.json.decode(value) if value else None


def _rounded(value: object) -> float:
    return round(float(value), 4)  # type: ignore[arg-type]


def _is_true(value: object) -> bool:
    return value is True or value == "true"
