"""Text from a file or the standard input, line by line: gzip, zstd, byte order marks and bytes that are not UTF-8."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import re
import stat
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from flagger.errors import UnreadableTableError
from flagger.tables.formats import STANDARD_STREAM

MARKING_DECODER: Final = "flagger_marks_bad_bytes"
_BAD_BYTES: Final = "\udcff"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# The mark of UTF-32 begins with that of UTF-16, so it goes first.
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_LONGEST_MARK: Final = 4
_GZIP_MAGIC: Final = b"\x1f\x8b"
# A frame of data, or one to skip, which is what pzstd writes first.
_ZSTD_MAGIC: Final = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
_Readable = IO[bytes] | gzip.GzipFile


def _mark(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return _BAD_BYTES, error.end
    raise error


codecs.register_error(MARKING_DECODER, _mark)


def has_surrogates(text: str) -> bool:
    """Say whether a text holds half a surrogate pair, or the mark of bytes that could not be decoded.

    :param text: any text.
    :return: whether it can be no valid Unicode.
    """
    return not text.isascii() and _SURROGATE.search(text) is not None


def without_surrogates(text: str) -> str:
    """Replace each half of a surrogate pair by U+FFFD, so that the text can be written; its length stays.

    :param text: any text.
    :return: valid Unicode.
    """
    return _SURROGATE.sub("\ufffd", text) if has_surrogates(text) else text


class _Prefixed(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, prefix: bytes, stream: _Readable) -> None:
        super().__init__()
        self._prefix = prefix
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        size = len(buffer)
        if self._prefix:
            piece, self._prefix = self._prefix[:size], self._prefix[size:]
        else:
            read = getattr(self._stream, "read1", self._stream.read)
            piece = read(size)
        buffer[: len(piece)] = piece
        return len(piece)


class TextSource:
    """Lines of a file or of the standard input, decoded.

    UTF-8 is expected; a byte order mark of UTF-8, UTF-16 or UTF-32 is obeyed, gzip and zstd are recognised by their
    first bytes. Bytes that cannot be decoded become a mark that :func:`has_surrogates` sees, so that no line is lost.

    :param path: path of the file, or ``-`` for the standard input.
    :param split_at_returns: whether a lone carriage return ends a line too, as in CSV.
    :raises UnreadableTableError: when the file cannot be opened.
    """

    def __init__(self, path: str, *, split_at_returns: bool = False) -> None:
        self.name = "the standard input" if path == STANDARD_STREAM else f"'{path}'"
        self._owned: list[_Readable] = []
        try:
            raw = self._open(path)
            self._raw = raw
            self.size = _regular_size(raw)
            stream, head = self._sniffed(raw)
            if head.startswith(_GZIP_MAGIC):
                stream, head = self._unpacked(gzip.GzipFile(fileobj=stream))
            elif _ZSTD_MAGIC.match(head):
                import pyarrow as pa

                packed = pa.PythonFile(stream, mode="r")
                stream, head = self._unpacked(pa.CompressedInputStream(packed, "zstd"))
        except (OSError, EOFError, zlib.error) as error:
            self.close()
            raise unreadable(self.name, error) from error
        encoding = next((name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)), "utf-8")
        newline = "" if split_at_returns else "\n"
        self._text = io.TextIOWrapper(stream, encoding=encoding, errors=MARKING_DECODER, newline=newline)

    def __iter__(self) -> Iterator[str]:
        """Give the lines with their endings.

        :raises UnreadableTableError: when reading breaks off; the message says after which line.
        """
        number = 0
        try:
            for line in self._text:
                number += 1
                yield line
        except (OSError, EOFError, zlib.error) as error:
            raise unreadable(f"{self.name} after line {number}", error) from error

    def position(self) -> int:
        """Give the number of bytes read so far, packed if the file is; 0 where that is unknown."""
        return self._raw.tell() if self.size is not None and not self._raw.closed else 0

    def close(self) -> None:
        """Close what was opened."""
        for stream in self._owned:
            stream.close()

    def _open(self, path: str) -> IO[bytes]:
        if path == STANDARD_STREAM:
            return standard_input()
        stream = Path(path).open("rb")  # noqa: SIM115 - closed by close()
        self._owned.append(stream)
        return stream

    def _unpacked(self, stream: _Readable) -> tuple[io.BufferedReader, bytes]:
        self._owned.insert(0, stream)
        return self._sniffed(stream)

    def _sniffed(self, stream: _Readable) -> tuple[io.BufferedReader, bytes]:
        head = b""
        while len(head) < _LONGEST_MARK and (piece := stream.read(_LONGEST_MARK - len(head))):
            head += piece
        return io.BufferedReader(_Prefixed(head, stream), buffer_size=1 << 16), head


def standard_input() -> IO[bytes]:
    """Give the standard input as a stream of bytes.

    :return: the stream.
    :raises UnreadableTableError: when it is closed.
    """
    if sys.stdin is None:
        raise UnreadableTableError("The standard input is closed. Give a file, or pipe the posts in.")
    return sys.stdin.buffer


def is_stream(path: str) -> bool:
    """Say whether an input can be read only once: the standard input, a named pipe, a process substitution.

    :param path: path of the input, or ``-``.
    :return: whether it is no file and no folder; what does not exist is none.
    """
    found = Path(path)
    return path == STANDARD_STREAM or (found.exists() and not found.is_file() and not found.is_dir())


def unreadable(name: str, error: BaseException) -> UnreadableTableError:
    """Turn an error of the system into one that says what to do.

    :param name: what was read, quoted.
    :param error: what went wrong.
    :return: the error to raise.
    """
    if isinstance(error, FileNotFoundError):
        return UnreadableTableError(f"No file at {name}. Check the path.")
    if isinstance(error, PermissionError):
        return UnreadableTableError(f"No permission to read {name}. Ask for it, or give a copy.")
    if isinstance(error, (EOFError, zlib.error, gzip.BadGzipFile)):
        return UnreadableTableError(f"Cannot read {name}: the gzip data is damaged or cut short. Get the file again.")
    # Errors of the system have a number; those of the zstd reader have none.
    if isinstance(error, OSError) and error.errno is None:
        return UnreadableTableError(f"Cannot read {name}: the zstd data is damaged or cut short. Get the file again.")
    reason = getattr(error, "strerror", None) or type(error).__name__
    return UnreadableTableError(f"Cannot read {name}: {reason}.")


def _regular_size(stream: IO[bytes]) -> int | None:
    try:
        information = os.fstat(stream.fileno())
    except (OSError, ValueError, io.UnsupportedOperation):
        return None
    return information.st_size if stat.S_ISREG(information.st_mode) else None
