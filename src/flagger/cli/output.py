"""What commands print: JSON as bytes of UTF-8, the rest by rich; and texts from the command line."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import msgspec

from flagger.tables.formats import STANDARD_STREAM
from flagger.tables.source import without_surrogates

if TYPE_CHECKING:
    from rich.console import RenderableType


def print_json(value: Any) -> None:  # noqa: ANN401 - anything that JSON can say
    """Print a value as one line of JSON, in UTF-8 whatever the terminal speaks.

    :param value: what to print.
    """
    sys.stdout.flush()
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()


def print_rich(renderable: RenderableType) -> None:
    """Print something that rich can lay out.

    :param renderable: what to print.
    """
    from rich.console import Console

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
    """
    if argument != STANDARD_STREAM:
        return without_surrogates(argument)
    text = sys.stdin.buffer.read().decode("utf-8-sig", "replace")
    return text.removesuffix("\n").removesuffix("\r")
