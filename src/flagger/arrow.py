"""Arrow tables in, the same rows with scores out: what Ray, Spark and other engines run on their workers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from flagger.frames import EVIDENCE_COLUMN, PARTS_COLUMN, RESULT_COLUMNS, refuse_columns
from flagger.locations import lasting_name
from flagger.rows import score_rows
from flagger.tables.chunk import DEFAULT_TEXT_COLUMN, make_row
from flagger.tables.parquet_reader import cell_texts
from flagger.tables.parquet_writer import EVIDENCE_TYPE, PARTS_TYPE, RESULT_TYPES
from flagger.threads import THREADS_VARIABLE

if TYPE_CHECKING:
    from flagger.scorer import Flagger

WORKER_THREADS = 1
_LOADED: dict[ScorerSettings, Flagger] = {}


@dataclass(frozen=True, slots=True)
class ScorerSettings:
    """How a worker loads its scorer; small enough to be sent to every worker.

    :param model: folder or hub id, which every worker can reach; the model inside the package when ``None``.
    :param revision: commit or tag of a hub model.
    :param lexicon: folder of rules to add to the shipped ones, which every worker can reach.
    :param exact: whether the encoder reads every post.
    """

    model: str | Path | None = None
    revision: str | None = None
    lexicon: str | Path | None = None
    exact: bool = False

    def __post_init__(self) -> None:
        """Name folders in full, for a worker may stand in another one."""
        for name in ("model", "lexicon"):
            object.__setattr__(self, name, lasting_name(getattr(self, name)))

    def load(self) -> Flagger:
        """Give the scorer of this process, loaded on first use.

        :return: the same object in every call with equal settings.
        :raises ModelFolderError: when the model cannot be found or is damaged.
        """
        if self not in _LOADED:
            from flagger.scorer import Flagger

            # The engine runs one worker for each core; more threads would only get in each other's way.
            os.environ.setdefault(THREADS_VARIABLE, str(WORKER_THREADS))
            _LOADED[self] = Flagger.from_pretrained(
                self.model, lexicon=self.lexicon, revision=self.revision, exact=self.exact
            )
        return _LOADED[self]


class ArrowScorer:
    """Adds flagger's columns to Arrow tables; the model is loaded once in each process.

    :param settings: what to load.
    :param text: name of the column with the posts.
    :param evidence: whether to add the columns ``evidence`` and ``parts`` too.
    """

    def __init__(
        self, settings: ScorerSettings | None = None, *, text: str = DEFAULT_TEXT_COLUMN, evidence: bool = False
    ) -> None:
        self.settings = settings or ScorerSettings()
        self.text = text
        self.evidence = evidence

    def __call__(self, table: pa.Table) -> pa.Table:
        """Score a table.

        :param table: any columns, with the posts among them; a cell that is no text is told in ``error``.
        :return: the same columns and rows, without a copy, and flagger's columns after them.
        :raises InputError: when the column is missing or there twice, or a name is taken that flagger adds.
        """
        added = added_columns(table.schema, text=self.text, evidence=self.evidence)
        made = [make_row(cell, ()) for chunk in table.column(self.text).chunks for cell in cell_texts(chunk)]
        rows = score_rows(
            self.settings.load(),
            [row.text for row in made],
            [row.problem for row in made],
            explain=self.evidence,
        )
        for field in added:
            table = table.append_column(field, pa.array([row[field.name] for row in rows], field.type))
        return table

    def score_batches(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Score record batches as they come: the function that Spark's ``mapInArrow`` wants.

        :param batches: any number of batches of one schema.
        :return: as many rows in the same order.
        :raises InputError: when the column is missing, or a name is taken that flagger adds.
        """
        for batch in batches:
            yield from self(pa.Table.from_batches([batch])).to_batches()


def added_columns(schema: pa.Schema, *, text: str = DEFAULT_TEXT_COLUMN, evidence: bool = False) -> pa.Schema:
    """Say which columns flagger adds to a table, and refuse one that it cannot add them to.

    :param schema: columns of the table.
    :param text: name of the column with the posts.
    :param evidence: whether the columns of reasons are among them.
    :return: the columns to add, in order.
    :raises InputError: when the column is missing, or a name is taken that flagger adds.
    """
    types: dict[str, Any] = {name: RESULT_TYPES[name] for name in RESULT_COLUMNS}
    if evidence:
        types |= {EVIDENCE_COLUMN: EVIDENCE_TYPE, PARTS_COLUMN: PARTS_TYPE}
    refuse_columns(schema.names, text=text, added=types, what="table")
    return pa.schema(list(types.items()))
