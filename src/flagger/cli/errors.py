"""Errors of the command line: one line each, and an exit code."""

from __future__ import annotations

import re
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
# A process that a signal ends gives 128 and the number of the signal.
_EXIT_OF_SIGNALS: Final = 128
_LINE_BREAKS: Final = re.compile(r"\s*[\r\n]\s*")


class Terminated(BaseException):
    """The process was asked to end; raised so that half-written files are removed first.

    :param number: the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class QuietGroup(TyperGroup):
    """A group of commands whose expected errors are one line on the standard error, without a traceback."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own signature
        """Run the command."""
        try:
            with _terminations_as_exceptions():
                return super().invoke(ctx)
        except FlaggerError as error:
            typer.echo(f"flagger: {one_line(str(error))}", err=True)
            raise typer.Exit(EXIT_USAGE) from error
        except KeyboardInterrupt as error:
            typer.echo("flagger: interrupted; no unfinished output is left behind", err=True)
            raise typer.Exit(EXIT_INTERRUPTED) from error
        except Terminated as error:
            typer.echo("flagger: terminated; no unfinished output is left behind", err=True)
            raise typer.Exit(_EXIT_OF_SIGNALS + error.number) from error
        except BrokenPipeError as error:
            raise typer.Exit(EXIT_BROKEN_PIPE) from error


def one_line(message: str) -> str:
    r"""Give a message for people as one line in which nothing is invisible.

    :param message: the message; names in it may hold anything.
    :return: the message without line breaks, and with escapes such as ``\xa0`` for odd spaces and control characters.
    """
    shown = _LINE_BREAKS.sub(" ", message.strip())
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in shown)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated(number)


@contextmanager
def _terminations_as_exceptions() -> Iterator[None]:
    before: dict[int, Any] = {}
    try:
        # Windows knows no SIGHUP; nohup has it ignored, and so it stays.
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            if signal.getsignal(number) is not signal.SIG_IGN:
                before.setdefault(number, signal.signal(number, _terminate))
    except ValueError:
        # Only the main thread may set handlers; elsewhere signals do what they did.
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def refuse_revision(model: str | None, revision: str | None) -> None:
    """Refuse a revision of the model inside the package.

    :param model: the model that the user named, if any.
    :param revision: the revision that the user named, if any.
    :raises InputError: when there is a revision but no model.
    """
    refuse_unused({} if model else {"--revision": revision}, "The model inside the package has no revisions")


def refuse_unused(options: Mapping[str, object], reason: str) -> None:
    """Refuse options that a command would not read.

    :param options: what the user gave, by the name of the option.
    :param reason: why they would not be read, as the beginning of a sentence.
    :raises InputError: when the user gave any of them.
    """
    given = [name for name, value in options.items() if value]
    if given:
        raise InputError(f"{reason} and would not use {', '.join(given)}; leave out what it does not use.")
