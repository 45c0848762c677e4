"""Ray Data on a local cluster: a worker that is killed costs nothing, and the scores are those of one process."""

from __future__ import annotations

import json
import os
import signal

import pyarrow as pa
import pytest
from typer.testing import CliRunner

import flagger.ray
from flagger.arrow import ArrowScorer
from flagger.cli.main import app
from flagger.errors import InputError

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.slow

# Rows to a block, which is what one task of a worker scores.
BLOCK_ROWS = 15


@pytest.fixture(scope="module")
def cluster():
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR", object_store_memory=2**27)
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def table(sample_posts):
    posts = [f"{post} ({number})" for number in range(5) for post in sample_posts]
    return pa.table({"number": range(len(posts)), "text": posts})


@pytest.fixture(scope="module")
def expected(table):
    return ArrowScorer()(table).to_pylist()


def dataset_of(table):
    blocks = [table.slice(start, BLOCK_ROWS) for start in range(0, table.num_rows, BLOCK_ROWS)]
    return ray.data.from_arrow(blocks)


def test_a_killed_worker_loses_and_doubles_nothing(cluster, table, expected, tmp_path, monkeypatch):
    class WatchedScorer(ArrowScorer):
        """Notes which process scored, with how many threads, by one file for each batch."""

        def __call__(self, batch):
            name = f"{os.getpid()}-{os.environ['FLAGGER_THREADS']}-{batch['number'][0]}"
            (tmp_path / name).touch()
            return super().__call__(batch)

    monkeypatch.setattr(flagger.ray, "ArrowScorer", WatchedScorer)

    def noted():
        return [tuple(map(int, path.name.split("-"))) for path in tmp_path.iterdir()]

    scored = flagger.ray.score(dataset_of(table), workers=2, batch_rows=BLOCK_ROWS)
    rows, before = [], []
    for batch in scored.iter_batches(batch_format="pyarrow", batch_size=None, prefetch_batches=0):
        rows += batch.to_pylist()
        if not before:
            before = noted()
            os.kill(before[0][0], signal.SIGKILL)
    blocks = -(-table.num_rows // BLOCK_ROWS)
    assert len({first for _, _, first in before}) < blocks
    # The two workers of the beginning, and the one in place of the killed.
    assert len({process for process, _, _ in noted()}) == 3
    assert {threads for _, threads, _ in noted()} == {1}
    assert [row["number"] for row in rows] == list(range(table.num_rows))
    assert rows == expected


def test_wrong_columns_are_refused_before_anything_runs(cluster, table):
    with pytest.raises(InputError, match=r"No column 'post'.*'number'"):
        flagger.ray.score(dataset_of(table), text="post")
    with pytest.raises(InputError, match="priority"):
        flagger.ray.score(dataset_of(table.append_column("priority", table["number"])))
    with pytest.raises(InputError, match="workers is 0"):
        flagger.ray.score(dataset_of(table), workers=0)


@pytest.mark.parametrize("options", [(), ("--evidence",)])
def test_the_command_writes_what_one_process_writes(cluster, tmp_path, sample_posts, options):
    source = tmp_path / "posts.jsonl"
    rows = [{"id": number, "text": post} for number, post in enumerate(sample_posts)]
    rows[7]["text"] = None
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    outputs = {}
    for engine in ("local", "ray"):
        target = tmp_path / f"{engine}.jsonl"
        result = CliRunner().invoke(app, ["score", str(source), "-o", str(target), "--engine", engine, *options])
        assert result.exit_code == 0, result.output
        outputs[engine] = target.read_bytes()
    assert outputs["ray"] == outputs["local"]


def test_a_row_that_is_not_scored_for_what_it_keeps_moves_no_other(cluster, tmp_path, sample_posts):
    deep = "[" * 900 + "]" * 900
    source = tmp_path / "posts.jsonl"
    lines = [json.dumps({"text": post, "x": number}) for number, post in enumerate(sample_posts[:4])]
    lines[1] = f"{lines[1][:-2]}{deep}}}"
    source.write_text("\n".join(lines), encoding="utf-8")
    outputs = []
    for engine in ("local", "ray"):
        target = tmp_path / f"{engine}.jsonl"
        result = CliRunner().invoke(app, ["score", str(source), "-o", str(target), "--keep", "x", "--engine", engine])
        assert result.exit_code == 0, result.output
        outputs.append(target.read_bytes())
    assert b"too deep" in outputs[0]
    assert outputs[0] == outputs[1]
