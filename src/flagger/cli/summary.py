"""``flagger score --summary``: counts of the rows just scored, as JSON and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flagger.aggregates import Aggregates, Window

if TYPE_CHECKING:
    from flagger.scorer import Flagger
    from flagger.tables import Chunk

_MOST_ROWS = 10


def refuse_summary(path: str, *others: str) -> None:
    """Refuse a summary that is no JSON file, or is another file of the same command.

    :param path: where the summary goes.
    :param others: the input and other outputs.
    :raises OutputError: when it cannot go there.
    """
    from flagger.errors import OutputError
    from flagger.tables import refuse_same_file

    if not path.lower().endswith(".json"):
        raise OutputError(f"Cannot write the summary to '{path}': expected a name that ends in .json.")
    for other in others:
        refuse_same_file(other, path)


class SummaryDuringScoring:
    """Counts posts while they are scored.

    :param scorer: the scorer, whose model says from which probability on a topic counts as present.
    :param time: the column with times, or ``None``.
    :param window: length of a time window.
    """

    def __init__(self, scorer: Flagger, *, time: str | None, window: Window) -> None:
        self._time = time
        self._aggregates = Aggregates(scorer.model.fusion.topic_thresholds, window=window)

    def add(self, chunk: Chunk, rows: list[dict[str, Any]]) -> None:
        """Take a chunk.

        :param chunk: the rows as they were read.
        :param rows: their result columns.
        """
        from flagger.tables.text_writers import as_list

        times = [None] * len(rows) if self._time is None else as_list(chunk.kept[self._time])
        for row, time in zip(rows, times, strict=True):
            self._aggregates.add(row, time, timed=self._time is not None)

    def write(self, path: str | Path) -> dict[str, Any]:
        """Write the counts as JSON.

        :param path: where to.
        :return: the counts.
        :raises OutputError: when they cannot be written.
        """
        import msgspec

        from flagger.tables.atomic import AtomicFile

        found = self._aggregates.to_dict()
        with AtomicFile(path) as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
        return found


def print_summary(found: Mapping[str, Any]) -> None:
    """Print the largest counts to the standard error stream.

    :param found: the counts.
    """
    from rich.console import Console
    from rich.table import Table

    console = Console(stderr=True)
    kinds = [("provinces", "province"), ("topics", "topic"), ("windows", found.get("window", ""))]
    for kind, heading in kinds:
        counts: Mapping[str, Mapping[str, int]] = found.get(kind, {})
        if not counts:
            continue
        table = Table(heading, box=None)
        for name in ("posts", "unverified flagged", "sensitive flagged"):
            table.add_column(name, justify="right")
        names = list(counts)[-_MOST_ROWS:] if kind == "windows" else list(counts)[:_MOST_ROWS]
        for name in names:
            row = counts[name]
            table.add_row(name, *(f"{row[what]:,}" for what in ("posts", "unverified", "sensitive")))
        console.print(table)
        if len(counts) > len(names):
            console.print(f"… and {len(counts) - len(names)} more in the file\n")
