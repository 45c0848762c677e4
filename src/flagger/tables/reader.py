"""Open a table of any kind and read it in chunks, in flat memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from flagger.errors import UnreadableTableError
from flagger.tables.chunk import Chunk, Selection, chunks
from flagger.tables.delimited import DelimitedReader
from flagger.tables.formats import STANDARD_STREAM, input_format
from flagger.tables.json_lines import JsonLinesReader, PlainLinesReader
from flagger.tables.source import TextSource

if TYPE_CHECKING:
    from flagger.tables.parquet_reader import ParquetReader


class Table:
    """A table that is read in chunks; use it in a ``with`` statement.

    Rows come in order and none is left out: one that cannot be scored has its problem instead of a text.

    :param path: a file, a folder of Parquet files, or ``-`` for the standard input.
    :param selection: the columns to read; ``text`` and, if there is one, ``id`` when left out.
    :param format: one of ``READABLE_FORMATS``, before what the file's name says.
    :raises UnreadableTableError: when there is no such table, or it lacks a column.
    """

    def __init__(self, path: str | Path, selection: Selection | None = None, *, format: str | None = None) -> None:
        name = str(path)
        wanted = selection or Selection()
        self._source: TextSource | None = None
        self._parquet: ParquetReader | None = None
        is_folder = name != STANDARD_STREAM and Path(name).is_dir()
        if name != STANDARD_STREAM and not Path(name).exists():
            raise UnreadableTableError(f"No file at '{name}'. Check the path.")
        kind = "parquet" if is_folder and format is None else input_format(name, given=format)
        if is_folder and kind != "parquet":
            raise UnreadableTableError(f"'{name}' is a folder; only Parquet is read from folders. Give a file.")
        if kind == "parquet":
            if name == STANDARD_STREAM:
                raise UnreadableTableError("Parquet cannot be read from the standard input. Save it to a file first.")
            from flagger.tables.parquet_reader import ParquetReader

            self._parquet = ParquetReader(name, wanted)
            self.columns: tuple[str, ...] = self._parquet.columns
            self.types: Mapping[str, Any] = self._parquet.types
            self.size: int | None = self._parquet.size
            return
        # What comes in through a pipe may be CSV, where a lone carriage return ends a row.
        self._source = TextSource(name, split_at_returns=kind in ("csv", "tsv", None))
        try:
            self._rows = _rows(self._source, kind, wanted)
        except BaseException:
            self._source.close()
            raise
        self.columns = self._rows.columns
        self.types = {}
        self.size = self._source.size

    def __enter__(self) -> Table:
        """Give the table."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def __iter__(self) -> Iterator[Chunk]:
        """Give the rows in chunks.

        :raises UnreadableTableError: when reading breaks off.
        """
        return iter(self._parquet) if self._parquet is not None else chunks(self._rows, self.columns)

    def position(self) -> int:
        """Say how much was read, in the unit of ``size``: rows of Parquet, bytes of others; 0 when unknown."""
        if self._parquet is not None:
            return self._parquet.position()
        return self._source.position() if self._source is not None else 0

    def close(self) -> None:
        """Close the file."""
        if self._source is not None:
            self._source.close()


RowReader = DelimitedReader | JsonLinesReader | PlainLinesReader


def _rows(source: TextSource, kind: str | None, selection: Selection) -> RowReader:
    lines: Iterable[str] = iter(source)
    if kind is None:
        kind, lines = _recognised(lines, selection, where=source.name)
    if kind == "jsonl":
        return JsonLinesReader(lines, selection, where=source.name)
    if kind == "text":
        return PlainLinesReader(lines, selection, where=source.name)
    delimiters = "\t" if kind == "tsv" else ",;\t"
    return DelimitedReader(lines, selection, where=source.name, delimiters=delimiters)


def _recognised(lines: Iterable[str], selection: Selection, *, where: str) -> tuple[str, Iterable[str]]:
    """Tell the format of a stream: JSON Lines when the first filled line begins with ``{``, else CSV with a header."""
    remaining = iter(lines)
    seen = []
    first = ""
    for line in remaining:
        seen.append(line)
        first = line.strip()
        if first:
            break
    whole = chain(seen, remaining)
    if not first or first.startswith("{"):
        return "jsonl", whole
    try:
        DelimitedReader([seen[-1]], Selection(text=selection.text), where=where)
    except UnreadableTableError as error:
        raise UnreadableTableError(
            f"Cannot tell the format of {where}: its first line is neither a JSON object nor a header with the column "
            f"'{selection.text}'. Name it with --format ('text' for plain lines), or the column with --text-column."
        ) from error
    return "csv", whole
