"""The columns of a Parquet table over all its files, and one type for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from flagger.errors import UnreadableTableError
from flagger.tables.chunk import DEFAULT_ID_COLUMN, Selection
from flagger.tables.inference import LARGEST_EXACT_IN_DOUBLE
from flagger.tables.source import unreadable

_DICTIONARY_INDEX: Final = pa.int32()


@dataclass(slots=True)
class ParquetColumns:
    """What is read of a Parquet table.

    :param types: the type of each column to hand on, in their order.
    :param rows: number of rows of all files.
    """

    types: dict[str, Any] = field(default_factory=dict)
    rows: int = 0


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


@contextmanager
def opened(path: Path) -> Iterator[pq.ParquetFile]:
    """Open a Parquet file.

    :param path: the file; Arrow itself opens only those whose names are valid Unicode.
    :return: a context manager that gives the file.
    :raises UnreadableTableError: when it is missing or damaged.
    """
    try:
        with path.open("rb") as stream:
            yield pq.ParquetFile(stream, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise damaged(f"'{path}'", error) from error


def damaged(name: str, error: Exception) -> UnreadableTableError:
    """Turn an error of Arrow or of the system into one that says what to do.

    :param name: what was read, quoted.
    :param error: what went wrong.
    :return: the error to raise.
    """
    if isinstance(error, (FileNotFoundError, PermissionError)):
        return unreadable(name, error)
    return UnreadableTableError(
        f"Cannot read {name}: it is no Parquet file, or it is damaged or cut short ({type(error).__name__}). "
        "Get the file again, or name its format with --format."
    )


def settle_columns(files: Sequence[Path], selection: Selection) -> ParquetColumns:
    """Look at all files of a table and choose one type for each column to hand on.

    A file without the column of ids has nulls there; the other columns must be in every file. The type is the one that
    holds the values of all files unchanged; posts and their ids are strings where they are bytes.

    :param files: the files.
    :param selection: the columns to read.
    :return: the columns.
    :raises UnreadableTableError: when a file is damaged or lacks a column, or types do not fit together.
    """
    settled = ParquetColumns()
    found: dict[str, _Column] = {}
    for path in files:
        with opened(path) as file:
            schema, metadata = file.schema_arrow, file.metadata
            for name in selection.resolve(schema.names, where=f"'{path}'"):
                kind = schema.field(name).type
                if name in (selection.text, selection.id or DEFAULT_ID_COLUMN):
                    kind = _text_type(kind)
                if len(files) > 1:
                    kind = _common_dictionary(kind)
                if name not in found:
                    found[name] = _Column(kind, path)
                found[name].join(name, kind, path, is_exact=_is_exact_in_double(metadata, kind, name))
            settled.rows += metadata.num_rows
    identifier = selection.id or DEFAULT_ID_COLUMN
    names = sorted(found, key=lambda name: name != identifier)
    settled.types = {name: found[name].kind for name in names}
    return settled


class _Column:
    """The type that holds the values of a column in all files so far."""

    def __init__(self, kind: Any, path: Path) -> None:  # noqa: ANN401 - pyarrow has no types
        self.kind = kind
        self._path = path
        self._is_exact = True

    def join(self, name: str, kind: Any, path: Path, *, is_exact: bool) -> None:  # noqa: ANN401 - pyarrow has no types
        self._is_exact &= is_exact
        joined = common_type(self.kind, kind, exact_in_double=self._is_exact)
        if joined is None:
            raise UnreadableTableError(
                f"Column '{name}' is {self.kind} in '{self._path}' and {kind} in '{path}', and no type holds both "
                "unchanged. Give all files the same type, or leave the column out."
            )
        if joined != self.kind:
            self.kind, self._path = joined, path


def common_type(first: Any, second: Any, *, exact_in_double: bool = False) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Give the type that holds the values of two types unchanged.

    :param first: a type.
    :param second: another.
    :param exact_in_double: whether the whole numbers are known to be ones that doubles hold.
    :return: the type, or ``None`` when there is none.
    """
    if first == second:
        return first
    schemas = [pa.schema([("", kind)]) for kind in (first, second)]
    try:
        merged = pa.unify_schemas(schemas, promote_options="permissive").field(0).type
        for kind in (first, second):
            # Not every type that Arrow would promote can be cast as well.
            pa.nulls(0, kind).cast(merged)
    except (pa.ArrowException, TypeError):
        return None
    return merged if all(_holds(merged, kind, exact_in_double) for kind in (first, second)) else None


def _holds(wide: Any, narrow: Any, exact_in_double: bool) -> bool:  # noqa: ANN401 - pyarrow has no types
    """Say whether a type that Arrow would promote another to changes no value of it."""
    if wide == narrow:
        return True
    if pa.types.is_nested(wide):
        fields = [narrow.field(number) for number in range(narrow.num_fields)]
        wider = [wide.field(one.name if pa.types.is_struct(wide) else number) for number, one in enumerate(fields)]
        return all(_holds(one.type, other.type, exact_in_double) for one, other in zip(wider, fields, strict=True))
    if pa.types.is_floating(wide) and pa.types.is_integer(narrow):
        return bool(narrow.bit_width < wide.bit_width or (exact_in_double and pa.types.is_float64(wide)))
    if pa.types.is_floating(wide):
        return not pa.types.is_decimal(narrow)
    if pa.types.is_uint64(narrow):
        return not pa.types.is_signed_integer(wide)
    return not (is_binary(wide) and is_string(narrow))


def _is_exact_in_double(metadata: Any, kind: Any, name: str) -> bool:  # noqa: ANN401 - pyarrow has no types
    """Say whether the figures that a file keeps of a column show that doubles hold its whole numbers."""
    if not pa.types.is_integer(kind) or kind.bit_width < 64:
        return True
    paths = [metadata.schema.column(position).path for position in range(metadata.num_columns)]
    if name not in paths:
        return False
    for number in range(metadata.num_row_groups):
        column = metadata.row_group(number).column(paths.index(name))
        figures = column.statistics
        if figures is None or (not figures.has_min_max and figures.null_count != column.num_values):
            return False
        if figures.has_min_max and max(-figures.min, figures.max) > LARGEST_EXACT_IN_DOUBLE:
            return False
    return True


def _text_type(kind: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Give the type of a column of posts or ids once its bytes are read as text."""
    value = value_type(kind)
    if not is_binary(value):
        return kind
    return pa.large_string() if pa.types.is_large_binary(value) else pa.string()


def _common_dictionary(kind: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Give the type of a column whose dictionary has to hold the values of all files; pandas counts with few bits."""
    if not pa.types.is_dictionary(kind) or kind.index_type.bit_width >= _DICTIONARY_INDEX.bit_width:
        return kind
    return pa.dictionary(_DICTIONARY_INDEX, kind.value_type, kind.ordered)


def value_type(kind: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Give the type of the values of a column, whether it keeps them in a dictionary or not.

    :param kind: an Arrow type.
    :return: the type.
    """
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def is_string(kind: Any) -> bool:  # noqa: ANN401 - pyarrow has no types
    """Say whether a type is one of strings.

    :param kind: an Arrow type.
    :return: whether it is.
    """
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def is_binary(kind: Any) -> bool:  # noqa: ANN401 - pyarrow has no types
    """Say whether a type is one of bytes.

    :param kind: an Arrow type.
    :return: whether it is.
    """
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))
