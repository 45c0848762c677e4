"""Write Parquet."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from flagger.tables.inference import ColumnType, typed_array
from flagger.vocabulary import TOPICS

GROUP_ROWS: Final = 32_768
GROUP_BYTES: Final = 1 << 26

_PLACE: Final = pa.struct(
    [
        ("text", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("level", pa.string()),
        ("province", pa.string()),
        ("province_before", pa.string()),
    ]
)
RESULT_TYPES: Final[Mapping[str, Any]] = {
    "unverified": pa.float64(),
    "unverified_decision": pa.string(),
    "sensitive": pa.float64(),
    "sensitive_decision": pa.string(),
    "rumour": pa.float64(),
    "priority": pa.float64(),
    "topics": pa.struct([(name, pa.float64()) for name in TOPICS]),
    "places": pa.list_(_PLACE),
    "is_local": pa.bool_(),
    "cues": pa.list_(pa.string()),
    "truncated": pa.bool_(),
    "error": pa.string(),
}

EVIDENCE_TYPE: Final = pa.list_(
    pa.struct(
        [
            ("text", pa.string()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("cue", pa.string()),
            ("axis", pa.string()),
            ("source", pa.string()),
            ("contribution", pa.float64()),
        ]
    )
)
PARTS_TYPE: Final = pa.list_(pa.struct([("axis", pa.string()), ("part", pa.string()), ("contribution", pa.float64())]))


class ParquetTableWriter:
    """Parquet with row groups of bounded size.

    Columns kept from Parquet have the type they had there. The types of others follow from the values; when a later one
    does not fit, the column becomes wider from the first row on (doubles where all are numbers that doubles hold, else
    strings), so that no row is lost. A column without any value is one of strings.

    :param stream: binary stream; types can follow from the rows only where it can be read back.
    :param columns: names of all columns, in order.
    :param types: Arrow types of the kept columns, where known.
    :param folder: where a copy of the file may stand for a moment, should a type have to change.
    """

    def __init__(self, stream: IO[bytes], columns: Sequence[str], *, types: Mapping[str, Any], folder: Path) -> None:
        self._stream = stream
        self._folder = folder
        untyped = [name for name in columns if name not in types and name not in RESULT_TYPES]
        # Without going back nothing but strings is sure to hold what comes.
        can_go_back = stream.seekable() and stream.readable()
        self._untyped = {name: ColumnType() if can_go_back else None for name in untyped}
        known = {**RESULT_TYPES, **types}
        self._schema = pa.schema([(name, known.get(name, pa.string())) for name in columns])
        self._writer: pq.ParquetWriter | None = None
        self._batches: list[pa.RecordBatch] = []

    def write(self, columns: Mapping[str, Any]) -> None:
        """Write rows.

        :param columns: values by column, all of one length: lists or Arrow arrays.
        """
        self._settle_types(columns)
        arrays = []
        for field in self._schema:
            values = columns[field.name]
            if field.name in self._untyped:
                values = typed_array(values, field.type)
            arrays.append(pa.array(values, field.type) if isinstance(values, list) else values)
        self._batches.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        rows = sum(batch.num_rows for batch in self._batches)
        if rows >= GROUP_ROWS or sum(batch.nbytes for batch in self._batches) >= GROUP_BYTES:
            self._flush()

    def finish(self) -> None:
        """Write the last group and the footer."""
        self._flush()
        self._opened().close()

    def abandon(self) -> None:
        """Write nothing more."""
        if self._writer is not None:
            # Else pyarrow would write the footer when the writer is collected, to a stream that is closed by then.
            self._writer.is_open = False

    def _settle_types(self, columns: Mapping[str, Any]) -> None:
        before = self._schema
        for name, found in self._untyped.items():
            if found is not None:
                found.add(columns[name])
                self._retype(name, pa.string() if found.kind == pa.null() else found.kind)
        if self._schema != before:
            self._batches = [self._converted(batch) for batch in self._batches]
            if self._writer is not None:
                self._rewrite()

    def _retype(self, name: str, kind: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        self._schema = self._schema.set(self._schema.get_field_index(name), pa.field(name, kind))

    def _converted(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        arrays = [
            column if column.type == field.type else typed_array(column.to_pylist(), field.type)
            for column, field in zip(batch.columns, self._schema, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def _rewrite(self) -> None:
        """Write the groups that stand in the file once more, with the types of now."""
        self._opened().close()
        self._stream.flush()
        with tempfile.TemporaryFile(dir=self._folder, prefix=".flagger.") as copy:
            self._stream.seek(0)
            shutil.copyfileobj(self._stream, copy)
            copy.flush()
            self._stream.seek(0)
            self._stream.truncate()
            self._writer = None
            written = pq.ParquetFile(copy)
            for group in range(written.num_row_groups):
                batches = written.read_row_group(group).to_batches()
                table = pa.Table.from_batches([self._converted(batch) for batch in batches], self._schema)
                self._opened().write_table(table)

    def _opened(self) -> pq.ParquetWriter:
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._stream, self._schema, compression="zstd")
        return self._writer

    def _flush(self) -> None:
        if self._batches:
            self._opened().write_table(pa.Table.from_batches(self._batches, self._schema))
            self._batches = []
