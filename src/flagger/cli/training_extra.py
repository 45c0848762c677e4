"""What the commands that train have in common: the extra that they need, and their progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer

from flagger.errors import missing_extra

_EXTRAS: Final = {
    "sklearn": "train",
    "scipy": "train",
    "matplotlib": "train",
    "underthesea": "phobert",
    **dict.fromkeys(("torch", "transformers", "onnx", "onnxscript", "huggingface_hub"), "encoder"),
}


@contextmanager
def training_extra(activity: str) -> Iterator[None]:
    """Turn a missing package of the training extras into an error that says what to install.

    :param activity: what needs it, at the beginning of a sentence.
    :raises MissingExtraError: when a package of the extra is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _EXTRAS:
            raise
        raise missing_extra(f"{activity} needs {package}", _EXTRAS[package]) from error


def say(line: str) -> None:
    """Print a line of progress on the standard error.

    :param line: the line; never holds a post.
    """
    typer.echo(line, err=True)
