"""The loop of ``flagger score``: chunks of a table through the scorer to a writer."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flagger.frames import RESULT_COLUMNS
from flagger.rows import Scorer, score_rows
from flagger.vocabulary import AXES, Decision

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from flagger.tables import Chunk, Table, TableWriter

ChunkScorer = Callable[["Chunk"], list[dict[str, Any]]]


@dataclass(slots=True)
class Summary:
    """What happened to the rows of a table; never holds their texts.

    :param rows: number of rows.
    :param failed: rows that could not be scored.
    :param decisions: number of rows by axis and decision.
    :param seconds: time it took.
    """

    rows: int = 0
    failed: int = 0
    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, row: dict[str, Any]) -> None:
        """Count a row.

        :param row: its result columns.
        """
        self.rows += 1
        self.failed += row["error"] is not None
        self.decisions.update((axis, row[f"{axis}_decision"]) for axis in AXES)

    def __str__(self) -> str:
        """Give one line for people."""
        rate = f", {self.rows / self.seconds:,.0f} rows/s" if self.seconds > 0 else ""
        shown = (Decision.FLAG.value, Decision.REVIEW.value)
        axes = [f"{axis} " + ", ".join(f"{self.decisions[axis, name]:,} {name}" for name in shown) for axis in AXES]
        failed = f"{self.failed:,} could not be scored" if self.failed else "no errors"
        return f"{self.rows:,} rows: {'; '.join(axes)}; {failed} ({self.seconds:.1f} s{rate})"


def score_table(
    scorer: Scorer,
    table: Table,
    writer: TableWriter,
    *,
    columns: Sequence[str] = RESULT_COLUMNS,
    explain: bool = False,
    observe: Callable[[Chunk, list[dict[str, Any]]], None] | None = None,
    through: Callable[[ChunkScorer], ChunkScorer] | None = None,
) -> Summary:
    """Score all rows of a table, in flat memory.

    :param scorer: the scorer.
    :param table: where rows come from.
    :param writer: where they go.
    :param columns: the result columns to write.
    :param explain: whether to find the reasons in the wording too, for the column of reasons.
    :param observe: called with each chunk and its result columns.
    :param through: makes of the function that scores a chunk the one to use, which may add columns.
    :return: counts.
    """
    summary = Summary()
    started = time.monotonic()

    def score(chunk: Chunk) -> list[dict[str, Any]]:
        return score_rows(scorer, chunk.texts, chunk.problems, explain=explain)

    scored: ChunkScorer = score if through is None else through(score)
    with _progress(table.size) as update:
        for chunk in table:
            rows = scored(chunk)
            for row in rows:
                summary.add(row)
            writer.write({**chunk.kept, **{name: [row[name] for row in rows] for name in columns}})
            if observe is not None:
                observe(chunk, rows)
            update(table.position())
    summary.seconds = time.monotonic() - started
    return summary


@contextmanager
def _progress(size: int | None) -> Iterator[Any]:
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda position: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("scoring"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("scoring", total=size or None)
        yield _updater(progress, task)


def _updater(progress: Progress, task: TaskID) -> Any:  # noqa: ANN401 - a function of the position
    def update(position: int) -> None:
        progress.update(task, completed=position)

    return update
