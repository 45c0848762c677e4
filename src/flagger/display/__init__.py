"""Results for people: in a terminal, in a notebook and as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flagger.display.html import render_results
from flagger.results import Result
from flagger.vocabulary import Language

__all__ = ["Rendered", "render"]

MOST_RESULTS: Final = 100


class Rendered(str):
    """HTML that a notebook shows by itself; elsewhere a plain string to write to a file."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Give the HTML to a notebook."""
        return str(self)


def render(
    results: Result | Iterable[Result], *, language: Language = "en", limit: int | None = MOST_RESULTS
) -> Rendered:
    """Show results with their reasons, in a notebook or as a piece of HTML.

    :param results: one result or several, shown in the order given; read up to the limit.
    :param language: language of the labels.
    :param limit: most results to show; ``None`` for all. A line at the end says when more were given.
    :return: HTML that a notebook shows when it is the last value of a cell; everything in it is escaped.
    """
    return Rendered(
        render_results([results] if isinstance(results, Result) else results, language=language, limit=limit)
    )
