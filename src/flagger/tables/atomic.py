"""Files that appear under their name only when they are complete."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO

from flagger.errors import OutputError
from flagger.tables.formats import STANDARD_STREAM


class AtomicFile:
    """A binary file written beside its place and renamed at the end; use it in a ``with`` statement.

    When the block is left by an exception the new file is removed, and what stood under the name before is untouched.
    A place that is no regular file, such as a named pipe, is written directly.

    :param path: where the file goes; a link is followed.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(os.path.realpath(path))
        self._shown = str(path)
        self._temporary: Path | None = None
        self._stream: IO[bytes] | None = None

    def __enter__(self) -> IO[bytes]:
        """Open the file.

        :return: a binary stream.
        :raises OutputError: when no file can be made there.
        """
        try:
            mode = self._mode()
            if mode is not None and not stat.S_ISREG(mode):
                self._stream = self.path.open("wb")
                return self._stream
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.", suffix=".part")
            self._temporary = Path(name)
            self._stream = os.fdopen(handle, "w+b")
            self._temporary.chmod(_new_file_mode() if mode is None else stat.S_IMODE(mode))
        except OSError as error:
            self._discard()
            raise output_error(self._shown, error) from error
        return self._stream

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the file in its place, or remove it after an exception.

        :raises OutputError: when it cannot be completed.
        """
        try:
            if error is None:
                self._complete()
        except OSError as problem:
            raise output_error(self._shown, problem) from problem
        finally:
            self._discard()

    def _mode(self) -> int | None:
        try:
            mode = self.path.stat().st_mode
        except FileNotFoundError:
            return None
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, "Is a directory")
        if not os.access(self.path, os.W_OK):
            raise PermissionError(errno.EACCES, "Permission denied")
        return mode

    def _complete(self) -> None:
        if self._stream is None:
            return
        self._stream.flush()
        if self._temporary is not None:
            os.fsync(self._stream.fileno())
        self._stream.close()
        if self._temporary is not None:
            self._temporary.replace(self.path)
            self._temporary = None

    def _discard(self) -> None:
        # Closing writes what is still buffered, which fails once more on a full disk.
        with contextlib.suppress(OSError, ValueError):
            if self._stream is not None:
                self._stream.close()
        with contextlib.suppress(OSError):
            if self._temporary is not None:
                self._temporary.unlink()
        self._temporary = None


def refuse_missing_folders(*paths: str | None) -> None:
    """Refuse outputs whose folders are not there, before hours of work for them.

    :param paths: the outputs; ``None`` and the standard stream need no folder.
    :raises OutputError: when there is no such folder.
    """
    for path in paths:
        if path not in (None, STANDARD_STREAM) and not Path(os.path.realpath(str(path))).parent.is_dir():
            raise output_error(str(path), FileNotFoundError(errno.ENOENT, "No such file or directory"))


def output_error(path: str, error: OSError) -> OutputError:
    """Turn an error of the system into one that says what to do.

    :param path: the output as the user named it.
    :param error: what went wrong.
    :return: the error to raise.
    """
    kept = "What stood there before is untouched."
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return OutputError(
            f"Cannot write '{path}': the disk or the quota is full. Free some space, or write elsewhere. {kept}"
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return OutputError(f"Cannot write '{path}': no permission. Write where you may create files. {kept}")
    if isinstance(error, IsADirectoryError):
        return OutputError(f"Cannot write '{path}': it is a folder. Give the path of a file.")
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return OutputError(f"Cannot write '{path}': its folder does not exist. Make it first.")
    return OutputError(f"Cannot write '{path}': {error.strerror or type(error).__name__}. {kept}")


def _new_file_mode() -> int:
    # The umask can only be read by setting it.
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
