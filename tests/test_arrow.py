"""Arrow tables and record batches: columns kept and added, bad cells told, and Spark's function over them."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from flagger import Flagger
from flagger.arrow import ArrowScorer, ScorerSettings, added_columns
from flagger.errors import InputError
from flagger.frames import EVIDENCE_COLUMNS, RESULT_COLUMNS, result_row

POSTS = ["Nghe nói sắp vỡ đập ở Hòa Bình, chia sẻ gấp!", None, "Chúc cả nhà ngủ ngon", ""]


def test_columns_are_kept_and_added(flagger: Flagger) -> None:
    table = pa.table({"n": range(len(POSTS)), "post": POSTS})
    scored = ArrowScorer(text="post")(table)
    assert scored.column_names == ["n", "post", *RESULT_COLUMNS]
    assert scored.select(["n", "post"]) == table
    rows = scored.select(list(RESULT_COLUMNS)).to_pylist()
    assert rows[1]["error"].startswith("the text is null")
    for row, post in zip(rows, POSTS, strict=True):
        assert post is None or row == result_row(flagger(post))


def test_cells_of_other_types_are_told_in_their_row() -> None:
    scored = ArrowScorer()(pa.table({"text": [1, 2]}))
    assert scored["error"].to_pylist() == ["the text is a number; expected a string"] * 2


def test_bytes_that_are_not_utf8_are_told_in_their_row() -> None:
    texts = pa.Array.from_buffers(
        pa.string(), 2, [None, pa.py_buffer(np.array([0, 2, 4], np.int32).tobytes()), pa.py_buffer(b"\xff\xfeab")]
    )
    errors = ArrowScorer()(pa.table({"text": texts})).column("error").to_pylist()
    assert "not UTF-8" in errors[0]
    assert errors[1] is None


def test_evidence_has_offsets_in_the_original_post() -> None:
    scored = ArrowScorer(evidence=True)(pa.table({"text": POSTS}))
    assert scored.column_names[-2:] == list(EVIDENCE_COLUMNS)
    evidence = scored["evidence"].to_pylist()
    assert evidence[0]
    assert all(POSTS[0][item["start"] : item["end"]] == item["text"] for item in evidence[0])


def test_batches_give_the_same_rows_and_the_model_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flagger.arrow._LOADED", {})
    loads = []
    load = Flagger.from_pretrained
    monkeypatch.setattr(
        Flagger, "from_pretrained", lambda *given, **named: loads.append(given) or load(*given, **named)
    )
    table = pa.table({"text": POSTS * 3})
    # As engines send it to their workers.
    scorer = pickle.loads(pickle.dumps(ArrowScorer(ScorerSettings(exact=True))))
    batches = list(scorer.score_batches(table.to_batches(max_chunksize=5)))
    assert [batch.num_rows for batch in batches] == [5, 5, 2]
    assert pa.Table.from_batches(batches) == scorer(table)
    assert len(loads) == 1


def test_missing_and_taken_columns_are_refused() -> None:
    with pytest.raises(InputError, match=r"No column 'text'.*'post'"):
        added_columns(pa.schema([("post", pa.string())]))
    with pytest.raises(InputError, match="priority"):
        ArrowScorer()(pa.table({"text": POSTS, "priority": POSTS}))
    with pytest.raises(InputError, match="more than one column 'text'"):
        ArrowScorer()(pa.table([POSTS, POSTS], names=["text", "text"]))


def test_folders_are_found_from_the_folder_of_a_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my-model").mkdir()
    monkeypatch.chdir(tmp_path)
    settings = ScorerSettings(model="my-model", lexicon=Path("my-model"))
    assert settings.model == settings.lexicon == str((tmp_path / "my-model").resolve())
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert ScorerSettings(model="owner/name").model == "owner/name"


def test_datasets_map_in_arrow_batches(flagger: Flagger) -> None:
    datasets = pytest.importorskip("datasets")
    dataset = datasets.Dataset.from_dict({"text": [*POSTS, POSTS[0]]}).with_format("arrow")
    scored = dataset.map(ArrowScorer(), batched=True, batch_size=2).with_format(None)
    assert scored.column_names == ["text", *RESULT_COLUMNS]
    by_columns = datasets.Dataset.from_dict({"text": [*POSTS, POSTS[0]]}).map(flagger.score_batch, batched=True)
    assert scored["priority"][:] == by_columns["priority"][:]
    assert [error or "" for error in scored["error"]] == by_columns["error"][:]


@pytest.mark.slow
def test_spark_maps_partitions_to_the_same_rows() -> None:
    sql = pytest.importorskip("pyspark.sql")
    import shutil

    if shutil.which("java") is None:
        pytest.skip("Spark needs Java; the function that it calls is tested above")
    from flagger.spark import score

    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    try:
        frame = session.createDataFrame(list(enumerate(POSTS * 3)), "n int, text string").repartition(2)
        scored = score(frame).orderBy("n").collect()
        with pytest.raises(InputError, match="No column 'post'"):
            score(frame, text="post")
        with pytest.raises(InputError, match="columns Error, which Spark does not tell"):
            score(frame.withColumnRenamed("n", "Error"))
        timed = session.sql("select 'a' as text, timestamp'2025-01-01 00:00:00' as time")
        assert score(timed).columns == ["text", "time", *RESULT_COLUMNS]
        assert score(timed).collect()[0]["error"] is None
    finally:
        session.stop()
    expected = ArrowScorer()(pa.table({"text": POSTS * 3})).to_pylist()
    assert [row["n"] for row in scored] == list(range(len(POSTS) * 3))
    assert [{**row.asDict(recursive=True)} for row in scored] == [
        {"n": number, **row} for number, row in enumerate(expected)
    ]
