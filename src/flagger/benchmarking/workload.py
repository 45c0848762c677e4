"""The posts that a benchmark scores."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flagger.errors import InputError
from flagger.locations import PACKAGE, shipped
from flagger.tables import Selection, Table

SAMPLE_POSTS: Final = Path("data", "sample_posts.jsonl")
MOST_POSTS: Final = 20_000
_SHARES: Final = (10, 50, 90, 99)


@dataclass(frozen=True, slots=True)
class Workload:
    """Different posts, since equal ones of a batch are scored once and would flatter the rate.

    :param posts: the posts, each once.
    :param given: how many posts there were before equal ones were left out.
    """

    posts: tuple[str, ...]
    given: int

    @classmethod
    def of(cls, posts: Iterable[str]) -> Workload:
        """Take posts.

        :param posts: the posts.
        :return: the workload.
        :raises InputError: when there are none.
        """
        taken = list(posts)
        if not taken:
            raise InputError("There are no posts to measure with; give a table that has some.")
        return cls(tuple(dict.fromkeys(taken)), len(taken))

    @classmethod
    def read(cls, path: str | Path | None = None, *, text: str = "text", limit: int = MOST_POSTS) -> Workload:
        """Read posts from a table.

        :param path: a table of any kind that flagger reads; the 60 sample posts when left out.
        :param text: the column with the posts.
        :param limit: most posts to take; they are taken evenly from the whole table.
        :return: the workload.
        :raises InputError: when there is no table, or no post in it.
        """
        # The column is that of the table given.
        source, column = (sample_posts(), "text") if path is None else (path, text)
        with Table(source, Selection(text=column)) as table:
            posts = [post for chunk in table for post in chunk.texts if post is not None]
        step = max(1, -(-len(posts) // limit))
        return cls.of(posts[::step])

    def lengths(self) -> dict[str, Any]:
        """Say how long the posts are.

        :return: count, and the spread of the lengths in characters.
        """
        lengths = sorted(map(len, self.posts))
        return {
            "posts": self.given,
            "distinct": len(self.posts),
            "characters": {
                "mean": round(statistics.fmean(lengths), 1),
                **{f"p{share}": percentile(lengths, share) for share in _SHARES},
                "longest": lengths[-1],
            },
        }

    def median_posts(self, count: int) -> list[str]:
        """Take the posts whose lengths are nearest the median.

        :param count: most posts to take.
        :return: the posts, in their order.
        """
        middle = statistics.median(map(len, self.posts))
        nearest = sorted(range(len(self.posts)), key=lambda number: abs(len(self.posts[number]) - middle))[:count]
        return [self.posts[number] for number in sorted(nearest)]


def sample_posts(package: Path = PACKAGE) -> Path:
    """Find the sample posts that ship with the package.

    :param package: folder of the package.
    :return: their file; in a source checkout the one that the package is built from.
    :raises InputError: when there is none.
    """
    path = shipped(SAMPLE_POSTS, package)
    if not path.is_file():
        raise InputError("This installation lacks the sample posts; give a table of your own with --posts.")
    return path


def percentile(ordered: Sequence[float], share: int) -> float:
    """Give the value that a share of the others does not exceed.

    :param ordered: values in rising order, at least one.
    :param share: in (0, 100].
    :return: one of the values.
    """
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]
