"""Open an output of any kind; it appears under its name only when it is complete."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from flagger.errors import OutputError
from flagger.tables.atomic import AtomicFile, output_error
from flagger.tables.formats import STANDARD_STREAM, output_format
from flagger.tables.text_writers import DelimitedWriter, JsonLinesWriter


class TableWriter(Protocol):
    """Takes rows in chunks."""

    def write(self, columns: Mapping[str, Any]) -> None:
        """Write rows.

        :param columns: values by column, all of one length: lists or Arrow arrays.
        """

    def finish(self) -> None:
        """Write what is held back."""

    def abandon(self) -> None:
        """Write nothing more, after an exception."""


@contextmanager
def open_writer(
    path: str | Path, columns: Sequence[str], *, types: Mapping[str, Any] | None = None
) -> Iterator[TableWriter]:
    """Open an output.

    :param path: a file whose extension names the format, or ``-`` for JSON Lines on the standard output.
    :param columns: names of all columns, in order.
    :param types: Arrow types of columns that flagger did not make, where known.
    :return: a context manager that gives the writer. When its block ends the file is put in its place; when it is left
        by an exception the file is removed, and an earlier one of that name is untouched.
    :raises OutputError: when the extension is unknown, or the file cannot be written.
    """
    name = str(path)
    kind = output_format(name)
    if name == STANDARD_STREAM:
        with _system_errors("the standard output"):
            output = standard_output()
            writer: TableWriter = JsonLinesWriter(output, columns)
            yield writer
            writer.finish()
            output.flush()
        return
    with AtomicFile(name) as stream, _system_errors(name):
        writer = _writer(stream, kind, columns, types=types or {}, folder=Path(os.path.realpath(name)).parent)
        try:
            yield writer
            writer.finish()
        except BaseException:
            writer.abandon()
            raise


def standard_output() -> IO[bytes]:
    """Give the standard output as a stream of bytes.

    :return: the stream.
    :raises OutputError: when it is closed.
    """
    if sys.stdout is None:
        raise OutputError("The standard output is closed. Open it, or write to a file with -o where the command can.")
    return sys.stdout.buffer


def refuse_same_file(source: str | Path, target: str | Path) -> None:
    """Refuse an output that is the input, or lies inside an input folder.

    :param source: the input.
    :param target: the output.
    :raises OutputError: when they are the same.
    """
    if STANDARD_STREAM in (str(source), str(target)):
        return
    first, second = Path(os.path.realpath(source)), Path(os.path.realpath(target))
    is_same = first == second or (first.exists() and second.exists() and first.samefile(second))
    if is_same or (first.is_dir() and first in second.parents):
        raise OutputError(f"The output '{target}' is the input or lies inside it. Give another path.")


def _writer(
    stream: IO[bytes], kind: str, columns: Sequence[str], *, types: Mapping[str, Any], folder: Path
) -> TableWriter:
    if kind == "jsonl":
        return JsonLinesWriter(stream, columns)
    if kind == "parquet":
        from flagger.tables.parquet_writer import ParquetTableWriter

        return ParquetTableWriter(stream, columns, types=types, folder=folder)
    return DelimitedWriter(stream, columns, delimiter="\t" if kind == "tsv" else ",")


@contextmanager
def _system_errors(name: str) -> Iterator[None]:
    try:
        yield
    except (BrokenPipeError, OutputError):
        raise
    except OSError as error:
        raise output_error(name, error) from error
