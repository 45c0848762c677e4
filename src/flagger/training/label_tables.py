"""Rows of labelled posts from JSON Lines, CSV, TSV, Parquet or a Hugging Face data set, in one form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flagger.errors import InputError, MissingExtraError, UnreadableTableError
from flagger.tables import Selection, Table
from flagger.tables.formats import input_format, missing_column
from flagger.training.label_values import listed

LISTS: Final = ("topics", "cues", "places")
# Nothing learns from an id, but who does not ask for it is warned that it is dropped.
FIELDS: Final = (
    *(*LISTS, "claim", "unverified", "local", "political"),
    *("kind", "group", "source", "ngrams", "id"),
)
_SUFFIXES: Final = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".tab", ".parquet", ".pq", ".gz", ".zst")
# OWNER/NAME of a data set on the hub, and the split.
_HUB_NAME: Final = re.compile(r"(?P<name>[\w.-]+/[\w.-]+?)(?::(?P<split>[^/:]+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class LabelFields(Selection):
    """The text and all fields of labels that a table has.

    :param anywhere: whether a field may be met in any row, although none of the first rows has it.
    """

    anywhere: bool = False

    def resolve(self, columns: Sequence[str], *, where: str) -> tuple[str, ...]:
        """Choose the fields.

        :param columns: the columns that there are, in order.
        :param where: name of the table, for messages.
        :return: the fields to read.
        :raises UnreadableTableError: when there is no text, or a name stands twice.
        """
        if self.text not in columns:
            raise missing_column(self.text, columns, where=where, role=f"the header '{self.text}'")
        for name in (self.text, *FIELDS):
            if columns.count(name) > 1:
                raise UnreadableTableError(
                    f"{where} has {columns.count(name)} columns named '{name}', so it is not clear which is meant. "
                    "Rename all but one."
                )
        return FIELDS if self.anywhere else tuple(name for name in FIELDS if name in columns)


def label_rows(path: str | Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Read the rows of a table of labels.

    :param path: JSON Lines, or by its suffix CSV, TSV or Parquet; all but Parquet also packed by gzip or zstd. In CSV a
        list is JSON, as Python or numpy print it, or names between commas or semicolons; an empty cell is a missing
        field. A folder is a data set that ``datasets`` wrote or can read; where no such file or folder exists,
        ``OWNER/NAME`` or ``OWNER/NAME:SPLIT`` is one on the hub, its split ``train`` when left out.
    :return: for each row where it stands, for messages, and the row; what is null in it counts as missing.
    :raises UnreadableTableError: when the file or data set cannot be read, or has no texts.
    :raises InputError: when a row is broken.
    :raises MissingExtraError: when a data set is named and ``datasets`` is not installed.
    """
    source = Path(path)
    if source.is_dir() or (not source.exists() and source.suffix not in _SUFFIXES and _HUB_NAME.fullmatch(str(path))):
        yield from ((f"{path}, row {number}", row) for number, row in enumerate(_data_set(str(path)), start=1))
        return
    kind = _kind(source)
    number = 0
    with Table(source, LabelFields(anywhere=kind == "jsonl"), format=kind) as table:
        for chunk in table:
            columns = _columns(chunk.kept, kind)
            for position, (text, problem) in enumerate(zip(chunk.texts, chunk.problems, strict=True)):
                if problem is not None:
                    raise InputError(f"{path}, {problem}.")
                number += 1
                yield f"{path}, row {number}", {"text": text, **{name: one[position] for name, one in columns.items()}}


def _kind(path: Path) -> str:
    try:
        kind = input_format(str(path))
    except UnreadableTableError:
        kind = None
    return kind if kind in ("csv", "tsv", "parquet") else "jsonl"


def _columns(kept: Mapping[str, Any], kind: str) -> dict[str, Sequence[Any]]:
    if kind == "parquet":
        from flagger.tables.parquet_reader import python_values

        return {name: python_values(values) for name, values in kept.items()}
    if kind == "jsonl":
        return dict(kept)
    return {name: [_cell(name, cell) for cell in cells] for name, cells in kept.items()}


def _cell(name: str, cell: str | None) -> Any:  # noqa: ANN401 - a list or a text
    value = (cell or "").strip()
    if not value:
        return None
    return listed(value) if name in LISTS else value


def _data_set(name: str) -> Iterator[dict[str, Any]]:
    try:
        import datasets
    except ImportError as error:
        raise MissingExtraError(f"'{name}' is read as a data set; run: pip install datasets") from error
    folder = Path(name)
    split = "train"
    try:
        if (folder / "state.json").is_file() or (folder / "dataset_dict.json").is_file():
            found: Any = datasets.load_from_disk(name)
            found = found[split] if isinstance(found, datasets.DatasetDict) else found
        elif folder.is_dir():
            found = datasets.load_dataset(name, split=split)
        else:
            match = _HUB_NAME.fullmatch(name)
            parts = match.groupdict() if match else {}
            found = datasets.load_dataset(parts["name"], split=parts["split"] or split)
    except Exception as error:
        raise UnreadableTableError(
            f"No labelled posts in '{name}': no such file, and datasets could not load it ({type(error).__name__}). "
            "Give a JSON Lines, CSV, TSV or Parquet file, a folder that datasets can read, or OWNER/NAME:SPLIT."
        ) from error
    yield from found
