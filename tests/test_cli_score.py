import csv
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from stand_in_scorer import StandInScorer
from typer.testing import CliRunner

import flagger.scorer
from flagger.cli.errors import one_line
from flagger.cli.main import app
from flagger.frames import RESULT_COLUMNS
from flagger.tables import Selection, Table


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """Put the stand-in in the place of the model; gives what was asked of ``from_pretrained``."""
    calls = []

    def from_pretrained(name=None, **options):
        calls.append((name, options))
        return StandInScorer()

    monkeypatch.setattr(flagger.scorer.Flagger, "from_pretrained", from_pretrained)
    return calls


def run(*arguments, **options):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], **options)


@pytest.fixture
def posts(tmp_path):
    path = tmp_path / "posts.jsonl"
    path.write_text(
        '{"id": 1, "text": "Nghe nói ở Thanh Oai flagme", "day": "mon"}\n'
        '{"id": 2, "text": null, "day": "tue"}\n'
        '{"id": 3, "text": "", "day": null}\n',
        encoding="utf-8",
    )
    return path


def test_json_lines(posts, tmp_path):
    outcome = run("score", posts, "-o", tmp_path / "out.jsonl", "--keep", "day", "--keep-text")
    assert outcome.exit_code == 0, outcome.output
    rows = [msgspec.json.decode(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert list(rows[0]) == ["id", "day", "text", *RESULT_COLUMNS]
    assert [row["id"] for row in rows] == [1, 2, 3]
    assert rows[0]["unverified_decision"] == "flag"
    assert len(rows[0]["topics"]) == 12
    assert rows[0]["places"] == [
        {
            "text": "Thanh Oai",
            "start": 11,
            "end": 20,
            "level": "district",
            "province": "Thành phố Hà Nội",
            "province_before": "Thành phố Hà Nội",
        }
    ]
    assert rows[0]["cues"] == ["hearsay"]
    assert rows[1]["error"] == "row 2: the text is null; expected a string"
    assert {rows[1][name] for name in RESULT_COLUMNS if name not in ("error", "topics", "places", "cues")} == {None}
    assert rows[2]["error"] is None
    assert rows[2]["unverified"] == 0.25


def test_summary_is_on_the_standard_error_and_holds_no_text(posts, tmp_path):
    outcome = run("score", posts, "-o", tmp_path / "out.jsonl")
    assert outcome.stdout == ""
    assert "3 rows: unverified 1 flag, 0 review; sensitive 0 flag, 0 review; 1 could not be scored" in outcome.stderr
    assert "Nghe" not in outcome.output
    assert "\x1b" not in outcome.output


def test_csv_has_json_in_its_cells(posts, tmp_path):
    run("score", posts, "-o", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert msgspec.json.decode(rows[0]["topics"])["health"] == 1 / 16
    assert msgspec.json.decode(rows[0]["places"])[0]["text"] == "Thanh Oai"
    assert rows[0]["cues"] == '["hearsay"]'
    assert rows[0]["is_local"] == "true"
    assert rows[1]["topics"] == ""
    assert rows[1]["error"].startswith("row 2")


def test_parquet(posts, tmp_path):
    run("score", posts, "-o", tmp_path / "out.parquet", "--id-column", "day")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.column_names == ["day", *RESULT_COLUMNS]
    assert table["day"].to_pylist() == ["mon", "tue", None]


def test_numbers_of_json_lines_are_numbers_in_parquet(posts, tmp_path):
    run("score", posts, "-o", tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert str(table.schema.field("id").type) == "int64"
    assert table["id"].to_pylist() == [1, 2, 3]


def test_streams_on_both_sides(posts):
    outcome = run("score", "-", "-o", "-", input=posts.read_bytes())
    assert outcome.exit_code == 0
    assert [msgspec.json.decode(line)["id"] for line in outcome.stdout_bytes.splitlines()] == [1, 2, 3]


def test_strict_exits_with_3_and_still_writes(posts, tmp_path):
    assert run("score", posts, "-o", tmp_path / "out.csv", "--strict").exit_code == 3
    assert (tmp_path / "out.csv").exists()


def test_a_post_that_breaks_the_scorer_stays_in_its_row(tmp_path):
    (tmp_path / "posts.txt").write_text("a\ncrash xyz\nflagme\n")
    outcome = run("score", tmp_path / "posts.txt", "-o", tmp_path / "out.jsonl")
    rows = [msgspec.json.decode(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert [row["unverified"] for row in rows] == [0.25, None, 0.9]
    assert "RuntimeError" in rows[1]["error"]
    assert "xyz" not in rows[1]["error"] + outcome.output


def test_model_options_are_handed_on(posts, tmp_path, asked):
    run("score", posts, "-o", tmp_path / "out.csv", "--model", "m", "--revision", "r", "--lexicon", tmp_path)
    assert asked == [("m", {"lexicon": tmp_path, "revision": "r", "exact": False})]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{dir}/none.csv", "-o", "{dir}/out.csv"], "No file at"),
        (["{dir}/posts.jsonl", "-o", "{dir}/out.xlsx"], "Known endings"),
        (["{dir}/posts.jsonl", "-o", "{dir}/posts.jsonl"], "is the input"),
        (["{dir}/posts.jsonl", "-o", "{dir}/out.csv", "--text-column", "tex"], "Did you mean 'text'"),
        (["{dir}/clash.csv", "-o", "{dir}/out.csv", "--keep", "priority"], "Cannot keep 'priority'"),
        (["{dir}/posts.jsonl", "-o", "{dir}/no/out.csv"], "folder does not exist"),
    ],
)
def test_errors_are_one_line_and_exit_with_2(posts, tmp_path, arguments, message):
    (tmp_path / "clash.csv").write_text("text,priority\na,b\n")
    outcome = run("score", *(argument.format(dir=tmp_path) for argument in arguments))
    assert outcome.exit_code == 2
    assert message in outcome.stderr
    assert outcome.stderr.startswith("flagger: ")
    assert outcome.stderr.count("\n") == 1
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--report", "none/page.html"], "its folder does not exist"),
        (["--summary", "none/counts.json"], "its folder does not exist"),
        (["--lang", "en"], "--lang"),
        (["--window", "week"], "--window"),
        (["--window", "week", "--summary", "{dir}/s.json"], "Without --time-column"),
        (["--time-column", "day"], "--time-column"),
        (["--time-column", "", "--summary", "{dir}/s.json"], "No column ''"),
        (["--time-column", "id,day", "--summary", "{dir}/s.json"], "No column 'id,day'"),
        (["--revision", "main"], "--revision"),
    ],
)
def test_what_would_fail_or_be_unused_is_told_before_scoring(posts, tmp_path, options, message):
    given = (option.format(dir=tmp_path) for option in options)
    outcome = run("score", posts, "-o", tmp_path / "out.jsonl", *given)
    assert outcome.exit_code == 2
    assert message in outcome.stderr
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize(("name", "shown"), [("nội\xa0dung", "nội\\xa0dung"), ("nội  dung", "nội  dung")])
def test_odd_spaces_in_names_are_seen(tmp_path, name, shown):
    (tmp_path / "posts.csv").write_text(f"id,{name}\n1,x\n", encoding="utf-8")
    outcome = run("score", tmp_path / "posts.csv", "-o", tmp_path / "out.csv", "--text-column", "nội dung")
    assert f"Did you mean '{shown}'?" in outcome.stderr


def test_a_message_is_one_line():
    assert one_line("a\n  b\r\n\tc\td ờ\x00") == "a b c\\td ờ\\x00"


def test_a_time_column_may_have_a_comma(posts):
    posts.write_text('{"text": "a", "on, day": "x", "on": 1, "day": 2}\n', encoding="utf-8")
    with Table(posts, Selection(named={"--time-column": "on, day"})) as table:
        assert table.columns == ("on, day",)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
@pytest.mark.parametrize("option", ["--groups", "--resume", "--engine=ray"])
def test_a_pipe_is_not_read_twice(tmp_path, option):
    os.mkfifo(tmp_path / "posts.csv")
    outcome = run("score", tmp_path / "posts.csv", "-o", tmp_path / "out.csv", option)
    assert outcome.exit_code == 2
    assert "pipe" in outcome.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="streams of POSIX")
@pytest.mark.parametrize(
    ("arguments", "closed", "message"),
    [
        ("score - -o {dir}/out.jsonl", "<&-", "standard input is closed"),
        ("explain -", "<&-", "standard input is closed"),
        ("match -", "<&-", "standard input is closed"),
        ("score {dir}/posts.jsonl -o -", ">&-", "standard output is closed"),
        ("match abc", ">&-", "standard output is closed"),
        ("match abc --json", ">&-", "standard output is closed"),
    ],
)
def test_closed_streams_are_told(posts, tmp_path, arguments, closed, message):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(wait=False))
    tests = Path(__file__).parent
    paths = os.pathsep.join([str(tests), str(tests.parent / "src")])
    command = f"{sys.executable} {program} {arguments.format(dir=tmp_path)} {closed}"
    found = subprocess.run(
        command, shell=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": paths}, check=False
    )
    assert found.returncode == 2
    assert message in found.stderr
    assert found.stderr.count("\n") == 1


def test_unknown_option_exits_with_2(posts):
    assert run("score", posts, "--nope").exit_code == 2


def test_broken_input_in_the_middle_leaves_the_earlier_output(tmp_path):
    import gzip

    content = gzip.compress(b"text\n" + os.urandom(200_000).hex().encode().replace(b"0", b"\n"))
    (tmp_path / "posts.csv.gz").write_bytes(content[:-5000])
    (tmp_path / "out.csv").write_text("earlier")
    outcome = run("score", tmp_path / "posts.csv.gz", "-o", tmp_path / "out.csv")
    assert outcome.exit_code == 2
    assert "damaged or cut short" in outcome.stderr
    assert (tmp_path / "out.csv").read_text() == "earlier"
    assert len(list(tmp_path.iterdir())) == 2


PROGRAM = """
import sys, time
import flagger.scorer
from stand_in_scorer import StandInScorer, make_result
class Slow(StandInScorer):
    calls = 0
    def score_many(self, posts, **options):
        Slow.calls += 1
        if Slow.calls == 2 and {wait}:
            print("ready", file=sys.stderr, flush=True)
            time.sleep(60)
        return super().score_many(posts, **options)
flagger.scorer.Flagger.from_pretrained = lambda *a, **k: Slow()
from flagger.cli.main import main
main()
"""


def heed_hangups():
    """Let SIGHUP do its work in a child, also where whoever started the tests has it ignored, as nohup does."""
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def start(tmp_path, *arguments, wait=False, **options):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(wait=wait))
    tests = Path(__file__).parent
    paths = os.pathsep.join([str(tests), str(tests.parent / "src")])
    return subprocess.Popen(
        [sys.executable, program, *map(str, arguments)],
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
        preexec_fn=None if sys.platform == "win32" else heed_hangups,
        **options,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(("number", "code"), [("SIGTERM", 143), ("SIGINT", 130), ("SIGHUP", 129)])
@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_signals_leave_the_earlier_output(tmp_path, number, code, name):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "posts.txt").write_text("x\n" * 2000)
    (folder / name).write_text("earlier")
    process = start(tmp_path, "score", folder / "posts.txt", "-o", folder / name, wait=True)
    assert process.stderr.readline() == b"ready\n"
    process.send_signal(getattr(signal, number))
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == code
    assert stderr.count(b"\n") == 1
    assert b"Traceback" not in stderr
    assert (folder / name).read_text() == "earlier"
    assert sorted(path.name for path in folder.iterdir()) == sorted(["posts.txt", name])


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_reader_that_goes_away_ends_quietly(tmp_path):
    (tmp_path / "posts.txt").write_text("x\n" * 5000)
    process = start(tmp_path, "score", tmp_path / "posts.txt", "-o", "-", stdout=subprocess.PIPE)
    assert process.stdout.readline().startswith(b"{")
    process.stdout.close()
    stderr = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 141
    assert stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_standard_output(tmp_path):
    (tmp_path / "posts.txt").write_text("x\n" * 5000)
    with Path("/dev/full").open("wb") as full:
        process = start(tmp_path, "score", tmp_path / "posts.txt", "-o", "-", stdout=full)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 2
    assert b"full" in stderr
    assert b"Traceback" not in stderr


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_bar_on_a_terminal_only(monkeypatch):
    from flagger.cli.score_table import _progress

    for kind, shown in ((Terminal, True), (io.StringIO, False)):
        stream = kind()
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr(sys, "stderr", stream)
        with _progress(100) as update:
            update(50)
            time.sleep(0.15)
        assert ("scoring" in stream.getvalue()) == shown
