"""Labelled posts, from tables in the schema of the annotation guide."""

from __future__ import annotations

import codecs
import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from flagger.errors import InputError, UnreadableTableError
from flagger.text.characters import in_canonical_order
from flagger.training.label_tables import label_rows
from flagger.training.label_values import names_of, number_of, without_gaps
from flagger.vocabulary import CUES, TOPICS

NGRAMS = ("all", "topics", "none")
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]


class _Key(msgspec.Struct):
    """A line about a post that is named by the hash of its text."""

    key: str


class _Grades(_Key):
    """A line of a file of grades."""

    grades: tuple[Percent, Percent]


_Row = TypeVar("_Row", bound=_Key)


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
    :param has_unverified: whether the row is labelled for the first axis; where not, its ``unverified`` means nothing.
    :param has_topics: the same for ``topics``.
    :param has_local: the same for ``is_local``.
    :param has_cues: the same for ``cues``.
    :param is_claim: whether it asserts a checkable fact; ``None`` where that is not labelled.
    :param kind: kind of text by the annotation guide; empty where that is not labelled.
    :param graded: how sure a second reader is, in [0, 1], that the level is at least 1 and that it is 2; ``None`` where
        nobody read it a second time.
    :param ngrams: what the n-grams learn from it: ``all``, ``topics`` (and locality) or ``none``. Short comments have
        words of their own, which say where a post comes from and not what it claims; an encoder is not misled by them.
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
    has_unverified: bool = True
    has_topics: bool = True
    has_local: bool = True
    has_cues: bool = True
    is_claim: bool | None = None
    kind: str = ""
    graded: tuple[float, float] | None = None
    ngrams: str = "all"

    @property
    def trains_unverified(self) -> bool:
        """Whether the row may train the unverified axis: a political row may only when it is a negative."""
        return self.has_unverified and not (self.is_political and self.unverified > 0)

    @property
    def trains_wording(self) -> bool:
        """Whether n-grams may learn the unverified axis from the row."""
        return self.trains_unverified and self.ngrams == "all"

    @property
    def trains_sensitive(self) -> bool:
        """Whether the row may train and judge the sensitive axis: that needs topics and locality."""
        return self.has_topics and self.has_local

    @property
    def is_sensitive(self) -> bool:
        """Whether the row is about harm in a place in Viet Nam, the target of the second axis."""
        return bool(self.topics) and self.is_local


def read_labelled(path: str | Path) -> list[LabelledPost]:
    """Read a file of labelled posts.

    :param path: JSON Lines, CSV, TSV, Parquet, or a data set by its folder or its name on the Hugging Face hub (see
        :func:`flagger.training.label_tables.label_rows`); rows with the keys of the annotation guide and ``text``.
    :return: the rows in file order.
    :raises UnreadableTableError: when the file cannot be opened, or has no texts.
    :raises InputError: when a row breaks the schema, and the message names row and field; when there are no labels.
    """
    posts = [_parse(row, where) for where, row in label_rows(path)]
    if not posts:
        raise InputError(f"'{path}' holds no labelled posts; expected a row for each post.")
    if not any(map(_has_label, posts)):
        raise InputError(
            f"No row of '{path}' has a label. Give at least one of unverified, topics, local, cues, claim, kind and "
            "places, under these names; docs/annotation.md says what they mean."
        )
    return posts


def read_labels(path: str | Path, pools: Sequence[str | Path]) -> list[LabelledPost]:
    """Read labels that come without their texts, and find the texts by their hashes.

    :param path: JSON Lines with ``key`` (see :func:`text_key`), the labels of the annotation guide, and ``characters``
        where only the beginning of the text was labelled.
    :param pools: JSON Lines with ``text``, plain or compressed by gzip or xz, that hold the texts.
    :return: the labelled posts whose texts were found.
    :raises UnreadableTableError: when a file cannot be opened.
    :raises InputError: when a line breaks the schema, or no text at all was found.
    """
    if not pools:
        raise InputError(f"'{path}' labels posts by hash; name the files that hold their texts, too (--texts).")
    rows: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, line in enumerate(_lines(Path(path)), start=1):
        row = _object(line, f"{path}:{number}")
        if not isinstance(row.get("key"), str):
            raise InputError(f"{path}:{number}: expected an object with a string 'key'.")
        rows[row["key"]] = (number, row)
    found = []
    for pool in pools:
        for position, line in enumerate(_lines(Path(pool)), start=1):
            text = _object(line, f"{pool}:{position}").get("text")
            if not isinstance(text, str):
                continue
            known = rows.pop(text_key(text), None)
            if known is not None:
                number, row = known
                where = f"{path}:{number}"
                found.append(_labelled({**row, "text": text[: _characters(row, where)]}, where))
    if not found:
        raise InputError(f"None of the texts that '{path}' labels is in {', '.join(map(str, pools))}.")
    return found


def read_keys(path: str | Path) -> frozenset[str]:
    """Read which posts a file of labels by hash is about.

    :param path: JSON Lines with ``key`` (see :func:`text_key`).
    :return: the keys.
    :raises UnreadableTableError: when the file cannot be opened.
    :raises InputError: when a line has no key.
    """
    return frozenset(row.key for row in _keyed(path, _Key, "an object with a string 'key'"))


def with_grades(posts: Iterable[LabelledPost], path: str | Path) -> list[LabelledPost]:
    """Add what a second reader thought of labelled posts.

    :param posts: the posts.
    :param path: JSON Lines with ``key`` (see :func:`text_key`), and ``grades``: how sure the reader is, in per cent,
        that ``unverified`` is at least 1, and that it is 2.
    :return: the posts in their order; those that nobody graded as they were.
    :raises UnreadableTableError: when the file cannot be opened.
    :raises InputError: when a line is broken, or none of the posts is graded.
    """
    rows = _keyed(path, _Grades, "'key' and 'grades', two per cents")
    grades = {row.key: (row.grades[0] / 100.0, row.grades[1] / 100.0) for row in rows}
    graded = [replace(post, graded=grades.get(text_key(post.text))) for post in posts]
    if not any(post.graded for post in graded):
        raise InputError(f"'{path}' grades none of the labelled posts. Give grades of the posts that are trained on.")
    return graded


def _keyed(path: str | Path, kind: type[_Row], expected: str) -> Iterator[_Row]:
    for number, line in enumerate(_lines(Path(path)), start=1):
        try:
            row = msgspec.json.decode(line, type=kind)
        except msgspec.DecodeError as error:
            raise InputError(f"{path}:{number}: {error}; expected {expected}.") from error
        yield row


def _object(line: bytes, where: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise InputError(f"{where}: not valid JSON ({error}); expected one object per line.") from error


def _lines(path: Path) -> list[bytes]:
    import gzip
    import lzma
    import zlib

    unpack = {".gz": gzip.decompress, ".xz": lzma.decompress}.get(path.suffix, bytes)
    try:
        content = unpack(path.read_bytes()).removeprefix(codecs.BOM_UTF8)
        return [line for line in content.splitlines() if line.strip()]
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise UnreadableTableError(f"Cannot read '{path}': {error}. Give a JSON Lines file.") from error


def _characters(row: Mapping[str, Any], where: str) -> int | None:
    characters = row.get("characters")
    if characters is not None and (type(characters) is not int or characters < 1):
        raise InputError(f"{where}: 'characters' is {characters!r}; expected a whole number from 1.")
    return characters


def _parse(row: object, where: str) -> LabelledPost:
    if not isinstance(row, Mapping) or not isinstance(row.get("text"), str):
        raise InputError(f"{where}: expected an object with a string 'text'.")
    return _labelled(row, where)


def _labelled(given: Mapping[str, Any], where: str) -> LabelledPost:
    row = without_gaps(given)
    unverified, local, political, claim = (
        number_of(row, name, where, most=2 if name == "unverified" else 1)
        for name in ("unverified", "local", "political", "claim")
    )
    ngrams = row.get("ngrams", "all")
    if ngrams not in NGRAMS:
        raise InputError(f"{where}: 'ngrams' is {ngrams!r}; expected one of {', '.join(NGRAMS)}.")
    return LabelledPost(
        text=row["text"],
        group=text_key(row["text"]) if row.get("group", "") == "" else str(row["group"]),
        unverified=unverified or 0,
        topics=frozenset(names_of(row, "topics", where, known=TOPICS)),
        cues=frozenset(names_of(row, "cues", where, known=CUES)),
        is_local=bool(local),
        is_political=bool(political),
        source=str(row.get("source") or ""),
        places=names_of(row, "places", where),
        has_unverified=unverified is not None,
        has_topics="topics" in row,
        has_local=local is not None,
        has_cues="cues" in row,
        is_claim=None if claim is None else bool(claim),
        kind=str(row.get("kind") or ""),
        ngrams=ngrams,
    )


def _has_label(post: LabelledPost) -> bool:
    said = (post.has_unverified, post.has_topics, post.has_local, post.has_cues, post.is_claim is not None)
    return any(said) or bool(post.kind or post.places)


def text_key(text: str) -> str:
    """Give a key that identifies a text without holding it.

    :param text: any text.
    :return: 16 hexadecimal digits of the SHA-256 of the NFC text with white space folded.
    """
    folded = " ".join(unicodedata.normalize("NFC", in_canonical_order(text)).split())
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def texts(posts: Iterable[LabelledPost]) -> list[str]:
    """Give the texts of labelled posts.

    :param posts: the posts.
    :return: their texts, in order.
    """
    return [post.text for post in posts]
