import errno
import json
import random
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from flagger.cli.main import app

CHUNK = 16
# Small chunks and a pause after each, so that kills come in the middle.
SLOW = """
import sys, time
import flagger.tables.chunk as chunk
from flagger.scorer import Flagger
chunk.CHUNK_ROWS = int(sys.argv.pop(1))
pause = float(sys.argv.pop(1))
whole = Flagger.score_many
def score_many(self, posts, **options):
    time.sleep(pause)
    return whole(self, posts, **options)
Flagger.score_many = score_many
from flagger.cli.main import main
main()
"""


def command(source, target, *options, pause=0.0):
    return [
        *(sys.executable, "-c", SLOW, str(CHUNK), str(pause)),
        *("score", str(source), "-o", str(target), "--keep-text", *options),
    ]


@pytest.fixture(scope="module")
def source(tmp_path_factory, sample_posts):
    path = tmp_path_factory.mktemp("resume") / "posts.jsonl"
    rows = [{"id": number, "text": post, "n": number / 7} for number, post in enumerate(sample_posts * 8)]
    rows[5]["text"] = None
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("ending", "kills"), [("jsonl", 2), ("parquet", 2), pytest.param("csv", 10, marks=pytest.mark.slow)]
)
def test_killed_at_random_moments_the_output_is_that_of_an_unbroken_run(source, tmp_path, ending, kills):
    subprocess.run(command(source, tmp_path / f"unbroken.{ending}", "--keep", "n", "--evidence"), check=True)
    target = tmp_path / f"killed.{ending}"
    generator = random.Random(7)
    times_killed = sizes = 0
    for _ in range(kills):
        process = subprocess.Popen(
            command(source, target, "--keep", "n", "--evidence", "--resume", pause=0.05), stderr=subprocess.DEVNULL
        )
        journal = tmp_path / f"killed.{ending}.resume"
        while process.poll() is None and not (journal.exists() and journal.stat().st_size > sizes):
            time.sleep(0.01)
        time.sleep(generator.uniform(0, 0.3))
        process.kill()
        times_killed += process.wait() < 0
        sizes = journal.stat().st_size
    assert times_killed == kills
    assert not target.exists()
    subprocess.run(command(source, target, "--keep", "n", "--evidence", "--resume"), check=True)
    assert target.read_bytes() == (tmp_path / f"unbroken.{ending}").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"killed.{ending}", f"unbroken.{ending}"]


@pytest.fixture
def interrupted(source, tmp_path, monkeypatch):
    """A run that broke off after some chunks; gives its output."""
    from flagger.scorer import Flagger

    whole = Flagger.score_many
    calls = []

    def score_many(self, posts, **options):
        calls.append(len(posts))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole(self, posts, **options)

    monkeypatch.setattr("flagger.tables.chunk.CHUNK_ROWS", CHUNK)
    monkeypatch.setattr(Flagger, "score_many", score_many)
    outcome = CliRunner().invoke(app, ["score", str(source), "-o", str(tmp_path / "out.csv"), "--resume"])
    assert outcome.exit_code == 130
    return tmp_path / "out.csv"


def test_what_was_scored_is_not_scored_again(source, interrupted, monkeypatch):
    from flagger.scorer import Flagger

    calls = []
    whole = Flagger.score_many
    monkeypatch.setattr(Flagger, "score_many", lambda *given, **options: calls.append(1) or whole(*given, **options))
    outcome = CliRunner().invoke(app, ["score", str(source), "-o", str(interrupted), "--resume"])
    assert outcome.exit_code == 0, outcome.output
    rows = len(source.read_text(encoding="utf-8").splitlines())
    assert len(calls) == -(-rows // CHUNK) - 2
    assert f"{rows:,} rows" in outcome.stderr


@pytest.mark.parametrize(
    ("options", "named"), [(["--evidence"], "choice of reasons"), (["--text-column", "id"], "text column")]
)
def test_another_run_is_refused(source, interrupted, options, named):
    outcome = CliRunner().invoke(app, ["score", str(source), "-o", str(interrupted), "--resume", *options])
    assert outcome.exit_code == 2
    assert f"another {named}" in outcome.stderr


def test_a_changed_input_is_refused(source, interrupted, tmp_path):
    content = source.read_bytes()
    try:
        source.write_bytes(content + b'{"id": 1, "text": "x"}\n')
        outcome = CliRunner().invoke(app, ["score", str(source), "-o", str(interrupted), "--resume"])
    finally:
        source.write_bytes(content)
    assert outcome.exit_code == 2
    assert "another input" in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-", "-o", "out.csv", "--resume"], "--resume needs files"),
        (["in.csv", "-o", "-", "--resume"], "--resume needs files"),
        (["-", "-o", "out.csv", "--groups"], "--groups reads the input twice"),
    ],
)
def test_streams_are_refused(arguments, said):
    outcome = CliRunner().invoke(app, ["score", *arguments])
    assert outcome.exit_code == 2
    assert said in outcome.stderr


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_groups_are_columns(tmp_path, ending):
    pytest.importorskip("rensa")
    from flagger.tables import Selection, Table

    rumour = "Nghe nói chiều qua ở cổng trường Thanh Oai có người lạ rủ mấy cháu nhỏ lên xe, bà con chia sẻ gấp"
    posts = ["Trời mưa to quá đi làm không nổi", rumour, None, rumour.upper() + "!!!", rumour]
    source = tmp_path / "posts.jsonl"
    source.write_text("".join(json.dumps({"text": post}) + "\n" for post in posts), encoding="utf-8")
    target = tmp_path / f"out.{ending}"
    outcome = CliRunner().invoke(app, ["score", str(source), "-o", str(target), "--groups", "--keep-text", "--resume"])
    assert outcome.exit_code == 0, outcome.output
    with Table(target, Selection(keep=("group", "group_size"))) as table:
        kept = [chunk.kept for chunk in table]
    values = [[str(value) for value in columns] for columns in (list(kept[0]["group"]), list(kept[0]["group_size"]))]
    nothing = "" if ending == "csv" else "None"
    assert values == [["1", "2", nothing, "2", "2"], ["1", "3", nothing, "3", "3"]]


@pytest.mark.parametrize("output", ["-", "out.jsonl"])
def test_the_file_of_groups_has_a_place_or_the_error_is_told(tmp_path, monkeypatch, output):
    pytest.importorskip("rensa")
    made = []

    def refused(**where):
        made.append(where["dir"])
        raise PermissionError(errno.EACCES, "Permission denied")

    source = tmp_path / "posts.jsonl"
    source.write_text('{"text": "a"}\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("flagger.near_duplicates.signatures.tempfile.TemporaryFile", refused)
    outcome = CliRunner().invoke(app, ["score", str(source), "-o", output, "--groups"])
    assert outcome.exit_code == 2
    assert outcome.stderr.startswith("flagger: Cannot write")
    assert "no permission" in outcome.stderr
    # Where a stream goes there may be no folder to write to.
    assert made == [None if output == "-" else str(tmp_path)]
