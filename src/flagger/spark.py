"""Score Spark data frames: ``flagger.spark.score(frame)`` (extra ``spark``)."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from flagger.arrow import ArrowScorer, ScorerSettings, added_columns
from flagger.errors import InputError, missing_extra
from flagger.tables.chunk import DEFAULT_TEXT_COLUMN

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def score(
    frame: DataFrame,
    *,
    text: str = DEFAULT_TEXT_COLUMN,
    model: str | Path | None = None,
    revision: str | None = None,
    lexicon: str | Path | None = None,
    exact: bool = False,
    evidence: bool = False,
) -> DataFrame:
    """Add flagger's columns to a Spark data frame by ``mapInArrow``; Spark's Python workers load the model once each.

    Nothing runs before the result is read. A partition whose worker dies is scored again by Spark.

    :param frame: the posts and any other columns, which are kept.
    :param text: name of the column with the posts.
    :param model: folder or hub id that every worker can reach; the model inside the package when left out.
    :param revision: commit or tag of a hub model.
    :param lexicon: folder of rules to add to the shipped ones, which every worker can reach.
    :param exact: whether the encoder reads every post.
    :param evidence: whether to add the columns ``evidence`` and ``parts`` too.
    :return: the frame with the same rows.
    :raises InputError: when the column is missing, or a name is taken that flagger adds.
    :raises MissingExtraError: when Spark is not installed.
    """
    try:
        from pyspark.sql.pandas.types import from_arrow_schema
        from pyspark.sql.types import StructType
    except ImportError as error:
        raise missing_extra("Scoring on Spark needs pyspark", "spark") from error
    # Names alone: not every type of Spark has one of Arrow without more settings.
    names = pa.schema([(name, pa.null()) for name in frame.columns])
    added = from_arrow_schema(added_columns(names, text=text, evidence=evidence))
    _refuse_names_alike(frame, added.names)
    settings = ScorerSettings(model=model, revision=revision, lexicon=lexicon, exact=exact)
    scorer = ArrowScorer(settings, text=text, evidence=evidence)
    return frame.mapInArrow(scorer.score_batches, StructType([*frame.schema.fields, *added.fields]))


def _refuse_names_alike(frame: DataFrame, added: Collection[str]) -> None:
    if frame.sparkSession.conf.get("spark.sql.caseSensitive") == "true":
        return
    taken = [name for name in frame.columns if name.lower() in added]
    if taken:
        raise InputError(
            f"The frame has the columns {', '.join(taken)}, which Spark does not tell from those that flagger adds; "
            "rename or drop them first."
        )
