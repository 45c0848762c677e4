"""Write Parquet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from flagger.tables.text_writers import cell
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


class ParquetTableWriter:
    """Parquet with row groups of bounded size.

    Columns kept from Parquet have the type they had there. Those kept from other tables are strings, since no later row
    can then break the type: a string as it is, anything else as JSON.

    :param stream: binary stream.
    :param columns: names of all columns, in order.
    :param types: Arrow types of the kept columns, where known.
    """

    def __init__(self, stream: IO[bytes], columns: Sequence[str], *, types: Mapping[str, Any]) -> None:
        self._untyped = [name for name in columns if name not in types and name not in RESULT_TYPES]
        known = {**RESULT_TYPES, **types}
        self._schema = pa.schema([(name, known.get(name, pa.string())) for name in columns])
        self._writer = pq.ParquetWriter(stream, self._schema, compression="zstd")
        self._batches: list[pa.RecordBatch] = []

    def write(self, columns: Mapping[str, Any]) -> None:
        """Write rows.

        :param columns: values by column, all of one length: lists or Arrow arrays.
        """
        values = dict(columns)
        for name in self._untyped:
            values[name] = [None if value is None else cell(value) for value in values[name]]
        arrays = [
            pa.array(values[field.name], field.type) if isinstance(values[field.name], list) else values[field.name]
            for field in self._schema
        ]
        self._batches.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        rows = sum(batch.num_rows for batch in self._batches)
        if rows >= GROUP_ROWS or sum(batch.nbytes for batch in self._batches) >= GROUP_BYTES:
            self._flush()

    def finish(self) -> None:
        """Write the last group and the footer."""
        self._flush()
        self._writer.close()

    def abandon(self) -> None:
        """Write nothing more."""
        # Else pyarrow would write the footer when the writer is collected, to a stream that is closed by then.
        self._writer.is_open = False

    def _flush(self) -> None:
        if self._batches:
            self._writer.write_table(pa.Table.from_batches(self._batches, self._schema))
            self._batches = []
