"""Results as columns: for data frames of any library and for batches of a data set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import narwhals as nw

from flagger.errors import InputError
from flagger.results import Result
from flagger.tables.chunk import problem_of
from flagger.vocabulary import TOPICS

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrameT

    from flagger.scorer import Flagger

RESULT_COLUMNS = (
    "unverified",
    "unverified_decision",
    "sensitive",
    "sensitive_decision",
    "rumour",
    "priority",
    "topics",
    "places",
    "is_local",
    "cues",
    "truncated",
    "error",
)
EVIDENCE_COLUMN = "evidence"
PARTS_COLUMN = "parts"
EVIDENCE_COLUMNS = (EVIDENCE_COLUMN, PARTS_COLUMN)
GROUP_COLUMNS = ("group", "group_size")


def result_row(result: Result) -> dict[str, Any]:
    """Flatten a result into the columns that tables hold.

    :param result: the result.
    :return: values by column name, all of ``RESULT_COLUMNS``.
    """
    return {
        "unverified": result.unverified.probability,
        "unverified_decision": result.unverified.decision.value,
        "sensitive": result.sensitive.probability,
        "sensitive_decision": result.sensitive.decision.value,
        "rumour": result.rumour,
        "priority": result.priority,
        "topics": dict(result.topics),
        "places": [
            {
                "text": place.text,
                "start": place.start,
                "end": place.end,
                "level": place.level.value,
                "province": place.province,
                "province_before": place.province_before,
            }
            for place in result.places
        ],
        "is_local": result.is_local,
        "cues": list(result.cues),
        "truncated": result.truncated,
        "error": None,
    }


def evidence_row(result: Result) -> dict[str, Any]:
    """Flatten the reasons of a result into the optional columns that hold them.

    :param result: the result; scored with ``explain=True`` it has the wording too.
    :return: values of ``EVIDENCE_COLUMNS``: reasons, strongest first, with offsets in the original post; and the parts
        that both scores add up from, on the logit scale.
    """
    parts = [
        {"axis": axis, "part": name, "contribution": round(value, 6)}
        for axis, score in (("unverified", result.unverified), ("sensitive", result.sensitive))
        for name, value in score.parts.items()
    ]
    return {EVIDENCE_COLUMN: [item.to_dict() for item in result.evidence], PARTS_COLUMN: parts}


def error_row(message: str) -> dict[str, Any]:
    """Give the columns of a row that could not be scored.

    :param message: what is wrong with it and what was expected.
    :return: values by column name; all empty but ``error``.
    """
    return {**dict.fromkeys(RESULT_COLUMNS), "error": message}


def result_columns(flagger: Flagger, posts: Iterable[object]) -> dict[str, list[Any]]:
    """Score cells of any kind; a cell that is no text keeps its place with ``error`` filled.

    :param flagger: the scorer.
    :param posts: the cells.
    :return: columns by name, all of the same length.
    """
    cells = list(posts)
    problems = [problem_of(cell) for cell in cells]
    scored = flagger.score_many(
        [cell for cell, problem in zip(cells, problems, strict=True) if isinstance(cell, str)], explain=False
    )
    columns: dict[str, list[Any]] = {name: [] for name in RESULT_COLUMNS}
    for problem in problems:
        row: Mapping[str, Any] = result_row(next(scored)) if problem is None else error_row(problem)
        for name in RESULT_COLUMNS:
            columns[name].append(row[name])
    return columns


def batch_columns(flagger: Flagger, batch: Mapping[str, Iterable[object]], text: str) -> dict[str, list[Any]]:
    """Score a batch in columns; see :meth:`flagger.Flagger.score_batch`.

    :param flagger: the scorer.
    :param batch: columns by name, or a frame as a data set with the format of pandas, polars or Arrow gives it.
    :param text: name of the column with the posts.
    :return: the columns that flagger adds.
    :raises InputError: when the batch has no columns, the one with the posts is missing or one text, or a name is taken
        already.
    """
    if not isinstance(batch, Mapping):
        table = _eager(batch, "score_batch was given {}, expected columns by name, each a list.")
        # To iterate over some tables is to get their posts, which belong in no message.
        batch = {name: table[name] for name in table.columns}
    refuse_columns(batch, text=text, added=RESULT_COLUMNS, what="batch")
    if isinstance(batch[text], str):
        raise InputError(
            f"The column '{text}' of the batch is one text, expected a list of them. Give map() batched=True, or call "
            "flagger(post) for one post."
        )
    columns = result_columns(flagger, batch[text])
    # A data set takes the type of a column from its first batch, and None has none.
    return {**columns, "error": [error or "" for error in columns["error"]]}


def refuse_columns(columns: Collection[str], *, text: str, added: Iterable[str], what: str) -> None:
    """Refuse a table without the posts, or with a column that flagger adds.

    :param columns: names of its columns.
    :param text: name of the column with the posts.
    :param added: names of the columns to add.
    :param what: what to call the table.
    :raises InputError: when the column is missing or there twice, or a name is taken.
    """
    if text not in columns or not isinstance(text, str):
        raise InputError(f"No column {text!r} in the {what}; there are {', '.join(map(repr, columns))}.")
    if list(columns).count(text) > 1:
        raise InputError(f"The {what} has more than one column {text!r}; rename or drop the others first.")
    taken = [name for name in added if name in columns]
    if taken:
        raise InputError(f"The {what} has the columns {', '.join(taken)} already; rename or drop them first.")


def score_frame(flagger: Flagger, frame: IntoDataFrameT, text: str) -> IntoDataFrameT:
    """Add flagger's columns to a data frame; see :meth:`flagger.Flagger.score_frame`.

    :param flagger: the scorer.
    :param frame: any eager frame that narwhals knows.
    :param text: name of the column with the posts.
    :return: a frame of the same kind.
    :raises InputError: when the column is missing, a name is taken already, or two columns have one name.
    """
    table = _eager(
        frame,
        "score_frame was given {}, expected an eager data frame of pandas, polars or pyarrow. Collect a lazy frame "
        "first; for a column or a list use score_many.",
    )
    refuse_columns(table.columns, text=text, added=RESULT_COLUMNS, what="frame")
    columns = result_columns(flagger, table[text].to_list())
    backend = nw.get_native_namespace(table)
    added = [_series(name, values, backend) for name, values in columns.items()]
    if table.implementation.is_pandas_like():
        index = nw.maybe_get_index(table)
        added = [nw.maybe_set_index(series, index=index) for series in added]
    scored: IntoDataFrameT = table.with_columns(*added).to_native()
    return scored


def _eager(frame: Any, refusal: str) -> nw.DataFrame[Any]:  # noqa: ANN401 - frames of any library
    try:
        table: nw.DataFrame[Any] = nw.from_native(frame, eager_only=True)
    except nw.exceptions.DuplicateError as error:
        raise InputError("Two columns have the same name; rename or drop one of them first.") from error
    except TypeError as error:
        raise InputError(refusal.format(type(frame).__name__)) from error
    return table


def _series(name: str, values: list[Any], backend: Any) -> nw.Series[Any]:  # noqa: ANN401 - a module of the frame's library
    kinds: dict[str, Any] = {}
    for number in ("unverified", "sensitive", "rumour", "priority"):
        kinds[number] = nw.Float64
    for word in ("unverified_decision", "sensitive_decision", "error"):
        kinds[word] = nw.String
    if backend.__name__ in ("polars", "pyarrow"):
        place: dict[str, Any] = {"text": nw.String, "start": nw.Int64, "end": nw.Int64, "level": nw.String}
        kinds["is_local"] = kinds["truncated"] = nw.Boolean
        kinds["cues"] = nw.List(nw.String)
        kinds["topics"] = nw.Struct(dict.fromkeys(TOPICS, nw.Float64))
        kinds["places"] = nw.List(nw.Struct({**place, "province": nw.String, "province_before": nw.String}))
    return nw.new_series(name, values, kinds.get(name), backend=backend)
