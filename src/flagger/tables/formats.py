"""Kinds of tables, known by their file names, and the messages about names that do not fit."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from flagger.errors import InputError, OutputError, UnreadableTableError

STANDARD_STREAM: Final = "-"

_FORMAT_BY_EXTENSION: Final = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".txt": "text",
}
READABLE_FORMATS: Final = ("csv", "tsv", "jsonl", "parquet", "text")
WRITABLE_FORMATS: Final = ("csv", "tsv", "jsonl", "parquet")
_SHOWN_COLUMNS: Final = 30


def input_format(path: str, *, given: str | None = None) -> str | None:
    """Tell the format of an input.

    :param path: path of a file, with ``.gz`` or ``.zst`` at the end allowed, or ``-`` for the standard input.
    :param given: format that the user named, which goes before the extension.
    :return: one of ``READABLE_FORMATS``; ``None`` for a standard input whose content has to tell.
    :raises UnreadableTableError: when the extension or the given name is unknown.
    """
    if given is not None:
        if given.lower() not in READABLE_FORMATS:
            raise UnreadableTableError(f"Unknown format '{given}'; expected one of {', '.join(READABLE_FORMATS)}.")
        return given.lower()
    if path == STANDARD_STREAM:
        return None
    found = _FORMAT_BY_EXTENSION.get(_ending(path))
    if found is not None:
        return found
    hint = " A JSON array is no table: write one object per line as .jsonl." if _ending(path) == ".json" else ""
    raise UnreadableTableError(
        f"Cannot tell the format of '{path}' by its name. Known endings: {', '.join(_FORMAT_BY_EXTENSION)}, "
        f"each but Parquet also with .gz or .zst; or name one of {', '.join(READABLE_FORMATS)} with --format.{hint}"
    )


def has_known_ending(path: str) -> bool:
    """Say whether a name ends as one of a table does.

    :param path: a name that need not exist.
    :return: whether :func:`input_format` can tell its format.
    """
    return _ending(path) in _FORMAT_BY_EXTENSION


def _ending(path: str) -> str:
    return Path(path.lower().removesuffix(".gz").removesuffix(".zst")).suffix


def output_format(path: str) -> str:
    """Tell the format of an output by its extension.

    :param path: path of the file, or ``-`` for JSON Lines on the standard output.
    :return: one of ``WRITABLE_FORMATS``.
    :raises OutputError: when the extension is unknown.
    """
    if path == STANDARD_STREAM:
        return "jsonl"
    found = _FORMAT_BY_EXTENSION.get(Path(path.lower()).suffix)
    if found in WRITABLE_FORMATS:
        return found
    known = ", ".join(ending for ending, name in _FORMAT_BY_EXTENSION.items() if name in WRITABLE_FORMATS)
    raise OutputError(
        f"Cannot write '{path}': its ending names no known format. Known endings: {known}; or - for JSON Lines."
    )


def missing_column(name: str, columns: Iterable[str], *, where: str, role: str) -> UnreadableTableError:
    """Make the error for a column that a table does not have.

    :param name: the column asked for.
    :param columns: the columns that there are.
    :param where: name of the table.
    :param role: what the column is for, as an option of the command line: ``--text-column`` and the like.
    :return: the error, which names the columns and the nearest one.
    """
    there = list(columns)
    folded = {column.casefold().strip(): column for column in reversed(there)}
    near = difflib.get_close_matches(name.casefold().strip(), folded, n=1, cutoff=0.7)
    hint = f" Did you mean '{folded[near[0]]}'?" if near else f" Name the right one with {role}."
    shown = ", ".join(f"'{column}'" for column in there[:_SHOWN_COLUMNS]) or "none"
    more = f" and {len(there) - _SHOWN_COLUMNS} more" if len(there) > _SHOWN_COLUMNS else ""
    return UnreadableTableError(f"No column '{name}' in {where}; its columns are {shown}{more}.{hint}")


def refuse_clashes(kept: Sequence[str], added: Iterable[str]) -> None:
    """Refuse columns to keep that have the name of a column that flagger adds.

    :param kept: columns to keep.
    :param added: columns that flagger adds.
    :raises InputError: when a name is in both.
    """
    clashes = [name for name in kept if name in set(added)]
    if clashes:
        names = ", ".join(f"'{name}'" for name in clashes)
        raise InputError(
            f"Cannot keep {names}: flagger adds columns of that name. Rename them in the input, or leave them out."
        )
