"""A journal of results beside an output, so that a run that was killed goes on where it stopped.

Each record is one chunk of rows, with its length and checksum before it. A kill in the middle of a write leaves a torn
record at the end, which is cut off when the journal is opened again; all before it is whole.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

import msgspec

from flagger.errors import OutputError
from flagger.tables.atomic import output_error

ENDING: Final = ".resume"
_MARK: Final = b"flagger journal 1\n"
_SIZES: Final = 8


class Journal:
    """Results of the chunks that were scored already; use it in a ``with`` statement.

    When the block ends the journal is removed; when it is left by an exception it stays for the next run.

    :param path: the output that the results are for; the journal stands beside it, with ``.resume`` added.
    :param run: what the results depend on, by name: the input, the model, the options. JSON can say it.
    """

    def __init__(self, path: str | Path, run: Mapping[str, Any]) -> None:
        self.path = Path(f"{path}{ENDING}")
        self._target = Path(os.path.realpath(path))
        self._run = json.loads(json.dumps(run))
        self._file: IO[bytes] | None = None
        self._is_reading = True
        self.chunks = 0

    def __enter__(self) -> Journal:
        """Open the journal, or begin one.

        :raises OutputError: when it belongs to another run, is in use, or cannot be written.
        """
        try:
            self._file = self.path.open("r+b" if self.path.exists() else "w+b")
            self._lock(self._file)
            self._begin(self._file)
            self._remove_leftovers()
        except OutputError:
            self._close()
            raise
        except OSError as error:
            self._close()
            raise output_error(str(self.path), error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the journal, and remove it when all went well."""
        self._close()
        if error is None:
            self.path.unlink(missing_ok=True)

    def take(self) -> Any:  # noqa: ANN401 - what was added
        """Give the results of the next chunk.

        :return: what :meth:`add` was given, or ``None`` when the chunk was not scored yet.
        """
        if self._file is None or not self._is_reading:
            return None
        position = self._file.tell()
        record = _read_record(self._file)
        if record is not None:
            self.chunks += 1
            return msgspec.msgpack.decode(record)
        self._is_reading = False
        self._file.seek(position)
        self._file.truncate()
        return None

    def add(self, rows: Any) -> None:  # noqa: ANN401 - anything that msgpack can say
        """Write down the results of a chunk, once :meth:`take` had none.

        :param rows: the results.
        :raises OutputError: when the disk is full.
        """
        self._write(msgspec.msgpack.encode(rows))

    def _write(self, record: bytes) -> None:
        if self._file is None:
            return
        try:
            self._file.write(_sizes(record) + record)
            self._file.flush()
        except OSError as error:
            raise output_error(str(self.path), error) from error

    def _begin(self, file: IO[bytes]) -> None:
        mark = file.read(len(_MARK))
        if not _MARK.startswith(mark):
            raise OutputError(f"'{self.path}' is no journal of flagger. Move it away, or choose another output.")
        head = _read_record(file)
        if head is None:
            # New, or killed before the first record was whole.
            file.seek(0)
            file.truncate()
            file.write(_MARK)
            # In ASCII, for names of files may hold what is no Unicode.
            self._write(json.dumps(self._run).encode())
            self._is_reading = False
            return
        before = json.loads(head)
        different = [name for name in {**before, **self._run} if before.get(name) != self._run.get(name)]
        if different:
            raise OutputError(
                f"'{self.path}' was begun with another {', '.join(different)}. Run it as then, or remove that file to "
                "begin anew."
            )

    def _lock(self, file: IO[bytes]) -> None:
        """Keep a second run of the same kind away; the lock ends with the process, however that ends."""
        try:
            import fcntl
        except ImportError:
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OutputError(f"'{self.path}' is in use by another run. Wait for it to end.") from error

    def _remove_leftovers(self) -> None:
        """Remove the unfinished outputs of runs that were killed; this run alone holds the journal."""
        start, end = f".{self._target.name}.", ".part"
        for path in self._target.parent.iterdir():
            name = path.name
            # What is between has no dot: else it is of an output with a longer name, which another run may be writing.
            if name.startswith(start) and name.endswith(end) and "." not in name[len(start) : -len(end)]:
                path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _sizes(record: bytes) -> bytes:
    return len(record).to_bytes(4, "little") + zlib.crc32(record).to_bytes(4, "little")


def _read_record(file: IO[bytes]) -> bytes | None:
    """Read the next record, or nothing when it is torn or there is none."""
    sizes = file.read(_SIZES)
    if len(sizes) < _SIZES:
        return None
    record = file.read(int.from_bytes(sizes[:4], "little"))
    # No record is empty; zeros are what a loss of power may leave behind.
    return record if record and _sizes(record) == sizes else None
