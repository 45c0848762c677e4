"""Write CSV, TSV and JSON Lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import IO, Any

import msgspec


class DelimitedWriter:
    """CSV or TSV in UTF-8 with a header; values that are no strings or numbers are JSON.

    Lines end with CR LF, as RFC 4180 says. Cells are written as they are: a cell that begins with ``=`` stays so, and a
    spreadsheet may take it for a formula.

    :param stream: binary stream.
    :param columns: names of the columns, in order.
    :param delimiter: one character.
    """

    def __init__(self, stream: IO[bytes], columns: Sequence[str], *, delimiter: str) -> None:
        self._stream = stream
        self._columns = columns
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer, delimiter=delimiter, lineterminator="\r\n")
        self._writer.writerow(columns)
        self._flush()

    def write(self, columns: Mapping[str, Any]) -> None:
        """Write rows.

        :param columns: values by column, all of one length.
        """
        cells = [[cell(value) for value in as_list(columns[name])] for name in self._columns]
        self._writer.writerows(zip(*cells, strict=True))
        self._flush()

    def finish(self) -> None:
        """Write what is held back: nothing."""

    def abandon(self) -> None:
        """Write nothing more."""

    def _flush(self) -> None:
        self._stream.write(self._buffer.getvalue().encode("utf-8", "replace"))
        self._buffer.seek(0)
        self._buffer.truncate()


class JsonLinesWriter:
    """JSON Lines: one object for each row.

    :param stream: binary stream.
    :param columns: names of the columns, in order.
    """

    def __init__(self, stream: IO[bytes], columns: Sequence[str]) -> None:
        self._stream = stream
        self._columns = columns

    def write(self, columns: Mapping[str, Any]) -> None:
        """Write rows.

        :param columns: values by column, all of one length.
        """
        values = [as_list(columns[name]) for name in self._columns]
        rows = [dict(zip(self._columns, row, strict=True)) for row in zip(*values, strict=True)]
        self._stream.write(_ENCODER.encode_lines(rows))

    def finish(self) -> None:
        """Write what is held back: nothing."""

    def abandon(self) -> None:
        """Write nothing more."""


_ENCODER = msgspec.json.Encoder(enc_hook=str)


def as_list(values: Any) -> list[Any]:  # noqa: ANN401 - Arrow arrays have no types
    """Give a column as a list.

    :param values: a list or an Arrow array.
    :return: Python values.
    """
    if isinstance(values, list):
        return values
    from flagger.tables.parquet_reader import python_values

    return python_values(values)


def cell(value: Any) -> str:  # noqa: ANN401 - cells hold anything
    """Give a value as the text of a cell.

    :param value: anything.
    :return: a string as it is, nothing for null, numbers and times as one writes them, all else as JSON.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return repr(value)
    text = _ENCODER.encode(value).decode()
    # Times and the like are JSON strings; in a cell they need no quotes.
    return str(msgspec.json.decode(text)) if text.startswith('"') else text
