"""Rows of labelled posts from JSON Lines, CSV, TSV, Parquet or a Hugging Face data set, in one form."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from flagger.errors import InputError, MissingExtraError, UnreadableTableError

LISTS: Final = ("topics", "cues", "places")
NUMBERS: Final = ("claim", "unverified", "local", "political")
_SUFFIXES: Final = (".jsonl", ".json", ".csv", ".tsv", ".parquet")
# OWNER/NAME of a data set on the hub, and the split.
_HUB_NAME: Final = re.compile(r"(?P<name>[\w.-]+/[\w.-]+?)(?::(?P<split>[^/:]+))?", re.ASCII)


def label_rows(path: str | Path) -> Iterator[tuple[str, Any]]:
    """Read the rows of a table of labels.

    :param path: JSON Lines, or by its suffix CSV, TSV or Parquet. In CSV a list is JSON or names between commas or
        semicolons; an empty cell is a missing field. A folder is a data set that ``datasets`` wrote or can read; where
        no such file or folder exists, ``OWNER/NAME`` or ``OWNER/NAME:SPLIT`` is one on the hub, its split ``train``
        when left out.
    :return: for each row where it stands, for messages, and the row.
    :raises UnreadableTableError: when the file or data set cannot be read.
    :raises InputError: when a line of JSON or a number is broken.
    :raises MissingExtraError: when a data set is named and ``datasets`` is not installed.
    """
    source = Path(path)
    if source.is_dir() or (not source.exists() and source.suffix not in _SUFFIXES and _HUB_NAME.fullmatch(str(path))):
        rows = _data_set(str(path))
        yield from ((f"{path}:{number}", _without_gaps(row)) for number, row in enumerate(rows, start=1))
        return
    try:
        if source.suffix == ".parquet":
            import pyarrow.parquet as pq

            rows = pq.read_table(source).to_pylist()
            yield from ((f"{path}:{number}", _without_gaps(row)) for number, row in enumerate(rows, start=1))
        elif source.suffix in (".csv", ".tsv"):
            with source.open(encoding="utf-8-sig", newline="") as lines:
                for number, row in enumerate(csv.DictReader(lines, delimiter="\t" if source.suffix == ".tsv" else ",")):
                    yield f"{path}:{number + 2}", _from_cells(row, f"{path}:{number + 2}")
        else:
            for number, line in enumerate(source.read_bytes().splitlines(), start=1):
                if line.strip():
                    yield f"{path}:{number}", _from_json(line, f"{path}:{number}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableTableError(
            f"Cannot read the labelled posts in '{path}': {reason}. Give a JSON Lines, CSV, TSV or Parquet file."
        ) from error


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


def _from_json(line: bytes, where: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        raise InputError(f"{where}: not valid JSON ({error}); expected one object per line.") from error


def _from_cells(cells: dict[str, Any], where: str) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, cell in cells.items():
        value = cell.strip() if isinstance(cell, str) else ""
        if name == "text":
            row[name] = cell
        elif not value:
            continue
        elif name in LISTS:
            listed = _from_json(value.encode(), where) if value.startswith("[") else value.replace(";", ",").split(",")
            if not all(isinstance(item, str) for item in listed):
                raise InputError(f"{where}: '{name}' is a list of other things than names; expected names.")
            row[name] = [item.strip() for item in listed if item.strip()]
        elif name in NUMBERS:
            if not value.isdigit():
                raise InputError(f"{where}: '{name}' is {value!r}; expected a whole number.")
            row[name] = int(value)
        else:
            row[name] = value
    return row


def _without_gaps(row: dict[str, Any]) -> dict[str, Any]:
    # A missing number is not-a-number where another row of its column has one.
    return {name: value for name, value in row.items() if value is not None and value == value}
