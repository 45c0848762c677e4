"""What commands print: JSON as bytes of UTF-8, the rest by rich; and texts from the command line."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import msgspec

from flagger.tables.formats import STANDARD_STREAM
from flagger.tables.source import standard_input, without_surrogates
from flagger.tables.writer import standard_output

if TYPE_CHECKING:
    from rich.console import RenderableType


def print_json(value: Any) -> None:  # noqa: ANN401 - anything that JSON can say
    """Print a value as one line of JSON, in UTF-8 whatever the terminal speaks.

    :param value: what to print.
    :raises OutputError: when the standard output is closed.
    """
    output = standard_output()
    sys.stdout.flush()
    output.write(msgspec.json.encode(value) + b"\n")
    output.flush()


def print_rich(renderable: RenderableType) -> None:
    """Print something that rich can lay out.

    :param renderable: what to print.
    :raises OutputError: when the standard output is closed.
    """
    from rich.console import Console

    standard_output()
    terminal = Console(highlight=False)
    # Printed to a buffer first: rich itself would end the process when the reader goes away.
    buffer = io.StringIO()
    Console(
        file=buffer,
        highlight=False,
        force_terminal=terminal.is_terminal,
        color_system=terminal.color_system,  # type: ignore[arg-type]
        width=terminal.width,
        legacy_windows=False,
    ).print(renderable)
    sys.stdout.write(buffer.getvalue())
    sys.stdout.flush()


def print_rule(title: str) -> None:
    """Print a line across the terminal.

    :param title: what stands in it.
    """
    from rich.rule import Rule

    print_rich(Rule(title))


def read_text(argument: str) -> str:
    """Give the post that an argument means.

    :param argument: the post itself, or ``-`` for the whole standard input less its last line break.
    :return: the post; bytes that are not UTF-8 are U+FFFD.
    :raises UnreadableTableError: when the standard input is closed.
    """
    if argument != STANDARD_STREAM:
        return without_surrogates(argument)
    text = standard_input().read().decode("utf-8-sig", "replace")
    return text.removesuffix("\n").removesuffix("\r")
