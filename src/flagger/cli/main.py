"""The command ``flagger``."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from typing import Annotated

import typer

from flagger.cli.bench import bench
from flagger.cli.errors import QuietGroup, one_line
from flagger.cli.evaluate import evaluate
from flagger.cli.explain import explain
from flagger.cli.export import export
from flagger.cli.info import info
from flagger.cli.lexicon import lexicon
from flagger.cli.match import match
from flagger.cli.report import report
from flagger.cli.score import score
from flagger.cli.train import train
from flagger.version import __version__

# Local variables hold posts, so no traceback may print them.
app = typer.Typer(
    cls=QuietGroup,
    name="flagger",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(score)
app.command()(explain)
app.command()(match)
app.command()(report)
app.command()(evaluate)
app.command()(train)
app.command()(export)
app.command()(bench)
app.command()(info)
app.add_typer(lexicon, name="lexicon")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def flagger(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Find the Vietnamese posts that a fact-checker should read first, and say why.

    flagger never says that a post is false, and it does not score opinions.

    Exit codes: 0 done; 1 a check found problems; 2 wrong usage, input or output; 3 some rows could not be scored
    (score --strict); 129 the terminal went away; 130 interrupted; 141 the reader of the output went away; 143
    terminated.
    """


def main() -> None:
    """Run the command line; the entry point of the package."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Vietnamese shows escapes instead of breaking off.
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    warnings.formatwarning = _warning_line
    try:
        app()
    finally:
        _flush_quietly()


def _warning_line(message: Warning | str, *_: object, **__: object) -> str:
    return f"flagger: warning: {one_line(str(message))}\n"


def _flush_quietly() -> None:
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at the end and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
