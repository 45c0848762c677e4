"""Pieces of a table on their way through: texts, problems and the columns to keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flagger.errors import UnreadableTableError
from flagger.tables.formats import missing_column
from flagger.tables.source import has_surrogates, without_surrogates

CHUNK_ROWS: Final = 512
CHUNK_CHARACTERS: Final = 1 << 22
DEFAULT_TEXT_COLUMN: Final = "text"
DEFAULT_ID_COLUMN: Final = "id"
NOT_UTF8: Final = "the text holds bytes that are not UTF-8; save the file as UTF-8"

_TOO_DEEP: Final = "a value to keep holds lists or objects too deep inside each other; flatten it or leave it out"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which columns of a table to read.

    :param text: the column with the posts.
    :param id: the column that names the rows; ``None`` for ``id`` if there is one.
    :param keep: further columns to hand on; an element may name several, separated by commas.
    :param keep_text: whether to hand on the posts too.
    :param named: further columns to hand on, each a single name, by the option of the command line that named it.
    """

    text: str = DEFAULT_TEXT_COLUMN
    id: str | None = None
    keep: Sequence[str] = ()
    keep_text: bool = False
    named: Mapping[str, str] = field(default_factory=dict)

    def resolve(self, columns: Sequence[str], *, where: str) -> tuple[str, ...]:
        """Check the selection against the columns of a table.

        :param columns: the columns that there are, in order.
        :param where: name of the table, for messages.
        :return: the columns to hand on, the id first, each once.
        :raises UnreadableTableError: when a column is missing or its name stands twice.
        """
        wanted = [(self.text, "--text-column")]
        if self.id is not None:
            wanted.append((self.id, "--id-column"))
        kept = [self.id or DEFAULT_ID_COLUMN] if self.id or DEFAULT_ID_COLUMN in columns else []
        for element in self.keep:
            names = [element] if element in columns else [name.strip() for name in element.split(",") if name.strip()]
            kept += names
            wanted += [(name, "--keep") for name in names]
        kept += self.named.values()
        wanted += [(name, option) for option, name in self.named.items()]
        if self.keep_text:
            kept.append(self.text)
        for name, role in wanted:
            if name not in columns:
                raise missing_column(name, columns, where=where, role=role)
        for name in {self.text, *kept}:
            if columns.count(name) > 1:
                raise UnreadableTableError(
                    f"{where} has {columns.count(name)} columns named '{name}', so it is not clear which is meant. "
                    "Rename all but one."
                )
        return tuple(dict.fromkeys(kept))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table that is read row by row.

    :param text: the post, or ``None`` when the row cannot be scored.
    :param problem: why it cannot be scored, or ``None``.
    :param kept: values of the columns to keep, in their order.
    """

    text: str | None
    problem: str | None
    kept: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table, in order.

    :param texts: the posts; ``None`` where ``problems`` says why there is none.
    :param problems: why a row cannot be scored, beginning with its number; ``None`` for a good row.
    :param kept: values of the columns to keep, by name: lists, or Arrow arrays as a Parquet file holds them.
    """

    texts: list[str | None]
    problems: list[str | None]
    kept: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.texts)


def problem_of(value: object) -> str | None:
    """Say why a value is no post; the message names its type, never its content.

    :param value: a cell.
    :return: the problem, or ``None`` for a text.
    """
    if isinstance(value, str):
        return None
    if value is None or type(value).__name__ == "NAType":
        return "the text is null; expected a string"
    if _is_nan(value):
        return "the text is NaN; expected a string"
    if isinstance(value, bool):
        kind = "true or false"
    elif isinstance(value, (int, float)):
        kind = "a number"
    elif isinstance(value, (list, tuple)):
        kind = "a list"
    elif isinstance(value, dict):
        kind = "an object"
    else:
        kind = f"of type {type(value).__name__}"
    return f"the text is {kind}; expected a string"


def _is_nan(value: object) -> bool:
    """Say whether a value is the one that differs from itself; others than numbers may not even say that."""
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return False


def make_row(text: object, kept: Iterable[Any], *, undecodable: bool = True) -> Row:
    """Make a row from raw values.

    :param text: value of the text column.
    :param kept: values of the columns to keep.
    :param undecodable: whether a surrogate in the text stands for bytes that could not be decoded, which is a problem;
        otherwise it was written as an escape, and becomes U+FFFD.
    :return: the row; strings in it are valid Unicode.
    """
    held = list(kept)
    try:
        values = tuple(map(valid, held))
    except RecursionError:
        return Row(None, _TOO_DEEP, tuple(_shallow(value) for value in held))
    problem = problem_of(text)
    if problem is not None or not isinstance(text, str):
        return Row(None, problem, values)
    if has_surrogates(text):
        return Row(None, NOT_UTF8, values) if undecodable else Row(without_surrogates(text), None, values)
    return Row(text, None, values)


def valid(value: Any) -> Any:  # noqa: ANN401 - cells hold anything
    """Make every string inside a value valid Unicode.

    :param value: a cell.
    :return: the same value with U+FFFD for halves of surrogate pairs.
    """
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, list):
        return [valid(item) for item in value]
    if isinstance(value, dict):
        return {valid(key): valid(item) for key, item in value.items()}
    return value


def _shallow(value: Any) -> Any:  # noqa: ANN401 - cells hold anything
    try:
        return valid(value)
    except RecursionError:
        return None


def chunks(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[Chunk]:
    """Gather rows in pieces of bounded size.

    :param rows: the rows.
    :param columns: names of the kept columns.
    :return: chunks of at most ``CHUNK_ROWS`` rows, and fewer where the posts are long.
    """
    held: list[Row] = []
    number = 0
    characters = 0
    for row in rows:
        held.append(row)
        characters += len(row.text or "")
        if len(held) == CHUNK_ROWS or characters >= CHUNK_CHARACTERS:
            yield _chunk(held, columns, number)
            number += len(held)
            held, characters = [], 0
    if held:
        yield _chunk(held, columns, number)


def _chunk(rows: Sequence[Row], columns: Sequence[str], before: int) -> Chunk:
    problems = [
        None if row.problem is None else f"row {number}: {row.problem}"
        for number, row in enumerate(rows, start=before + 1)
    ]
    kept = {name: [row.kept[position] for row in rows] for position, name in enumerate(columns)}
    return Chunk([row.text for row in rows], problems, kept)
