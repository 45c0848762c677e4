"""Parquet files and folders of them, batch by batch."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from flagger.errors import UnreadableTableError
from flagger.tables.chunk import CHUNK_ROWS, Chunk, Selection, make_row
from flagger.tables.parquet_schema import (
    damaged,
    is_binary,
    is_string,
    opened,
    parquet_files,
    settle_columns,
    value_type,
)
from flagger.tables.source import MARKING_DECODER, without_surrogates


class ParquetReader:
    """Chunks of a Parquet table.

    :param path: a file or folder.
    :param selection: the columns to read.
    :raises UnreadableTableError: when a file is damaged or lacks a column, or types do not fit together.
    """

    def __init__(self, path: str, selection: Selection) -> None:
        self._files = parquet_files(Path(path))
        self._selection = selection
        settled = settle_columns(self._files, selection)
        self.types = settled.types
        self.columns = tuple(settled.types)
        self.size = settled.rows
        self._done = 0

    def position(self) -> int:
        """Give the number of rows read so far."""
        return self._done

    def __iter__(self) -> Iterator[Chunk]:
        """Give the rows.

        :raises UnreadableTableError: when a file breaks off; the message says after which row.
        """
        for path in self._files:
            with opened(path) as file:
                there = set(file.schema_arrow.names)
                wanted = [name for name in dict.fromkeys([self._selection.text, *self.columns]) if name in there]
                try:
                    for batch in file.iter_batches(batch_size=CHUNK_ROWS, columns=wanted):
                        yield self._chunk(batch)
                        self._done += batch.num_rows
                except (pa.ArrowException, OSError) as error:
                    raise damaged(f"'{path}' after row {self._done}", error) from error

    def _chunk(self, batch: pa.RecordBatch) -> Chunk:
        texts = cell_texts(batch.column(self._selection.text))
        rows = [make_row(value, ()) for value in texts]
        problems = [
            None if row.problem is None else f"row {number}: {row.problem}"
            for number, row in enumerate(rows, start=self._done + 1)
        ]
        kept = {name: self._kept(name, batch) for name in self.columns}
        return Chunk([row.text for row in rows], problems, kept)

    def _kept(self, name: str, batch: pa.RecordBatch) -> pa.Array:
        kind = self.types[name]
        if name not in batch.schema.names:
            return pa.nulls(batch.num_rows, kind)
        array = batch.column(name)
        if is_string(kind) and is_binary(value_type(array.type)):
            spell = _decoded if name == self._selection.text else _spelled
            return pa.array([None if value is None else spell(value) for value in _bytes(array)], kind)
        repaired = _repaired(array)
        try:
            return repaired if repaired.type == kind else repaired.cast(kind)
        except pa.ArrowInvalid as error:
            raise UnreadableTableError(
                f"Column '{name}' is {array.type} after row {self._done} and holds a value that {kind}, its type in "
                "other files, does not. Give all files the same type, or leave the column out."
            ) from error


def python_values(array: Any) -> list[Any]:  # noqa: ANN401 - pyarrow has no types
    """Turn an Arrow array into Python values.

    :param array: the array.
    :return: the values; nanoseconds are cut to microseconds, which Python's times hold, and times beyond those of
        Python are strings.
    """
    if pa.types.is_timestamp(array.type) and array.type.unit == "ns":
        array = array.cast(pa.timestamp("us", array.type.tz), safe=False)
    if pa.types.is_duration(array.type) and array.type.unit == "ns":
        array = array.cast(pa.duration("us"), safe=False)
    try:
        values: list[Any] = array.to_pylist()
    except (OverflowError, ValueError):
        # Times beyond those of Python, an unknown time zone, bytes that are not UTF-8.
        values = _beyond_python(array)
    return values


def _beyond_python(array: Any) -> list[Any]:  # noqa: ANN401 - pyarrow has no types
    kind = array.type
    if pa.types.is_dictionary(kind):
        return python_values(array.dictionary_decode())
    if pa.types.is_struct(kind):
        columns = [python_values(column) for column in array.flatten()]
        names = [kind.field(number).name for number in range(kind.num_fields)]
        rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        return [row if one.is_valid else None for row, one in zip(rows, array, strict=True)]
    if pa.types.is_nested(kind):
        return [python_values(one.values) if one.is_valid else None for one in array]
    if is_string(kind):
        return [None if value is None else _decoded(value) for value in _bytes(array)]
    if pa.types.is_timestamp(kind) and kind.tz not in (None, "UTC"):
        return python_values(array.cast(pa.timestamp(kind.unit, "UTC")))
    values: list[Any] = array.cast(pa.string()).to_pylist()
    return values


def cell_texts(array: pa.Array) -> Sequence[object]:
    """Give the cells of a column that should hold texts.

    :param array: an Arrow array of any type.
    :return: the cells; bytes that are not UTF-8 are marked by surrogates, and what is no text is as Python has it.
    """
    kind = value_type(array.type)
    if not (is_string(kind) or is_binary(kind)):
        return python_values(array)
    if is_string(kind):
        try:
            values: list[object] = array.to_pylist()
        except UnicodeDecodeError:
            pass
        else:
            return values
    return [None if value is None else value.decode("utf-8", MARKING_DECODER) for value in _bytes(array)]


def _repaired(array: pa.Array) -> pa.Array:
    """Replace bytes that are not UTF-8 in a column of strings, which other readers would stumble over."""
    if pa.types.is_dictionary(array.type):
        return pa.DictionaryArray.from_arrays(array.indices, _repaired(array.dictionary), ordered=array.type.ordered)
    if not is_string(array.type):
        return array
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return pa.array([None if value is None else _decoded(value) for value in _bytes(array)], array.type)
    return array


def _decoded(value: bytes) -> str:
    return without_surrogates(value.decode("utf-8", MARKING_DECODER))


def _spelled(value: bytes) -> str:
    """Give the bytes of an id as text; of those that are none, such as a number of 16 bytes, no two become the same."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()


def _bytes(array: pa.Array) -> list[bytes | None]:
    plain = array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
    values: list[bytes | None] = plain.cast(pa.large_binary()).to_pylist()
    return values
