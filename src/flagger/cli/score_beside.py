"""What ``flagger score`` makes beside its output: a page, counts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flagger.tables import Chunk

ChunkObserver = Callable[["Chunk", list[dict[str, Any]]], None]


class BesideScoring:
    """Things made of the rows while they are scored; what goes wrong with one costs neither the scores nor another."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self._made: list[tuple[str, ChunkObserver, Callable[[], None]]] = []
        self._failed: dict[int, Exception] = {}

    def add(self, path: str, observe: ChunkObserver, finish: Callable[[], None]) -> None:
        """Add one.

        :param path: where it goes; among ``written`` when it is there.
        :param observe: called with each chunk and its result columns.
        :param finish: called when the output is complete.
        """
        self._made.append((path, observe, finish))

    def observe(self, chunk: Chunk, rows: list[dict[str, Any]]) -> None:
        """Hand on a chunk.

        :param chunk: the rows as they were read.
        :param rows: their result columns.
        """
        for number, (_, observe, _) in enumerate(self._made):
            if number in self._failed:
                continue
            try:
                observe(chunk, rows)
            except Exception as error:
                self._failed[number] = error

    def finish(self) -> None:
        """Finish all; an error of one is raised when the others are done."""
        with ExitStack() as stack:
            # Called in the reverse order.
            for number in reversed(range(len(self._made))):
                stack.callback(self._finish, number)

    def _finish(self, number: int) -> None:
        if number in self._failed:
            raise self._failed[number]
        path, _, finish = self._made[number]
        finish()
        self.written.append(path)
