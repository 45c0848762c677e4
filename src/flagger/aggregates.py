"""Counts over many posts: by province, topic and time. Never by author: flagger knows none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, get_args

from flagger.errors import InputError
from flagger.frames import result_row
from flagger.results import Result
from flagger.times import minutes_since_1970
from flagger.vocabulary import AXES, TOPICS, Decision

Window = Literal["day", "week", "month"]
WINDOWS: Final[tuple[Window, ...]] = get_args(Window)
_MIDNIGHT_1970: Final = datetime(1970, 1, 1)


class Aggregates:
    """Counts over scored posts, in memory that does not grow with their number.

    Each count has ``posts``, and of these ``unverified`` and ``sensitive``: how many each axis flags. A post counts
    once for every province and topic that it has.

    :param topic_thresholds: probability at and above which a topic counts as present; 0.5 for those that are missing.
    :param window: length of a time window: a day, a week that begins on Monday, or a month.
    :raises InputError: when there is no such window.
    """

    def __init__(self, topic_thresholds: Mapping[str, float] | None = None, *, window: Window = "day") -> None:
        if window not in WINDOWS:
            raise InputError(f"window is {window!r}; expected one of {', '.join(WINDOWS)}.")
        self._thresholds = topic_thresholds or {}
        self._window = window
        self._posts = 0
        self._unscored = 0
        self._without_time = 0
        self._decisions: Counter[tuple[str, str]] = Counter()
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._windows: Counter[tuple[str, str, str, str]] = Counter()
        self._timed = False

    def add(self, row: Mapping[str, Any], time: object = None, *, timed: bool = False) -> None:
        """Count a post.

        :param row: its result columns, as :func:`flagger.frames.result_row` gives them.
        :param time: when it was written, in any form that :mod:`flagger.times` reads.
        :param timed: whether posts have times at all, so that one without is counted as such.
        """
        self._posts += 1
        if row["error"] is not None:
            self._unscored += 1
            return
        flagged = [axis for axis in AXES if row[f"{axis}_decision"] == Decision.FLAG.value]
        self._decisions.update((axis, row[f"{axis}_decision"]) for axis in AXES)
        topics = [name for name in TOPICS if row["topics"][name] >= self._thresholds.get(name, 0.5)]
        found = [("topics", name) for name in topics]
        for kind, key in (("provinces", "province"), ("provinces_before", "province_before")):
            found += [(kind, name) for name in sorted({place[key] for place in row["places"]} - {None})]
        self._counts.update((*one, what) for one in found for what in ("posts", *flagged))
        if not timed and time is None:
            return
        self._timed = True
        minutes = minutes_since_1970(time)
        if minutes is None:
            self._without_time += 1
            return
        start = self._start(minutes).isoformat()
        everything = [("", ""), *(one for one in found if one[0] != "provinces_before")]
        self._windows.update((start, *one, what) for one in everything for what in ("posts", *flagged))

    def _start(self, minutes: int) -> date:
        day = (_MIDNIGHT_1970 + timedelta(minutes=minutes)).date()
        if self._window == "week":
            return day - timedelta(days=day.weekday())
        return day.replace(day=1) if self._window == "month" else day

    def to_dict(self) -> dict[str, Any]:
        """Give the counts.

        :return: JSON-ready: ``posts``, ``unscored``, ``decisions`` by axis; counts by ``provinces`` (the 34 since
            1 July 2025), ``provinces_before`` (the 63 until then) and ``topics``, most posts first; where there are
            times also ``window``, ``without_time`` and ``windows`` by first day, each with its ``provinces`` and
            ``topics``.
        """
        found: dict[str, Any] = {
            "posts": self._posts,
            "unscored": self._unscored,
            "decisions": {axis: {one.value: self._decisions[axis, one.value] for one in Decision} for axis in AXES},
            **{kind: _nested(self._counts, kind) for kind in ("provinces", "provinces_before", "topics")},
        }
        if not self._timed:
            return found
        windows: dict[str, Counter[tuple[str, str, str]]] = {}
        for (start, *rest), number in self._windows.items():
            kind, name, what = rest
            windows.setdefault(start, Counter())[kind, name, what] = number
        listed = {
            start: {
                **_nested(counts, "")[""],
                **{kind: _nested(counts, kind) for kind in ("provinces", "topics")},
            }
            for start, counts in sorted(windows.items())
        }
        return {**found, "window": self._window, "without_time": self._without_time, "windows": listed}


def _nested(counts: Mapping[tuple[str, str, str], int], kind: str) -> dict[str, dict[str, int]]:
    names = {name: number for (one, name, what), number in counts.items() if one == kind and what == "posts"}
    order = sorted(names, key=lambda name: (-names[name], name))
    return {name: {what: counts.get((kind, name, what), 0) for what in ("posts", *AXES)} for name in order}


def summary(
    results: Iterable[Result], *, times: Iterable[object] | None = None, window: Window = "day"
) -> dict[str, Any]:
    """Count results by province, topic and time window.

    :param results: scored posts.
    :param times: when each was written: dates, times, ISO 8601, ``31/12/2025``, or seconds since 1970.
    :param window: length of a time window.
    :return: see :meth:`Aggregates.to_dict`.
    :raises InputError: when there are more or fewer times than results, or no such window.
    """
    aggregates: Aggregates | None = None
    # A column of a data frame is looked up by its index, not by position.
    times = None if times is None else list(times)
    number = 0
    for number, result in enumerate(results, start=1):
        if aggregates is None:
            aggregates = Aggregates(result.topic_thresholds, window=window)
        if times is not None and number > len(times):
            break
        aggregates.add(result_row(result), None if times is None else times[number - 1], timed=times is not None)
    if times is not None and number != len(times):
        raise InputError(f"{len(times)} times for {'more' if number > len(times) else number} results; give one each.")
    return (aggregates or Aggregates(window=window)).to_dict()
