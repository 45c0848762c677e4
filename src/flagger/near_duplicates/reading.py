"""The first of two passes over a table: which rows are copies of one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flagger.near_duplicates.grouping import Groups, group
from flagger.near_duplicates.signatures import SignatureStore


def group_posts(chunks: Iterable[Sequence[str | None]], *, folder: str | None = None) -> Groups:
    """Group all posts of a table.

    About 40 bytes of memory and 256 bytes in a temporary file are needed for each post.

    :param chunks: the posts in order, in pieces; ``None`` for a row without one.
    :param folder: where the temporary file stands.
    :return: the groups.
    :raises MissingExtraError: when the library that computes signatures is not installed.
    """
    with SignatureStore(folder) as store:
        for posts in chunks:
            store.add(posts)
        return group(store.signatures(), store.comparable())
