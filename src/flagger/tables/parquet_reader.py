"""Parquet files and folders of them, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flagger.errors import UnreadableTableError
from flagger.tables.chunk import CHUNK_ROWS, Chunk, Selection, make_row
from flagger.tables.source import MARKING_DECODER, unreadable, without_surrogates


def parquet_files(path: Path) -> list[Path]:
    """List the files of a Parquet table.

    :param path: a file, or a folder with Parquet files in it or in its subfolders.
    :return: the files in the order of their names; hidden ones and those that begin with ``_`` are left out.
    :raises UnreadableTableError: when a folder holds none.
    """
    if not path.is_dir():
        return [path]
    found = sorted(
        file
        for file in path.rglob("*.parquet")
        if file.is_file() and not any(part.startswith((".", "_")) for part in file.relative_to(path).parts)
    )
    if not found:
        raise UnreadableTableError(f"'{path}' is a folder without .parquet files. Give a file, or a folder with some.")
    return found


class ParquetReader:
    """Chunks of a Parquet table.

    :param path: a file or folder.
    :param selection: the columns to read.
    :raises UnreadableTableError: when a file is damaged, or the first lacks a column.
    """

    def __init__(self, path: str, selection: Selection) -> None:
        self._files = parquet_files(Path(path))
        self._selection = selection
        first = _open(self._files[0])
        try:
            schema = first.schema_arrow
        finally:
            first.close()
        self.columns = selection.resolve(schema.names, where=f"'{self._files[0]}'")
        self.types = {name: schema.field(name).type for name in self.columns}
        self.size = sum(_rows(file) for file in self._files)
        self._done = 0

    def position(self) -> int:
        """Give the number of rows read so far."""
        return self._done

    def __iter__(self) -> Iterator[Chunk]:
        """Give the rows.

        :raises UnreadableTableError: when a file breaks off; the message says after which row.
        """
        for path in self._files:
            file = _open(path)
            try:
                self._selection.resolve(file.schema_arrow.names, where=f"'{path}'")
                wanted = list(dict.fromkeys([self._selection.text, *self.columns]))
                for batch in file.iter_batches(batch_size=CHUNK_ROWS, columns=wanted):
                    yield self._chunk(batch)
                    self._done += batch.num_rows
            except (pa.ArrowException, OSError) as error:
                raise _damaged(f"'{path}' after row {self._done}", error) from error
            finally:
                file.close()

    def _chunk(self, batch: pa.RecordBatch) -> Chunk:
        rows = [make_row(value, ()) for value in cell_texts(batch.column(self._selection.text))]
        problems = [
            None if row.problem is None else f"row {number}: {row.problem}"
            for number, row in enumerate(rows, start=self._done + 1)
        ]
        kept = {name: self._kept(name, batch.column(name)) for name in self.columns}
        return Chunk([row.text for row in rows], problems, kept)

    def _kept(self, name: str, array: pa.Array) -> pa.Array:
        kind = self.types[name]
        if array.type == kind:
            return _repaired(array)
        try:
            return array.cast(kind)
        except pa.ArrowException as error:
            raise UnreadableTableError(
                f"Column '{name}' is {kind} in the first file and {array.type} in a later one, and does not convert. "
                "Give all files the same columns."
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
        values = array.cast(pa.string()).to_pylist()
    return values


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(f"'{path}'", error) from error


def _rows(path: Path) -> int:
    file = _open(path)
    try:
        return int(file.metadata.num_rows)
    finally:
        file.close()


def _damaged(name: str, error: Exception) -> UnreadableTableError:
    if isinstance(error, (FileNotFoundError, PermissionError)):
        return unreadable(name, error)
    return UnreadableTableError(
        f"Cannot read {name}: it is no Parquet file, or it is damaged or cut short ({type(error).__name__}). "
        "Get the file again, or name its format with --format."
    )


def cell_texts(array: pa.Array) -> Sequence[object]:
    """Give the cells of a column that should hold texts.

    :param array: an Arrow array of any type.
    :return: the cells; bytes that are not UTF-8 are marked by surrogates, and what is no text is as Python has it.
    """
    kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    if not (_is_string(kind) or _is_binary(kind)):
        return python_values(array)
    if _is_string(kind):
        try:
            values: list[object] = array.to_pylist()
        except UnicodeDecodeError:
            pass
        else:
            return values
    return [None if value is None else value.decode("utf-8", MARKING_DECODER) for value in _bytes(array)]


def _repaired(array: pa.Array) -> pa.Array:
    """Replace bytes that are not UTF-8 in a column of strings, which other readers would stumble over."""
    if not _is_string(array.type):
        return array
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        values = (None if value is None else value.decode("utf-8", MARKING_DECODER) for value in _bytes(array))
        return pa.array([None if value is None else without_surrogates(value) for value in values], array.type)
    return array


def _bytes(array: pa.Array) -> list[bytes | None]:
    plain = array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
    values: list[bytes | None] = plain.cast(pa.large_binary()).to_pylist()
    return values


def _is_string(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))
