"""Tables in and out: CSV, TSV, JSON Lines, Parquet and plain lines, streamed."""

from flagger.tables.chunk import Chunk, Selection
from flagger.tables.formats import READABLE_FORMATS, WRITABLE_FORMATS, refuse_clashes
from flagger.tables.reader import Table
from flagger.tables.writer import TableWriter, open_writer, refuse_same_file

__all__ = [
    "READABLE_FORMATS",
    "WRITABLE_FORMATS",
    "Chunk",
    "Selection",
    "Table",
    "TableWriter",
    "open_writer",
    "refuse_clashes",
    "refuse_same_file",
]
