"""Score Spark data frames: ``flagger.spark.score(frame)`` (extra ``spark``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flagger.arrow import ArrowScorer, ScorerSettings, added_columns
from flagger.errors import MissingExtraError
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
        from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
        from pyspark.sql.types import StructType
    except ImportError as error:
        raise MissingExtraError(
            "Scoring on Spark needs pyspark, which is not installed; run: pip install 'flagger[spark]'"
        ) from error
    added = from_arrow_schema(added_columns(to_arrow_schema(frame.schema), text=text, evidence=evidence))
    settings = ScorerSettings(model=model, revision=revision, lexicon=lexicon, exact=exact)
    scorer = ArrowScorer(settings, text=text, evidence=evidence)
    return frame.mapInArrow(scorer.score_batches, StructType([*frame.schema.fields, *added.fields]))
