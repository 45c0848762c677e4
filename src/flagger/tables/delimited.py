"""CSV and TSV, row by row, with broken rows kept as rows."""

from __future__ import annotations

import csv
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from flagger.errors import UnreadableTableError
from flagger.tables.chunk import Row, Selection, make_row
from flagger.tables.source import without_surrogates

# A quoted cell that runs on for longer is taken for one whose closing quote is missing. Reading stays linear: whatever
# would end one earlier is a quote, so that no line is read twice in vain for more than one cell.
LONGEST_RECORD_LINES: Final = 1 << 20
LONGEST_RECORD_CHARACTERS: Final = 1 << 24
# One that runs on for longer, half of whose lines are rows by themselves, is such a cell too.
LONGEST_LIKELY_LINES: Final = 1_000
_LARGEST_FIELD: Final = 2**31 - 1
_BROKEN_QUOTES: Final = (
    "broken quotes: a quoted cell is not closed, or text follows its closing quote; write a quote inside a cell twice"
)
# Before Python 3.11 the csv module refuses NUL; a noncharacter stands in for it, which no text may hold.
_NUL_STAND_IN: Final = "\ufdd0"
_REFUSES_NUL: Final = sys.version_info < (3, 11)


@dataclass(frozen=True, slots=True)
class Record:
    """Cells of one row.

    :param cells: the cells; for a broken row what could be read of its first line.
    :param line: number of its first line in the file, from 1.
    :param problem: why the row is broken, or ``None``.
    """

    cells: list[str]
    line: int
    problem: str | None = None


class _Lines:
    """Lines that can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._returned: deque[str] = deque()
        self.number = 0

    def take(self) -> str | None:
        line = self._returned.popleft() if self._returned else next(self._lines, None)
        self.number += line is not None
        return line

    def give_back(self, lines: Sequence[str]) -> None:
        self._returned.extendleft(reversed(lines))
        self.number -= len(lines)


def read_records(lines: Iterable[str], *, delimiter: str, width: int | None = None) -> Iterator[Record]:
    """Split lines into records by the rules of RFC 4180; empty lines are no records.

    A record with broken quotes is its first line alone, with ``problem`` set; reading goes on with the next line.
    Quotes are broken when a quoted cell is followed by anything but a delimiter, when it never ends or runs for more
    than ``LONGEST_RECORD_LINES`` lines, when a record over several lines does not have ``width`` cells (empty ones more
    are allowed), and when one of more than ``LONGEST_LIKELY_LINES`` lines looks like many rows.

    Where tabs delimit, many write no quotes at all. There a quote is a letter like others when its record would be
    broken but the line by itself has ``width`` cells, or when this is so of each line that the record would run over.

    :param lines: the lines, with their endings.
    :param delimiter: one character.
    :param width: number of cells that a record should have; learnt from the first record when left out.
    :return: the records.
    """
    # A limit of the whole process, raised because a post may be longer than the 128 KiB that it starts with.
    csv.field_size_limit(max(csv.field_size_limit(), _LARGEST_FIELD))
    source = _Lines(lines)
    while (line := source.take()) is not None:
        number = source.number
        bare = line.rstrip("\r\n")
        if not bare:
            continue
        if '"' not in line:
            record = Record(bare.split(delimiter), number)
        else:
            record = _quoted_record(source, line, delimiter, width)
        if width is None:
            width = len(record.cells)
        yield record


def _quoted_record(source: _Lines, line: str, delimiter: str, width: int | None) -> Record:
    taken = [line]
    number = source.number
    cells = _parse(_continued(source, taken), delimiter, strict=True)
    if cells is not None and (len(taken) == 1 or width is None or _is_whole(cells, taken, delimiter, width)):
        return Record(cells, number)
    source.give_back(taken[1:])
    plain = line.rstrip("\r\n").split(delimiter)
    if delimiter == "\t" and len(plain) == width:
        return Record(plain, number)
    return Record(_parse([line.rstrip("\r\n")], delimiter, strict=False) or [], number, _BROKEN_QUOTES)


def _is_whole(cells: Sequence[str], lines: Sequence[str], delimiter: str, width: int) -> bool:
    """Say whether a record over several lines is one row, rather than rows between two quotes that are no pair."""
    if len(cells) < width or any(cells[width:]):
        return False
    if width == 1 or (delimiter != "\t" and len(lines) <= LONGEST_LIKELY_LINES):
        return True
    rows = sum(line.count(delimiter) == width - 1 for line in lines)
    return rows < len(lines) and (len(lines) <= LONGEST_LIKELY_LINES or 2 * rows < len(lines))


def _continued(source: _Lines, taken: list[str]) -> Iterator[str]:
    yield _accepted(taken[0])
    characters = len(taken[0])
    while len(taken) < LONGEST_RECORD_LINES and characters < LONGEST_RECORD_CHARACTERS:
        line = source.take()
        if line is None:
            return
        taken.append(line)
        characters += len(line)
        yield _accepted(line)


def _parse(lines: Iterable[str], delimiter: str, *, strict: bool) -> list[str] | None:
    try:
        cells = next(csv.reader(lines, delimiter=delimiter, strict=strict), [])
    except csv.Error:
        return None
    return [cell.replace(_NUL_STAND_IN, "\0") for cell in cells] if _REFUSES_NUL else cells


def _accepted(line: str) -> str:
    return line.replace("\0", _NUL_STAND_IN) if _REFUSES_NUL else line


class DelimitedReader:
    """Rows of a CSV or TSV table with a header.

    The delimiter of CSV is the comma, unless only splitting at semicolons or tabs gives the text column.

    :param lines: the lines, with their endings.
    :param selection: the columns to read.
    :param where: name of the table, for messages.
    :param delimiters: delimiters to try on the header, the usual one first.
    :raises UnreadableTableError: when there is no header, or it lacks a column.
    """

    def __init__(self, lines: Iterable[str], selection: Selection, *, where: str, delimiters: str = ",;\t") -> None:
        remaining = iter(lines)
        first_lines = []
        for line in remaining:
            first_lines.append(line)
            if line.strip("\r\n"):
                break
        else:
            raise UnreadableTableError(f"{where} is empty: expected a header row with the names of the columns.")
        self._delimiter = _delimiter_of(first_lines[-1], delimiters, selection.text)
        self._source = _chained(first_lines, remaining)
        self._records = read_records(self._source, delimiter=self._delimiter)
        header = next(self._records)
        if header.problem is not None:
            raise UnreadableTableError(f"The header row of {where} has {header.problem}.")
        if any("\0" in cell for cell in header.cells):
            raise UnreadableTableError(f"The header row of {where} holds NUL bytes; is it UTF-16? Save it as UTF-8.")
        names = [without_surrogates(cell).strip() for cell in header.cells]
        self.columns = selection.resolve(names, where=where)
        self._width = len(names)
        self._text = names.index(selection.text)
        self._kept = [names.index(name) for name in self.columns]

    def __iter__(self) -> Iterator[Row]:
        """Give the rows."""
        for record in self._records:
            yield self._row(record)

    def _row(self, record: Record) -> Row:
        cells = record.cells
        problem = record.problem
        size = len(cells)
        if problem is None and size != self._width and (size < self._width or any(cells[self._width :])):
            problem = (
                f"{size} cells where the header has {self._width}; quote cells that hold a delimiter or a line break"
            )
        if problem is None:
            return make_row(cells[self._text], [cells[position] for position in self._kept])
        kept = make_row(None, [cells[position] if position < size else None for position in self._kept]).kept
        return Row(None, f"{problem} (line {record.line} of the file)", kept)


def _delimiter_of(header: str, delimiters: str, text_column: str) -> str:
    for delimiter in delimiters:
        cells = _parse([_accepted(header)], delimiter, strict=False) or []
        if text_column in (cell.strip() for cell in cells):
            return delimiter
    return delimiters[0]


def _chained(first: Iterable[str], rest: Iterable[str]) -> Iterator[str]:
    yield from first
    yield from rest
