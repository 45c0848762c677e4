"""Labelled posts in the schema of the annotation guide."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from flagger.errors import InputError, UnreadableTableError
from flagger.vocabulary import CUES, TOPICS


@dataclass(frozen=True, slots=True)
class LabelledPost:
    """One labelled post.

    :param text: the post.
    :param group: near-duplicates share one; a split never cuts through a group.
    :param unverified: 0, 1 or 2.
    :param topics: harm topics that the post is about.
    :param cues: reasons.
    :param is_local: whether it concerns something located in a place in Viet Nam.
    :param is_political: whether it is mainly opinion on public affairs; such rows are kept apart, never a target.
    :param source: where the row comes from; used for slices of the evaluation only.
    :param places: place mentions as written.
    """

    text: str
    group: str
    unverified: int
    topics: frozenset[str]
    cues: frozenset[str]
    is_local: bool
    is_political: bool
    source: str = ""
    places: tuple[str, ...] = ()

    @property
    def trains_unverified(self) -> bool:
        """Whether the row may train the unverified axis: a political row may only when it is a negative."""
        return not (self.is_political and self.unverified > 0)


def read_labelled(path: str | Path) -> list[LabelledPost]:
    """Read a JSON Lines file of labelled posts.

    :param path: the file; one object per line with the keys of the annotation guide and ``text``.
    :return: the rows in file order.
    :raises UnreadableTableError: when the file cannot be opened.
    :raises InputError: when a line breaks the schema; the message names line and field.
    """
    try:
        lines = Path(path).read_bytes().splitlines()
    except OSError as error:
        raise UnreadableTableError(
            f"Cannot read the labelled posts in '{path}': {error.strerror}. Give a JSON Lines file."
        ) from error
    posts = [_parse(line, f"{path}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]
    if not posts:
        raise InputError(f"'{path}' holds no labelled posts; expected one JSON object per line.")
    return posts


def _parse(line: bytes, where: str) -> LabelledPost:
    try:
        row: Any = msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        raise InputError(f"{where}: not valid JSON ({error}); expected one object per line.") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise InputError(f"{where}: expected an object with a string 'text'.")
    unverified = row.get("unverified")
    if unverified not in (0, 1, 2):
        raise InputError(f"{where}: 'unverified' is {unverified!r}; expected 0, 1 or 2.")
    return LabelledPost(
        text=row["text"],
        group=str(row.get("group", text_key(row["text"]))),
        unverified=unverified,
        topics=_names(row.get("topics", []), TOPICS, "topics", where),
        cues=_names(row.get("cues", []), CUES, "cues", where),
        is_local=bool(row.get("local", 0)),
        is_political=bool(row.get("political", 0)),
        source=str(row.get("source", "")),
        places=tuple(row.get("places", [])),
    )


def _names(values: Any, known: Sequence[str], field: str, where: str) -> frozenset[str]:  # noqa: ANN401 - from JSON
    if not isinstance(values, list):
        raise InputError(f"{where}: '{field}' is {type(values).__name__}; expected a list of names.")
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise InputError(
            f"{where}: unknown {field} {', '.join(map(repr, unknown))}; expected some of {', '.join(known)}."
        )
    return frozenset(values)


def text_key(text: str) -> str:
    """Give a key that identifies a text without holding it.

    :param text: any text.
    :return: 16 hexadecimal digits of the SHA-256 of the NFC text with white space folded.
    """
    folded = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def texts(posts: Iterable[LabelledPost]) -> list[str]:
    """Give the texts of labelled posts.

    :param posts: the posts.
    :return: their texts, in order.
    """
    return [post.text for post in posts]
