"""Read what ``flagger score`` wrote, in any of its formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from flagger.errors import InputError, UnreadableTableError
from flagger.report.posts import MOST_POSTS, ReportColumns, ReportPosts
from flagger.tables import Selection, Table
from flagger.tables.source import is_stream
from flagger.tables.text_writers import as_list

EVIDENCE: Final = "evidence"
PARTS: Final = "parts"
GROUP: Final = "group"
_NEEDED: Final = (
    "unverified",
    "unverified_decision",
    "sensitive",
    "sensitive_decision",
    "priority",
    "topics",
    "places",
    "cues",
    "truncated",
    "error",
)


def read_scored(
    path: str | Path,
    columns: ReportColumns,
    topic_thresholds: Mapping[str, float],
    *,
    format: str | None = None,
    limit: int = MOST_POSTS,
) -> ReportPosts:
    """Read a scored table.

    :param path: CSV, TSV, JSONL or Parquet, written by ``flagger score --keep-text``.
    :param columns: names of the columns to show; near-duplicate groups are taken from ``group`` if there is one.
    :param topic_thresholds: probability at and above which a topic counts as present.
    :param format: format of the file, before what its name says.
    :param limit: most posts to show.
    :return: the posts.
    :raises UnreadableTableError: when the file cannot be read or lacks a column.
    :raises InputError: when a row was not written by ``flagger score``, or no time could be read.
    """
    _refuse_other_tables(path, columns, format)
    if columns.group is None and _has(path, columns, GROUP, format):
        columns = replace(columns, group=GROUP)
    optional = tuple(name for name in (EVIDENCE, PARTS) if _has(path, columns, name, format))
    options = {"--time-column": columns.time, "--group-column": columns.group}
    named = {option: name for option, name in options.items() if name is not None}
    selection = Selection(text=columns.text, id=columns.id, keep=(*_NEEDED, *optional), keep_text=True, named=named)
    with Table(path, selection, format=format) as table:
        if columns.id is None and "id" in table.columns:
            columns = replace(columns, id="id")
        posts = ReportPosts(columns, topic_thresholds, limit=limit)
        for chunk in table:
            kept = {name: as_list(values) for name, values in chunk.kept.items()}
            for values in zip(*kept.values(), strict=True):
                posts.add(dict(zip(kept, values, strict=True)))
    problem = posts.problem_of_times()
    if problem is not None:
        raise InputError(f"{problem} Name another column than '{columns.time}' with --time-column.")
    return posts


def _refuse_other_tables(path: str | Path, columns: ReportColumns, format: str | None) -> None:
    """Say what to do when the scores or the posts are missing, before anything else is asked of the file."""
    if is_stream(str(path)):
        raise UnreadableTableError(
            f"'{path}' is no file, and a page needs its rows more than once. Save them to a file."
        )
    if not Path(path).exists():
        raise UnreadableTableError(f"No file at '{path}'. Give the file that 'flagger score --keep-text' wrote.")
    try:
        Table(path, Selection(text="unverified_decision", keep=("error",)), format=format).close()
    except UnreadableTableError as error:
        # A file that cannot be read at all has its own message.
        if not str(error).startswith("No column"):
            raise
        raise UnreadableTableError(
            f"'{path}' holds no scores. Give the file that 'flagger score --keep-text' wrote."
        ) from error
    if not _has(path, ReportColumns(text="error"), columns.text, format):
        raise UnreadableTableError(
            f"'{path}' holds scores but no column '{columns.text}' with the posts. Score again with --keep-text, "
            "or name the column with --text-column."
        )


def _has(path: str | Path, columns: ReportColumns, name: str, format: str | None) -> bool:
    try:
        Table(path, Selection(text=columns.text, keep=(name,)), format=format).close()
    except UnreadableTableError:
        return False
    return True
