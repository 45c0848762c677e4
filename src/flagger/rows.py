"""Rows of any table scored, with what goes wrong with a row kept in that row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from flagger.errors import InputError
from flagger.frames import EVIDENCE_COLUMNS, error_row, evidence_row, result_row

if TYPE_CHECKING:
    from flagger.results import Result


class Scorer(Protocol):
    """What scoring rows needs of ``flagger.Flagger``."""

    def __call__(self, post: str) -> Result:
        """Score one post."""

    def score_many(self, posts: Iterable[str], *, progress: bool = False, explain: bool = True) -> Iterator[Result]:
        """Score posts in order."""


def score_rows(
    scorer: Scorer, texts: Sequence[str | None], problems: Sequence[str | None], *, explain: bool = False
) -> list[dict[str, Any]]:
    """Score rows; one that breaks the scorer does not stop the others.

    :param scorer: the scorer.
    :param texts: the posts; ``None`` where a row holds none.
    :param problems: why a row holds none, as many as ``texts``; ``None`` for a good row.
    :param explain: whether to add the columns of reasons, ``EVIDENCE_COLUMNS``.
    :return: the result columns of each row, in order.
    """
    posts = [text for text in texts if text is not None]
    try:
        results = iter([_row(result, explain) for result in scorer.score_many(posts, explain=explain)])
    except Exception:
        # Any one post may have caused it: find out which.
        results = iter([_score_alone(scorer, post, explain) for post in posts])
    return [
        failed_row(problem or "the row holds no text", explain=explain) if text is None else next(results)
        for text, problem in zip(texts, problems, strict=True)
    ]


def failed_row(message: str, *, explain: bool = False) -> dict[str, Any]:
    """Give the columns of a row that could not be scored.

    :param message: what is wrong with it and what was expected.
    :param explain: whether the columns of reasons are among them.
    :return: values by column name; all empty but ``error``.
    """
    row = error_row(message)
    return {**row, **dict.fromkeys(EVIDENCE_COLUMNS)} if explain else row


def _row(result: Result, explain: bool) -> dict[str, Any]:
    row = result_row(result)
    return {**row, **evidence_row(result)} if explain else row


def _score_alone(scorer: Scorer, post: str, explain: bool) -> dict[str, Any]:
    try:
        return _row(next(iter(scorer.score_many((post,), explain=explain))), explain)
    except InputError as error:
        return failed_row(str(error), explain=explain)
    except Exception as error:
        # One row must not stop the others; the message holds no text.
        problem = f"scoring failed with {type(error).__name__}; please report it with the post if you may"
        return failed_row(problem, explain=explain)
