"""Errors of the command line: one line each, and an exit code."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

import typer
from typer.core import TyperGroup

from flagger.errors import FlaggerError, InputError

EXIT_PROBLEMS: Final = 1
EXIT_USAGE: Final = 2
EXIT_UNSCORED_ROWS: Final = 3
EXIT_INTERRUPTED: Final = 130
EXIT_BROKEN_PIPE: Final = 141
EXIT_TERMINATED: Final = 143


class Terminated(BaseException):
    """The process was asked to end; raised so that half-written files are removed first."""


class QuietGroup(TyperGroup):
    """A group of commands whose expected errors are one line on the standard error, without a traceback."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own signature
        """Run the command."""
        try:
            with _termination_as_exception():
                return super().invoke(ctx)
        except FlaggerError as error:
            typer.echo(f"flagger: {' '.join(str(error).split())}", err=True)
            raise typer.Exit(EXIT_USAGE) from error
        except KeyboardInterrupt as error:
            typer.echo("flagger: interrupted; no output was changed", err=True)
            raise typer.Exit(EXIT_INTERRUPTED) from error
        except Terminated as error:
            typer.echo("flagger: terminated; no output was changed", err=True)
            raise typer.Exit(EXIT_TERMINATED) from error
        except BrokenPipeError as error:
            raise typer.Exit(EXIT_BROKEN_PIPE) from error


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


@contextmanager
def _termination_as_exception() -> Iterator[None]:
    try:
        before = signal.signal(signal.SIGTERM, _terminate)
    except ValueError:
        # Only the main thread may set handlers; elsewhere signals do what they did.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def refuse_unused(options: Mapping[str, object], reason: str) -> None:
    """Refuse options that a command would not read.

    :param options: what the user gave, by the name of the option.
    :param reason: why they would not be read, as the beginning of a sentence.
    :raises InputError: when the user gave any of them.
    """
    given = [name for name, value in options.items() if value]
    if given:
        raise InputError(f"{reason} and would not use {', '.join(given)}; leave out what it does not use.")
