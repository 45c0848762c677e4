"""JSON Lines and plain lines, row by row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, Final

import msgspec

from flagger.errors import UnreadableTableError
from flagger.tables.chunk import CHUNK_ROWS, Row, Selection, make_row
from flagger.tables.source import has_surrogates

_BAD_BYTES: Final = "the line holds bytes that are not UTF-8"
_NO_OBJECT: Final = "the line is no JSON object; expected one object on each line"
_NO_KEY: Final = "the object has no key '{}'"


class JsonLinesReader:
    """Rows of a JSON Lines table; blank lines are no rows.

    Columns are the keys of the first ``CHUNK_ROWS`` objects; a key missing later is null.

    :param lines: the lines.
    :param selection: the keys to read.
    :param where: name of the table, for messages.
    :raises UnreadableTableError: when it is one JSON document instead of lines, or no object has a wanted key.
    """

    def __init__(self, lines: Iterable[str], selection: Selection, *, where: str) -> None:
        filled = (line for line in lines if line.strip())
        first = list(islice(filled, CHUNK_ROWS))
        if first and first[0].strip() in ("[", "{", "[{"):
            raise UnreadableTableError(
                f"{where} is one JSON document over many lines; expected JSON Lines, one object on each line. "
                "Convert it, for example with: jq -c '.[]'"
            )
        objects = [value for value, _ in map(_decode, first) if isinstance(value, dict)]
        keys = list(dict.fromkeys(key for value in objects for key in value))
        if objects:
            self.columns = selection.resolve(keys, where=where)
        else:
            # Nothing to check against: each row will say what is wrong with it.
            wanted = [name for element in selection.keep for name in element.split(",")]
            named = [selection.id, *wanted, selection.text if selection.keep_text else None]
            self.columns = tuple(dict.fromkeys(name.strip() for name in named if name and name.strip()))
        self._text = selection.text
        self._lines = chain(first, filled)

    def __iter__(self) -> Iterator[Row]:
        """Give the rows."""
        for line in self._lines:
            value, is_escaped = _decode(line)
            if not isinstance(value, dict):
                problem = f"{_BAD_BYTES}, and {_NO_OBJECT}" if has_surrogates(line) else _NO_OBJECT
                yield Row(None, problem, (None,) * len(self.columns))
                continue
            kept = [value.get(name) for name in self.columns]
            row = make_row(value.get(self._text), kept, undecodable=not is_escaped)
            yield row if self._text in value else Row(None, _NO_KEY.format(self._text), row.kept)


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
