"""JSON Lines and plain lines, row by row."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, Final

import msgspec

from flagger.errors import UnreadableTableError
from flagger.tables.chunk import CHUNK_ROWS, DEFAULT_ID_COLUMN, Row, Selection, make_row
from flagger.tables.source import has_surrogates

_BAD_BYTES: Final = "the line holds bytes that are not UTF-8"
_NO_OBJECT: Final = "the line is no JSON object; expected one object on each line"
_NO_KEY: Final = "the object has no key '{}'"
_DOCUMENT: Final = re.compile(r"\[\s*(\{|$)|\{$")


class JsonLinesReader:
    """Rows of a JSON Lines table; blank lines are no rows.

    Columns are the keys of the first ``CHUNK_ROWS`` objects; a key missing later is null. An ``id`` that no option
    named and that comes later only is no column; a ``RuntimeWarning`` tells of the first.

    :param lines: the lines.
    :param selection: the keys to read.
    :param where: name of the table, for messages.
    :raises UnreadableTableError: when it is one JSON document instead of lines, or no object has a wanted key.
    """

    def __init__(self, lines: Iterable[str], selection: Selection, *, where: str) -> None:
        filled = (line for line in lines if line.strip())
        first = list(islice(filled, CHUNK_ROWS))
        objects = [value for value, _ in map(_decode, first) if isinstance(value, dict)]
        start = first[0].strip() if first else ""
        if _DOCUMENT.match(start) or (start.startswith("[") and not objects):
            raise UnreadableTableError(
                f"{where} is one JSON document; expected JSON Lines, one object on each line. "
                "Convert it, for example with: jq -c '.[]'"
            )
        keys = list(dict.fromkeys(key for value in objects for key in value))
        if objects:
            self.columns = selection.resolve(keys, where=where)
        else:
            # Nothing to check against: each row will say what is wrong with it.
            wanted = [name for element in selection.keep for name in element.split(",")]
            wanted = [selection.id or "", *(name.strip() for name in wanted)]
            last = [*selection.named.values(), *([selection.text] if selection.keep_text else [])]
            self.columns = tuple(dict.fromkeys([*filter(None, wanted), *last]))
        self._text = selection.text
        self._lines = chain(first, filled)
        self._where = where
        self._expects_id = selection.id is not None or DEFAULT_ID_COLUMN in self.columns

    def __iter__(self) -> Iterator[Row]:
        """Give the rows."""
        for number, line in enumerate(self._lines, start=1):
            value, is_escaped = _decode(line)
            if not self._expects_id and isinstance(value, dict) and DEFAULT_ID_COLUMN in value:
                self._warn_of_id(number)
            if not isinstance(value, dict):
                problem = f"{_BAD_BYTES}, and {_NO_OBJECT}" if has_surrogates(line) else _NO_OBJECT
                yield Row(None, problem, (None,) * len(self.columns))
                continue
            kept = [value.get(name) for name in self.columns]
            row = make_row(value.get(self._text), kept, undecodable=not is_escaped)
            yield row if self._text in value else Row(None, _NO_KEY.format(self._text), row.kept)

    def _warn_of_id(self, number: int) -> None:
        self._expects_id = True
        warnings.warn(
            f"Row {number:,} of {self._where} is the first with the key '{DEFAULT_ID_COLUMN}', which is kept only when "
            f"one of the first {CHUNK_ROWS} rows has it; the output has no ids. Put a row with it first to keep them.",
            RuntimeWarning,
            stacklevel=2,
        )


class PlainLinesReader:
    """Rows of a text file: each line, an empty one too, is a post.

    :param lines: the lines.
    :param selection: what to read; there is only the text to keep.
    :param where: name of the table, for messages.
    :raises UnreadableTableError: when other columns are asked for.
    """

    def __init__(self, lines: Iterable[str], selection: Selection, *, where: str) -> None:
        self.columns = selection.resolve([selection.text], where=where)
        self._lines = lines

    def __iter__(self) -> Iterator[Row]:
        """Give the rows."""
        for line in self._lines:
            text = line.removesuffix("\n").removesuffix("\r")
            yield make_row(text, [text] * len(self.columns))


def _decode(line: str) -> tuple[Any, bool]:
    """Decode a line of JSON, NaN and lone surrogates allowed.

    :return: the value, ``None`` for no JSON; and whether surrogates in it were written as escapes.
    """
    try:
        return msgspec.json.decode(line), True
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        pass
    try:
        return json.loads(line, strict=False), not has_surrogates(line)
    except (ValueError, RecursionError):
        return None, False
