"""Data frames and data set batches: same kind out, rows and index kept, bad cells in their place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from flagger import Flagger
from flagger.errors import InputError
from flagger.frames import RESULT_COLUMNS

POSTS = ["Nghe nói sắp vỡ đập ở Hòa Bình, chia sẻ gấp!", None, "Chúc cả nhà ngủ ngon", ""]


def test_pandas_keeps_index_and_columns(flagger: Flagger) -> None:
    frame = pd.DataFrame({"post": [*POSTS, float("nan"), 5], "likes": range(6)}, index=list("abcdef"))
    scored = flagger.score_frame(frame, text="post")
    assert isinstance(scored, pd.DataFrame)
    assert list(scored.index) == list("abcdef")
    assert list(scored.columns) == ["post", "likes", *RESULT_COLUMNS]
    assert scored["error"].notna().tolist() == [False, True, False, False, True, True]
    assert scored.loc["a", "unverified"] == pytest.approx(flagger(POSTS[0]).unverified.probability, abs=1e-5)
    assert scored.loc["a", "topics"]["disaster"] == pytest.approx(flagger(POSTS[0]).topics["disaster"], abs=1e-5)
    assert frame.shape == (6, 2)


def test_missing_values_of_every_library_are_told_in_their_row(flagger: Flagger) -> None:
    cells = ["Chúc cả nhà ngủ ngon", pd.NA, pd.NaT, float("nan"), np.float32("nan"), np.zeros(2)]
    scored = flagger.score_frame(pd.DataFrame({"text": pd.Series(cells, dtype="object")}))
    assert scored["error"].isna().tolist() == [True, False, False, False, False, False]
    assert scored["error"][1].startswith("the text is null")
    assert scored["error"][5].startswith("the text is of type ndarray")
    strings = pd.DataFrame({"text": pd.Series(["a", pd.NA], dtype="string")})
    assert flagger.score_frame(strings)["error"].isna().tolist() == [True, False]


def test_polars_in_polars_out(flagger: Flagger) -> None:
    scored = flagger.score_frame(pl.DataFrame({"post": POSTS}), text="post")
    assert isinstance(scored, pl.DataFrame)
    assert scored.height == len(POSTS)
    assert scored["unverified_decision"].to_list()[:2] == ["flag", None]
    assert scored["places"].to_list()[0][0]["text"] == "Hòa Bình"
    assert scored.schema["topics"].to_schema()["health"] == pl.Float64


@pytest.mark.parametrize("rows", [0, 1])
def test_small_frames(flagger: Flagger, rows: int) -> None:
    scored = flagger.score_frame(pl.DataFrame({"text": POSTS[:rows]}, schema={"text": pl.String}))
    assert scored.height == rows
    assert scored.columns == ["text", *RESULT_COLUMNS]


def test_missing_and_taken_columns(flagger: Flagger) -> None:
    with pytest.raises(InputError, match=r"No column 'text'.*'post'"):
        flagger.score_frame(pd.DataFrame({"post": POSTS}))
    with pytest.raises(InputError, match="priority"):
        flagger.score_frame(pd.DataFrame({"text": POSTS, "priority": 0}))
    with pytest.raises(InputError, match="No column 'text'"):
        flagger.score_batch({"post": ["a"]})


def test_a_batch_that_is_none_is_refused(flagger: Flagger) -> None:
    with pytest.raises(InputError, match="batched=True"):
        flagger.score_batch({"text": "Nghe nói vỡ đập"})
    with pytest.raises(InputError, match="topics already"):
        flagger.score_batch({"text": ["a"], "topics": [1]})
    with pytest.raises(InputError, match="use score_frame"):
        list(flagger.score_many(pd.DataFrame({"text": ["a"]})))
    with pytest.raises(InputError, match="eager data frame"):
        flagger.score_frame(["a"])  # type: ignore[type-var]
    with pytest.raises(InputError, match="No column 0"):
        flagger.score_frame(pd.DataFrame(["a", "b"]), text=0)  # type: ignore[arg-type]


def test_columns_of_one_name_are_refused(flagger: Flagger) -> None:
    for names in (["text", "text"], ["text", "x", "x"]):
        with pytest.raises(InputError, match="the same name"):
            flagger.score_frame(pd.DataFrame([["a"] * len(names)], columns=names))


@pytest.mark.parametrize(
    "batch",
    [["Vỡ đập rồi"], pl.DataFrame({"post": ["Vỡ đập rồi"]}), pa.table({"post": ["Vỡ đập rồi"]}), None],
    ids=["list", "polars", "arrow", "none"],
)
def test_a_batch_without_the_column_is_refused_without_its_posts(flagger: Flagger, batch: object) -> None:
    with pytest.raises(InputError, match=r"score_batch was given|No column 'text'") as refused:
        flagger.score_batch(batch)  # type: ignore[arg-type]
    assert "Vỡ đập" not in str(refused.value)


@pytest.mark.parametrize("form", ["arrow", "pandas", "polars"])
def test_datasets_of_any_format_map(flagger: Flagger, form: str) -> None:
    datasets = pytest.importorskip("datasets")
    dataset = datasets.Dataset.from_dict({"text": POSTS}).with_format(form)
    scored = dataset.map(flagger.score_batch, batched=True).with_format(None)
    assert scored["unverified_decision"][0] == "flag"
    assert scored["error"][1].startswith("the text is N" if form == "pandas" else "the text is null")


def test_arrow_tables_keep_their_types_without_a_score(flagger: Flagger) -> None:
    whole = flagger.score_frame(pa.table({"text": POSTS}))
    none = flagger.score_frame(pa.table({"text": pa.array([], pa.string())}))
    for name in ("topics", "places", "is_local", "cues", "truncated"):
        assert none.schema.field(name).type == whole.schema.field(name).type != pa.null()


def test_datasets_map(flagger: Flagger) -> None:
    datasets = pytest.importorskip("datasets")
    scored = datasets.Dataset.from_dict({"text": POSTS}).map(flagger.score_batch, batched=True)
    assert scored["unverified_decision"][0] == "flag"
    assert scored["error"][1].startswith("the text is null")
    assert len(scored) == len(POSTS)


def test_datasets_take_an_error_after_batches_without_one(flagger: Flagger) -> None:
    datasets = pytest.importorskip("datasets")
    posts = datasets.Dataset.from_dict({"text": ["Nghe nói vỡ đập ở Hòa Bình", "Chúc ngủ ngon", None]})
    scored = posts.map(flagger.score_batch, batched=True, batch_size=1, writer_batch_size=1)
    assert scored["error"][:2] == ["", ""]
    assert scored["error"][2].startswith("the text is null")
